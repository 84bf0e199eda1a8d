"""What of a text is remembered to find its copies: a few hundred bytes that survive edits, cuts and scanning noise.

A text becomes letters (case, Arabic and Persian letter forms, digits, half-spaces and marks evened out), letters
become words, and every three words in a row become one 64-bit hash. The lowest hashes are the sketch (bottom-k
sampling, Broder 1997, "On the resemblance and containment of documents"): two sketches tell what share of the shorter
text stands in the longer one. Everything is integer arithmetic in numpy, so the same text gives the same bytes on
every machine (I4).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models import folding
from models.folding import SPACE

Numbers = NDArray[np.uint64]

MAX_CHARS: Final = 200_000
"""Characters of a text that are read (I7): a longer one is known by its first 200 000."""
SKETCH: Final = 64
"""Fewest hashes that a sketch keeps: the error of a share is then about 0.06. What was stored with more stays valid."""
SKETCH_RATE: Final = 12
"""One hash in twelve is kept of a long text, so that a short text inside it still meets enough of them."""
POSTED: Final = 8
POSTED_RATE: Final = 50
"""Of a long text one hash in so many is posted: a short text that comes after the page that embeds it has no others."""
LEAD: Final = 60
POSTED_LEAD: Final = 3
ASKED: Final = 40
SKETCH_BITS: Final = 20

_BASE: Final = 0x9E3779B97F4A7C15 | 1
_INVERSE: Final = pow(_BASE, -1, 2**64)
_STEPS: Final = tuple(np.uint64(n) for n in (0xA24BAED4963EE407, 0x9FB21C651E98DF25, 0xD6E8FEB86659FD93))


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is remembered of one text."""

    size: int
    """Distinct three-word shingles."""
    content: int
    """Signed 64-bit hash of all words in order: equal for texts that differ in case, marks and spaces only."""
    sketch: bytes
    posted: tuple[int, ...]
    """Signed 32-bit hashes under which others find this text."""
    asked: tuple[int, ...]
    """Signed 32-bit hashes under which this text looks for others; holds `posted`."""


def even(text: str) -> NDArray[np.uint32]:
    """The evened-out letters of `text`, 0 between words."""
    return folding.even(text[:MAX_CHARS])


def plain(text: str) -> str:
    """`text` in evened-out letters with spaces between the words."""
    return folding.plain(even(text))


def words(text: str) -> Numbers:
    """One 64-bit hash for each word of `text`, in order. Ideographs count as words of one character."""
    letters = even(text)
    if not letters.size:
        return np.zeros(0, np.uint64)
    inside = letters != SPACE
    alone = (letters >= 0x2E80) & (letters < 0xA000)
    before = np.empty_like(inside)
    before[0] = False
    before[1:] = inside[:-1]
    starts = inside & ~before
    if alone.any():
        starts |= alone
        starts[1:] |= inside[1:] & alone[:-1]
    begin = np.flatnonzero(starts)
    powers, inverse = _powers(1 << int(letters.size).bit_length())
    sums = np.empty(letters.size + 1, np.uint64)
    sums[0] = 0
    np.cumsum(letters.astype(np.uint64) * powers[: letters.size], out=sums[1:])
    # A space adds nothing to the sum, so a word may reach to the start of the next one.
    end = np.append(begin[1:], letters.size)
    return _mix((sums[end] - sums[begin]) * inverse[begin])


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of `text`; one without any word has size 0 and nothing posted."""
    of_words = words(text)
    if not of_words.size:
        return Fingerprint(0, 0, b"", (), ())
    in_order = shingles(of_words)
    distinct = _distinct(in_order)
    size = int(distinct.size)
    lead = _distinct(in_order[:LEAD])[:POSTED_LEAD]
    lowest = _signed(np.concatenate([lead, distinct[: max(ASKED, size // POSTED_RATE)]]))
    posted = dict.fromkeys(lowest[: lead.size + max(POSTED, size // POSTED_RATE)])
    powers = _powers(1 << int(of_words.size).bit_length())[0]
    content = int(_mix(np.sum(of_words * powers[: of_words.size], keepdims=True)).view(np.int64)[0])
    return Fingerprint(size, content, _packed(distinct), tuple(posted), tuple(dict.fromkeys(lowest)))


def shingles(of_words: Numbers) -> Numbers:
    """One 64-bit hash for every three words in a row; a text of one or two words is one shingle."""
    if of_words.size < 3:
        of_words = np.append(of_words, np.zeros(3 - of_words.size, np.uint64))
    first, second, third = _STEPS
    return _mix(of_words[:-2] * first + of_words[1:-1] * second + of_words[2:] * third)


def sketch_values(sketch: bytes) -> NDArray[np.int64]:
    """The sampled hashes of a packed sketch, ascending, each below 2**20."""
    if not sketch:
        return np.zeros(0, np.int64)
    width = np.uint16 if sketch[0] == 2 else np.uint32
    return np.cumsum(np.frombuffer(sketch, np.dtype(width).newbyteorder("<"), offset=1), dtype=np.int64)


def _distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """The different numbers, ascending (quicker than np.unique on a few hundred)."""
    ordered = np.sort(numbers)
    first = np.empty(ordered.size, np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _signed(numbers: Numbers) -> list[int]:
    """The lowest 32 bits of each as signed numbers."""
    made: list[int] = numbers.astype(np.uint32).view(np.int32).tolist()
    return made


def _packed(distinct: Numbers) -> bytes:
    """Differences of the lowest hashes, two bytes each where they fit; the first byte says how many."""
    values = (distinct[: max(SKETCH, distinct.size // SKETCH_RATE)] >> np.uint64(64 - SKETCH_BITS)).astype(np.int64)
    steps = np.diff(_distinct(values), prepend=0)
    if int(steps.max()) < 2**16:
        return b"\x02" + steps.astype("<u2").tobytes()
    return b"\x04" + steps.astype("<u4").tobytes()


def _mix(numbers: Numbers) -> Numbers:
    """Spreads every bit over all bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


@cache
def _powers(count: int) -> tuple[Numbers, Numbers]:
    """The first `count` powers of the base and of its inverse modulo 2**64."""

    def of(base: int) -> Numbers:
        made = np.full(count, base, np.uint64)
        made[0] = 1
        return np.cumprod(made, dtype=np.uint64)

    return of(_BASE), of(_INVERSE)
