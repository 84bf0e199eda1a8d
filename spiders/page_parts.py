"""Answers what a page asks for while it is shown in the browser: the page itself from what we hold, its scripts and
data through our own handler. So guard, robots.txt, limits, replica and user agent hold for every byte of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from spiders.address import AddressMiddleware
from spiders.pause import PauseMiddleware
from spiders.refused import Refused, refusal_of
from spiders.robots import RobotsMiddleware

if TYPE_CHECKING:
    from playwright.async_api import Route

Download = Callable[[Request], Awaitable[Response]]
"""How a request is answered without a browser."""
MOST_PARTS: Final = 60
"""Scripts and data that one page may ask for."""
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of all parts of a page together, and of its text in the end."""
_MOST_REDIRECTS: Final = 5
_KINDS: Final = frozenset({"script", "xhr", "fetch"})
"""Kinds of resource that can bring links or text. Pictures, fonts, frames and styles are of no use to us."""
_OF_THE_WIRE: Final = frozenset(
    {b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie", b"connection"}
)


class PageParts:
    """The parts of one page."""

    def __init__(self, crawler: Crawler, download: Download, page: Response) -> None:
        self._crawler, self._download, self._page = crawler, download, page
        self._begun = False
        self._parts = 0
        self._bytes = 0
        self._one_at_a_time = asyncio.Lock()  # one connection a host, as for any other request

    async def serve(self, route: "Route") -> None:
        """Answer one request of the browser, or end it: another page, another method or kind, another host, one more
        than the limit, and whatever is refused to any request of ours."""
        try:
            answer = await self._answer_to(route)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            answer = None
            self._crawler.stats.inc_value(f"khabar/browser/{refusal.outcome}")
        if answer is None:
            await route.abort("aborted")  # any other end of a navigation would put an error page in the page's place
            return
        headers = {
            name.decode("latin-1"): values[0].decode("latin-1")
            for name, values in answer.headers.items()
            if values and name.lower() not in _OF_THE_WIRE
        }
        await route.fulfill(status=answer.status, headers=headers, body=answer.body)

    async def _answer_to(self, route: "Route") -> Response | None:
        asked = route.request
        if asked.is_navigation_request() and not self._begun:
            self._begun = True
            return self._page
        if asked.method != "GET" or asked.resource_type not in _KINDS or self._parts == MOST_PARTS:
            return None
        here, there = urlsplit(self._page.url), urlsplit(asked.url)
        if here.hostname == there.hostname and here[:2] != there[:2]:
            raise Refused("refused:scheme", "a part of the page is on its host, but not on its scheme and port")
        self._parts += 1
        async with self._one_at_a_time:
            part = await self._fetch(asked.url)
        self._bytes += len(part.body)
        if self._bytes > MOST_BYTES:
            raise Refused("refused:too_large", "the parts of the page are larger than 16 MiB")
        return part

    async def _fetch(self, url: str) -> Response:
        """A part of the page, by the rules for any request. Raises Refused and what a download raises."""
        settings = self._crawler.settings
        headers = {**settings["DEFAULT_REQUEST_HEADERS"], "User-Agent": settings["USER_AGENT"]}
        pause: PauseMiddleware = self._middleware(PauseMiddleware)
        been: list[str] = []
        while len(been) <= _MOST_REDIRECTS:
            request = Request(url, headers=headers, dont_filter=True, meta={"redirect_urls": [*been]} if been else {})
            self._middleware(AddressMiddleware).process_request(request)
            await pause.process_request(request)
            await self._middleware(RobotsMiddleware).process_request(request)
            self._crawler.spider.asker.requests += 1  # type: ignore[union-attr]
            response = await pause.process_response(request, await self._download(request))
            where = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or where is None:
                return response
            been.append(url)
            url = urljoin(url, where.decode("latin-1"))
        raise Refused("refused:redirects", f"more than {_MOST_REDIRECTS} redirects")

    def _middleware(self, kind: type[Any]) -> Any:
        return self._crawler.get_downloader_middleware(kind)
