"""Brings reports of one event in different languages into one story, by what needs no translation: pure functions.

After the grouping by words and never against it: groups that share a language were told apart by their words already,
and stay so. What two texts share weighs by how rare it is (as independent evidence adds up: the negative logarithm of
its share of texts); what they say differently, a toll or a district, counts against. An Afghan day has several blasts
in one province, so province, topic and one small number are not enough.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe import marks
from pipeline.dedupe.stories import DAY, Matrix, Part

NEEDED: Final = 9.0
"""Natural logarithm of the odds against chance that two texts need, about 1 : 8 000."""
SHARES: Final = {
    marks.COUNTRY: 0.2, marks.PROVINCE: 0.06, marks.PLACE: 0.015, marks.ACTOR: 0.07, marks.TOPIC: 0.12,
    marks.DECIMAL: 0.01, marks.NAME: 0.05,
}  # fmt: skip
"""Of texts that have one mark of a kind, as news of Afghanistan is; what is seen in the window outweighs it."""
COUNTED: Final = 0.5
"""Share of a number is this over the number, at most for 30: small ones stand in every other text."""
PRIOR: Final = 200
"""Texts that the shares weigh as much as."""
SAME_TOLL: Final = 1.5
AGAINST: Final = {
    marks.PROVINCE: 6.0, marks.PLACE: 3.0, marks.KILLED: 4.0, marks.WOUNDED: 3.0, marks.DECIMAL: 4.0, marks.TOPIC: 3.0,
}  # fmt: skip
"""What it counts against one event when both texts have marks of a kind and none in common."""
DOUBTS: Final = {
    marks.PROVINCE: 0.5, marks.PLACE: 0.25, marks.DECIMAL: 0.3,
    marks.KILLED: 0.15, marks.WOUNDED: 0.1, marks.COUNT: 0.2,
}  # fmt: skip
"""The same between texts of one language, whose words speak first: by how much (as a logarithm) their likeness sinks.
Tolls grow from report to report of one event, and say less here; a single number says nothing."""
FALLING: Final = 0.5
"""Times the logarithm by which a later report's toll is lower: who counted twenty counts nine of another event."""
ALIKE: Final = 0.1
"""Likeness under which nothing needs to be doubted."""
MOST: Final = {marks.COUNTRY: 1, marks.PROVINCE: 1, marks.PLACE: 2, marks.TOPIC: 1, marks.NAME: 2}
"""Marks of a kind that count: places and topics come together, and consonants are alike by chance now and then."""
WHAT: Final = (marks.TOPIC, marks.COUNT, marks.DECIMAL, marks.KILLED, marks.WOUNDED)
"""Places and actors say where and who: something of what happened has to be common too."""
SMALL: Final = 4
"""Numbers up to this one stand in any text."""
FADED_DAYS: Final = 4.0
WHOLE_DAYS: Final = 1.5
COMMON: Final = 30
"""A mark of more texts than this makes no candidates."""
SPEAKERS: Final = 8
"""Texts of a group that are compared."""


def cross(parts: Sequence[Part], tops: Sequence[int], apart: NDArray[np.bool_] | None = None) -> list[int]:
    """The groups after those of different languages that tell of one event met. `apart` are pairs never to meet."""
    language = {  # copies may stand among other texts: their origin speaks for them
        index: next(one for one in part.marks if marks.kind_of(one) == marks.LANGUAGE)
        for index, part in enumerate(parts)
        if part.marks and part.copy_of is None
    }
    if len(set(language.values())) < 2:
        return list(tops)
    members: dict[int, list[int]] = defaultdict(list)
    for index, top in enumerate(tops):
        members[top].append(index)
    near = _candidates(parts, tops, language)
    _Meeting(parts, language, members, near, apart).run()
    made = list(tops)
    for top, group in members.items():
        for index in group:
            made[index] = top
    return made


