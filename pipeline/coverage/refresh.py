"""Brings the rows of outlet_days up to date with the ledger. May be called at any time and as often as anyone likes:
what has not changed keeps its change number (I2)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, func, select, update

from models.change import take_change_numbers
from models.day import day_of
from models.ledger import Discovery, SourceState
from models.outlet_day import OutletDay
from models.run import Run
from models.session import reading, writing
from models.upsert import insert_or
from outlets import Outlet
from pipeline.coverage.articles import addresses
from pipeline.coverage.counts import Key, funnels, until_clock
from pipeline.coverage.readings import crawls
from pipeline.coverage.reckon import HISTORY, Columns, OutletLedger, reckon

T = TypeVar("T")
KEPT_UP: Final = timedelta(days=35)
"""Days whose counts are brought up to date; on older ones only a late decision of a reviewer could change anything."""
AT_HAND: Final = timedelta(days=2)
"""Days before the last one that are diagnosed anew, because their pages may have come later."""
_STAMPS: Final = frozenset({"diagnosed_at", "change_seq"})
_UNSEEN: Final = _STAMPS | {"evidence"}
"""What no view shows: evidence holds crawl stamps, which move at every visit and are no news to a dashboard."""


def refresh(on: Engine, outlets: Mapping[str, Outlet], now: datetime) -> None:
    """Count and diagnose the days of every outlet in the ledger up to `now`. Raises DatabaseError."""
    with reading(on) as connection:
        rows, first = changed_rows(connection, outlets, now)
    with writing(on) as connection:
        _keep(connection, rows, first, now)


def changed_rows(connection: Connection, outlets: Mapping[str, Outlet], now: datetime) -> tuple[list[Columns], date]:
    """The rows of outlet_days, by outlet and day, that say something else than those that are kept; and the first of
    the days that were reckoned."""
    today = day_of(now)
    table = OutletDay.__table__
    newest = connection.execute(select(func.max(table.c.day))).scalar()
    first = today - KEPT_UP if newest else _first_day(connection, today)
    since = max(today - HISTORY, min(today - AT_HAND, newest)) if newest else today - HISTORY
    names = sorted({*connection.execute(select(Discovery.outlet).distinct()).scalars(), *_crawled(connection)})
    if not names:
        return [], first
    kept = _kept(connection, first)
    counted = _by_outlet(funnels(connection, names, first, today))
    crawled = _by_outlet(crawls(connection, names, since, today))
    seen = _by_outlet(addresses(connection, names, since, today))
    by_now = _by_outlet(until_clock(connection, names, today - HISTORY, today, now))
    readable = _ever_readable(connection)
    stored = _by_outlet(kept)
    rows = [
        row
        for name in names
        for row in reckon(
            OutletLedger(
                name, outlets.get(name), stored.get(name, {}), counted.get(name, {}), crawled.get(name, {}),
                seen.get(name, {}), by_now.get(name, {}), readable.get(name, ()),
            ),
            since, today,
        )
        if _says_something_else(row, kept.get((name, row["day"])))
    ]  # fmt: skip
    return rows, first


def _keep(connection: Connection, rows: list[Columns], first: date, now: datetime) -> None:
    table = OutletDay.__table__
    connection.execute(update(OutletDay).where(table.c.day >= first).values(diagnosed_at=now))
    if not rows:
        return
    kept = _kept(connection, first)
    news = [row for row in rows if _says_something_else(row, kept.get(_key(row)), _UNSEEN)]
    numbers = dict(zip(map(_key, news), take_change_numbers(connection, len(news)), strict=True)) if news else {}
    adding = insert_or(connection, OutletDay)
    new = {column.name: adding.excluded[column.name] for column in table.columns}
    connection.execute(
        adding.on_conflict_do_update(index_elements=["outlet", "day"], set_=new),
        [
            {**row, "diagnosed_at": now,
             "change_seq": numbers[_key(row)] if _key(row) in numbers else kept[_key(row)]["change_seq"]}
            for row in rows
        ],
    )  # fmt: skip


def _says_something_else(row: Columns, kept: Mapping[str, Any] | None, but_for: frozenset[str] = _STAMPS) -> bool:
    return kept is None or any(row[name] != value for name, value in kept.items() if name not in but_for)


def _kept(connection: Connection, first: date) -> dict[Key, Columns]:
    table = OutletDay.__table__
    rows = connection.execute(select(table).where(table.c.day >= first)).mappings()
    return {(row["outlet"], row["day"]): dict(row) for row in rows}


def _key(row: Columns) -> Key:
    return row["outlet"], row["day"]


def _by_outlet(found: Mapping[Key, T]) -> dict[str, dict[date, T]]:
    sorted_out: dict[str, dict[date, T]] = {}
    for (outlet, day), value in found.items():
        sorted_out.setdefault(outlet, {})[day] = value
    return sorted_out


def _first_day(connection: Connection, today: date) -> date:
    """The first day that the ledger knows: on the first call every day gets its row."""
    earliest = connection.execute(select(func.min(Discovery.first_seen_at))).scalar()
    return min(day_of(earliest), today - KEPT_UP) if earliest else today - KEPT_UP


def _crawled(connection: Connection) -> Collection[str]:
    return set(connection.execute(select(Run.outlet).where(Run.kind == "crawl").distinct()).scalars())


def _ever_readable(connection: Connection) -> dict[str, list[str]]:
    """Outlet -> addresses of sources that gave a list at some time, however long ago."""
    found: dict[str, list[str]] = {}
    for outlet, url in connection.execute(
        select(SourceState.outlet, SourceState.url).where(SourceState.changed_at.is_not(None))
    ):
        found.setdefault(outlet, []).append(url)
    return found
