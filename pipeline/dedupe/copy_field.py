"""The texts that one call of the dedupe stage is concerned with: what the index knows of them, loaded as needed."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection

from pipeline.dedupe import copy_blocks, copy_index
from pipeline.dedupe.copies import CROWD, DAY, Known, Overlap, Sieve, overlap, settle
from pipeline.dedupe.fingerprints import Fingerprint

CROWDED: Final = 200
"""A text with that many likes leads a crowd: what is read later comes after it, whenever it was published (I7)."""
ROUNDS: Final = 4
"""How often texts of a crowd ask for the origins of those whom they see."""


class Field:
    """Loaded texts by article id in `everyone`, and for some of them whom they overlap."""

    def __init__(self, connection: Connection, everyone: dict[int, Known]) -> None:
        self.connection = connection
        self.everyone = everyone
        self.around: dict[int, dict[int, Overlap]] = {}
        self.crowded: set[int] = set()
        self.fresh: set[int] = set()
        self.sieve = Sieve()

    def know(self, ids: Iterable[int]) -> None:
        """Load those of `ids` that are not loaded yet."""
        missing = [article_id for article_id in ids if article_id not in self.everyone]
        self.everyone.update(copy_index.load(self.connection, missing))

    def add(self, prints: dict[int, Fingerprint]) -> None:
        """Post new texts (loaded already) and store their overlaps with their candidates and with these one's origins.
        The texts themselves are stored when they are settled, by the caller."""
        times = {article_id: self.everyone[article_id].at for article_id in prints}
        days = {article_id: copy_blocks.UNDATED if at is None else at // DAY for article_id, at in times.items()}
        likely, self.crowded = copy_blocks.candidates(self.connection, prints, days)
        self.know({other for others in likely.values() for other in others})
        self.know(self._origins({other for others in likely.values() for other in others}))
        self._follow(
            {article_id: {*likely[article_id], *self._origins(likely[article_id])} for article_id in self.crowded}
        )
        self.around.update((article_id, {}) for article_id in prints)
        self.fresh = set(prints)
        pairs = []
        for article_id, others in likely.items():
            pairs += self._compare(article_id, {*others, *self._origins(others)})
        copy_index.join(self.connection, pairs)

    def _follow(self, met: dict[int, set[int]]) -> None:
        """Put new texts after the crowds whose texts they have."""
        others = {other for some in met.values() for other in some} - met.keys()
        full = copy_index.with_many(self.connection, others, CROWDED)
        for article_id, some in met.items():
            known = self.everyone[article_id]
            leaders = self.sieve.passing(known, [self.everyone[other] for other in some & full])
            crowds = [one.crowd for one in leaders if (shared := overlap(known, one)) and shared.sure]
            if crowds:
                known.since += (1 + max(crowds)) * CROWD

    def settle(self, ids: Iterable[int]) -> dict[int, Known]:
        """Decide for `ids` and all whom it concerns; returns the texts that changed, by article id."""
        dirty = {article_id for article_id in ids if article_id in self.everyone}
        changed: dict[int, Known] = {}
        for _ in range(ROUNDS):
            moved = settle([self.everyone[one] for one in dirty], self._beside, self.fresh)
            self.fresh = set()
            changed.update((known.article_id, known) for known in moved)
            bereft = {known.article_id for known in moved if known.copy_of is None}
            dirty = self._look_further(self.crowded | bereft)
            if not dirty:
                break
        return changed

    def _look_further(self, ids: Iterable[int]) -> set[int]:
        """In a crowd a text sees only some of its likes, but through them their origins; who must be decided anew:
        the later of two that found each other."""
        found: set[int] = set()
        pairs: list[tuple[int, int, Overlap]] = []
        for article_id in sorted(ids):
            unseen = self._origins(self.around[article_id]) - {article_id, *self.around[article_id]}
            self.know(unseen)
            new = self._compare(article_id, unseen)
            pairs += new
            found.update(max(one, other, key=lambda both: self.everyone[both].rank) for one, other, _ in new)
        copy_index.join(self.connection, pairs)
        return found

    def _compare(self, article_id: int, others: set[int]) -> list[tuple[int, int, Overlap]]:
        """The new overlaps of a text, at most EDGES of them: with the earliest, who may be its origin."""
        mine = self.around[article_id]
        known = self.everyone[article_id]
        new = [self.everyone[other] for other in others - {article_id} - mine.keys() if other in self.everyone]
        found = []
        for other in self.sieve.passing(known, new):
            shared = overlap(known, other)
            if shared:
                found.append((other.rank, other.article_id, shared))
        found.sort(key=lambda one: one[0])
        pairs = []
        for _, other_id, shared in found[: copy_index.EDGES]:
            mine[other_id] = shared
            if other_id in self.around:
                self.around[other_id][article_id] = shared.turned()
            pairs.append((article_id, other_id, shared))
        return pairs

    def _origins(self, ids: Iterable[int]) -> set[int]:
        known = (self.everyone[article_id] for article_id in ids if article_id in self.everyone)
        return {one.copy_of for one in known if one.copy_of is not None}

    def _beside(self, known: Known, soon: Sequence[Known]) -> list[tuple[Known, Overlap]]:
        if known.article_id not in self.around:
            missing = {known.article_id, *(other.article_id for other in soon)} - self.around.keys()
            for article_id, pairs in copy_index.neighbours(self.connection, missing).items():
                self.around[article_id] = dict(pairs)
            self.know({other for article_id in missing for other in self.around[article_id]})
        around = self.around[known.article_id]
        return [(self.everyone[other], found) for other, found in around.items() if other in self.everyone]
