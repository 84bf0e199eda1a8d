"""The spider of every outlet: reads its sources, then fetches what is due, host by host.

The ledger is the frontier, so that a run that is killed needs no clean-up: the next one asks the ledger what is due.
"""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from sqlalchemy import Connection

from models.archive import ArchiveError, open_archive
from models.exits import Exit
from models.lease import Superseded, open_run
from models.session import DatabaseError, check_schema, engine
from models.settings import settings
from outlets import Outlet
from spiders.ask import Asker, status_refusal
from spiders.backfill.gate import let_backfill_step_aside
from spiders.due import Queue, choose, postpone, read_due
from spiders.ledger import Ledger
from spiders.recheck import plan as recheck_plan
from spiders.refused import Refused
from spiders.sources import SourceReader, SourceReport
from spiders.tdm import Reservations
from spiders.verdict import Verdict, judge_run
from spiders.visit import Visitor
from spiders.writer import writer_of

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
        self.exit_code = int(Exit.FAILED)
        """What the run's report says."""

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
        if refusal is None or refusal.asked:
            await ledger.write(lambda c: ledger.add_fetch(c, kind, answer, **said))
        if answer.response is None:
            raise refusal or Refused("refused:unreachable", "no answer")
        return answer.response

    async def _crawl(self) -> None:
        on = engine()
        await asyncio.to_thread(check_schema, on)
        deadline = time.monotonic() + self.settings.getfloat("KHABAR_SECONDS")
        run = await writer_of(on).write(lambda c: open_run(c, self.work, self.outlet.name))
        ledger = self.ledger = Ledger(on, run, self.outlet.name)
        asker = self.asker = self.make_asker(ledger, deadline)
        budget = await self.read_sources(asker, ledger, deadline)
        now = datetime.now(UTC)
        backfill = self.work == "backfill"
        chosen = await ledger.read(lambda c: choose(c, self.outlet.name, now, budget, backfill=backfill))
        if chosen.later:
            await ledger.write(lambda c: postpone(c, chosen.later))
        self.left = len(chosen.later)
        queues = [Queue(ids, lambda part: ledger.read(lambda c: read_due(c, part))) for ids in chosen.now.values()]
        plan = await ledger.read(lambda c: recheck_plan(c, self.outlet.name, now))
        visitor = Visitor(
            self.outlet, asker, ledger, open_archive(settings().archive_url), plan, Reservations(self.ask)
        )
        await self._visit_all(queues, visitor, deadline)

    def make_asker(self, ledger: Ledger, deadline: float) -> Asker:
        """Who sends the requests."""
        return Asker(self.crawler)

    async def read_sources(self, asker: Asker, ledger: Ledger, deadline: float) -> int:
        """Read what the sources list; how many articles may be asked after that."""
        if self.settings.getbool("KHABAR_DELAYS"):
            await let_backfill_step_aside(ledger, self.outlet)
        reader = SourceReader(self.outlet, asker, ledger, settings().lookback_days)
        async for report in reader.read_all(only_due=self.settings.getbool("KHABAR_ONLY_DUE")):
            self.reports.append(report)
        return self.outlet.politeness.max_requests

    def judge(self, connection: Connection, now: datetime) -> Verdict:
        """Whether the run was healthy."""
        return judge_run(
            connection, self.outlet, self.reports, self.visits, self.failed, self.left, now, settings().lookback_days
        )

    async def _visit_all(self, queues: list[Queue], visitor: Visitor, deadline: float) -> None:
        """As many readers of a host's queue as the host may be asked at once."""
        readers = max(1, self.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        try:
            async with asyncio.TaskGroup() as group:
                for queue in queues:
                    bad: Counter[str] = Counter()
                    for _ in range(readers):
                        group.create_task(self._visit_queue(queue, bad, visitor, deadline))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        self.left += sum(len(queue) for queue in queues)

    async def _visit_queue(self, queue: Queue, bad: Counter[str], visitor: Visitor, deadline: float) -> None:
        while time.monotonic() < deadline and (due := await queue.take()) is not None:
            visited = await visitor.visit(due)
            self.visits[visited.outcome] += 1
            self.failed[visited.outcome] += visited.asked and visited.outcome.startswith("refused:")
            if visited.outcome in ("refused:unreachable", "refused:challenge"):
                bad["in_a_row"] += 1
            else:
                bad.clear()
            if visited.outcome == "refused:rate_limited" or bad["in_a_row"] >= GIVE_UP_AFTER:
                return
