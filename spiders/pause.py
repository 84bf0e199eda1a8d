"""Obeys Retry-After: when a host asks us to wait, nothing of it is asked until then, by this run or the next (I8)."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from models.session import engine
from spiders.hosts import recall, remember
from spiders.refused import Refused

LONGEST: Final = timedelta(hours=24)
"""A host that asks for more is asked again after a day."""
IN_RUN: Final = 30.0
"""Seconds that a run waits for a host before it leaves the rest to the next run."""
UNSAID: Final = timedelta(minutes=10)
"""The pause after a 429 that names none."""


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """When to come back (RFC 9110, 10.2.3: seconds or an HTTP date), at most a day from `now`; None if unreadable."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return now + min(timedelta(seconds=min(int(text), 10**6)), LONGEST)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return min(max(at, now), now + LONGEST)


class PauseMiddleware:
    """Waits out a short pause, refuses during a long one, and learns pauses from answers."""

    def __init__(self, crawler: Crawler) -> None:
        self._in_run = crawler.settings.getfloat("KHABAR_PAUSE_IN_RUN", IN_RUN)
        self._until: dict[str, datetime | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PauseMiddleware":
        """For Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Refused while the host's pause is longer than a run waits."""
        host = urlsplit(request.url).netloc.lower()
        if host not in self._until:
            self._until[host] = (await asyncio.to_thread(recall, engine(), host)).wait_until
        until = self._until[host]
        left = (until - datetime.now(UTC)).total_seconds() if until else 0.0
        if left > self._in_run and until:
            detail = f"{host} asked us to wait until {until:%Y-%m-%d %H:%M} UTC"
            raise Refused("refused:rate_limited", detail, asked=False)
        if left > 0:
            await asyncio.sleep(left)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Raises Refused for 429, and for 503 with Retry-After."""
        if response.status != 429 and not (response.status == 503 and b"Retry-After" in response.headers):
            return response
        now = datetime.now(UTC)
        said = (response.headers.get("Retry-After") or b"").decode("latin-1")
        until = retry_after(said, now) or now + UNSAID
        host = urlsplit(request.url).netloc.lower()
        self._until[host] = until
        await asyncio.to_thread(remember, engine(), host, wait_until=until)
        raise Refused(
            "refused:rate_limited", f"status {response.status}, come back after {until:%Y-%m-%d %H:%M:%S} UTC",
            status=response.status,
        )  # fmt: skip
