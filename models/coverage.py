"""The coverage ledger as people read it: an outlet's days, and what was dropped on them and why. Asked of the views
that dashboards read, so that the command, the pages and a dashboard never tell different numbers."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Date, Integer, Row, String, column, func, select, table

from models.base import Utc
from models.day import begins
from models.exits import Exit
from models.fates import DROPS, STAGES
from models.outlet_day import BROKEN, STATES, OutletDay

STEPS: Final = {
    "discovered": "discovered", "fetched": "fetched", "extracted": "cleaned", "kept": "kept",
    "tagged_af_security": "tagged", "reviewed": "reviewed",
}  # fmt: skip
"""The steps of the funnel: column of v1_outlet_health -> its name for people."""
DROPPED: Final = ("dropped_at_discover", "dropped_at_fetch", "dropped_at_clean", "duplicates")
WAITING: Final = ("waiting_for_fetch", "waiting_for_clean")
DAYS: Final = 14
"""Days of an outlet that are shown together."""
KNOWN_FOR: Final = timedelta(days=2)
"""A diagnosis that is older says nothing of today."""
EARLIEST: Final = date(2000, 1, 1)
"""No ledger is older, and some days later begins what a database can count."""

_FIGURES: Final = (*STEPS, *DROPPED, *WAITING, "http_errors", "blocked", "undated")
_HEALTH: Final = table(
    "v1_outlet_health", column("outlet_id", String), column("day", Date), column("expected_low", Integer),
    column("expected_high", Integer), column("state", String), column("state_reason", String),
    column("diagnosed_at", Utc), *(column(name, Integer) for name in _FIGURES),
)  # fmt: skip
_DROPS: Final = table(
    "v1_coverage_drops", column("discovery_id", Integer), column("url", String), column("outlet_id", String),
    column("day", Date), column("stage", String), column("reason", String), column("detail", String),
    column("title", String), column("first_seen_at", Utc), column("will_retry", Boolean),
    column("article_id", Integer), column("copy_of", Integer),
)  # fmt: skip


class BadDay(ValueError):
    """A day that cannot be meant. The message is one sentence."""

    exit_code = Exit.USAGE


@dataclass(frozen=True, slots=True)
class Day:
    """One outlet on one day in Kabul. discovered = kept + dropped + waiting."""

    outlet: str
    day: date
    figures: Mapping[str, int] | None = None
    """Columns of v1_outlet_health; None when the day has no row, because nothing was collected: that is not zero."""
    state: str | None = None
    """A key of STATES; None when nothing is known."""
    reason: str = ""
    expected: tuple[int, int] | None = None
    """How many addresses would be usual, from and to."""
    counted_at: datetime | None = None

    @property
    def words(self) -> str:
        """The state for people."""
        return "not collected" if self.figures is None else STATES[self.state] if self.state else "not known"

    @property
    def is_broken(self) -> bool:
        """Whether somebody must take care of it."""
        return self.state in BROKEN

    @property
    def dropped(self) -> int | None:
        """Addresses that went no further, copies included."""
        return None if self.figures is None else sum(self.figures[name] for name in DROPPED)

    @property
    def waiting(self) -> int | None:
        """Addresses whose turn comes."""
        return None if self.figures is None else sum(self.figures[name] for name in WAITING)

    @property
    def trouble(self) -> int:
        """Sorts days: the broken first, the most basic cause before the others, then the unknown, the quiet, the ok."""
        if self.state is None:
            return len(BROKEN)
        return list(STATES).index(self.state) + (not self.is_broken)

    def as_json(self) -> dict[str, Any]:
        """Plain values under the names of v1_outlet_health."""
        low, high = self.expected or (None, None)
        return {
            "outlet_id": self.outlet, "day": self.day.isoformat(), "state": self.state, "state_reason": self.reason,
            **(self.figures or dict.fromkeys(_FIGURES)), "dropped": self.dropped, "waiting": self.waiting,
            "expected_low": low, "expected_high": high,
            "diagnosed_at": self.counted_at.isoformat() if self.counted_at else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drop:
    """An address that went no further."""

    discovery_id: int
    url: str
    stage: str
    reason: str
    detail: str | None
    title: str | None
    first_seen_at: datetime
    will_retry: bool
    article_id: int | None
    copy_of: int | None

    def as_json(self) -> dict[str, Any]:
        """Plain values under the names of v1_coverage_drops."""
        return {**asdict(self), "first_seen_at": self.first_seen_at.isoformat()}


@dataclass(frozen=True, slots=True)
class Drops:
    """What was dropped at one stage for one reason: how many, and the first of them."""

    stage: str
    reason: str
    number: int
    first: tuple[Drop, ...]

    @property
    def words(self) -> str:
        """The reason for people."""
        return DROPS.get(self.reason, self.reason)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        first = [drop.as_json() for drop in self.first]
        return {"stage": self.stage, "reason": self.reason, "words": self.words, "number": self.number, "first": first}


def parse_day(raw: str, today: date) -> date:
    """The day that `raw` names. Raises BadDay."""
    try:
        day = date.fromisoformat(raw) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw) else None
    except ValueError:
        day = None
    if day is None:
        raise BadDay(f"{raw[:40]!r} is no day: it is written like {today.isoformat()}")
    if day > today:
        raise BadDay(f"{day} has not come yet: in Kabul it is {today}")
    if day < EARLIEST:
        raise BadDay(f"{day} lies before anything that was ever collected")
    return day


def say(day: date, today: date) -> str:
    """A day in Kabul, and whether its figures can still grow."""
    until = "so far" if day == today else "the whole day"
    return f"{day.strftime('%a')} {day.day} {day.strftime('%b %Y')} in Kabul, {until}"


def newest_day(connection: Connection, outlet: str | None = None) -> date | None:
    """The last day that was counted; None before the first."""
    newest = select(func.max(_HEALTH.c.day))
    found: date | None = connection.execute(newest.where(_HEALTH.c.outlet_id == outlet) if outlet else newest).scalar()
    return found


def first_days(connection: Connection) -> dict[str, date]:
    """Outlet -> the first day that was counted: since when it is watched."""
    rows = connection.execute(
        select(OutletDay.outlet, func.min(OutletDay.day).label("first")).group_by(OutletDay.outlet)
    )
    return {row.outlet: row.first for row in rows}


def day_of_all(connection: Connection, day: date, watched: Collection[str]) -> list[Day]:
    """Every outlet on one day, the troubled first: those that have a row, and those of `watched` that have none."""
    rows = connection.execute(select(_HEALTH).where(_HEALTH.c.day == day))
    found = {row.outlet_id: _day(row) for row in rows}
    missing = [Day(name, day, reason="It was not collected on this day.") for name in watched if name not in found]
    return sorted([*found.values(), *missing], key=lambda one: (one.trouble, one.outlet))


def days_of_one(connection: Connection, outlet: str, last: date, number: int = DAYS) -> list[Day]:
    """`number` days of an outlet up to `last`, the newest first, those without a row too."""
    first = last - timedelta(days=number - 1)
    rows = connection.execute(
        select(_HEALTH).where(_HEALTH.c.outlet_id == outlet, _HEALTH.c.day >= first, _HEALTH.c.day <= last)
    )
    found = {row.day: _day(row) for row in rows}
    wanted = [last - timedelta(days=back) for back in range(number)]
    return [found.get(day) or Day(outlet, day, reason="It was not collected on this day.") for day in wanted]


def latest(connection: Connection, today: date) -> dict[str, Day]:
    """Outlet -> its newest day, where that is near enough to say something of today."""
    near = select(_HEALTH).where(_HEALTH.c.day >= today - KNOWN_FOR, _HEALTH.c.day <= today).order_by(_HEALTH.c.day)
    return {row.outlet_id: _day(row) for row in connection.execute(near)}


def drops(connection: Connection, outlet: str, day: date, most: int) -> list[Drops]:
    """What the ledger has dropped by now of an outlet's day, by stage and reason, a stage's commonest reason first; of
    each at most `most` addresses, in the order in which they were seen."""
    of_day = (  # the two times say nothing new, but there is an index for them
        _DROPS.c.outlet_id == outlet, _DROPS.c.day == day,
        _DROPS.c.first_seen_at >= begins(day), _DROPS.c.first_seen_at < begins(day + timedelta(days=1)),
    )  # fmt: skip
    rank = func.row_number().over(partition_by=(_DROPS.c.stage, _DROPS.c.reason), order_by=_DROPS.c.discovery_id)
    number = func.count().over(partition_by=(_DROPS.c.stage, _DROPS.c.reason))
    ranked = select(_DROPS, rank.label("rank"), number.label("number")).where(*of_day).subquery()
    found: dict[tuple[str, str], tuple[int, list[Drop]]] = {}
    for row in connection.execute(select(ranked).where(ranked.c.rank <= max(most, 1)).order_by(ranked.c.rank)):
        found.setdefault((row.stage, row.reason), (row.number, []))[1].append(_drop(row))
    made = [Drops(*key, number, tuple(first[:most])) for key, (number, first) in found.items()]
    return sorted(made, key=lambda one: (STAGES.index(one.stage), -one.number, one.reason))


def _day(row: Row[Any]) -> Day:
    expected = None if row.expected_low is None else (row.expected_low, row.expected_high)
    figures = {name: row._mapping[name] for name in _FIGURES}
    return Day(row.outlet_id, row.day, figures, row.state, row.state_reason or "", expected, row.diagnosed_at)


def _drop(row: Row[Any]) -> Drop:
    title = None if row.title is None else str(row.title)
    return Drop(
        row.discovery_id, row.url, row.stage, row.reason, row.detail, title, row.first_seen_at, row.will_retry,
        row.article_id, row.copy_of,
    )  # fmt: skip
