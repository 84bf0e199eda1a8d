"""What is usual for an outlet, by its own history. Robust, because histories hold holidays, backlogs and bad days:
medians and the median absolute deviation for counts, a binomial tail for shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, comb, floor, sqrt
from statistics import median
from typing import Final

ENOUGH_DAYS: Final = 5
"""Days of history from which on a baseline exists."""
ENOUGH_WEEKDAYS: Final = 4
"""So many of the same weekday stand for themselves; with fewer all days count, widened by what that weekday had."""
WIDTH: Final = 1.96
"""Standard deviations on either side of the median that are still usual: 19 days of 20."""
TO_SIGMA: Final = 1.4826
"""Median absolute deviation to standard deviation of a normal distribution (Rousseeuw and Croux 1993)."""
UNLIKELY: Final = 0.005
"""A share less likely than this under the usual one has changed."""
NOTICEABLE: Final = 0.25
"""A smaller change of a share is not worth a warning, however certain."""
RARE: Final = 0.03
"""No fault is taken for rarer than this: one odd article must never be enough."""
PRIOR_WEIGHT: Final = 4.0
"""Articles that the assumed share counts for; a longer history outweighs it."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers of addresses that would be usual, both ends included."""

    low: int
    high: int
    middle: float


def expected(history: Sequence[tuple[date, int]], day: date) -> Range | None:
    """What `history` lets expect on `day`; None while it is shorter than ENOUGH_DAYS."""
    if len(history) < ENOUGH_DAYS:
        return None
    same = [count for when, count in history if when.weekday() == day.weekday()]
    counts = same if len(same) >= ENOUGH_WEEKDAYS else [count for _, count in history]
    middle = median(counts)
    spread = max(TO_SIGMA * median(abs(count - middle) for count in counts), sqrt(middle), 1.0)
    low, high = max(0, ceil(middle - WIDTH * spread)), floor(middle + WIDTH * spread)
    if same:
        low, high = min(low, floor(0.8 * min(same))), max(high, max(same))
    return Range(low, high, middle)


def usual_share(hits: int, of: int, prior: float) -> float:
    """The usual share after `hits` of `of`, starting from an assumed one."""
    return (hits + prior * PRIOR_WEIGHT) / (of + PRIOR_WEIGHT)


def has_risen(hits: int, of: int, usual: float) -> bool:
    """Whether `hits` of `of` are noticeably more than the usual share, and hardly by chance."""
    usual = max(usual, RARE)
    return of > 0 and hits / of - usual >= NOTICEABLE and at_least(hits, of, usual) < UNLIKELY


def at_least(hits: int, of: int, share: float) -> float:
    """Probability of at least `hits` in `of` independent tries that succeed with `share`."""
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(hits, of + 1))
