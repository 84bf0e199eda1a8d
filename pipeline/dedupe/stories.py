"""Decides which independent texts tell of one event: pure functions over the texts of one stretch of time.

Average-link clustering of TF-IDF vectors, with one setting for full texts, ledes and headlines. Two things make that
possible. Headlines of one event share few words pairwise, but a group of them has a vocabulary: so the shorter the
texts, the more a link is measured against how alike each group is within itself. And in a larger crowd more texts look
alike by chance: so the threshold grows with the logarithm of the crowd.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.story_terms import Terms

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]

BASE: Final = 0.215
PER_TENFOLD: Final = 0.03
"""Fitted on ECB+, BASIL, AllSides and UCI headlines (development halves) and on samples of a third and a tenth."""
BRIEF: Final = 10
FULL: Final = 24
"""Terms: texts of up to 10 are headlines, those of 24 and more are not, in between it is a matter of degree."""
BRIEF_DISCOUNT: Final = 0.5
WHOLE_DAYS: Final = 1.5
FADED_DAYS: Final = 7.0
"""Reports within a day and a half of each other may tell of one event; after a week never."""
TIE: Final = 1e-3
"""Links that differ by less are equal: else a thousand texts of one template would be compared a thousand times."""
NEIGHBOURS: Final = 10
HUBS: Final = 0.6
MOST_GAIN: Final = 1.5
"""In an empty field likeness counts for more, but what is hardly alike stays so."""
DAY: Final = 86_400
_ROWS: Final = 256


@dataclass(frozen=True, slots=True)
class Part:
    """One text as a candidate for a story; copies speak for their origin. `at` is in seconds, None when undated."""

    article_id: int
    at: int | None
    terms: Terms
    rarities: Vector
    """Of its terms, as they were when it came in, or anew."""
    story: int = 0
    """The story that it is in so far."""
    copy_of: int | None = None
    marks: tuple[int, ...] = ()
    """What it tells in any language (see marks.py)."""

    def weights(self) -> Vector:
        """Strength times rarity of each term, as a vector of length 1."""
        made: Vector = self.terms.strengths * self.rarities
        length = math.sqrt(float(made @ made))
        return made / length if length else made


def threshold(crowd: int) -> float:
    """The link that two groups need to be one story, among `crowd` texts. Less among fewer than 100, where nothing
    is usual yet (see `unhubbed`)."""
    tenfolds = math.log10(max(crowd, 10))
    return BASE + PER_TENFOLD * (tenfolds - max(0.0, 2 - tenfolds))


def likeness(parts: Sequence[Part]) -> Matrix:
    """Cosine of the weighted terms of every two texts, faded by the time between them. Shape (n, n), zero diagonal."""
    count = len(parts)
    made = np.zeros((count, count), np.float32)
    if count < 2:
        return made
    owners = np.repeat(np.arange(count), [part.terms.hashes.size for part in parts])
    hashes = np.concatenate([part.terms.hashes for part in parts])
    values = np.concatenate([part.weights() for part in parts])
    order = np.argsort(hashes, kind="stable")
    owners, hashes, values = owners[order], hashes[order], values[order].astype(np.float32)
    starts = np.flatnonzero(np.diff(hashes, prepend=-1))
    ends = np.append(starts[1:], hashes.size)
    common = ends - starts > 100
    for start, end in zip(starts[~common & (ends - starts > 1)], ends[~common & (ends - starts > 1)], strict=True):
        having = owners[start:end]
        made[having[:, None], having] += values[start:end, None] * values[start:end]
    if common.any():
        dense = np.zeros((count, int(common.sum())), np.float32)
        for column, (start, end) in enumerate(zip(starts[common], ends[common], strict=True)):
            dense[owners[start:end], column] = values[start:end]
        for start in range(0, count, _ROWS):  # in slices, or the temporary results would double the memory
            made[start : start + _ROWS] += dense[start : start + _ROWS] @ dense.T
    _fade(made, parts)
    np.fill_diagonal(made, 0)
    return made


def unhubbed(alike: Matrix, parts: Sequence[Part]) -> Matrix:
    """Likeness against what is usual around each text: in a dense field (one politician, one war) all are alike and say
    little, in an empty one little says much. Takes off HUBS of how much nearer its NEIGHBOURS nearest are than those of
    the text in the middle; copies are no neighbours. The correction is CSLS (Conneau et al. 2018). Changes `alike`."""
    first: dict[int, int] = {}
    text_of = [part.article_id if part.copy_of is None else part.copy_of for part in parts]
    origin = [first.setdefault(one, index) for index, one in enumerate(text_of)]
    others = np.unique(np.array(origin, np.int64))
    near = min(NEIGHBOURS, others.size - 1)
    if near < 2:
        return alike
    usual = np.zeros(len(parts), np.float32)
    for index, row in enumerate(alike):
        found = np.where(others == origin[index], 0, row[others])
        usual[index] = np.partition(found, others.size - near)[others.size - near :].mean()
    usual = HUBS / 2 * (usual - np.median(usual))
    for row, own in zip(alike, usual, strict=True):
        row[:] = np.where(row > 0, np.clip(row - usual - own, 0, row * MOST_GAIN), 0)
    return alike


def nearest(new: Sequence[Part], parts: Sequence[Part], least: float, most: int) -> set[int]:
    """Indices of the `parts` that are `least` alike to one of `new` or more, at most `most` for each of them."""
    owners = np.repeat(np.arange(len(parts)), [part.terms.hashes.size for part in parts])
    hashes = np.concatenate([part.terms.hashes for part in parts])
    order = np.argsort(hashes, kind="stable")
    owners, hashes = owners[order], hashes[order]
    values = np.concatenate([part.weights() for part in parts])[order]
    found: set[int] = set()
    for part in new:
        starts = np.searchsorted(hashes, part.terms.hashes)
        ends = np.searchsorted(hashes, part.terms.hashes, side="right")
        at = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)] or [starts])
        cosines = np.bincount(owners[at], values[at] * np.repeat(part.weights(), ends - starts), len(parts))
        close = np.flatnonzero(cosines >= least)
        found.update(close[np.argsort(-cosines[close], kind="stable")[:most]].tolist())
    return found


def brevity(parts: Sequence[Part]) -> Vector:
    """1 for headlines, 0 for full texts."""
    sizes = np.array([part.terms.hashes.size for part in parts], np.float64)
    made: Vector = np.clip((FULL - sizes) / (FULL - BRIEF), 0, 1)
    return made


def group(alike: Matrix, brief: Vector, needed: float, apart: NDArray[np.bool_] | None = None) -> list[int]:
    """The group of each text, named by the index of one member. Consumes `alike`.

    `apart` marks pairs that a reviewer separated: they never meet in one group.
    """
    groups = _Groups(alike, brief.copy(), None if apart is None else apart.copy())
    while groups.merge_best(needed):
        pass
    return [groups.top(index) for index in range(len(brief))]


def link_with_rest(alike: Matrix, brief: Vector, one: int, rest: Sequence[int]) -> float:
    """The link of a text with others as one group, as `group` reckons it."""
    within = (len(rest) + float(alike[np.ix_(rest, rest)].sum())) / len(rest) ** 2
    return float(_link(alike[one, rest].mean(), (brief[one] + brief[rest].mean()) / 2, within))


def _link(mean: Any, brief: Any, within: Any) -> Any:
    """The mean likeness of two groups, for brief texts against how alike each group is within itself."""
    return mean * np.exp(-brief / 2 * np.log(within)) / (1 - BRIEF_DISCOUNT * brief)


class _Groups:
    """Agglomerative clustering with remembered best partners: about n steps of O(n).

    What is remembered may be too high, because a merge lowers average links; it is looked up anew before it is used.
    """

    def __init__(self, sums: Matrix, brief: Vector, apart: NDArray[np.bool_] | None) -> None:
        count = len(brief)
        self.sums, self.brief, self.apart = sums, brief, apart
        self.any_brief = bool(brief.any())
        self.size = np.ones(count)
        self.within = np.ones(count)
        self.alive = np.ones(count, np.bool_)
        self.parent = list(range(count))
        self.best = np.full(count, -1.0)
        self.partner = np.zeros(count, np.int64)
        for index in range(count):
            self._look(index)

    def links(self, index: int) -> Vector:
        """The link of `index` with every group, -1 where there can be none."""
        made: Vector = self.sums[index] / (self.size * self.size[index])
        if self.any_brief:
            brief = (self.brief + self.brief[index]) / 2
            own = self.within / self.size**2
            made = _link(made, brief, own * own[index])
        made[~self.alive] = -1
        made[index] = -1
        if self.apart is not None:
            made[self.apart[index]] = -1
        return made

    def merge_best(self, needed: float) -> bool:
        """Merge the two groups with the strongest link, if that is `needed` or more."""
        if not self.best.size:
            return False
        one = int(self.best.argmax())
        if self.best[one] < needed:
            return False
        before = self.best[one]
        self._look(one)
        other = int(self.partner[one])
        if self.best[one] < before - TIE:
            return True
        total = self.size[one] + self.size[other]
        self.brief[one] = (self.brief[one] * self.size[one] + self.brief[other] * self.size[other]) / total
        self.within[one] += self.within[other] + 2 * self.sums[one, other]
        self.size[one] = total
        self.sums[one] += self.sums[other]
        self.sums[one, one] = 0
        self.sums[:, one] = self.sums[one]
        if self.apart is not None:
            self.apart[one] |= self.apart[other]
            self.apart[:, one] |= self.apart[:, other]
        self.alive[other] = False
        self.best[other] = -1
        self.parent[other] = one
        new = self._look(one)
        better = self.alive & (new > self.best)
        self.best[better] = new[better]
        self.partner[better] = one
        return True

    def top(self, index: int) -> int:
        """The group that `index` ended in."""
        while self.parent[index] != index:
            index = self.parent[index]
        return index

    def _look(self, index: int) -> Vector:
        made = self.links(index)
        self.partner[index] = made.argmax()
        self.best[index] = made[self.partner[index]]
        return made


def _fade(alike: Matrix, parts: Sequence[Part]) -> None:
    """Multiply by 1 for texts close in time, falling to 0 after a week. Undated texts are close to everyone."""
    if all(part.at is None for part in parts):
        return
    times = np.array([math.nan if part.at is None else part.at / DAY for part in parts])
    for start in range(0, len(parts), _ROWS):
        gap = np.abs(times[start : start + _ROWS, None] - times)
        faded = np.clip((FADED_DAYS - gap) / (FADED_DAYS - WHOLE_DAYS), 0, 1)
        alike[start : start + _ROWS] *= np.where(np.isnan(gap), 1, faded).astype(np.float32)


def named(parts: Sequence[Part], tops: Sequence[int], origins: dict[int, int]) -> list[int]:
    """The story id of each text: groups keep the id of the story that most of them were in, as long as the article
    that gave the id is not in another group; a new group takes the id of its first text.

    `tops` names the group of each text, in the order of `parts` (earliest first). `origins` leads from a copy to its
    origin, because a story may bear the id of an article that turned out to be a copy.
    """
    group_of = {part.article_id: top for part, top in zip(parts, tops, strict=True)}
    counts: dict[tuple[int, int], int] = {}
    for part, top in zip(parts, tops, strict=True):
        founder = group_of.get(origins.get(part.story, part.story))
        if founder is None or founder == top:
            counts[part.story, top] = counts.get((part.story, top), 0) + 1
    story_of: dict[int, int] = {}
    taken: set[int] = set()
    for (story, top), _ in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        if story not in taken and top not in story_of:
            story_of[top] = story
            taken.add(story)
    for part, top in zip(parts, tops, strict=True):
        story_of.setdefault(top, part.article_id)
    return [story_of[top] for top in tops]
