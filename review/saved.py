"""The searches that a reviewer keeps, beside those that everybody has; one of them is where the queue begins."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.article import AF_SECURITY
from models.saved_search import SavedSearch
from review.filters import EVERYTHING, BadFilter, Filter, parameters
from review.queue import count

MAX_NAME: Final = 80
AT_MOST: Final = 20
"""Searches of one reviewer: each is counted on every page of the queue."""
COUNT_UP_TO: Final = 100


class BadSearch(ValueError):
    """What was asked cannot be kept: one sentence."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A search as the queue offers it."""

    id: int
    """0: everybody has it, so it can be neither renamed nor deleted."""
    name: str
    query: str
    is_default: bool
    wanted: Filter | None
    """None: its address is no longer understood."""
    new: int | None = None
    """Stories that came or changed since the last shift; COUNT_UP_TO means at least so many."""

    @property
    def counted(self) -> str:
        """`new` for the reader."""
        return "" if self.new is None else f"{COUNT_UP_TO}+" if self.new >= COUNT_UP_TO else str(self.new)


EVERYBODY: Final = (
    ("Afghanistan, security, new since my last shift", f"relevance={AF_SECURITY}&new=shift"),
    ("Everything that waits", EVERYTHING),
)
"""Name and query; the first is where a new reviewer's queue begins."""


def saved(connection: Connection, reviewer: str) -> list[Saved]:
    """Those of everybody, then the reviewer's by name; exactly one is the default."""
    rows = connection.execute(
        select(SavedSearch.__table__).where(SavedSearch.reviewer == reviewer).order_by(func.lower(SavedSearch.name))
    ).all()
    chosen = any(row.is_default for row in rows)
    own = [Saved(row.id, row.name, row.query, row.is_default, _filter(row.query)) for row in rows]
    of_all = [
        Saved(0, name, query, not chosen and number == 0, _filter(query))
        for number, (name, query) in enumerate(EVERYBODY)
        if name not in {one.name for one in own}
    ]
    return [*of_all, *own]


def beginning(searches: list[Saved]) -> Filter:
    """What the queue shows to who asks for nothing: the default, or all that waits when that cannot be read."""
    return next((one.wanted for one in searches if one.is_default and one.wanted), Filter())


def counted(
    connection: Connection, searches: list[Saved], since: datetime, understood: Callable[[Filter], Filter]
) -> list[Saved]:
    """The searches with the number of stories in each that came or changed after `since`. `understood` is what an
    address means for the reader."""
    found = []
    for one in searches:
        if one.wanted is not None:
            wanted = understood(one.wanted)
            newest = max(since, wanted.new_since or since)
            number = count(connection, replace(wanted, new=wanted.new or "shift", new_since=newest), COUNT_UP_TO)
            one = replace(one, new=number)
        found.append(one)
    return found


def keep(connection: Connection, reviewer: str, name: str, query: str, at: datetime, *, default: bool = False) -> None:
    """Save a search; one of the same name is replaced. Raises BadSearch."""
    name = _name(name)
    wanted = _filter(query)
    if wanted is None:
        raise BadSearch("This search cannot be understood.")
    values = {"query": wanted.query(after=None) or EVERYTHING}
    mine = (SavedSearch.reviewer == reviewer, SavedSearch.name == name)
    known = connection.execute(select(SavedSearch.id).where(*mine)).scalar()
    if known is not None:
        connection.execute(update(SavedSearch).where(SavedSearch.id == known).values(**values))
    else:
        number = select(func.count()).where(SavedSearch.reviewer == reviewer)
        if connection.execute(number).scalar_one() >= AT_MOST:
            raise BadSearch(f"Nobody keeps more than {AT_MOST} searches: delete one first.")
        made = insert(SavedSearch).values(reviewer=reviewer, name=name, created_at=at, **values)
        known = connection.execute(made.returning(SavedSearch.id)).scalar_one()
    if default:
        begin_with(connection, reviewer, known)


def begin_with(connection: Connection, reviewer: str, search: int) -> None:
    """Make it what the reviewer's queue begins with; 0 means that of everybody. Raises LookupError."""
    mine = SavedSearch.reviewer == reviewer
    connection.execute(update(SavedSearch).where(mine, SavedSearch.is_default).values(is_default=False))
    if search:
        _one(connection.execute(update(SavedSearch).where(mine, SavedSearch.id == search).values(is_default=True)))


def rename(connection: Connection, reviewer: str, search: int, name: str) -> None:
    """Raises BadSearch for a name that cannot be, LookupError for a search that is not the reviewer's."""
    mine = (SavedSearch.reviewer == reviewer, SavedSearch.id == search)
    try:
        _one(connection.execute(update(SavedSearch).where(*mine).values(name=_name(name))))
    except IntegrityError as error:
        raise BadSearch("Another of your searches has this name.") from error


def forget(connection: Connection, reviewer: str, search: int) -> None:
    """Delete a search. Raises LookupError when it is not the reviewer's."""
    _one(connection.execute(delete(SavedSearch).where(SavedSearch.reviewer == reviewer, SavedSearch.id == search)))


def _name(raw: str) -> str:
    name = " ".join(raw.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise BadSearch(f"A search has a name of 1 to {MAX_NAME} characters.")
    return name


def _filter(query: str) -> Filter | None:
    try:
        return replace(Filter.parse(parameters(query)), after=None)
    except BadFilter:
        return None


def _one(result: CursorResult[Any]) -> None:
    if result.rowcount != 1:
        raise LookupError("no such search")
