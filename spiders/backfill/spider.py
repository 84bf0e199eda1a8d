"""The spider of a backfill: it reads a span of the past where the daily spider reads what is new, and fetches what only
backfills have named. All else is the daily spider's."""

import time
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection

from outlets.dated import Period
from spiders.ask import Asker
from spiders.backfill import frontier
from spiders.backfill.gate import PatientAsker
from spiders.backfill.reader import PartReader
from spiders.backfill.verdict import judge_backfill
from spiders.ledger import Ledger
from spiders.spider import OutletSpider
from spiders.verdict import Verdict


class BackfillSpider(OutletSpider):
    """Backfills one outlet; the loader makes a subclass for each file when the settings name a span."""

    work: ClassVar[str] = "backfill"

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.skipped: dict[str, str] = {}
        self._deadline = 0.0
        self._budget = 0
        """Article requests that the sources left of the run's budget."""

    @property
    def span(self) -> Period:
        """The days to fill. They were checked before the crawl began."""
        since, until = (self.settings[name] for name in ("KHABAR_SINCE", "KHABAR_UNTIL"))
        return Period(date.fromisoformat(since), date.fromisoformat(until))

    def make_asker(self, ledger: Ledger, deadline: float) -> Asker:
        """One that gives way to the daily run."""
        delay = self.outlet.politeness.delay_seconds if self.settings.getbool("KHABAR_DELAYS") else 0.0
        return PatientAsker(self.crawler, ledger=ledger, delay=delay, deadline=deadline)

    async def read_sources(self, asker: Asker, ledger: Ledger, deadline: float) -> int:
        """Read what is left of the span's parts. Source requests and article requests share the run's budget."""
        seeds, self.skipped = frontier.seeds(self.outlet, self.span)
        again = self.settings.getbool("KHABAR_AGAIN")
        parts = await ledger.write(lambda c: frontier.prepare(c, self.outlet.name, self.span, seeds, again=again))
        reader = PartReader(self.outlet, self.span, asker, ledger, [part.url for part in seeds])
        self._deadline = deadline
        self._budget = await reader.read_all(parts, self.outlet.politeness.max_requests, deadline)
        self.reports = list(reader.reports.values())
        return self._budget

    def judge(self, connection: Connection, now: datetime) -> Verdict:
        """By the span, not by the assertions for a day."""
        return judge_backfill(
            connection, self.outlet, self.span, self.skipped, self.reports, self.visits, self.failed, self._stopped_by()
        )

    def _stopped_by(self) -> str:
        """Why this run did no more, if anything is left."""
        if time.monotonic() >= self._deadline:
            return "the run's time was up"
        if self.visits.total() >= self._budget:
            return f"the {self.outlet.politeness.max_requests} requests of a run were used up"
        return "a host asked us to wait, or failed for the moment"
