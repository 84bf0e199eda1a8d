"""Whether the numbers can be trusted: what each outlet's last run came to, and what is missing. Shown before news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from models.article import Article
from models.ledger import Discovery
from models.run import Run
from review.outlet_faces import Face
from review.times import OVERDUE, Shown, ago, instant, kabul_midnight

WORDS: Final = {
    "ok": "collected", "failed": "failed", "interrupted": "interrupted", "running": "running", "overdue": "overdue",
    "never": "never collected",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutletHealth:
    """One outlet on the strip."""

    outlet: Face
    state: str
    """ok, running, overdue, failed, interrupted or never."""
    reason: str
    at: Shown
    since: str
    """How long ago its last run began."""
    found_today: int
    """Addresses first seen since midnight in Kabul."""
    kept_today: int

    @property
    def words(self) -> str:
        """The state in words."""
        return WORDS[self.state]

    @property
    def is_trusted(self) -> bool:
        """Whether its numbers are complete."""
        return self.state in {"ok", "running"}


@dataclass(frozen=True, slots=True)
class Health:
    """The strip and what to warn of."""

    outlets: tuple[OutletHealth, ...]
    processing: str
    """Why the last processing run failed; "" when it did not."""
    nothing_yet: bool
    """No outlet has ever been collected."""

    @property
    def troubled(self) -> list[OutletHealth]:
        """Outlets whose numbers cannot be trusted."""
        return [outlet for outlet in self.outlets if not outlet.is_trusted]


def look(connection: Connection, outlets: Mapping[str, Face], now: datetime) -> Health:
    """The health of every outlet that we watch, the troubled first."""
    last = _last_runs(connection, "crawl")
    finished = _last_runs(connection, "crawl", finished=True)
    today = kabul_midnight(now)
    found = _count(connection, Discovery, today)
    kept = _count(connection, Article, today)
    strip = []
    for name, face in outlets.items():
        run, before = last.get(name), finished.get(name)
        state, reason = _state(run, before, now)
        strip.append(
            OutletHealth(
                face, state, reason, instant(run.started_at if run else None),
                ago(run.started_at if run else None, now), found.get(name, 0), kept.get(name, 0),
            )
        )  # fmt: skip
    strip.sort(key=lambda o: (o.is_trusted, o.outlet.title.casefold()))
    processing = _last_runs(connection, "process", finished=True).get("")
    failed = processing is not None and processing.state != "ok"
    reason = (processing.reason or processing.state) if failed and processing is not None else ""
    return Health(tuple(strip), reason, nothing_yet=not last)


def _state(run: Row[Any] | None, finished: Row[Any] | None, now: datetime) -> tuple[str, str]:
    """A run in progress does not hide that the one before it failed."""
    if run is None:
        return "never", ""
    if finished is not None and finished.state != "ok":
        return finished.state, finished.reason or ""
    if now - run.started_at > OVERDUE:
        return "overdue", "no run in the last 26 hours"
    if run.state == "running":
        return "running", ""
    warnings = run.stats.get("warnings") if isinstance(run.stats, dict) else None
    return "ok", "; ".join(map(str, warnings)) if isinstance(warnings, list) else ""


def _last_runs(connection: Connection, kind: str, *, finished: bool = False) -> dict[str, Row[Any]]:
    newest = select(func.max(Run.id)).where(Run.kind == kind).group_by(Run.outlet)
    if finished:
        newest = newest.where(Run.state != "running")
    rows = connection.execute(select(Run.__table__).where(Run.id.in_(newest)))
    return {row.outlet: row for row in rows}


def _count(connection: Connection, table: type[Discovery] | type[Article], since: datetime) -> dict[str, int]:
    rows = connection.execute(
        select(table.outlet, func.count()).where(table.first_seen_at >= since).group_by(table.outlet)
    )
    return {row[0]: row[1] for row in rows}
