"""Reads and writes what is remembered of stories, and regroups a stretch of time: the half of stories.py that knows
the database."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from models.fingerprint import fingerprints, story_parts, story_rulings, story_terms
from pipeline.dedupe.copies import Known
from pipeline.dedupe.copy_index import among, among_values, insert_whole
from pipeline.dedupe.stories import (
    DAY,
    FADED_DAYS,
    Matrix,
    Part,
    brevity,
    group,
    join,
    likeness,
    named,
    nearest,
    threshold,
)
from pipeline.dedupe.story_terms import Terms, rarity, strongest, unpacked

WINDOW: Final = 5000
"""Most texts that are looked at together (I7): the latest, or those nearest in time to what came in."""
UNDATED: Final = 500
"""Undated texts among them, at least."""
SMALL: Final = 300
"""A window of so few texts is regrouped whole whenever something comes in."""
SPEAKERS: Final = 5
"""Copies that speak for one origin; more would say nothing new."""
NEAR: Final = 0.08
NEAREST: Final = 40
REMEMBERED: Final = 40_000
"""Articles that the background counts before it is halved: what was said long ago weighs less and less."""
_ARTICLES: Final = -1


def learn(connection: Connection, found: Mapping[int, Terms], known: Mapping[int, Known]) -> None:
    """Count the terms of new texts into the background and remember each text's telling ones."""
    if not found:
        return
    counts: Counter[int] = Counter()
    for one in found.values():
        counts.update(one.hashes.tolist())
    counts[_ARTICLES] = len(found)
    insert_whole(connection, story_terms, ("term", "articles"), sorted(counts.items()), add_to="articles")
    articles, rare = _background(connection, np.array(sorted(counts), np.int64))
    if articles > REMEMBERED:
        connection.execute(update(story_terms).values(articles=story_terms.c.articles // 2))
        connection.execute(delete(story_terms).where(story_terms.c.articles == 0))
    rows = []
    for article_id, one in found.items():
        kept = strongest(one, rare(one.hashes))
        at = known[article_id].at
        rows.append({"article_id": article_id, "at": at, "terms": _packed(kept, rare(kept.hashes))})
    connection.execute(insert(story_parts), rows)


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Forget the terms of texts that are replaced or taken down. The background keeps counting them."""
    if ids:
        gone = delete(story_parts).where(among(connection, story_parts.c.article_id))
        connection.execute(gone, among_values(connection, ids))


def weeks(connection: Connection, ids: Collection[int]) -> list[list[int]]:
    """`ids` by when they were published, at most a week together, oldest first; the undated are the last. Texts of
    different times have different neighbours, whenever they were collected."""
    if not ids:
        return []
    asked = select(story_parts.c.article_id, story_parts.c.at).where(among(connection, story_parts.c.article_id))
    found = connection.execute(asked, among_values(connection, ids)).all()
    made: list[list[int]] = []
    began = -math.inf
    for at, article_id in sorted((row.at, row.article_id) for row in found if row.at is not None):
        if not made or at > began + FADED_DAYS * DAY:
            made.append([])
            began = at
        made[-1].append(article_id)
    undated = [row.article_id for row in found if row.at is None]
    return [*made, undated] if undated else made


def regroup(connection: Connection, fresh: Collection[int] | None = None, *, whole: bool = False) -> dict[int, int]:
    """Story ids that change when texts are brought together: by article id, origins only.

    With `fresh`, only those texts and what surrounds them are looked at, in a window of a week around them; without,
    the latest window. `whole` looks at every text of the window, with rarities anew: that sees merges and splits.
    """
    parts = _window(connection, fresh)
    if len(parts) < 2:
        return {}
    crowd = len(parts)
    if whole or fresh is None:
        parts = _renewed(connection, parts)
    elif crowd > SMALL:
        new = [part for part in parts if part.article_id in fresh]
        chosen = nearest(new, parts, NEAR, NEAREST)
        stories = {parts[index].story for index in chosen}
        parts = [part for index, part in enumerate(parts) if index in chosen or part.story in stories]
    together, apart = _rulings(connection, parts)
    tops = join(group(_with_copies(parts), brevity(parts), threshold(crowd), apart), together, apart)
    stories_now = named(parts, tops, _origins(connection, {part.story for part in parts}))
    return {
        part.article_id: story
        for part, story in zip(parts, stories_now, strict=True)
        if story != part.story and part.copy_of is None
    }


def move(connection: Connection, stories: Mapping[int, int]) -> None:
    """Write the new story of each article and of its copies."""
    if stories:
        rows = [{"article": article_id, "event": story} for article_id, story in stories.items()]
        for column in (fingerprints.c.article_id, fingerprints.c.copy_of):
            connection.execute(
                update(fingerprints).where(column == bindparam("article")).values(story=bindparam("event")), rows
            )


def rule(connection: Connection, article_id: int, other_id: int, together: bool | None) -> None:
    """A reviewer's word on whether two articles are one story; None takes it back.

    It takes effect with the next `regroup` of a window that has both.
    """
    one, other = sorted((article_id, other_id))
    connection.execute(
        delete(story_rulings).where(story_rulings.c.article_id == one, story_rulings.c.other_id == other)
    )
    if together is not None:
        connection.execute(insert(story_rulings).values(article_id=one, other_id=other, together=together))


def _window(connection: Connection, fresh: Collection[int] | None) -> list[Part]:
    """The latest texts, or those within a week of `fresh`, the nearest when there are too many, in order of rank; exact
    copies would add nothing."""
    wanted = (
        select(
            fingerprints.c.article_id,
            story_parts.c.at,
            story_parts.c.terms,
            fingerprints.c.story,
            fingerprints.c.copy_of,
        )
        .join(fingerprints, fingerprints.c.article_id == story_parts.c.article_id)
        .where(or_(fingerprints.c.copy_kind.is_(None), fingerprints.c.copy_kind != "exact"))
    )
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
    ranked = select(fingerprints.c.article_id, fingerprints.c.since, fingerprints.c.tie).where(
        among(connection, fingerprints.c.article_id)
    )
    found = connection.execute(ranked, among_values(connection, [row[0] for row in rows]))
    ranks = {row[0]: (row[1], row[2], row[0]) for row in found}
    rows.sort(key=lambda row: ranks[row[0]])
    heard: Counter[int] = Counter()
    kept = []
    for row in rows:
        heard[row.copy_of] += 1
        if row.copy_of is None or heard[row.copy_of] <= SPEAKERS:
            kept.append(part_of(*row))
    return kept


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


def _renewed(connection: Connection, parts: Sequence[Part]) -> list[Part]:
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


def _with_copies(parts: Sequence[Part]) -> Matrix:
    """The likeness of all, with copies as wholly alike."""
    place = {part.article_id: index for index, part in enumerate(parts)}
    alike = likeness(parts)
    for index, part in enumerate(parts):
        origin = place.get(part.copy_of or part.article_id, index)
        if origin != index:
            alike[index, origin] = alike[origin, index] = 1
    return alike


def _rulings(connection: Connection, parts: Sequence[Part]) -> tuple[list[tuple[int, int]], NDArray[np.bool_] | None]:
    """What reviewers said of `parts`, by index: pairs that belong together, and a matrix of those that do not."""
    rulings = connection.execute(select(story_rulings)).all()  # few: each was made by hand
    origins = _origins(connection, {one for row in rulings for one in row[:2]})
    place = {part.article_id: index for index, part in enumerate(parts)}
    pairs: list[tuple[int, int]] = []
    apart: NDArray[np.bool_] | None = None
    for one, other, together in rulings:
        first, second = (place.get(origins.get(article_id, article_id)) for article_id in (one, other))
        if first is None or second is None or first == second:
            continue
        if together:
            pairs.append((first, second))
            continue
        if apart is None:
            apart = np.zeros((len(parts), len(parts)), np.bool_)
        apart[first, second] = apart[second, first] = True
    return pairs, apart


def _origins(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    if not ids:
        return {}
    asked = select(fingerprints.c.article_id, fingerprints.c.copy_of).where(
        among(connection, fingerprints.c.article_id), fingerprints.c.copy_of.is_not(None)
    )
    return {row[0]: row[1] for row in connection.execute(asked, among_values(connection, ids))}


def _packed(kept: Terms, rarities: NDArray[np.float64]) -> bytes:
    return kept.packed() + np.clip(np.rint(rarities * 16), 0, 255).astype(np.uint8).tobytes()


def part_of(article_id: int, at: int | None, data: bytes, story: int, copy_of: int | None) -> Part:
    """A row of the index as the grouping reads it."""
    count = len(data) // 6
    rarities = np.frombuffer(data, np.uint8, count, offset=5 * count) / 16.0
    return Part(article_id, at, unpacked(data[: 5 * count]), rarities, story, copy_of)


def copies_of(connection: Connection, origins: Iterable[int]) -> dict[int, list[int]]:
    """The copies of each of `origins`."""
    found: dict[int, list[int]] = {origin: [] for origin in origins}
    if found:
        asked = select(fingerprints.c.article_id, fingerprints.c.copy_of)
        asked = asked.where(among(connection, fingerprints.c.copy_of))
        for copy, origin in connection.execute(asked, among_values(connection, found)):
            found[origin].append(copy)
    return found
