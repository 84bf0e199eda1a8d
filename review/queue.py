"""Which stories the queue shows and in which order, page by page, in a time that does not grow with what is stored.

There are two ways to read. When one of the filters leaves few articles, they are all read and the stories ranked. When
none does, the articles are read in the queue's own order, as an index has them, until the page is full. Both show the
same; tests compare them."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)  # fmt: skip
from sqlalchemy.orm import aliased

from models.article import Article
from models.base import Utc
from models.search_query import has_words, newest_with_words, with_words
from review.conditions import Articles, conditions, ways
from review.filters import Cursor, Filter

PAGE: Final = 20
COUNT_UP_TO: Final = 1000
"""Counting further would cost more than anyone reads."""
FEW: Final = 5_000
"""So many articles are read at once without a thought."""
READ_TO_COUNT: Final = 4_000
"""Articles that are read to say how many stories there are at least."""
MANY: Final = 10_000
"""Further than this no filter's articles are counted to find the one with fewest."""
AT_MOST: Final = 100_000
"""Nor those of the one that is read, when the queue's order would pass still more."""
FOLLOWED: Final = 5
"""Articles that a page of the queue passes for each story that it shows."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue: the leads' ids, where the next page begins, and how many stories there are in all."""

    leads: tuple[int, ...]
    following: Cursor | None
    count: int
    is_least: bool
    """There are more than `count`."""
    newest_only: bool = False
    """The words are so frequent that only the newest FEW articles with them were put in order."""


def page(connection: Connection, wanted: Filter, size: int = PAGE) -> Page:
    """The page of `wanted` that begins after its cursor."""
    way = _way(connection, wanted)
    rows, counted = _read(connection, wanted, way, wanted.after, size + 1)
    if way is None:
        counted = len(rows) if wanted.q else _count_in_order(connection, wanted)  # words are dear to ask for
    shown = rows[:size]
    following = Cursor(shown[-1].rank, shown[-1].at, shown[-1].id) if len(rows) > size else None
    is_least = counted > COUNT_UP_TO or (way is None and counted > 0)
    newest_only = wanted.order == "match" and way == _NEWEST
    return Page(tuple(row.id for row in shown), following, min(counted, COUNT_UP_TO), is_least, newest_only)


def next_lead(connection: Connection, wanted: Filter, after: Cursor) -> int | None:
    """The lead after a place in the queue, which need not be in the queue (any more) itself."""
    if wanted.order == "newest":
        after = replace(after, relevance=0.0)
    elif wanted.order == "match":
        in_title = has_words(connection, literal(after.article_id), wanted.q, in_title=True)
        after = replace(after, relevance=float(bool(connection.execute(select(in_title)).scalar_one())))
    rows, _ = _read(connection, wanted, _way(connection, wanted), after, 1)
    return rows[0].id if rows else None


def count(connection: Connection, wanted: Filter, most: int) -> int:
    """The number of stories, counted up to `most`; for filters that leave few articles."""
    matching = _ranked(connection, wanted, min(ways(connection, wanted), key=_ORDER_OF_WAYS.index))
    leads = select(literal(1)).select_from(matching).where(matching.c.place == 1).limit(most)
    return connection.execute(select(func.count()).select_from(leads.subquery())).scalar_one()


_NEWEST: Final = "newest"
_ORDER_OF_WAYS: Final = (
    "sample", "decided", "flagged", "assigned", "new", "q", "iso3166-2", "actor", "topic", "outlet", "ownership",
    "language", "since", "until", "relevance", "status",
)  # fmt: skip
"""From what leaves fewest, as a rule."""


def _way(connection: Connection, wanted: Filter) -> str | None:
    """The filter whose articles are read, or None for the queue's own order."""
    found = ways(connection, wanted)
    names = list(found)
    numbers = [_counted(found[name], MANY).scalar_subquery() for name in names]
    size, *counted = connection.execute(
        select(select(func.coalesce(func.max(Article.id), 0)).scalar_subquery(), *numbers)
    ).one()
    least, name = min(zip(counted, names, strict=True))
    if least <= FEW:
        return name
    if wanted.order == "match":
        return _NEWEST
    passed = float(PAGE * FOLLOWED)
    for one, number in zip(names, counted, strict=True):
        if one != "status":  # the order has an index of its own for what is of one status
            passed *= max(1.0, size / number)
    if passed <= least or (name == "q" and least == MANY):  # to read a frequent word is dear in itself
        return None
    if least == MANY:
        least = connection.execute(_counted(found[name], AT_MOST)).scalar_one()
    return name if least < min(passed, AT_MOST) else None


def _counted(found: Select[Any], most: int) -> Select[Any]:
    return select(func.count()).select_from(found.limit(most).subquery())


