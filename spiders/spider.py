"""The spider of every outlet: reads its sources, then fetches what is due, host by host.

The ledger is the frontier, so that a run that is killed needs no clean-up: the next one asks the ledger what is due.
"""

import asyncio
import hashlib
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from sqlalchemy import Connection

from models.archive import ArchiveError, open_archive
from models.lease import Superseded, begin_run
from models.session import DatabaseError, check_schema, engine
from models.settings import settings
from outlets import Outlet
from spiders.ask import Asker, status_refusal
from spiders.due import Due, choose, postpone
from spiders.kinds import MOST_TELLING
from spiders.ledger import Ledger
from spiders.refused import Refused
from spiders.sources import SourceReader, SourceReport
from spiders.verdict import Verdict, judge_run
from spiders.visit import Visitor

GIVE_UP_AFTER: Final = 3
"""Challenges or failed connections of a host in a row, after which it is left alone until the next run."""


class OutletSpider(Spider):
    """Crawls one outlet; the loader makes a subclass for each file."""

    outlet: ClassVar[Outlet]
    work: ClassVar[str] = "crawl"
    """The kind of its runs, each with a lease of its own; see BackfillSpider for the other one."""

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.ledger: Ledger | None = None
        self.asker: Asker | None = None
        self.reports: list[SourceReport] = []
        self.visits: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        """Visits that asked for a page and got none."""
        self.left = 0
        """Due addresses that this run did not come to."""
        self.ended_by: Exception | None = None

    async def start(self) -> AsyncIterator[Request]:
        """Everything happens here; Scrapy gets no requests to schedule, because the ledger schedules."""
        try:
            await self._crawl()
        except (Superseded, DatabaseError, ArchiveError) as error:
            self.ended_by = error
            self.logger.error("%s", error)
            raise CloseSpider(type(error).__name__.lower()) from error
        except Exception as error:
            self.ended_by = error
            raise
        return
        yield  # what makes this an asynchronous generator

    async def ask(self, request: Request, kind: str) -> Response:
        """A request of a middleware, logged like any other. Raises Refused."""
        if self.asker is None or self.ledger is None:
            raise RuntimeError("the crawl has not begun")
        ledger = self.ledger
        headers = {k.decode("latin-1"): v[0].decode("latin-1") for k, v in request.headers.items() if v}
        answer = await self.asker.ask(request.url, headers, **request.meta)
        refusal = answer.refusal or (status_refusal(answer.response) if answer.response else None)
        said: dict[str, Any] = {"outcome": refusal.outcome, "detail": refusal.detail} if refusal else {}
        if answer.response is not None and answer.response.body:  # no page of ours, but a change of it must be seen
            said["body_sha256"] = hashlib.sha256(answer.response.body).hexdigest()
        await ledger.write(lambda c: ledger.add_fetch(c, kind, answer, **said))
        if answer.response is None:
            raise refusal or Refused("refused:unreachable", "no answer")
        return answer.response

    async def _crawl(self) -> None:
        on = engine()
        await asyncio.to_thread(check_schema, on)
        deadline = time.monotonic() + self.settings.getfloat("KHABAR_SECONDS")
        run = await asyncio.to_thread(begin_run, on, self.work, self.outlet.name)
        ledger = self.ledger = Ledger(on, run, self.outlet.name)
        asker = self.asker = self.make_asker(ledger)
        budget = await self.read_sources(asker, ledger, deadline)
        now = datetime.now(UTC)
        due, later = await ledger.read(
            lambda c: choose(c, self.outlet.name, now, budget, backfill=self.work == "backfill")
        )
        if later:
            await ledger.write(lambda c: postpone(c, later))
        self.left = len(later)
        await self._visit_all(due, Visitor(self.outlet, asker, ledger, open_archive(settings().archive_url)), deadline)

    def make_asker(self, ledger: Ledger) -> Asker:
        """Who sends the requests."""
        return Asker(self.crawler)

    async def read_sources(self, asker: Asker, ledger: Ledger, deadline: float) -> int:
        """Read what the sources list; how many articles may be asked after that."""
        reader = SourceReader(self.outlet, asker, ledger, settings().lookback_days)
        for source in sorted(self.outlet.sources, key=lambda s: MOST_TELLING.index(s.kind)):
            self.reports.append(await reader.read(source))
        return self.outlet.politeness.max_requests

    def judge(self, connection: Connection, now: datetime) -> Verdict:
        """Whether the run was healthy."""
        return judge_run(
            connection, self.outlet, self.reports, self.visits, self.failed, self.left, now, settings().lookback_days
        )

    async def _visit_all(self, due: list[Due], visitor: Visitor, deadline: float) -> None:
        """One queue for each host, newest first, and as many readers of it as the host may be asked at once."""
        queues: dict[str, deque[Due]] = {}
        for one in due:
            queues.setdefault(urlsplit(one.url).netloc, deque()).append(one)
        readers = max(1, self.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        try:
            async with asyncio.TaskGroup() as group:
                for queue in queues.values():
                    bad: Counter[str] = Counter()
                    for _ in range(readers):
                        group.create_task(self._visit_queue(queue, bad, visitor, deadline))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        self.left += sum(len(queue) for queue in queues.values())

    async def _visit_queue(self, queue: deque[Due], bad: Counter[str], visitor: Visitor, deadline: float) -> None:
        while queue and time.monotonic() < deadline:
            visited = await visitor.visit(queue.popleft())
            self.visits[visited.outcome] += 1
            self.failed[visited.outcome] += visited.asked and visited.outcome.startswith("refused:")
            if visited.outcome in ("refused:unreachable", "refused:challenge"):
                bad["in_a_row"] += 1
            else:
                bad.clear()
            if visited.outcome == "refused:rate_limited" or bad["in_a_row"] >= GIVE_UP_AFTER:
                return
