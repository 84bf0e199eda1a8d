"""Decides which texts are copies of which, from sketches alone: pure functions, no database.

A copy is tested against an origin and never chained through other copies, because a page that quotes two articles
would chain them together. Taken in order of origin (time first), a text is a copy of the origin that it overlaps most,
or becomes an origin itself. That rule reads the set of texts, not the order of arrival, so any order and any batch
size end in the same copies.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.fingerprints import SKETCH, SKETCH_BITS, sketch_values
from pipeline.items import CopyKind

NEEDED: Final = 0.42
"""Share of the shorter text's shingles that a copy has in common. Independent reports of one event stay under 0.42;
a text with one letter in twenty-five misread keeps about 0.58."""
MARGIN: Final = 0.25
"""More is asked of few samples: NEEDED + MARGIN / sqrt(samples)."""
DOUBTFUL: Final = 0.3
"""A share from here on is remembered too: with an origin it makes a copy where a copy of that origin speaks for it."""
FEW: Final = 4
"""Fewest common hashes that say anything."""
SHORT: Final = 12
"""Texts of fewer shingles (headlines) are copies only when nearly all of both is common."""
SHORT_NEEDED: Final = 0.8
ALIKE: Final = 0.6
"""Texts of which neither stands in the other much more than the other way round are edits of one another."""
AHEAD: Final = 200
"""Texts whose overlaps are loaded together."""
DAY: Final = 86_400
WINDOW: Final = 14 * DAY
"""Seconds between the publication of a text and its copy, at most. Wires are printed within days, weeklies within a
fortnight; the same words years later are a text that comes back, and no reason to hide either."""
UNDATED: Final = 1 << 40
"""Seconds, later than the year 9999: who does not know its time is never thought the origin of one who does."""
CREDITS: Final = 1 << 42
"""Who names another outlet as its source is never thought the origin of one who does not."""
CROWD: Final = 1 << 44
"""Who joins a crowd of copies is never thought the origin of those in it: else each text of a ticker that is read from
the newest to the oldest would be a new origin for all before it."""


@dataclass(slots=True)
class Known:
    """One text as the index knows it. `copy_of` is an article id, or None for an origin."""

    article_id: int
    since: int
    tie: int
    size: int
    content: int
    sketch: bytes
    copy_of: int | None = None
    copy_kind: CopyKind | None = None
    similarity: int | None = None
    story: int = 0
    _values: NDArray[np.int64] | None = None
    _sampled: frozenset[int] | None = None

    @property
    def rank(self) -> tuple[int, int, int]:
        """Who comes first may be the origin."""
        return self.since, self.tie, self.article_id

    @property
    def crowd(self) -> int:
        """How many crowds came before it: 0 for all but the texts of tickers and the like."""
        return (self.since + CROWD // 2) // CROWD

    @property
    def claim(self) -> tuple[int, int]:
        """Its place among origins before it joined a crowd."""
        return self.since - self.crowd * CROWD, self.tie

    @property
    def credits_other(self) -> bool:
        """Whether it names another outlet as its source."""
        return self.claim[0] >= CREDITS // 2

    @property
    def at(self) -> int | None:
        """Seconds since 1970, None when undated."""
        since = self.claim[0]
        at = since - CREDITS if since >= CREDITS // 2 else since
        return None if at == UNDATED else at

    @property
    def values(self) -> NDArray[np.int64]:
        """The sampled hashes, ascending."""
        if self._values is None:
            self._values = sketch_values(self.sketch)
        return self._values

    @property
    def sampled(self) -> frozenset[int]:
        """The same as a set."""
        if self._sampled is None:
            self._sampled = frozenset(self.values.tolist())
        return self._sampled


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of each text stands in the other, per mille."""

    share: int
    other_share: int
    sure: bool = True
    """Enough for a copy by itself."""

    @property
    def strength(self) -> int:
        """Orders the possible origins of one text: the contained share first, then how alike the two are as a whole."""
        return 2 * max(self.share, self.other_share) + min(self.share, self.other_share)

    def turned(self) -> "Overlap":
        """The same seen from the other text."""
        return Overlap(self.other_share, self.share, self.sure)


def is_near(one: int | None, other: int | None) -> bool:
    """Whether texts published at these times can be copies; who does not know its time is near to everyone."""
    return one is None or other is None or abs(one - other) <= WINDOW


