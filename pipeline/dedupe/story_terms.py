"""What of a text tells its event: the words that are rare elsewhere, each with how much the text makes of it.

Only the title and the first 400 words are read, because news says what happened first. A word counts by its stem, so
that "strikes" meets "strike"; how rare it is comes from general language (`data/word_rates.bin`) until our own history
says more (see `pipeline.dedupe.story_index`).
"""

import re
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.dedupe.fingerprints import plain

READ_WORDS: Final = 400
READ_CHARS: Final = 6000
KEPT: Final = 80
"""Terms of one text that are remembered."""
IN_TITLE: Final = 1.5
"""A word of the title counts half as much again."""
PRIOR: Final = 5000
"""General language weighs as much as 5 000 articles of our own."""
TELLING: Final = 1.0
"""A term that more than one text in e has tells nothing."""
UNKNOWN: Final = 1.5e-5
"""Share of texts with a word that general language hardly knows: one of the rarest."""
KNOWN_WORDS: Final = 200_000
RATES: Final = Path(__file__).parent.parent / "data" / "word_rates.bin"

_ENDINGS: Final = re.compile(r"(?<=..)ies$|(?<=...)ing$|(?<=...)ed$|(?<=..[^s])s$")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one text: 32-bit hashes in ascending order and how much the text makes of each."""

    hashes: NDArray[np.int64]
    strengths: NDArray[np.float32]

    def packed(self) -> bytes:
        """Four bytes a hash, one byte a strength (in steps of 1/16)."""
        return self.hashes.astype("<u4").tobytes() + packed_strengths(self.strengths).tobytes()


def packed_strengths(strengths: NDArray[np.float32]) -> NDArray[np.uint8]:
    """One byte each, in steps of 1/16."""
    return np.clip(np.rint(strengths * 16), 1, 255).astype(np.uint8)


def unpacked(data: bytes) -> Terms:
    """The terms that `Terms.packed` wrote."""
    count = len(data) // 5
    hashes = np.frombuffer(data, "<u4", count).astype(np.int64)
    steps = np.frombuffer(data, np.uint8, count, offset=4 * count)
    return Terms(hashes, steps.astype(np.float32) / np.float32(16))


def terms(title: str, text: str) -> Terms:
    """Every term of title and text with its strength: 1 + ln(occurrences), more in the title."""
    heading = plain(title[:READ_CHARS]).split()[:READ_WORDS]
    body = plain(text[:READ_CHARS]).split()[:READ_WORDS]
    named = set(map(_TERMS.__getitem__, heading))
    read = list(map(_TERMS.__getitem__, body))
    if body[: len(heading)] != heading:  # many texts repeat their title as the first line
        read += named
    _TERMS.forget()
    hashes, counts = np.unique(np.array(read, np.int64), return_counts=True)
    strengths = _STRENGTHS[counts]
    strengths[np.searchsorted(hashes, list(named))] *= np.float32(IN_TITLE)
    return Terms(hashes, strengths)


_STRENGTHS: Final = 1 + np.log(np.maximum(np.arange(READ_WORDS + 2), 1).astype(np.float32))
"""By occurrences."""


class _Known(dict[str, int]):
    """The terms of words, made once: most words of a text have been met in another."""

    def __missing__(self, word: str) -> int:
        self[word] = made = zlib.crc32(stem(word).encode())
        return made

    def forget(self) -> None:
        """Begin anew when there are too many to be kept."""
        if len(self) > KNOWN_WORDS:
            self.clear()


_TERMS: Final = _Known()


def term(word: str) -> int:
    """The term of one evened-out word: a hash of its stem."""
    return _TERMS[word]


def stem(word: str) -> str:
    """English endings cut off; of longer words in other scripts the first six letters, where the meaning sits."""
    if not word.isascii():
        return word[:6]
    if len(word) <= 3 or not word.isalpha():
        return word
    cut = _ENDINGS.sub("", word, count=1)
    return cut + "y" if word.endswith("ies") and cut != word else cut


def rates(hashes: NDArray[np.int64]) -> NDArray[np.float64]:
    """In which share of texts general language has each term."""
    known, shares = _table()
    at = np.minimum(np.searchsorted(known, hashes), known.size - 1)
    return np.where(known[at] == hashes, shares[at], UNKNOWN)


def rarity(
    hashes: NDArray[np.int64], seen: NDArray[np.int64] | NDArray[np.float64], articles: float
) -> NDArray[np.float64]:
    """Natural logarithm of one over the share of texts with each term, from general language and our `articles`."""
    share = (PRIOR * rates(hashes) + seen) / (PRIOR + articles)
    return -np.log(np.minimum(share, 1.0))


def strongest(found: Terms, of_rarity: NDArray[np.float64]) -> Terms:
    """The KEPT most telling terms."""
    kept = telling(found.strengths, of_rarity)
    return Terms(found.hashes[kept], found.strengths[kept])


def telling(strengths: NDArray[np.float32], of_rarity: NDArray[np.float64]) -> NDArray[np.intp]:
    """The places of the KEPT most telling terms, ascending."""
    kept = np.flatnonzero(of_rarity > TELLING)
    if kept.size > KEPT:
        weight = strengths[kept] * of_rarity[kept]
        kept = np.sort(kept[np.argsort(-weight, kind="stable")[:KEPT]])
    return kept


@cache
def _table() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    data = RATES.read_bytes()
    count = len(data) // 5
    hashes = np.frombuffer(data, "<u4", count).astype(np.int64)
    return hashes, 2.0 ** (np.frombuffer(data, np.uint8, count, offset=4 * count) / -8.0)
