"""Obeys Retry-After: when a host asks us to wait, nothing of it is asked until then, by this run or the next (I8). And
leaves a host alone for longer and longer when run after run gets no answer from it."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from models.session import engine
from spiders.hosts import LONGEST, Host, recall, remember
from spiders.polling import next_morning
from spiders.refused import Refused, refusal_of

IN_RUN: Final = 30.0
"""Seconds that a run waits for a host before it leaves the rest to the next run."""
UNSAID: Final = timedelta(minutes=10)
"""The pause after a 429 that names none."""
SEVERAL: Final = 3
"""Runs without an answer, in a row, after which a host is asked every few hours ..."""
MANY: Final = 10
"""... and after which only once a day."""
logger = logging.getLogger(__name__)


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


def back_off(failed_runs: int, now: datetime) -> datetime | None:
    """Until when an hourly run leaves a host alone that has answered nothing in so many runs in a row: from the third
    on for hours, from the tenth on until the morning (polling.py), at which everything is tried in any case."""
    if failed_runs < SEVERAL:
        return None
    hours = timedelta(hours=2.0 ** (failed_runs - SEVERAL + 1))
    return next_morning(now) if failed_runs >= MANY else min(now + hours, next_morning(now))


class PauseMiddleware:
    """Waits out a short pause, refuses during a long one, and learns from answers and from silence."""

    def __init__(self, crawler: Crawler) -> None:
        self._in_run = crawler.settings.getfloat("KHABAR_PAUSE_IN_RUN", IN_RUN)
        self._only_due = crawler.settings.getbool("KHABAR_ONLY_DUE")
        self._until: dict[str, datetime | None] = {}
        self._known: dict[str, Host] = {}
        self._answered: dict[str, bool] = {}
        """Hosts that were asked, and whether any answer came that says more than that the server is broken."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PauseMiddleware":
        """For Scrapy."""
        made = cls(crawler)
        crawler.signals.connect(made.spider_closed, signal=signals.spider_closed)
        return made

    async def process_request(self, request: Request) -> None:
        """Raises Refused while the host's pause is longer than a run waits."""
        host = _host(request)
        if host not in self._known:
            self._known[host] = known = await recall(engine(), host)
            # A host that answers nothing is our own patience: a run that asks for everything tries it.
            self._until[host] = known.wait_until if self._only_due or known.failed_runs < SEVERAL else None
        until = self._until[host]
        left = (until - datetime.now(UTC)).total_seconds() if until else 0.0
        if left > self._in_run and until:
            raise _refusal(host, until, self._known[host].failed_runs)
        if left > 0:
            await asyncio.sleep(left)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Raises Refused for 429, and for 503 with Retry-After."""
        host = _host(request)
        named = b"Retry-After" in response.headers
        self._answered[host] = self._answered.get(host, False) or response.status < 500 or named
        if response.status != 429 and not (response.status == 503 and named):
            return response
        now = datetime.now(UTC)
        said = (response.headers.get("Retry-After") or b"").decode("latin-1")
        until = retry_after(said, now) or now + UNSAID
        self._until[host], self._known[host] = until, Host()
        await remember(engine(), host, wait_until=until, failed_runs=0)
        raise Refused(
            "refused:rate_limited", f"status {response.status}, come back after {until:%Y-%m-%d %H:%M:%S} UTC",
            status=response.status,
        )  # fmt: skip

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Notes that the host was asked in vain."""
        refusal = refusal_of(exception)
        if refusal is not None and refusal.asked:
            self._answered.setdefault(_host(request), False)

    async def spider_closed(self) -> None:
        """Keep which hosts answered nothing in this run, and for how long that is to be respected."""
        now = datetime.now(UTC)
        for host, answered in self._answered.items():
            before = self._known[host].failed_runs if host in self._known else 0
            if answered and before:
                await self._forgive(host)
            elif not answered and (until := back_off(before + 1, now)) is not None:
                logger.warning("%s", _refusal(host, until, before + 1).detail)
                await remember(engine(), host, failed_runs=before + 1, wait_until=until)
            elif not answered:
                await remember(engine(), host, failed_runs=before + 1)

    async def _forgive(self, host: str) -> None:
        """It answers again: our patience with it ends, what it asked for in this run does not."""
        patience = self._known[host].wait_until if self._known[host].failed_runs >= SEVERAL else None
        ended = {"wait_until": None} if patience == (await recall(engine(), host)).wait_until else {}
        await remember(engine(), host, failed_runs=0, **ended)


def _host(request: Request) -> str:
    return urlsplit(request.url).netloc.lower()


def _refusal(host: str, until: datetime, failed_runs: int) -> Refused:
    """Why a paused host is not asked: its own word, or our patience."""
    if failed_runs >= SEVERAL:
        detail = (
            f"{host} has answered nothing in {failed_runs} runs in a row; left alone until {until:%Y-%m-%d %H:%M} UTC"
        )
        return Refused("refused:unreachable", detail, asked=False)
    detail = f"{host} asked us to wait until {until:%Y-%m-%d %H:%M} UTC"
    return Refused("refused:rate_limited", detail, asked=False)
