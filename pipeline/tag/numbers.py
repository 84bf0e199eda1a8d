"""Numbers as news writes them, in digits or words, with what they must not be: years, ages, hours, weights, sums."""

import re
from functools import cache
from typing import Literal, NamedTuple

from pipeline.tag.matching import fold
from pipeline.tag.vocabulary import read_yaml

_TOKEN = re.compile(r"(?<= )[^ ]+(?= )")


@cache
def _values(lang: str) -> dict[str, int]:
    table = read_yaml("numbers.yml")
    lang = lang if lang in table["counts"] else "en"
    values = {fold(word): value for value, word in enumerate(table["counts"][lang].split(), 1)}
    for pair in table["more"].get(lang, "").split():
        word, _, value = pair.partition("=")
        values[fold(word)] = int(value)
    return values


@cache
def _words(kind: str) -> frozenset[str]:
    table = read_yaml("numbers.yml")[kind]
    return frozenset(fold(word) for lang, words in table.items() if lang != "__lines__" for word in words.split())


@cache
def month_words() -> frozenset[str]:
    """The folded names of the months of both calendars."""
    table = read_yaml("numbers.yml")
    return frozenset(
        fold(word)
        for kind in ("months", "solar")
        for line in table[kind]
        for word in line.rpartition("=")[0].split("|")
    )


Bound = Literal["least", "most", "about"]
_BOUND_REACH = 24


@cache
def _bounds() -> tuple[tuple[str, Bound], ...]:
    """(folded phrase between blanks, what it says), the longest first."""
    kinds: tuple[Bound, ...] = ("least", "most", "about")
    table = read_yaml("numbers.yml")["bounds"]
    found = [(f" {fold(phrase)} ", kind) for kind in kinds for phrase in table[kind].split(",")]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def bound_of(text: str, start: int) -> Bound | None:
    """What the words right before a number at a folded offset make of it: "at least", "up to", "about"."""
    before = text[max(0, start - _BOUND_REACH) : start]
    return next((kind for phrase, kind in _bounds() if before.endswith(phrase)), None)


@cache
def number_words() -> dict[str, int]:
    """The folded number words of all languages."""
    found: dict[str, int] = {}
    for lang in read_yaml("numbers.yml")["counts"]:
        if lang != "__lines__":
            found |= _values(lang)
    return found


class Number(NamedTuple):
    """A count: value and folded span."""

    value: int
    start: int
    end: int


def counts(text: str, start: int, end: int, lang: str) -> list[Number]:
    """The numbers in a folded stretch of text that can be counts of people."""
    words, units, not_after, months = _values(lang), _words("units"), _words("not_after"), month_words()
    found: list[Number] = []
    for match in _TOKEN.finditer(text, max(0, start - 1), end + 1):
        token = match.group()
        value = int(token) if token.isdigit() and len(token) <= 4 else words.get(token)
        if value is None or value == 0 or (1300 <= value <= 2100 and token.isdigit()):
            continue
        stop = text.find(" ", match.end() + 1)
        after = text[match.end() + 1 : stop]
        before = text[text.rfind(" ", 0, match.start() - 1) + 1 : match.start() - 1]
        if (
            after in units
            or before in not_after
            or before in months
            or "of" in (before, after)
            or after.isdigit()
            or before.isdigit()
        ):
            continue
        found.append(Number(value, match.start(), match.end()))
    return found
