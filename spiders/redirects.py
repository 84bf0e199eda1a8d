"""Scrapy's redirects, with the name of the refusal when there are too many."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from outlets import Outlet
from spiders.refused import Refused

_WALL_HOSTS: Final = frozenset(
    {"accounts.google.com", "apps.apple.com", "consent.google.com", "consent.yahoo.com", "itunes.apple.com",
     "login.microsoftonline.com", "play.google.com"}
)  # fmt: skip
_WALL_PATH: Final = re.compile(
    r"/(?:log-?in|sign-?in|sign-?up|wp-login|sso|consent|cookie-?wall|paywall|subscribe|age-?(?:gate|check)|"
    r"geo-?block(?:ed)?|(?:not-|un)available-in-your-(?:country|region))(?:[/.]|$)",
    re.I,
)


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
        if self._is_wall(source_request, url):
            detail = "the redirect leads to a log-in, consent or region page, or an app store"
            raise Refused("refused:wall", detail, status=int(response.status))
        try:
            return super()._build_redirect_request(source_request, response, url=url, **kwargs)
        except ValueError as error:
            detail = f"the redirect leads nowhere: {error}"
            raise Refused("refused:bad_url", detail, status=int(response.status)) from error

    def _is_wall(self, request: Request, url: str) -> bool:
        """Whether `url` is where sites send readers whom they do not let in. Nobody is asked there."""
        outlet: Outlet = self.crawler.spider.outlet  # type: ignore[union-attr]
        if request.meta.get("robots") or outlet.article_pattern.search(url):
            return False
        parts = urlsplit(url)
        return parts.hostname in _WALL_HOSTS or _WALL_PATH.search(parts.path) is not None

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
