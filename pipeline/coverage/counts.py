"""Counts the funnel of each outlet and day in the ledger. Every address is in exactly one of the cells that are summed
here, because each has exactly one fate (models/fates.py)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Date, bindparam, text

from models.base import Utc
from models.day import KABUL, begins
from models.fates import PARTS, REACHED, fates

Key = tuple[str, date]
"""Outlet and day."""

HTTP_ERRORS: Final = frozenset({"refused:http_4xx", "refused:http_5xx", "refused:http_other", "refused:http_304"})
BLOCKED: Final = frozenset(
    {"refused:challenge", "refused:wall", "refused:rate_limited", "refused:robots", "refused:tdm",
     "refused:identical_body"}
)  # fmt: skip
"""We were turned away, by whatever means."""

COUNTS: Final = (
    "discovered", "dropped_at_discover", "dropped_at_fetch", "waiting_for_fetch", "fetched", "dropped_at_clean",
    "waiting_for_clean", "cleaned", "duplicates", "kept", "tagged", "reviewed", "http_errors", "blocked",
)  # fmt: skip
"""Columns of outlet_days that follow from the fates alone."""

_FUNNELS: Final = """
SELECT outlet, day, reached, stage, reason,
    CASE WHEN reason = 'refused:http_4xx' THEN detail END AS detail,
    count(*) AS number,
    sum(CASE WHEN reason IS NULL THEN 0 ELSE discovery_id END) AS ids
FROM ({fates}) f
WHERE outlet IN :outlets AND first_seen_at >= :begin AND first_seen_at < :end
GROUP BY 1, 2, 3, 4, 5, 6
"""
_UNTIL_CLOCK: Final = """
SELECT d.outlet AS outlet, {day} AS day, count(*) AS number
FROM discoveries d
WHERE d.backfill = {false} AND d.outlet IN :outlets AND d.first_seen_at >= :begin AND d.first_seen_at < :end
    AND {clock} <= :clock
GROUP BY 1, 2
"""


@dataclass(slots=True)
class Funnel:
    """What became of the addresses first seen on one day."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    drops: dict[str, int] = field(default_factory=dict)
    dropped_ids: int = 0
    statuses: dict[str, int] = field(default_factory=dict)

    def add(self, reached: str, stage: str, reason: str | None, detail: str | None, number: int, ids: int) -> None:
        """Put `number` addresses with one fate into their cells."""
        passed = REACHED[: REACHED.index(reached) + 1]
        for name in passed:
            self.counts[name] += number
        if reason is None:
            if reached in ("discovered", "fetched"):
                self.counts["waiting_for_fetch" if reached == "discovered" else "waiting_for_clean"] += number
            return
        self.counts["duplicates" if stage == "dedupe" else f"dropped_at_{stage}"] += number
        self.counts["http_errors"] += number * (reason in HTTP_ERRORS)
        self.counts["blocked"] += number * (reason in BLOCKED)
        self.drops[reason] = self.drops.get(reason, 0) + number
        self.dropped_ids += ids
        if detail:
            self.statuses[detail] = self.statuses.get(detail, 0) + number


def funnels(connection: Connection, outlets: Collection[str], first: date, last: date) -> dict[Key, Funnel]:
    """The funnel of every day from `first` to `last` on which one of `outlets` had an address first seen."""
    statement = text(_FUNNELS.format(fates=fates(connection.dialect.name)))
    found: dict[Key, Funnel] = {}
    for row in connection.execute(_dated(statement), _span(outlets, first, last)):
        funnel = found.setdefault((row.outlet, row.day), Funnel())
        funnel.add(row.reached, row.stage, row.reason, row.detail, row.number, int(row.ids))
    return found


def until_clock(
    connection: Connection, outlets: Collection[str], first: date, last: date, now: datetime
) -> dict[Key, int]:
    """How many addresses each day had seen by the time of day that `now` is in Kabul: what a day that is not over may
    be compared with."""
    statement = text(_UNTIL_CLOCK.format(**PARTS[connection.dialect.name]))
    clock = now.astimezone(KABUL).strftime("%H:%M:%S")
    rows = connection.execute(_dated(statement), {**_span(outlets, first, last), "clock": clock})
    return {(row.outlet, row.day): row.number for row in rows}


def _dated(statement: Any) -> Any:
    return statement.bindparams(
        bindparam("outlets", expanding=True), bindparam("begin", type_=Utc()), bindparam("end", type_=Utc())
    ).columns(day=Date())


def _span(outlets: Collection[str], first: date, last: date) -> Mapping[str, Any]:
    return {"outlets": sorted(outlets), "begin": begins(first), "end": begins(last + timedelta(days=1))}
