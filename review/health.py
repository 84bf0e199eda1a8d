"""Whether the numbers can be trusted: how each outlet was collected last, what its silence means, and what is missing.
Shown before news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from models.coverage import Day, latest
from models.day import day_of
from models.late import late_since
from models.outlet_day import BROKEN, STATES
from models.run import Run
from review.outlet_faces import Face
from review.times import OVERDUE, Shown, ago, instant

WORDS: Final = {
    **STATES, "ok": "collected", "failed": "failed", "interrupted": "interrupted", "running": "running",
    "overdue": "overdue", "never": "never collected",
}  # fmt: skip
TONES: Final = {
    **dict.fromkeys(BROKEN, "bad"), "failed": "bad", "interrupted": "doubt", "overdue": "doubt", "never": "doubt",
    "running": "going", "quiet": "well", "ok": "well",
}  # fmt: skip
"""How loudly a state is shown. What is bad or doubtful is not to be trusted."""
TOLD: Final = 5
"""Troubled outlets whose sentences stand in the banner; the others are on the page of the coverage."""


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
    today: Day | None
    """What was counted of the present day."""

    @property
    def words(self) -> str:
        """The state in words."""
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        """How loudly it is shown."""
        return TONES[self.state]

    @property
    def is_trusted(self) -> bool:
        """Whether its numbers are complete."""
        return self.tone in {"well", "going"}

    @property
    def is_diagnosed(self) -> bool:
        """Whether the state was found by the diagnosis, whose sentence says since when it holds."""
        return self.state in BROKEN or self.state == "quiet"


@dataclass(frozen=True, slots=True)
class Health:
    """The strip and what to warn of."""

    outlets: tuple[OutletHealth, ...]
    """The troubled first."""
    processing: str
    """Why the last processing run failed; "" when it did not."""
    nothing_yet: bool
    """No outlet has ever been collected."""
    late: Shown | None = None
    """Since when something has been due that nobody asked: no scheduler seems to run."""

    @property
    def troubled(self) -> list[OutletHealth]:
        """Outlets whose numbers cannot be trusted."""
        return [outlet for outlet in self.outlets if not outlet.is_trusted]

    @property
    def trusted(self) -> list[OutletHealth]:
        """The others."""
        return [outlet for outlet in self.outlets if outlet.is_trusted]


def look(connection: Connection, outlets: Mapping[str, Face], now: datetime) -> Health:
    """The health of every outlet that we watch."""
    last = _last_runs(connection, "crawl")
    finished = _last_runs(connection, "crawl", finished=True)
    today = day_of(now)
    days = latest(connection, today)
    strip = []
    for name, face in outlets.items():
        run, day = last.get(name), days.get(name)
        state, reason = _state(run, finished.get(name), day, now)
        strip.append(
            OutletHealth(
                face, state, reason.removesuffix("."), instant(run.started_at if run else None),
                ago(run.started_at if run else None, now), day if day and day.day == today else None,
            )
        )  # fmt: skip
    strip.sort(key=lambda one: (one.is_trusted, _rank(one.state), one.outlet.title.casefold()))
    processing = _last_runs(connection, "process", finished=True).get("")
    failed = processing is not None and processing.state != "ok"
    reason = (processing.reason or processing.state) if failed and processing is not None else ""
    live = {name: last[name] for name in outlets if name in last and not last[name].replica}  # a demo has no scheduler
    late = late_since(connection, live, now)
    return Health(tuple(strip), reason, nothing_yet=not last, late=instant(late) if late else None)


def _state(run: Row[Any] | None, finished: Row[Any] | None, day: Day | None, now: datetime) -> tuple[str, str]:
    """What is told of an outlet. The diagnosis explains why a crawl failed, so it goes before that; it counts only when
    it is of the day of the last run. A run in progress does not hide that the one before it failed."""
    if run is None:
        return "never", ""
    is_overdue = now - run.started_at > OVERDUE
    told = day if day is not None and finished is not None and day.day >= day_of(finished.started_at) else None
    if told is not None and told.state in BROKEN and not is_overdue:
        return told.state or "", told.reason
    if finished is not None and finished.state != "ok":
        return finished.state, finished.reason or ""
    if is_overdue:
        return "overdue", "no run in the last 26 hours"
    if run.state == "running":
        return "running", ""
    if told is not None and told.state == "quiet":
        return "quiet", told.reason
    warnings = run.stats.get("warnings") if isinstance(run.stats, dict) else None
    return "ok", "; ".join(map(str, warnings)) if isinstance(warnings, list) else ""


def _rank(state: str) -> int:
    """Collection that does not happen first, then the diagnoses, the most basic cause first; never yet is no change."""
    return len(STATES) if state == "never" else list(STATES).index(state) if state in STATES else -1


def _last_runs(connection: Connection, kind: str, *, finished: bool = False) -> dict[str, Row[Any]]:
    """The newest run of each outlet, found by leaping from outlet to outlet: a year of hourly runs is 400 000 rows."""
    first = select(func.min(Run.outlet).label("outlet")).where(Run.kind == kind).cte("known", recursive=True)
    following = select(func.min(Run.outlet)).where(Run.kind == kind, Run.outlet > first.c.outlet).scalar_subquery()
    known = first.union_all(select(following).where(first.c.outlet.is_not(None)))
    one = Run.__table__.alias("one")
    newest = select(one.c.id).where(one.c.kind == kind, one.c.outlet == known.c.outlet)
    if finished:
        newest = newest.where(one.c.state != "running")
    newest = newest.order_by(one.c.kind.desc(), one.c.outlet.desc(), one.c.id.desc()).limit(1)
    rows = connection.execute(select(Run.__table__).join(known, Run.id == newest.scalar_subquery()))
    return {row.outlet: row for row in rows}