class Sieve:
    """Tells quickly who shares next to nothing with a text: most of those who have a hash in common with it."""

    def __init__(self) -> None:
        self.marks = np.zeros(1 << SKETCH_BITS, np.bool_)

    def passing(self, one: Known, others: Sequence[Known]) -> list[Known]:
        """Those of `others` for whom `overlap` is worth its time."""
        some = [other for other in others if other.size]
        if not some or not one.size:
            return []
        self.marks[one.values] = True
        flat = np.concatenate([other.values for other in some])
        ends = np.cumsum([other.values.size for other in some])
        common = np.add.reduceat(self.marks[flat], np.append(0, ends[:-1]), dtype=np.intp).tolist()
        self.marks[one.values] = False
        return [other for other, shared in zip(some, common, strict=True) if shared >= min(FEW, one.size, other.size)]


def overlap(one: Known, other: Known) -> Overlap | None:
    """How much two texts share, or None when that is too little to mean anything or their times are too far apart."""
    if not one.size or not other.size or not is_near(one.at, other.at):
        return None
    if one.content == other.content:
        return Overlap(1000, 1000)
    common = len(one.sampled & other.sampled)
    if common < min(FEW, one.size, other.size):
        return None
    limit = min(_reach(one), _reach(other))
    seen_here, seen_there = (int(text.values.searchsorted(limit, side="right")) for text in (one, other))
    share, other_share = common / seen_here, common / seen_there
    if min(one.size, other.size) < SHORT:
        sure = min(share, other_share) >= SHORT_NEEDED
        doubtful = False
    else:
        sure = max(share, other_share) >= NEEDED + MARGIN / math.sqrt(min(seen_here, seen_there))
        doubtful = max(share, other_share) >= DOUBTFUL
    return Overlap(round(1000 * share), round(1000 * other_share), sure) if sure or doubtful else None


def kind(copy: Known, origin: Known, found: Overlap) -> CopyKind:
    """exact: the same words. near: the same text, edited. syndicated: a part of it, or it with other text around."""
    if copy.content == origin.content:
        return "exact"
    if copy.credits_other or min(found.share, found.other_share) < ALIKE * max(found.share, found.other_share):
        return "syndicated"
    return "near"


def settle(
    dirty: Iterable[Known],
    neighbours: Callable[[Known, Sequence[Known]], list[tuple[Known, Overlap]]],
    fresh: Set[int] = frozenset(),
) -> list[Known]:
    """Decide anew for the `dirty` texts and for everyone whom that concerns; returns those that changed.

    Runs in order of rank, so that every decision rests on decided ones. `neighbours` gets a text and some who will be
    asked for soon. The `fresh` were never decided before.
    """
    waiting = [(known.rank, known) for known in dirty]
    heapq.heapify(waiting)
    queued = {known.article_id for _, known in waiting}
    changed: list[Known] = []
    while waiting:
        _, known = heapq.heappop(waiting)
        around = neighbours(known, [other for _, other in waiting[:AHEAD]])
        before = known.copy_of, known.copy_kind, known.similarity
        decide(known, [(other, found) for other, found in around if other.rank < known.rank])
        if (known.copy_of, known.copy_kind, known.similarity) != before:
            changed.append(known)
        later = [other for other, _ in around if other.rank > known.rank and other.article_id not in queued]
        was_origin = before[0] is None and known.article_id not in fresh
        if was_origin == (known.copy_of is None):
            # It is nobody's origin, before and after: it concerns those only for whom it vouches or vouched.
            ends = {before[0], known.copy_of} - {None} if known.copy_of != before[0] else set()
            later = [other for other in later if ends and _doubts(neighbours(other, later[:AHEAD]), ends)]
        for other in later:
            queued.add(other.article_id)
            heapq.heappush(waiting, (other.rank, other))
    return changed


def _doubts(around: Sequence[tuple[Known, Overlap]], ends: Set[int | None]) -> bool:
    """Whether an overlap with one of `ends` needs another copy of that one to vouch."""
    return any(not found.sure and other.article_id in ends for other, found in around)


def decide(known: Known, earlier: Sequence[tuple[Known, Overlap]]) -> None:
    """Make `known` a copy of the origin among `earlier` (all decided) that it overlaps most, or an origin itself."""
    vouched = {other.copy_of for other, found in earlier if found.sure and other.copy_of is not None}
    origins = [
        (other, found)
        for other, found in earlier
        if other.copy_of is None and (found.sure or other.article_id in vouched)
    ]
    if not origins:
        known.copy_of = known.copy_kind = known.similarity = None
        return
    origin, found = min(origins, key=lambda pair: (not pair[1].sure, -pair[1].strength, pair[0].rank))
    known.copy_of = origin.article_id
    known.copy_kind = kind(known, origin, found)
    known.similarity = max(found.share, found.other_share)


def _reach(known: Known) -> int:
    """Up to which hash the sketch is complete."""
    return 1 << SKETCH_BITS if known.size <= SKETCH else int(known.values[-1])
