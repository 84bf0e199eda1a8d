"""What people ruled of stories, as bounds that grouping keeps: pure functions.

An `apart` always holds. The togethers are taken from the newest to the oldest, and one that would bring two into a
story who are to be apart is left out; so the outcome follows from the rulings alone, not from the order of arrival.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.stories import Matrix, Part


@dataclass(frozen=True, slots=True)
class Ruled:
    """One ruling in force, on the origins of the ruled articles and the stories that these are in, None for an
    article that is not in the index."""

    one: int
    other: int
    together: bool
    one_story: int | None
    other_story: int | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Pairs of articles that belong together, and for each article those that it must never meet: whatever is to be
    apart from one of a chain is apart from all of it."""

    together: list[tuple[int, int]]
    apart: dict[int, set[int]]

    def unkept(self, story: dict[int, int]) -> set[int]:
        """The articles of which `story` (by article id) does not say what the bounds say."""
        here = [pair for pair in self.together if story.keys() >= set(pair)]
        split = {one for pair in here for one in pair if story[pair[0]] != story[pair[1]]}
        return split | {one for one in story for other in self.apart.get(one, ()) if story.get(other) == story[one]}


def bounds(rulings: Iterable[Ruled]) -> Bounds:
    """What `rulings` (newest first) ask, freed of contradictions."""
    known = [ruled for ruled in rulings if ruled.one != ruled.other]
    chain: dict[int, set[int]] = {}
    for ruled in known:
        chain.setdefault(ruled.one, {ruled.one})
        chain.setdefault(ruled.other, {ruled.other})
    never = {frozenset((ruled.one, ruled.other)) for ruled in known if not ruled.together}
    together = []
    for ruled in known:
        mine, theirs = chain[ruled.one], chain[ruled.other]
        if not ruled.together or any(frozenset((a, b)) in never for a in mine for b in theirs):
            continue
        together.append((ruled.one, ruled.other))
        if mine is not theirs:
            mine |= theirs
            chain.update(dict.fromkeys(theirs, mine))
    apart: dict[int, set[int]] = {}
    for pair in never:
        for one, other in (tuple(pair), tuple(pair)[::-1]):
            for member in chain[one]:
                apart.setdefault(member, set()).update(chain[other])
    return Bounds(together, apart)


def concerned(rulings: Sequence[Ruled], ids: Collection[int], stories: Collection[int]) -> set[int]:
    """The ruled articles that grouping `ids`, who are in `stories`, may touch, whoever is led to through others."""
    found: set[int] = set()
    reached = set(ids)
    told: set[int | None] = set(stories)
    rest = list(rulings)
    while True:
        near = [r for r in rest if {r.one, r.other} & reached or {r.one_story, r.other_story} & told]
        if not near:
            return found
        rest = [r for r in rest if r not in near]
        for ruled in near:
            found |= {ruled.one, ruled.other}
            told |= {ruled.one_story, ruled.other_story} - {None}
        reached |= found


def by_index(parts: Sequence[Part], asked: Bounds) -> tuple[list[tuple[int, int]], NDArray[np.bool_] | None]:
    """The bounds of `parts`, by their indices: pairs that belong together, and a matrix of those that do not."""
    place = {part.article_id: index for index, part in enumerate(parts)}
    pairs = [(place[one], place[other]) for one, other in asked.together if one in place and other in place]
    apart = np.zeros((len(parts), len(parts)), np.bool_)
    for one in place.keys() & asked.apart.keys():
        others = [place[other] for other in asked.apart[one] if other in place]
        apart[place[one], others] = apart[others, place[one]] = True
    return pairs, apart if apart.any() else None


def hold(alike: Matrix, parts: Sequence[Part], held: Collection[int], alone: Collection[int]) -> None:
    """Let the parts `held` come as the stories that they are. Those `alone` meet nobody but by a ruling."""
    places = np.array([index for index, part in enumerate(parts) if part.article_id in held], np.int64)
    stories = np.array([parts[index].story for index in places])
    same = stories[:, None] == stories
    np.fill_diagonal(same, False)
    alike[np.ix_(places, places)] = np.where(same, 1, alike[np.ix_(places, places)])
    lone = [index for index, part in enumerate(parts) if part.article_id in alone]
    alike[lone, :] = alike[:, lone] = 0


def join(tops: Sequence[int], together: Iterable[tuple[int, int]], apart: NDArray[np.bool_] | None) -> list[int]:
    """The groups after those who belong together met; who must not meet one of the others stays behind.

    Afterwards and not before: the joined would dilute each other's links, and throw out whom nobody spoke of.
    """
    made = np.array(tops, np.int64)
    for one, other in together:
        mine, theirs = made == made[one], made == made[other]
        if made[one] == made[other]:
            continue
        moving = theirs if apart is None else theirs & ~apart[mine].any(axis=0)
        left = np.flatnonzero(theirs & ~moving)
        if left.size:  # a group is named by one of its members
            made[left] = left[0]
        made[moving] = made[one]
    return [int(top) for top in made]
