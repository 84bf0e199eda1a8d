"""Scrapy's redirects, with the name of the refusal when there are too many."""

from typing import Any

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
