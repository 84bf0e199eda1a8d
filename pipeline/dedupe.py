"""Tells versions, copies and stories apart, against an index in the database that outlives every restart.

The one function that others call is `relate`; it runs in the transaction that stores the article.
"""

import zlib
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection

from outlets.urls import BadUrl, url_key
from pipeline import copy_index
from pipeline.copies import Known, Overlap, overlap, settle
from pipeline.fingerprints import Fingerprint, fingerprint
from pipeline.items import DedupeInput, Relation

VERSION: Final = "1"
UNDATED: Final = 1 << 40
"""Seconds, later than the year 9999: who does not know its time is never thought the origin of one who does."""
CREDITS: Final = 1 << 42
"""Who names another outlet as its source is never thought the origin of one who does not."""


def relate(connection: Connection, item: DedupeInput, article_id: int) -> dict[int, Relation]:
    """Look `item` up in the index, add it, and say whose copy it is and what story it belongs to.

    The answer has `article_id` first, then every stored article whose relation changed by its arrival: an origin that
    comes late takes its copies over. Relating the same text of the same article again changes nothing (I2); a new
    text replaces the old one.
    """
    return relate_many(connection, [(item, article_id)])


def relate_many(connection: Connection, items: Sequence[tuple[DedupeInput, int]]) -> dict[int, Relation]:
    """`relate` for many articles in few statements; the copies come out the same in any order and batch size."""
    copy_index.lock(connection)
    wanted = {article_id: item for item, article_id in items}
    everyone = copy_index.load(connection, wanted)
    prints: dict[int, Fingerprint] = {}
    replaced: list[int] = []
    for article_id, item in wanted.items():
        found = fingerprint(item.text or item.title)
        known = _known(item, article_id, found)
        old = everyone.get(article_id)
        if old is not None and (old.rank, old.content, old.size) == (known.rank, known.content, known.size):
            continue
        if old is not None:
            replaced.append(article_id)
        prints[article_id], everyone[article_id] = found, known
    orphans = {other for pairs in copy_index.neighbours(connection, replaced).values() for other, _ in pairs}
    copy_index.remove(connection, replaced)
    _load_more(connection, orphans, everyone)
    around = _overlaps(connection, prints, everyone)

    def beside(known: Known) -> list[tuple[Known, Overlap]]:
        if known.article_id not in around:
            around[known.article_id] = dict(copy_index.neighbours(connection, [known.article_id])[known.article_id])
        pairs = around[known.article_id]
        _load_more(connection, pairs, everyone)
        return [(everyone[other], found) for other, found in pairs.items() if other in everyone]

    dirty = {key: everyone[key] for key in [*prints, *orphans] if key in everyone}
    changed = settle(dirty.values(), beside, lambda known: known.since >= CREDITS // 2)
    for known in changed:
        known.story = known.copy_of or known.article_id
    copy_index.write(connection, changed)
    told = [everyone[key] for key in wanted] + [known for known in changed if known.article_id not in wanted]
    return {known.article_id: _relation(known) for known in told}


def _known(item: DedupeInput, article_id: int, found: Fingerprint) -> Known:
    since = UNDATED if item.published is None else int(item.published.timestamp())
    if item.original_outlet and item.original_outlet != item.outlet:
        since += CREDITS
    try:
        name = url_key(item.url)
    except BadUrl:
        name = item.id
    tie = zlib.crc32(f"{item.outlet or ''} {name}".encode(errors="surrogatepass")) & 0x7FFFFFFF
    return Known(article_id, since, tie, found.size, found.content, found.sketch, story=article_id)


def _overlaps(
    connection: Connection, prints: dict[int, Fingerprint], everyone: dict[int, Known]
) -> dict[int, dict[int, Overlap]]:
    """Compare the new texts with their candidates and with the candidates' origins, and store rows and overlaps."""
    likely = copy_index.candidates(connection, prints)
    _load_more(connection, {other for others in likely.values() for other in others}, everyone)
    origins = {everyone[other].copy_of for others in likely.values() for other in others if other in everyone}
    _load_more(connection, {origin for origin in origins if origin is not None}, everyone)
    around: dict[int, dict[int, Overlap]] = {article_id: {} for article_id in prints}
    pairs: list[tuple[int, int, Overlap]] = []
    for article_id, others in likely.items():
        more = {everyone[other].copy_of for other in others if other in everyone} - {None}
        found = []
        for other in {*others, *more} - {article_id, *around[article_id]}:
            if other is None or other not in everyone:
                continue
            shared = overlap(everyone[article_id], everyone[other])
            if shared:
                found.append((everyone[other].rank, other, shared))
        for _, other, shared in sorted(found, key=lambda one: one[0])[: copy_index.EDGES]:
            around[article_id][other] = shared
            if other in prints:
                around[other][article_id] = shared.turned()
            pairs.append((article_id, other, shared))
    copy_index.add(connection, [everyone[article_id] for article_id in prints], pairs)
    return around


def _load_more(connection: Connection, ids: Iterable[int], everyone: dict[int, Known]) -> None:
    missing = [article_id for article_id in ids if article_id not in everyone]
    everyone.update(copy_index.load(connection, missing))


def _relation(known: Known) -> Relation:
    return Relation(
        id=str(known.article_id),
        copy_of=None if known.copy_of is None else str(known.copy_of),
        copy_kind=known.copy_kind,
        similarity=None if known.similarity is None else known.similarity / 1000,
        story=str(known.story),
    )
