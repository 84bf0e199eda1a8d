"""Tells versions, copies and stories apart, against an index in the database that outlives every restart.

The one function that others call is `relate`; it runs in the transaction that stores the article.
"""

import zlib
from collections.abc import Collection, Iterable, Sequence, Set
from typing import Final

from sqlalchemy import Connection

from pipeline.dedupe import copy_index, marks, story_index
from pipeline.dedupe.copies import CREDITS, UNDATED, Known
from pipeline.dedupe.copy_field import Field
from pipeline.dedupe.fingerprints import Fingerprint, fingerprint
from pipeline.dedupe.reasons import explain
from pipeline.dedupe.story_terms import terms
from pipeline.items import DedupeInput, Relation

VERSION: Final = "3"

__all__ = ["VERSION", "explain", "forget", "regroup", "relate", "relate_many", "weeks"]


def relate(connection: Connection, item: DedupeInput, article_id: int) -> dict[int, Relation]:
    """Look `item` up in the index, add it, and say whose copy it is and what story it belongs to.

    The answer has `article_id` first, then every stored article whose relation changed by its arrival: an origin that
    comes late takes its copies over. Relating the same text of the same article again changes nothing (I2); a new
    text replaces the old one.
    """
    return relate_many(connection, [(item, article_id)])


def relate_many(
    connection: Connection, items: Sequence[tuple[DedupeInput, int]], stories: bool = True
) -> dict[int, Relation]:
    """`relate` for many articles in few statements; the copies come out the same in any order and batch size.

    Without `stories` each origin stays a story of its own until `regroup` is called.
    """
    copy_index.lock(connection)
    wanted = {article_id: item for item, article_id in items}
    everyone = copy_index.load(connection, wanted)
    prints: dict[int, Fingerprint] = {}
    replaced: list[int] = []
    for article_id, item in wanted.items():
        found = fingerprint(item.text or item.title)
        known = _known(item, article_id, found)
        old = everyone.get(article_id)
        if old is not None and (old.claim, old.content, old.size) == (known.claim, known.content, known.size):
            continue
        if old is not None:
            replaced.append(article_id)
            known.story = old.story
        prints[article_id], everyone[article_id] = found, known
    orphans = {other for pairs in copy_index.neighbours(connection, replaced).values() for other, _ in pairs}
    copy_index.remove(connection, replaced)
    story_index.forget(connection, replaced)
    field = Field(connection, everyone)
    field.know(orphans)
    field.add(prints)
    changed = field.settle({*prints, *orphans})
    _share_stories(changed, everyone, prints.keys() - replaced)
    copy_index.add(connection, [everyone[article_id] for article_id in prints])
    copy_index.write(connection, [known for known in changed.values() if known.article_id not in prints])
    found_terms = {key: terms(wanted[key].title, wanted[key].text) for key in prints}
    story_index.learn(connection, found_terms, everyone, {key: marks_of(wanted[key]) for key in prints})
    told = [*wanted, *(key for key in changed if key not in wanted)]
    if stories:
        fresh = {key for key in {*prints, *changed} if everyone[key].copy_of is None}
        for week in story_index.weeks(connection, fresh):
            told += story_index.move(connection, story_index.regroup(connection, week))
    return _relations(connection, told)


def weeks(connection: Connection, ids: Collection[int]) -> list[list[int]]:
    """What to `regroup` after a run that brought `ids`: they and those whose stories are not yet what people ruled, by
    when they were published."""
    return story_index.weeks(connection, {*ids, *story_index.unkept(connection)})


def regroup(connection: Connection, week: Collection[int] | None = None) -> dict[int, Relation]:
    """Look at stories as a whole, of the latest articles or of those around one of the `weeks` of a run's articles, and
    say which relations change.

    `relate` only adds to stories and joins them where something came in. This sees late merges and splits, with a
    background that has learnt from all of them; call it after a run. Story ids stay where their texts stay.
    """
    copy_index.lock(connection)
    told = story_index.move(connection, story_index.regroup(connection, week, whole=True))
    return _relations(connection, told)


def forget(connection: Connection, article_id: int) -> dict[int, Relation]:
    """Take an article out of the index (takedown) and say whose relation changes; its copies find a new origin."""
    copy_index.lock(connection)
    if not copy_index.load(connection, [article_id]):
        return {}
    touched = [other for other, _ in copy_index.neighbours(connection, [article_id])[article_id]]
    copy_index.remove(connection, [article_id])
    story_index.forget(connection, [article_id])
    field = Field(connection, {})
    field.know(touched)
    changed = field.settle(touched)
    _share_stories(changed, field.everyone, set())
    copy_index.write(connection, list(changed.values()))
    return _relations(connection, changed)


def _share_stories(changed: dict[int, Known], everyone: dict[int, Known], new: Set[int]) -> None:
    """A copy is in the story of its origin. A new origin of old texts takes over the story that they were in; one that
    had copies before does not, since these stay where they are."""
    for known in sorted(changed.values(), key=lambda one: one.rank):
        if known.copy_of is not None and known.story != known.article_id:
            origin = everyone[known.copy_of]
            if origin.story == origin.article_id and (origin.article_id in new or origin.article_id in changed):
                origin.story = known.story
    for known in changed.values():
        if known.copy_of is not None:
            known.story = everyone[known.copy_of].story


def marks_of(item: DedupeInput) -> bytes | None:
    """What is remembered of `item` for other languages, None when it was not tagged."""
    if item.tagged is None:
        return None
    return marks.packed(marks.told(item.tagged, item.title, item.text, item.language))


def _known(item: DedupeInput, article_id: int, found: Fingerprint) -> Known:
    since = UNDATED if item.published is None else int(item.published.timestamp())
    if item.original_outlet and item.original_outlet != item.outlet:
        since += CREDITS
    name = f"{item.outlet or ''} {item.url or item.id}"
    tie = zlib.crc32(name.encode(errors="surrogatepass")) & 0x7FFFFFFF
    return Known(article_id, since, tie, found.size, found.content, found.sketch, story=article_id)


def _relations(connection: Connection, ids: Iterable[int]) -> dict[int, Relation]:
    order = list(dict.fromkeys(ids))
    stored = copy_index.load(connection, order)
    return {article_id: _relation(stored[article_id]) for article_id in order}


def _relation(known: Known) -> Relation:
    return Relation(
        id=str(known.article_id),
        copy_of=None if known.copy_of is None else str(known.copy_of),
        copy_kind=known.copy_kind,
        similarity=None if known.similarity is None else known.similarity / 1000,
        story=str(known.story),
    )
