"""Reads and writes what is remembered of stories, and regroups a stretch of time: the half of stories.py that knows
the database."""

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, cast, delete, func, insert, select, true, update

from models.fingerprint import fingerprints, story_parts, story_terms
from models.upsert import insert_or
from pipeline.dedupe.constraints import bounds, by_index, hold, join
from pipeline.dedupe.copies import Known
from pipeline.dedupe.copy_index import among, among_values
from pipeline.dedupe.crossing import cross, doubt
from pipeline.dedupe.stories import (
    DAY,
    FADED_DAYS,
    Matrix,
    Part,
    brevity,
    group,
    likeness,
    named,
    nearest,
    threshold,
    unhubbed,
)
from pipeline.dedupe.story_terms import Terms, packed_strengths, rarity, telling
from pipeline.dedupe.story_window import fitting, read_rulings, window, with_ruled

SMALL: Final = 300
"""A window of so few texts is regrouped whole whenever something comes in."""
NEAR: Final = 0.08
NEAREST: Final = 40
REMEMBERED: Final = 40_000
"""Articles that the background counts before it is halved: what was said long ago weighs less and less."""
_ARTICLES: Final = -1
_COUNT: Final = 20
"""Bits of a number of articles beside its term."""


def learn(
    connection: Connection, found: Mapping[int, Terms], known: Mapping[int, Known], told: Mapping[int, bytes | None]
) -> None:
    """Count the terms of new texts into the background and remember each text's telling ones, and its marks."""
    if not found:
        return
    hashes = np.concatenate([one.hashes for one in found.values()])
    distinct, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    seen, articles = _count(connection, distinct, counts, len(found))
    if articles > REMEMBERED:
        connection.execute(update(story_terms).values(articles=story_terms.c.articles // 2))
        connection.execute(delete(story_terms).where(story_terms.c.articles == 0))
    rarities = rarity(distinct, seen, articles)[places]
    strengths = np.concatenate([one.strengths for one in found.values()])
    packed = hashes.astype("<u4"), packed_strengths(strengths), np.clip(np.rint(rarities * 16), 0, 255).astype(np.uint8)
    rows = []
    start = 0
    for article_id, one in found.items():
        end = start + one.hashes.size
        kept = start + telling(strengths[start:end], rarities[start:end])
        data = b"".join(part[kept].tobytes() for part in packed)
        at = known[article_id].at
        rows.append({"article_id": article_id, "at": at, "terms": data, "marks": told[article_id]})
        start = end
    connection.execute(insert(story_parts), rows)


def _count(
    connection: Connection, terms: NDArray[np.int64], counts: NDArray[np.int64], articles: int
) -> tuple[NDArray[np.int64], int]:
    """Add `counts` of ascending `terms`, and `articles`, to the background; returns what it counts now."""
    statement = insert_or(connection, story_terms)
    if connection.dialect.name == "postgresql":
        arrays = [cast(bindparam(name), ARRAY(BigInteger)) for name in ("term", "articles")]
        source: Any = func.unnest(*arrays).table_valued("term", "articles").render_derived()
        pairs = select(source.c.term, source.c.articles)
        sent: Any = {"term": [_ARTICLES, *terms.tolist()], "articles": [articles, *counts.tolist()]}
    else:  # both in one number: half the time of two that are written as a pair
        each: Any = func.json_each(bindparam("counted")).table_valued("value")
        pairs = select(each.c.value.op(">>")(_COUNT), each.c.value.op("&")((1 << _COUNT) - 1)).where(true())
        counted = terms << _COUNT | counts
        sent = {"counted": json.dumps([(_ARTICLES << _COUNT) | articles, *counted.tolist()])}
    made = statement.from_select(["term", "articles"], pairs)
    grown = {"articles": story_terms.c.articles + made.excluded.articles}
    told = made.on_conflict_do_update(index_elements=["term"], set_=grown).returning(
        story_terms.c.term, story_terms.c.articles
    )
    now = np.array([tuple(row) for row in connection.execute(told, sent)], np.int64)
    now = now[np.argsort(now[:, 0])]
    return now[1:, 1], int(now[0, 1])


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Forget the terms of texts that are replaced or taken down. The background keeps counting them."""
    if ids:
        gone = delete(story_parts).where(among(connection, story_parts.c.article_id))
        connection.execute(gone, among_values(connection, ids))


def weeks(connection: Connection, ids: Collection[int]) -> list[list[int]]:
    """`ids` by when they were published, oldest first: at most a week together, less where it has too many neighbours;
    the undated are the last. Texts of different times have different neighbours, whenever they were collected."""
    if not ids:
        return []
    asked = select(story_parts.c.article_id, story_parts.c.at).where(among(connection, story_parts.c.article_id))
    found = connection.execute(asked, among_values(connection, ids)).all()
    made: list[list[tuple[int, int]]] = []
    began = -math.inf
    for at, article_id in sorted((row.at, row.article_id) for row in found if row.at is not None):
        if not made or at > began + FADED_DAYS * DAY:
            made.append([])
            began = at
        made[-1].append((at, article_id))
    listed = [[article_id for _, article_id in part] for week in made for part in fitting(connection, week)]
    undated = [row.article_id for row in found if row.at is None]
    return [*listed, undated] if undated else listed


def regroup(connection: Connection, fresh: Collection[int] | None = None, *, whole: bool = False) -> dict[int, int]:
    """Story ids that change when texts are brought together: by article id, origins only.

    With `fresh`, only those texts and what surrounds them are looked at, in a window of a week around them; without,
    the latest window. `whole` looks at every text of the window, with rarities anew: that sees merges and splits.
    """
    ruled, alone = read_rulings(connection)
    parts = window(connection, fresh, alone)
    if not parts or (len(parts) < 2 and not ruled):
        return {}
    crowd = len(parts)
    parts = renewed(connection, parts) if whole or fresh is None else around(parts, fresh)
    parts, held = with_ruled(connection, parts, ruled, alone)
    together, apart = by_index(parts, bounds(ruled))
    alike = links(parts)
    hold(alike, parts, held, alone)
    tops = cross(parts, group(alike, brevity(parts), threshold(crowd), apart), apart)
    tops = join(tops, together, apart)
    stories_now = named(parts, tops, _origins(connection, {part.story for part in parts}))
    return {
        part.article_id: story
        for part, story in zip(parts, stories_now, strict=True)
        if story != part.story and part.copy_of is None
    }


def move(connection: Connection, stories: Mapping[int, int]) -> list[int]:
    """Write the new story of each article and of its copies; returns the ids of all of them."""
    if not stories:
        return []
    _, alone = read_rulings(connection)
    moved = dict(stories)
    for origin, copies in copies_of(connection, stories).items():
        moved.update((copy, stories[origin]) for copy in copies if copy not in alone)
    one = update(fingerprints).where(fingerprints.c.article_id == bindparam("article")).values(story=bindparam("event"))
    connection.execute(one, [{"article": article_id, "event": story} for article_id, story in moved.items()])
    return list(moved)


def mark(connection: Connection, told: Mapping[int, bytes | None]) -> None:
    """Remember the marks of texts that came in without tags."""
    if told:
        one = (
            update(story_parts).where(story_parts.c.article_id == bindparam("article")).values(marks=bindparam("told"))
        )
        connection.execute(one, [{"article": article_id, "told": some} for article_id, some in told.items()])


def unkept(connection: Connection) -> set[int]:
    """The articles whose stories are not yet what people ruled."""
    ruled, _ = read_rulings(connection)
    story = {one: s for r in ruled for one, s in ((r.one, r.one_story), (r.other, r.other_story)) if s is not None}
    return bounds(ruled).unkept(story)


def renewed(connection: Connection, parts: Sequence[Part]) -> list[Part]:
    """`parts` with the rarities that their terms have by now."""
    hashes = np.unique(np.concatenate([part.terms.hashes for part in parts]))
    _, rare = _background(connection, hashes)
    return [replace(part, rarities=rare(part.terms.hashes)) for part in parts]


def _background(connection: Connection, hashes: NDArray[np.int64]) -> tuple[int, Any]:
    """How many articles the background counts, and a function from terms (among `hashes`) to their rarities."""
    counted = select(story_terms.c.term, story_terms.c.articles).where(among(connection, story_terms.c.term))
    counts = {
        row[0]: row[1] for row in connection.execute(counted, among_values(connection, [*hashes.tolist(), _ARTICLES]))
    }
    articles = counts.get(_ARTICLES, 0)
    seen = np.array([counts.get(int(one), 0) for one in hashes], np.float64)
    rarities = rarity(hashes, seen, articles)
    return articles, lambda some: rarities[np.searchsorted(hashes, some)]


def around(parts: list[Part], fresh: Collection[int]) -> list[Part]:
    """Of a large window the texts that are like the `fresh`, with their stories; of a small one all."""
    if len(parts) <= SMALL:
        return parts
    chosen = nearest([part for part in parts if part.article_id in fresh], parts, NEAR, NEAREST)
    stories = {parts[index].story for index in chosen}
    return [part for index, part in enumerate(parts) if index in chosen or part.story in stories]


def links(parts: Sequence[Part]) -> Matrix:
    """The likeness of every two texts for grouping: against what is usual around them, and copies as wholly alike."""
    place = {part.article_id: index for index, part in enumerate(parts)}
    alike = doubt(unhubbed(likeness(parts), parts), parts)
    for index, part in enumerate(parts):
        origin = index if part.copy_of is None else place.get(part.copy_of, index)
        if origin != index:
            alike[index, origin] = alike[origin, index] = 1
    return alike


def _origins(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    if not ids:
        return {}
    asked = select(fingerprints.c.article_id, fingerprints.c.copy_of).where(
        among(connection, fingerprints.c.article_id), fingerprints.c.copy_of.is_not(None)
    )
    return {row[0]: row[1] for row in connection.execute(asked, among_values(connection, ids))}


def copies_of(connection: Connection, origins: Iterable[int]) -> dict[int, list[int]]:
    """The copies of each of `origins`."""
    found: dict[int, list[int]] = {origin: [] for origin in origins}
    if found:
        asked = select(fingerprints.c.article_id, fingerprints.c.copy_of)
        asked = asked.where(among(connection, fingerprints.c.copy_of))
        for copy, origin in connection.execute(asked, among_values(connection, found)):
            found[origin].append(copy)
    return found
