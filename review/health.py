"""Whether the numbers can be trusted: how each outlet was collected last, what its silence means, and what is missing.
Shown before news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from models.day import begins, day_of
from models.ledger import Discovery
from models.outlet_day import STATES, OutletDay
from models.run import Run
from review.outlet_faces import Face
from review.times import OVERDUE, Shown, ago, instant

WORDS: Final = {
    **STATES, "ok": "collected", "failed": "failed", "interrupted": "interrupted", "running": "running",
    "overdue": "overdue", "never": "never collected",
}  # fmt: skip
TRUSTED: Final = frozenset({"ok", "quiet", "running"})
KNOWN_FOR: Final = timedelta(days=3)
"""A diagnosis that is older says nothing of today."""


@dataclass(frozen=True, slots=True)
class OutletHealth:
    """One outlet on the strip."""

    outlet: Face
    state: str
    """A key of WORDS: how its collection stands, or what its diagnosis found."""
    reason: str
    at: Shown
    since: str
    """How long ago its last run began."""
    found_today: int
    """Addresses first seen since midnight in Kabul."""
    kept_today: int
    day: Row[Any] | None = None
    """Its last row of outlet_days, where that is of these days."""

    @property
    def words(self) -> str:
        """The state in words."""
        return WORDS[self.state]

    @property
    def is_trusted(self) -> bool:
        """Whether its numbers are complete."""
        return self.state in TRUSTED


@dataclass(frozen=True, slots=True)
class Health:
    """The strip and what to warn of."""

    outlets: tuple[OutletHealth, ...]
    """Those that were collected at some time, the troubled first."""
    never: tuple[Face, ...]
    """Those that never were."""
    processing: str
    """Why the last processing run failed; "" when it did not."""

    @property
    def nothing_yet(self) -> bool:
        """Whether no outlet has ever been collected."""
        return not self.outlets

    @property
    def troubled(self) -> list[OutletHealth]:
        """Outlets whose numbers cannot be trusted."""
        return [outlet for outlet in self.outlets if not outlet.is_trusted]


def look(connection: Connection, outlets: Mapping[str, Face], now: datetime) -> Health:
    """The health of every outlet that we watch."""
    last = _last_runs(connection, "crawl")
    finished = _last_runs(connection, "crawl", finished=True)
    found, kept = _today(connection, list(outlets), now)
    days = _last_days(connection, day_of(now))
    strip = []
    for name, face in outlets.items():
        if (run := last.get(name)) is None:
            continue
        before, day = finished.get(name), days.get(name)
        state, reason = _state(run, before, day, now)
        strip.append(
            OutletHealth(
                face, state, reason, instant(run.started_at), ago(run.started_at, now), found.get(name, 0),
                kept.get(name, 0), day,
            )
        )  # fmt: skip
    strip.sort(key=lambda one: (one.is_trusted, _rank(one.state), one.outlet.title.casefold()))
    processing = _last_runs(connection, "process", finished=True).get("")
    failed = processing is not None and processing.state != "ok"
    reason = (processing.reason or processing.state) if failed and processing is not None else ""
    never = sorted((face for name, face in outlets.items() if name not in last), key=lambda face: face.title.casefold())
    return Health(tuple(strip), tuple(never), reason)


def _state(run: Row[Any], finished: Row[Any] | None, day: Row[Any] | None, now: datetime) -> tuple[str, str]:
    """What is told of an outlet. The diagnosis explains why a crawl failed, so it goes before that; it counts only when
    it is of the day of the last run. A run in progress does not hide that the one before it failed."""
    diagnosed = day is not None and finished is not None and day.day >= day_of(finished.started_at)
    told = (day.state, day.reason) if day is not None and diagnosed and day.state is not None else None
    if told and told[0] not in TRUSTED and now - run.started_at <= OVERDUE:
        return told
    if finished is not None and finished.state != "ok":
        return finished.state, finished.reason or ""
    if now - run.started_at > OVERDUE:
        return "overdue", "no run in the last 26 hours"
    if run.state == "running":
        return "running", ""
    if told:
        return told
    warnings = run.stats.get("warnings") if isinstance(run.stats, dict) else None
    return "ok", "; ".join(map(str, warnings)) if isinstance(warnings, list) else ""


def _rank(state: str) -> int:
    """Collection that does not happen first, then the states from the most basic cause on."""
    return list(STATES).index(state) if state in STATES else -1


def _last_runs(connection: Connection, kind: str, *, finished: bool = False) -> dict[str, Row[Any]]:
    newest = select(func.max(Run.id)).where(Run.kind == kind).group_by(Run.outlet)
    if finished:
        newest = newest.where(Run.state != "running")
    rows = connection.execute(select(Run.__table__).where(Run.id.in_(newest)))
    return {row.outlet: row for row in rows}


def _last_days(connection: Connection, today: date) -> dict[str, Row[Any]]:
    """The newest row of outlet_days of each outlet, where it is of these days."""
    table = OutletDay.__table__
    rows = connection.execute(select(table).where(table.c.day >= today - KNOWN_FOR).order_by(table.c.day))
    return {row.outlet: row for row in rows}


def _today(connection: Connection, outlets: list[str], now: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Addresses first seen today by outlet, and how many of them are articles by now; a backfill's left out."""
    rows = connection.execute(
        select(Discovery.outlet, func.count(), func.count(Discovery.article_id.distinct()))
        .where(
            Discovery.outlet.in_(outlets), Discovery.backfill.is_(False),
            Discovery.first_seen_at >= begins(day_of(now)),
        )
        .group_by(Discovery.outlet)
    ).all()  # fmt: skip
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
