"""One way to even out the letters of a text, for all who compare texts: dedupe's fingerprints, the index of the search
and what a reader looks for. Case, Arabic and Persian letter forms, digits, half-spaces and marks make no difference."""

import re
import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SPACE: Final = 0
"""Stands between words."""
DROPPED: Final = 1

ALIKE: Final = dict(zip("يىېۍئكڪګةۀۂۃہھؤٱ", "یییییککگههههههوا", strict=True))
"""Letters that writers and keyboards of Arabic, Persian, Pashto and Urdu use for one another."""

_PRESENTED: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
"""Shapes of Arabic letters, several letters in one character."""


def fold(text: str) -> str:
    """The words of `text` in evened-out letters, one space between them."""
    if _PRESENTED.search(text):
        text = unicodedata.normalize("NFKC", text)
    return " ".join(plain(even(text)).split())


def even(text: str) -> NDArray[np.uint32]:
    """The evened-out letters of `text`, SPACE between words."""
    letters = _every(text)
    dropped = letters == DROPPED
    return letters[~dropped] if dropped.any() else letters


def located(text: str) -> tuple[str, NDArray[np.intp]]:
    """The evened-out letters of `text`, and for each the place in `text` that it stands at."""
    letters = _every(text)
    at = np.flatnonzero(letters != DROPPED)
    return plain(letters[at]), at


def plain(letters: NDArray[np.uint32]) -> str:
    """Letters as a text, with a space for each SPACE."""
    return np.maximum(letters, np.uint32(0x20)).astype("<u4", copy=False).tobytes().decode("utf-32-le")


def _every(text: str) -> NDArray[np.uint32]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _letters()[np.minimum(codes, 0xFFFF)]


@cache
def _letters() -> NDArray[np.uint32]:
    """For each character below U+10000 its evened-out letter, 0 for a separator, 1 for what is dropped."""
    table = np.zeros(0x10000, np.uint32)
    for start, end in ((0x3400, 0xA000), (0xAC00, 0xD7A4)):  # ideographs and Hangul stand for themselves
        table[start:end] = np.arange(start, end)
    for code in (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x10000)):
        character = chr(code)
        kind = unicodedata.category(character)
        if kind in ("Mn", "Me", "Cf") or character == "\u0640":
            table[code] = DROPPED
        elif kind[0] in "LN" or kind == "Mc":
            table[code] = _letter(character)
    for quiet in "'’ʼ`":  # an apostrophe inside a word is typed in many ways or left out
        table[ord(quiet)] = DROPPED
    return table


def _letter(character: str) -> int:
    plain = unicodedata.normalize("NFKD", ALIKE.get(character, character))
    plain = next((c for c in plain if unicodedata.category(c)[0] in "LN"), character)
    plain = ALIKE.get(plain, plain)
    digit = unicodedata.digit(plain, None)
    return ord(str(digit)) if digit is not None else ord(plain.casefold()[0])