class _Meeting:
    """Merges the groups with the strongest link again and again, until none is strong enough."""

    def __init__(
        self,
        parts: Sequence[Part],
        language: Mapping[int, int],
        members: dict[int, list[int]],
        near: Collection[tuple[int, int]],
        apart: NDArray[np.bool_] | None,
    ) -> None:
        self.parts, self.language, self.members, self.apart = parts, language, members, apart
        self.weight = weights([parts[index].marks for index in language])
        self.kinds = {index: kinds(parts[index].marks) for index in language}
        self.spoken = {top: {language[i] for i in group if i in language} for top, group in members.items()}
        self.near: dict[int, set[int]] = defaultdict(set)
        self.links: list[tuple[float, int, int, int, int]] = []
        for one, other in near:
            self.near[one].add(other)
            self.near[other].add(one)
            self._weigh(one, other)

    def run(self) -> None:
        """Changes `members`."""
        heapq.heapify(self.links)
        while self.links:
            _, one, other, *sizes = heapq.heappop(self.links)
            if sizes == [len(self.members.get(top, ())) for top in (one, other)]:  # else one has grown since
                self._merge(one, other)

    def _merge(self, one: int, other: int) -> None:
        self.members[one] = sorted(self.members[one] + self.members.pop(other))
        self.spoken[one] |= self.spoken.pop(other)
        around = (self.near[one] | self.near.pop(other)) - {one, other}
        self.near[one] = around
        for rest in around:
            self.near[rest].discard(other)
            self.near[rest].add(one)
            self._weigh(min(one, rest), max(one, rest))

    def _weigh(self, one: int, other: int) -> None:
        mine, theirs = self.members[one], self.members[other]
        if self.spoken[one] & self.spoken[other]:
            return
        if self.apart is not None and self.apart[np.ix_(mine, theirs)].any():
            return
        found = self._link(mine, theirs)
        if found >= NEEDED:
            heapq.heappush(self.links, (-found, one, other, len(mine), len(theirs)))

    def _link(self, one: Sequence[int], other: Sequence[int]) -> float:
        """How strongly two groups tell of one event: the better half of the pairs of their texts, on average."""
        mine = [index for index in one if index in self.language][:SPEAKERS]
        theirs = [index for index in other if index in self.language][:SPEAKERS]
        found = sorted((self._score(a, b) for a in mine for b in theirs), reverse=True)
        best = found[: (len(found) + 1) // 2]
        return sum(best) / len(best) if best else 0.0

    def _score(self, one: int, other: int) -> float:
        found = evidence(self.kinds[one], self.kinds[other], self.weight)
        return found * nearness(self.parts[one].at, self.parts[other].at) if found > 0 else found


def weights(texts: Sequence[Sequence[int]]) -> dict[int, float]:
    """How much it says that two texts share each mark, from how many of `texts` have it."""
    seen = Counter(one for text in texts for one in text)
    return {one: -math.log((PRIOR * share(one) + number) / (PRIOR + len(texts))) for one, number in seen.items()}


def share(one: int) -> float:
    """Of how many texts of news a mark is, about."""
    kind = marks.kind_of(one)
    if kind in (marks.COUNT, marks.KILLED, marks.WOUNDED):
        return COUNTED / min(max(marks.number_of(one), 1), 30)
    return SHARES.get(kind, 1.0)


def evidence(mine: Mapping[int, Set[int]], theirs: Mapping[int, Set[int]], weight: Mapping[int, float]) -> float:
    """For and against two texts telling of one event, from their marks by kind."""
    if not any(_is_telling(one) for kind in WHAT for one in mine.get(kind, set()) & theirs.get(kind, set())):
        return 0.0
    total = 0.0
    for kind in mine.keys() & theirs.keys():
        common = mine[kind] & theirs[kind]
        if kind == marks.LANGUAGE:
            continue
        if not common:
            total -= AGAINST.get(kind, 0.0)
        elif kind in (marks.KILLED, marks.WOUNDED):
            total += SAME_TOLL
        else:
            total += sum(sorted((weight[one] for one in common), reverse=True)[: MOST.get(kind)])
    return total


def _is_telling(one: int) -> bool:
    return marks.kind_of(one) != marks.COUNT or marks.number_of(one) > SMALL


def nearness(one: int | None, other: int | None) -> float:
    """1 for texts close in time, falling to 0; undated ones are close to everyone."""
    if one is None or other is None:
        return 1.0
    return min(1.0, max(0.0, (FADED_DAYS - abs(one - other) / DAY) / (FADED_DAYS - WHOLE_DAYS)))


def doubt(alike: Matrix, parts: Sequence[Part]) -> Matrix:
    """Less likeness for pairs that name different places, magnitudes or tolls. Changes `alike`."""
    told = [{kind: some for kind, some in kinds(part.marks).items() if kind in DOUBTS} for part in parts]
    having = np.array([bool(some) for some in told])
    if having.any():
        for one, other in np.argwhere(np.triu(alike > ALIKE, 1) & having & having[:, None]).tolist():
            mine, theirs = told[one], told[other]
            lost = sum(
                DOUBTS[kind] + FALLING * _fall(parts[one].at, mine[kind], parts[other].at, theirs[kind])
                for kind in mine.keys() & theirs.keys()
                if not mine[kind] & theirs[kind]
                and (kind != marks.COUNT or min(len(mine[kind]), len(theirs[kind])) > 1)
            )
            if lost:
                alike[one, other] = alike[other, one] = alike[one, other] * math.exp(-lost)
    return alike


def _fall(at: int | None, mine: Collection[int], other_at: int | None, theirs: Collection[int]) -> float:
    """By how much, as a logarithm, the toll of the later of two texts is lower than that of the earlier; else 0."""
    kind = marks.kind_of(next(iter(mine)))
    if kind not in (marks.KILLED, marks.WOUNDED) or at is None or other_at is None or at == other_at:
        return 0.0
    first, last = (mine, theirs) if at < other_at else (theirs, mine)
    before, after = (max(map(marks.number_of, some)) + 1 for some in (first, last))
    return max(0.0, math.log(before / after))


def kinds(text: Sequence[int]) -> dict[int, set[int]]:
    """The marks of a text by their kind."""
    made: dict[int, set[int]] = defaultdict(set)
    for one in text:
        made[marks.kind_of(one)].add(one)
    return made


def _candidates(parts: Sequence[Part], tops: Sequence[int], having: Mapping[int, int]) -> Set[tuple[int, int]]:
    """Pairs of groups that share a rare mark."""
    listed: dict[int, list[int]] = defaultdict(list)
    for index in having:
        for one in parts[index].marks:
            listed[one].append(index)
    rare = [group for one, group in listed.items() if len(group) <= COMMON and marks.kind_of(one) != marks.LANGUAGE]
    met: Counter[tuple[int, int]] = Counter()
    for group in rare:
        met.update({(min(pair), max(pair)) for pair in combinations({tops[index] for index in group}, 2)})
    return met.keys()
