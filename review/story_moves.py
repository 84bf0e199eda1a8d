"""Brings two stories together or takes articles out of one: moves them at once, and rules on them so that every later
run keeps it so. Each moved article gets its row, so that one undo moves all of them back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import product
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, select

from models.article import Article
from models.give_way import give_way
from models.story_ruling import rulings_in_force
from review.decisions import (
    AT_ONCE,
    BadDecision,
    Changed,
    Conflict,
    NoSuchArticle,
    Said,
    append,
    current,
    history_of,
    lock,
)  # fmt: skip
from review.seen import Seen

PAIRS: Final = 2000
"""Rulings that one split may need."""

Ruled = list[tuple[int, int, str]]
"""(article, article, together, apart or free)."""


def merge(on: Engine, story: int, other: int, seen: Sequence[Seen], reviewer: str, at: datetime) -> list[int]:
    """Move every article of the story `other` into `story`; `seen` are those that the reviewer saw in it. The ids of
    the new decisions. Raises BadDecision, NoSuchArticle, or Conflict when one came, went or was decided since."""
    if story == other:
        raise BadDecision("A story is merged with another one, not with itself.")

    def write(connection: Connection) -> list[int]:
        stays, moves = _members(connection, story), _members(connection, other)
        articles, history = _checked(connection, [row.id for row in moves], seen, all_of=True)
        anchor = min(stays, key=lambda row: (row.copy_of is not None, row.id))
        mine = {row.id for row in stays}
        pairs = [(anchor.id, row.id) for row in moves if _speaks(row, articles)]
        pairs += [
            pair for pair, ruling in _in_force(connection, articles).items() if ruling == "apart" and mine & set(pair)
        ]
        return _move(connection, articles, history, story, "merge", _ruled(pairs, "together", articles), reviewer, at)

    return give_way(on, write)


def split(on: Engine, story: int, seen: Sequence[Seen], reviewer: str, at: datetime) -> list[int]:
    """Take the articles in `seen`, with the copies of their texts, out of `story`: they are a story of their own from
    now on. The ids of the new decisions. Raises BadDecision, NoSuchArticle or Conflict."""

    def write(connection: Connection) -> list[int]:
        rows = {row.id: row for row in _members(connection, story)}
        chosen = {item.article_id for item in seen}
        chosen |= {row.id for row in rows.values() if row.copy_of in chosen}
        rest = rows.keys() - chosen
        if not chosen or not chosen <= rows.keys():
            raise BadDecision("Choose articles of this story.")
        if not rest:
            raise BadDecision("Choose some of its articles, not all: there would be no story to take them out of.")
        # A story bears the id of its first article, so that side stays where it is and the other one moves.
        moving = rest if story in chosen else chosen
        articles, history = _checked(connection, sorted(moving), seen, all_of=False)
        left, right = (
            [one for one in sorted(side) if _speaks(rows[one], side)] for side in (chosen, rest)
        )  # fmt: skip
        apart = list(product(left, right))
        apart += [
            pair for pair in _in_force(connection, chosen) if len(set(pair) & chosen) == 1 and set(pair) <= rows.keys()
        ]
        if len(apart) > PAIRS:
            raise BadDecision("That is too many at once: split the story in smaller parts.")
        ruled = _ruled(apart, "apart", articles)
        together = _ruled([(left[0], one) for one in left[1:]], "together", articles)
        for article, rulings in together.items():
            ruled[article] = [*ruled.get(article, []), *rulings]
        return _move(connection, articles, history, _name(connection, articles, story), "split", ruled, reviewer, at)

    return give_way(on, write)


def _members(connection: Connection, story: int) -> Sequence[Row[Any]]:
    rows: Sequence[Any] = connection.execute(
        select(Article.id, Article.copy_of).where(Article.story_id == story).order_by(Article.id).limit(10_000)
    ).all()
    if not rows:
        raise NoSuchArticle(f"there is no story {story}")
    return rows


def _checked(
    connection: Connection, moving: Sequence[int], seen: Sequence[Seen], *, all_of: bool
) -> tuple[dict[int, Row[Any]], dict[int, list[Any]]]:
    """The articles that move, locked, with their decisions; Conflict when what was seen is no longer so."""
    if len(moving) > AT_ONCE:
        raise BadDecision(f"One decision moves at most {AT_ONCE} articles.")
    ids = sorted({*moving, *(item.article_id for item in seen)})
    articles = lock(connection, ids)
    history = history_of(connection, articles)
    stale = [item for item in seen if current(articles, history, item.article_id) != item]
    if all_of:
        wanted = {item.article_id for item in seen}
        stale += [Seen(one, articles[one].latest_version, 0) for one in ids if (one in wanted) != (one in set(moving))]
    if stale:
        raise Conflict(stale)
    return {one: articles[one] for one in moving}, history


def _speaks(row: Any, side: Collection[int]) -> bool:
    """Whether rulings must name it: what is no copy of another on its side. Copies follow their origin."""
    return row.copy_of is None or row.copy_of not in side


def _in_force(connection: Connection, articles: Collection[int]) -> dict[tuple[int, int], str]:
    return {(one.article_a, one.article_b): one.ruling for one in rulings_in_force(connection, list(articles))}


def _ruled(pairs: Collection[tuple[int, int]], ruling: str, moving: Collection[int]) -> dict[int, Ruled]:
    """Each pair once, under one of its ends that moves: that article's row takes it back as well."""
    found: dict[int, Ruled] = {}
    some = next(iter(moving))
    for one, other in sorted({(min(pair), max(pair)) for pair in pairs}):
        owner = one if one in moving else other if other in moving else some
        found.setdefault(owner, []).append((one, other, ruling))
    return found


def _name(connection: Connection, articles: Collection[int], story: int) -> int:
    """The id of the new story: the first of its articles whose id names no story of others."""
    taken = set(
        connection.execute(
            select(Article.story_id).where(Article.story_id.in_(articles), Article.id.not_in(articles))
        ).scalars()
    )
    return next((one for one in sorted(articles) if one not in taken and one != story), min(articles))


def _move(
    connection: Connection, articles: dict[int, Row[Any]], history: dict[int, list[Any]], story: int, action: str,
    ruled: dict[int, Ruled], reviewer: str, at: datetime,
) -> list[int]:  # fmt: skip
    before = _in_force(connection, {end for rulings in ruled.values() for pair in rulings for end in pair[:2]})
    made, changed = [], Changed()
    for article in articles.values():
        rulings = ruled.get(article.id, [])
        was = [(one, other, before.get((one, other), "free")) for one, other, _ in rulings]
        said = Said(action, {"story": story, "rulings": rulings}, {"story": article.story_id, "rulings": was})
        made.append(
            append(connection, article, history[article.id], article.latest_version, said, reviewer, at, changed)
        )  # fmt: skip
    changed.settle(connection)
    return made