def _read(
    connection: Connection, wanted: Filter, way: str | None, after: Cursor | None, limit: int
) -> tuple[list[Row[Any]], int]:
    """Leads (id, rank, at) after a place, and how many there are in all when that was no trouble to count."""
    if way is None:
        return _in_order(connection, wanted, after, limit), 0
    matching = _ranked(connection, wanted, way)
    total = select(func.count()).select_from(matching).where(matching.c.place == 1).scalar_subquery()
    query = select(matching.c.id, matching.c.rank, matching.c.at, total.label("total")).where(matching.c.place == 1)
    order = (matching.c.rank, matching.c.at, matching.c.id)
    rows = list(connection.execute(_after(query, order, after).limit(limit)))
    if rows or after is None:
        return rows, rows[0].total if rows else 0
    return rows, connection.execute(select(total)).scalar_one()


def _after(query: Select[Any], order: tuple[Any, ...], after: Cursor | None) -> Select[Any]:
    query = query.order_by(*(column.desc() for column in order))
    if after is None:
        return query
    place = (literal(after.relevance), literal(after.at, Utc()), literal(after.article_id))
    return query.where(tuple_(*order) < tuple_(*place[-len(order) :]))


def _ranked(connection: Connection, wanted: Filter, way: str) -> CTE:
    """(id, rank, at, place) of every matching article of one way; `place` is that in its story, whose lead has 1: the
    most relevant text of its own among those that match, the earliest of equals; else a copy of the earliest text."""
    newest = way == _NEWEST
    few = newest_with_words(connection, wanted.q, FEW) if newest else ways(connection, wanted)[way].distinct()
    read = few.cte("read")
    place = func.row_number().over(
        partition_by=func.coalesce(Article.story_id, -Article.id),
        order_by=[_is_copy(Article), Article.copy_of, Article.relevance.desc(), Article.id],
    )
    return (
        select(Article.id, _rank(connection, wanted, Article).label("rank"), Article.dated_at.label("at"),
               place.label("place"))
        .join(read, read.c.id == Article.id)
        .where(*conditions(connection, wanted, Article))
        .cte("matching")
    )  # fmt: skip


def _in_order(connection: Connection, wanted: Filter, after: Cursor | None, limit: int) -> list[Row[Any]]:
    article = aliased(Article)
    rank = _rank(connection, wanted, article)
    hits = with_words(connection, wanted.q).cte("hits") if wanted.q else None
    query = select(article.id, rank.label("rank"), article.dated_at.label("at")).where(
        *conditions(connection, wanted, article, hits, in_order=True), _leads(connection, wanted, article, hits)
    )
    order = (
        (article.dated_at, article.id)
        if wanted.order == "newest"
        else (article.relevance, article.dated_at, article.id)
    )
    return list(connection.execute(_after(query, order, after).limit(limit)))


def _count_in_order(connection: Connection, wanted: Filter) -> int:
    """How many stories lead; when more must be looked up than the order's index says, among its first READ_TO_COUNT
    articles."""
    article = aliased(Article)
    leads = select(literal(1)).where(*conditions(connection, wanted, article), _leads(connection, wanted, article))
    order = (article.relevance.desc(), article.dated_at.desc(), article.id.desc())
    if set(ways(connection, wanted)) <= {"status", "relevance"}:
        leads = leads.order_by(*order)
    else:
        first = aliased(Article)
        order = (first.relevance.desc(), first.dated_at.desc(), first.id.desc())
        bare = conditions(connection, Filter(status=wanted.status), first)
        read = select(first.id).where(*bare).order_by(*order).limit(READ_TO_COUNT).subquery()
        leads = leads.join_from(article, read, article.id == read.c.id)
    return connection.execute(select(func.count()).select_from(leads.limit(COUNT_UP_TO + 1).subquery())).scalar_one()


def _leads(connection: Connection, wanted: Filter, article: Articles, hits: CTE | None = None) -> ColumnElement[bool]:
    """Whether it is the lead of its story, as `_ranked` says."""
    other = aliased(Article)
    same = (other.story_id == article.story_id, *conditions(connection, wanted, other, hits))
    order = (other.copy_of, other.relevance.desc(), other.id)  # as an index has them
    own, copy = (
        select(other.id).where(which, *same).order_by(*order).limit(1).scalar_subquery()
        for which in (other.copy_of.is_(None), other.copy_of.is_not(None))
    )
    return or_(article.story_id.is_(None), article.id == func.coalesce(own, copy))


def _is_copy(of: Articles) -> ColumnElement[int]:
    return case((of.copy_of.is_(None), 0), else_=1)


def _rank(connection: Connection, wanted: Filter, of: Articles) -> Any:
    """What stands first in the order."""
    if wanted.order == "relevance":
        return of.relevance
    if wanted.order == "newest":
        return literal(0.0)
    return case((has_words(connection, of.id, wanted.q, in_title=True), literal(1.0)), else_=literal(0.0))
