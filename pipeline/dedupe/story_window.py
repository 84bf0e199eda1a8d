"""Reads the texts that are grouped together: those of a stretch of time, and those whom rulings tie to them."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Row, func, or_, select

from models.fingerprint import fingerprints, story_parts
from models.story_ruling import rulings_in_force
from pipeline.dedupe import marks
from pipeline.dedupe.constraints import Ruled, concerned
from pipeline.dedupe.copy_index import among, among_values
from pipeline.dedupe.stories import DAY, FADED_DAYS, WHOLE_DAYS, Part
from pipeline.dedupe.story_terms import unpacked

WINDOW: Final = 5000
"""Most texts that are looked at together (I7): the latest, or those nearest in time to what came in."""
MATES: Final = 2000
"""Most texts that come along because a ruling concerns their story, beside the ruled ones."""
UNDATED: Final = 500
"""Undated texts among them, at least."""
SPEAKERS: Final = 5
"""Copies that speak for one origin; more would say nothing new."""

PARTS: Final = select(
    fingerprints.c.article_id,
    story_parts.c.at,
    story_parts.c.terms,
    fingerprints.c.story,
    fingerprints.c.copy_of,
    story_parts.c.marks,
).join(fingerprints, fingerprints.c.article_id == story_parts.c.article_id)
_NO_EXACT: Final = PARTS.where(or_(fingerprints.c.copy_kind.is_(None), fingerprints.c.copy_kind != "exact"))


def window(connection: Connection, fresh: Collection[int] | None, alone: Collection[int]) -> list[Part]:
    """The latest texts, or those within a week of `fresh`, the nearest when there are too many, in order of rank; exact
    copies would add nothing, and those `alone` come with their rulings."""
    wanted = _NO_EXACT
    rows: list[Any] = []
    first, last, undated = _span(connection, fresh)
    if last is not None:
        middle = last
        before = wanted
        if first is not None:
            middle = (first + last) / 2
            after = wanted.where(story_parts.c.at > middle, story_parts.c.at <= last)
            rows += connection.execute(after.order_by(story_parts.c.at).limit(WINDOW // 2)).all()
            before = before.where(story_parts.c.at >= first)
        before = before.where(story_parts.c.at <= middle)
        rows += connection.execute(before.order_by(story_parts.c.at.desc()).limit(WINDOW - len(rows))).all()
    if undated:
        query = wanted.where(story_parts.c.at.is_(None)).order_by(story_parts.c.article_id.desc())
        rows += connection.execute(query.limit(max(WINDOW - len(rows), UNDATED))).all()
    if not rows:
        return []
    ranks = _ranks(connection, [row[0] for row in rows])
    rows.sort(key=lambda row: ranks[row[0]])
    heard: Counter[int] = Counter()
    kept = []
    for row in rows:
        heard[row.copy_of] += 1
        if (row.copy_of is None or heard[row.copy_of] <= SPEAKERS) and row.article_id not in alone:
            kept.append(part_of(*row))
    return kept


def fitting(connection: Connection, week: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Texts (time and article, ascending) halved by time until each part's nearest neighbours fit into a window, else
    those at its ends would be outside; a day stays whole."""
    first, last = week[0][0], week[-1][0]
    near = story_parts.c.at.between(first - WHOLE_DAYS * DAY, last + WHOLE_DAYS * DAY)
    beyond = select(story_parts.c.at).where(near).order_by(story_parts.c.at).offset(WINDOW).limit(1)
    if last - first <= DAY or connection.execute(beyond).first() is None:
        return [week]
    middle = bisect_right(week, ((first + last) // 2, math.inf))
    return [*fitting(connection, week[:middle]), *fitting(connection, week[middle:])]


def read_rulings(connection: Connection) -> tuple[list[Ruled], set[int]]:
    """The rulings in force on origins, newest first, and the copies that are to be apart from their origin or from
    another copy of it: these stand for themselves. An article that is gone still links its chain.

    All are read at once: they are few, each was made by hand.
    """
    rulings = rulings_in_force(connection)
    known: dict[int, Row[*tuple[Any, ...]]] = {}
    named = {one for ruling in rulings for one in (ruling.article_a, ruling.article_b)}
    ids: set[int] = named
    while ids:
        asked = select(fingerprints.c.article_id, fingerprints.c.copy_of, fingerprints.c.story)
        found = connection.execute(
            asked.where(among(connection, fingerprints.c.article_id)), among_values(connection, ids)
        ).all()
        known.update((row.article_id, row) for row in found)
        ids = {row.copy_of for row in found if row.copy_of is not None} - known.keys()
    origin = {one: one for one in named} | {
        one: one if row.copy_of is None else row.copy_of for one, row in known.items()
    }
    alone = {
        ruling.article_a if origin[ruling.article_b] == ruling.article_b else ruling.article_b
        for ruling in rulings
        if ruling.ruling == "apart" and origin[ruling.article_a] == origin[ruling.article_b]
    }
    origin.update((one, one) for one in alone)
    ends = ((r, origin[r.article_a], origin[r.article_b]) for r in rulings)
    story = {one: row.story for one, row in known.items()}
    return [Ruled(a, b, r.ruling == "together", story.get(a), story.get(b)) for r, a, b in ends], alone


def with_ruled(
    connection: Connection, parts: list[Part], ruled: Sequence[Ruled], alone: Collection[int]
) -> tuple[list[Part], set[int]]:
    """`parts` and those whom rulings tie to them, with their stories; and who of them came so."""
    here = {part.article_id for part in parts}
    wanted = concerned(ruled, here, {part.story for part in parts}) - here
    if not wanted:
        return parts, set()
    told = {s for r in ruled for one, s in ((r.one, r.one_story), (r.other, r.other_story)) if one in wanted and s}
    ruled_ones = PARTS.where(among(connection, fingerprints.c.article_id))
    rows = list(connection.execute(ruled_ones, among_values(connection, wanted)))
    founders = _NO_EXACT.where(among(connection, fingerprints.c.article_id))
    others = _NO_EXACT.where(fingerprints.c.story != fingerprints.c.article_id, among(connection, fingerprints.c.story))
    for asked in (founders, others.order_by(fingerprints.c.article_id.desc()).limit(MATES)):
        rows += list(connection.execute(asked, among_values(connection, told)))
    more = {row.article_id: row for row in rows if row.article_id in wanted or row.article_id not in {*here, *alone}}
    made = [part_of(*row) for row in more.values()]
    made = [replace(part, copy_of=None) if part.article_id in alone else part for part in made]
    ranks = _ranks(connection, [*here, *more])
    return sorted([*parts, *made], key=lambda part: ranks[part.article_id]), set(more)


def _ranks(connection: Connection, ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    asked = select(fingerprints.c.article_id, fingerprints.c.since, fingerprints.c.tie)
    found = connection.execute(asked.where(among(connection, fingerprints.c.article_id)), among_values(connection, ids))
    return {row[0]: (row[1], row[2], row[0]) for row in found}


def _span(connection: Connection, fresh: Collection[int] | None) -> tuple[float | None, float | None, bool]:
    times = select(func.min(story_parts.c.at), func.max(story_parts.c.at), func.count(), func.count(story_parts.c.at))
    if fresh is None:
        first, last, number, dated = connection.execute(times).one()
        return None, last, number > dated
    if not fresh:
        return None, None, False
    asked = times.where(among(connection, story_parts.c.article_id))
    first, last, number, dated = connection.execute(asked, among_values(connection, fresh)).one()
    if first is None:  # an undated text is compared with the latest, whatever their dates
        return None, connection.execute(select(func.max(story_parts.c.at))).scalar(), True
    return first - FADED_DAYS * DAY, last + FADED_DAYS * DAY, True


def part_of(
    article_id: int, at: int | None, data: bytes, story: int, copy_of: int | None, told: bytes | None = None
) -> Part:
    """A row of the index as the grouping reads it."""
    count = len(data) // 6
    rarities = np.frombuffer(data, np.uint8, count, offset=5 * count) / 16.0
    return Part(article_id, at, unpacked(data[: 5 * count]), rarities, story, copy_of, marks.unpacked(told))
