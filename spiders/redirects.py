"""Scrapy's redirects, with the name of the refusal when there are too many."""

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from spiders.refused import Refused


class NamedRedirectMiddleware(RedirectMiddleware):
    """Follows at most REDIRECT_MAX_TIMES redirects, and never back to where it has been."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Outlets are told of no page that we came from."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Scrapy warns here that there is no Referer middleware; there is none on purpose."""

    def _build_redirect_request(
        self, source_request: Request, response: Response, *, url: str, **kwargs: Any
    ) -> Request:
        scheme = urlsplit(url).scheme.lower()
        if scheme not in ("http", "https"):
            detail = f"the redirect leads to {scheme or 'no scheme'}:"
            raise Refused("refused:scheme", detail, status=int(response.status))
        try:
            return super()._build_redirect_request(source_request, response, url=url, **kwargs)
        except ValueError as error:
            detail = f"the redirect leads nowhere: {error}"
            raise Refused("refused:bad_url", detail, status=int(response.status)) from error

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        if redirected.url in (*request.meta.get("redirect_urls", []), request.url):
            raise Refused("refused:redirects", "the redirects lead in a circle")
        # A validator belongs to the address that it came from.
        for name in ("If-None-Match", "If-Modified-Since"):
            redirected.headers.pop(name, None)
        try:
            return super()._redirect(redirected, request, reason)
        except IgnoreRequest as error:
            raise Refused("refused:redirects", f"more than {self.max_redirect_times} redirects") from error
