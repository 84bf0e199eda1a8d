"""The change feed: the rows of the v1 views in the order of their change numbers, none skipped while writers commit.

A writer holds the change counter until it commits, so every number up to the counter's value is visible when that has
been read. A row that moves on while we read has a higher number then, and comes with a later page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Engine, TableClause, column, inspect, select, table
from sqlalchemy.types import NullType

from models.run import ChangeCounter
from models.views import VIEWS

MOST: Final = 1000
"""Rows a page."""
USUAL: Final = 100

ROW_NUMBERED: Final = tuple(
    name for name, sql in VIEWS.items() if "AS change_seq" in sql and name != "v1_coverage_drops"
)
"""The views of which each row has a number of its own. Drops carry their day's: when it moves, all of them are read
anew."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the feed."""

    rows: tuple[tuple[str, Row], ...]
    """(view, its row)."""
    next: int
    """The number to ask after the next time."""
    newest: int
    """The number of the newest change there is."""

    def as_json(self) -> Row:
        """Plain values."""
        rows = [{"view": view, "row": row} for view, row in self.rows]
        return {"rows": rows, "next": self.next, "newest": self.newest, "more": self.next < self.newest}


def changes(connection: Connection, after: int, limit: int, views: Sequence[str] = ROW_NUMBERED) -> Changes:
    """What changed after number `after`, at most `limit` rows. More come only when so many share one number: a page
    never ends within a number."""
    newest = connection.execute(select(ChangeCounter.value).where(ChangeCounter.id == 1)).scalar_one()
    found: list[tuple[int, str, Row]] = []
    for view in views:
        of = clause(connection, view)
        seq = of.c.change_seq
        wanted = select(of).where(seq > after, seq <= newest).order_by(seq).limit(limit + 1)
        found += [(row["change_seq"], view, row) for row in rows(connection, wanted)]
    found.sort(key=lambda one: one[0])
    if len(found) <= limit:
        return Changes(_shown(found), max(after, newest), newest)
    first_left = found[limit][0]
    page = [one for one in found if one[0] < first_left]
    if not page:
        for view in views:
            of = clause(connection, view)
            alike = rows(connection, select(of).where(of.c.change_seq == first_left))
            page += [(first_left, view, row) for row in alike]
    return Changes(_shown(page), page[-1][0], newest)


def _shown(found: Iterable[tuple[int, str, Row]]) -> tuple[tuple[str, Row], ...]:
    return tuple((view, row) for _, view, row in found)


def rows(connection: Connection, query: Any) -> list[Row]:
    """The rows that a query on a view gives, as plain values that are the same from both databases."""
    return [{name: _plain(name, value) for name, value in row.items()} for row in connection.execute(query).mappings()]


def clause(connection: Connection, view: str) -> TableClause:
    """A view with the types of its columns."""
    return table(view, *(column(name, type_) for name, type_ in _columns(connection.engine, view)))


@lru_cache(maxsize=64)
def _columns(on: Engine, view: str) -> tuple[tuple[str, Any], ...]:
    found: Sequence[Mapping[str, Any]] = inspect(on).get_columns(view)
    return tuple(
        (each["name"], Boolean() if isinstance(each["type"], NullType) and each["name"] in _YES_NO else each["type"])
        for each in found
    )


_YES_NO: Final = frozenset({"is_latest", "is_deleted", "will_retry"})
"""Columns that a view reckons: SQLite knows no type of them."""


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return utc.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return bool(value) if name in _YES_NO and value is not None else value
