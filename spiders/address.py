"""Checks every address before it is asked, those that redirects lead to included."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from outlets import Outlet
from outlets.urls import BadUrl, normalise
from spiders.guard import is_private_host
from spiders.refused import Refused


def refuse_address(url: str, outlet: Outlet, came_from: str | None = None, *, anywhere: bool = False) -> None:
    """Raises Refused unless `url` is one that this outlet may be asked for: well-formed, http or https without falling
    back from https, on an allowed port, and on the outlet's own site or a host that its file names; with `anywhere` on
    any site. `came_from` is the address that redirected here."""
    scheme = urlsplit(url).scheme.lower()
    if scheme not in ("http", "https"):
        raise Refused("refused:scheme", f"the address leads to {scheme or 'no'} scheme", asked=False)
    try:
        normalise(url)
    except BadUrl as error:
        raise Refused("refused:bad_url", str(error), asked=False) from error
    parts = urlsplit(url)
    if came_from and is_private_host(parts.hostname or ""):
        detail = f"the redirect leads to {parts.hostname}, which is not on the public internet"
        raise Refused("refused:private_address", detail, asked=False)
    if came_from and urlsplit(came_from).scheme == "https" and scheme == "http" and outlet.home.startswith("https"):
        raise Refused("refused:scheme", "the redirect leads from https back to http", asked=False)
    port = parts.port or {"http": 80, "https": 443}[scheme]
    if port not in outlet.politeness.ports:
        raise Refused("refused:port", f"port {port} is not one of {outlet.politeness.ports}", asked=False)
    if not (anywhere or outlet.on_site(url)):
        raise Refused("refused:off_site", f"{parts.hostname} is not a host of {outlet.title}", asked=False)


class AddressMiddleware:
    """`refuse_address` for every request; only a host's robots.txt may lead to any site (RFC 9309, 2.3.1.2)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AddressMiddleware":
        """For Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises Refused."""
        outlet: Outlet = self._crawler.spider.outlet  # type: ignore[union-attr]
        came_from = (request.meta.get("redirect_urls") or [None])[-1]
        try:
            refuse_address(request.url, outlet, came_from, anywhere=bool(request.meta.get("robots")))
        except Refused as refused:
            refused.asked = came_from is not None  # the address that led here was asked
            raise
