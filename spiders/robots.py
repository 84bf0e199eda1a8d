"""robots.txt by RFC 9309. Scrapy's own middleware takes a failing server for permission and ignores Crawl-delay."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from models.outcome import RETRY_NEXT_RUN
from models.session import engine
from outlets import Outlet
from spiders.hosts import Host, recall, remember
from spiders.identity import PRODUCT
from spiders.refused import Refused, refusal_of

KEPT: Final = timedelta(hours=24)
"""RFC 9309, 2.4: a cached copy should not be used for longer."""
MOST: Final = 500 * 1024
"""RFC 9309, 2.5: at least 500 KiB must be read."""
LONG: Final = 60.0
"""Seconds of a delay that reaches from one run into the next. It is kept: fewer pages, not faster ones."""
LONGEST_DELAY: Final = 24 * 3600.0
"""Whoever asks for more gets a request a day; so often robots.txt is read anew, too."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows us. `refusal` set: nothing at all."""

    parsed: Protego | None
    refusal: Refused | None = None

    def allows(self, url: str) -> bool:
        """Whether our product token may fetch `url`."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, PRODUCT))

    def delay(self) -> float:
        """Crawl-delay in seconds, 0 when there is none."""
        said = self.parsed.crawl_delay(PRODUCT) if self.parsed else None
        return min(float(said), LONGEST_DELAY) if said and said > 0 else 0.0


def rules_of(status: int, text: str) -> Rules:
    """RFC 9309, 2.3.1: 2xx is read; 4xx allows all, but 401 and 403 we take as a no; 5xx forbids all, for as long as it
    lasts: that a crawler MAY take 30 days of it for permission we leave to a person who knows the outlet."""
    if 200 <= status < 300:
        return Rules(Protego.parse(text))
    if status in (401, 403):
        return Rules(None, Refused("refused:robots", f"robots.txt is closed to us (status {status})", asked=False))
    if 400 <= status < 500:
        return Rules(None)
    return Rules(None, Refused("refused:robots", f"robots.txt answers with status {status}", asked=False))


class RobotsMiddleware:
    """Asks a host's robots.txt at most once a day, conditionally, and keeps the time that it wants between requests."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._known: dict[str, asyncio.Task[Rules]] = {}
        self._delays = crawler.settings.getbool("KHABAR_DELAYS")
        self._least = crawler.settings.getfloat("KHABAR_LEAST_DELAY")
        self._deadline = time.monotonic() + crawler.settings.getfloat("KHABAR_SECONDS")
        self._turns: dict[str, float] = {}
        """When a host's latest request was to go out, by the monotonic clock."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """For Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Refused when robots.txt forbids the address or cannot be had, or when its Crawl-delay leaves no time
        for it in this run."""
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._known:
            self._known[origin] = asyncio.ensure_future(self._learn(origin))
        rules = await asyncio.shield(self._known[origin])
        if rules.refusal:
            raise Refused(rules.refusal.outcome, rules.refusal.detail, asked=False)
        if not rules.allows(request.url):
            asked = "redirect_urls" in request.meta
            raise Refused("refused:robots", f"robots.txt does not allow {request.url[:300]}", asked=asked)
        if self._delays:
            await self._pace(parts.hostname or "", parts.netloc.lower(), rules)

    async def _pace(self, name: str, host: str, rules: Rules) -> None:
        """Set the delay of the host, and take the next of its turns."""
        outlet: Outlet = self._crawler.spider.outlet  # type: ignore[union-attr]
        delay = max(self._least, outlet.politeness.delay_seconds, rules.delay())
        downloader = self._crawler.engine.downloader
        since_last = delay if host in self._turns else 0.0  # robots.txt alone may not count, see _learn
        downloader.per_slot_settings[name] = {"delay": since_last, "concurrency": 1, "jitter": 0.0}
        if name in downloader.slots:
            downloader.slots[name].delay = since_last
        now = time.monotonic()
        turn = max(now, self._turns.get(host, now - delay) + delay)
        late = turn > self._deadline
        if not late:
            self._turns[host] = turn
        if delay > LONG:  # the next run may begin before the host may be asked again
            wait = turn - now + (0.0 if late else delay)
            await remember(engine(), host, wait_until=datetime.now(UTC) + timedelta(seconds=wait))
        if late:
            detail = f"{host} wants {delay:.0f} s between requests, which leaves no time for this one in the run"
            raise Refused("refused:budget", detail, asked=False)

    async def _learn(self, origin: str) -> Rules:
        host = urlsplit(origin).netloc.lower()
        known = await recall(engine(), host)
        now = datetime.now(UTC)
        if known.robots_fetched_at and known.robots_status and now - known.robots_fetched_at < KEPT:
            return rules_of(known.robots_status, known.robots_txt or "")
        rules = await self._read(origin, host, known, now)
        if (
            rules.delay() <= LONG
        ):  # a longer one counts from the first page, or a robots.txt a day would take every turn
            self._turns[host] = time.monotonic()
        return rules

    async def _read(self, origin: str, host: str, known: Host, now: datetime) -> Rules:
        """Ask, and keep the answer where it is a clear one."""
        try:
            response = await self._ask(origin, known)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            logger.warning("robots.txt of %s cannot be had: %s", host, refusal.detail)
            return Rules(None, _of_robots(refusal))
        if response.status == 304 and known.robots_status:
            await remember(engine(), host, robots_fetched_at=now)
            return rules_of(known.robots_status, known.robots_txt or "")
        rules = rules_of(response.status, text := text_of(response.body))
        if not rules.refusal or response.status in (401, 403):  # a failing server is asked again by the next run
            said: dict[str, Any] = {
                "robots_txt": text if 200 <= response.status < 300 else "",
                "robots_status": response.status,
                "robots_etag": _header(response, "ETag"),
                "robots_last_modified": _header(response, "Last-Modified"),
                "robots_fetched_at": now,
            }
            await remember(engine(), host, **said)
        return rules

    async def _ask(self, origin: str, known: Host) -> Response:
        held = {"If-None-Match": known.robots_etag, "If-Modified-Since": known.robots_last_modified}
        headers = {name: value for name, value in held.items() if value and known.robots_status}
        request = Request(
            f"{origin}/robots.txt", headers=headers, callback=NO_CALLBACK, dont_filter=True, priority=1000,
            meta={"robots": True},
        )  # fmt: skip
        return await self._crawler.spider.ask(request, "robots")  # type: ignore[union-attr,no-any-return]


def _of_robots(refusal: Refused) -> Refused:
    """What it means for a page that robots.txt cannot be had: a failure of the moment stays one; anything else (a
    circle of redirects, 16 MiB) is a no of robots.txt, which every run looks at again: it says nothing of the page."""
    if refusal.outcome in RETRY_NEXT_RUN:
        return refusal
    return Refused("refused:robots", f"robots.txt cannot be had: {refusal.detail}", asked=False)


def text_of(body: bytes) -> str:
    """The rules in `body`: its first 500 KiB, without a line that is cut there, for half a rule is another rule."""
    whole = body if len(body) <= MOST else body[:MOST].rpartition(b"\n")[0]
    return whole.decode("utf-8", errors="replace").removeprefix("\ufeff").replace("\x00", "")


def _header(response: Response, name: str) -> str | None:
    return (response.headers.get(name) or b"").decode("latin-1").strip() or None
