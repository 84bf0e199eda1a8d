"""robots.txt by RFC 9309. Scrapy's own middleware takes a failing server for permission and ignores Crawl-delay."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from models.session import engine
from outlets import Outlet
from spiders.hosts import Host, recall, remember
from spiders.identity import PRODUCT
from spiders.refused import Refused, refusal_of

KEPT: Final = timedelta(hours=24)
"""RFC 9309, 2.4: a cached copy should not be used for longer."""
MOST: Final = 500 * 1024
"""RFC 9309, 2.5: at least 500 KiB must be read."""
LONGEST_DELAY: Final = 60.0
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
    """RFC 9309, 2.3.1: 2xx is read; 4xx allows all, but 401 and 403 we take as a no; 5xx forbids all."""
    if 200 <= status < 300:
        return Rules(Protego.parse(text))
    if status in (401, 403):
        return Rules(None, Refused("refused:robots", f"robots.txt is closed to us (status {status})", asked=False))
    if 400 <= status < 500:
        return Rules(None)
    return Rules(None, Refused("refused:robots", f"robots.txt answers with status {status}", asked=False))


class RobotsMiddleware:
    """Asks a host's robots.txt at most once a day, conditionally, and sets the host's delay from it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._known: dict[str, asyncio.Task[Rules]] = {}
        self._delays = crawler.settings.getbool("KHABAR_DELAYS")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """For Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Refused when robots.txt forbids the address or cannot be had."""
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._known:
            self._known[origin] = asyncio.ensure_future(self._learn(origin))
        rules = await asyncio.shield(self._known[origin])
        if rules.refusal:
            raise Refused(rules.refusal.outcome, rules.refusal.detail, asked=False)
        self._pace(parts.hostname or "", rules)
        if not rules.allows(request.url):
            asked = "redirect_urls" in request.meta
            raise Refused("refused:robots", f"robots.txt does not allow {request.url[:300]}", asked=asked)

    def _pace(self, host: str, rules: Rules) -> None:
        outlet: Outlet = self._crawler.spider.outlet  # type: ignore[union-attr]
        if not self._delays:
            return
        delay = max(outlet.politeness.delay_seconds, rules.delay())
        downloader = self._crawler.engine.downloader
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1, "jitter": 0.0}
        if host in downloader.slots:
            downloader.slots[host].delay = delay

    async def _learn(self, origin: str) -> Rules:
        host = urlsplit(origin).netloc.lower()
        known = await asyncio.to_thread(recall, engine(), host)
        now = datetime.now(UTC)
        if known.robots_fetched_at and known.robots_status and now - known.robots_fetched_at < KEPT:
            return rules_of(known.robots_status, known.robots_txt or "")
        try:
            response = await self._ask(origin, known)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            logger.warning("robots.txt of %s cannot be had: %s", host, refusal.detail)
            return Rules(None, refusal)
        if response.status == 304 and known.robots_status:
            await asyncio.to_thread(remember, engine(), host, robots_fetched_at=now)
            return rules_of(known.robots_status, known.robots_txt or "")
        rules = rules_of(response.status, text := _text(response))
        if not rules.refusal or response.status in (401, 403):  # a failing server is asked again by the next run
            said: dict[str, Any] = {
                "robots_txt": text if 200 <= response.status < 300 else "",
                "robots_status": response.status,
                "robots_etag": (response.headers.get("ETag") or b"").decode("latin-1") or None,
                "robots_fetched_at": now,
            }
            await asyncio.to_thread(remember, engine(), host, **said)
        return rules

    async def _ask(self, origin: str, known: Host) -> Response:
        headers = {"If-None-Match": known.robots_etag} if known.robots_etag and known.robots_status else {}
        request = Request(
            f"{origin}/robots.txt", headers=headers, callback=NO_CALLBACK, dont_filter=True, priority=1000,
            meta={"robots": True},
        )  # fmt: skip
        return await self._crawler.spider.ask(request, "robots")  # type: ignore[union-attr,no-any-return]


def _text(response: Response) -> str:
    return response.body[:MOST].decode("utf-8", errors="replace").removeprefix("\ufeff").replace("\x00", "")
