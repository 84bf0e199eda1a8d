"""Numbers as news writes them, in digits or words, with what they must not be: years, ages, hours, weights, sums."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from pipeline.tag.matching import fold
from pipeline.tag.vocabulary import read_yaml

_TOKEN = re.compile(r"(?<= )[^ ]+(?= )")
_HYPHENS = frozenset("-‐‑–—")
_HALF_SPACE = "\u200c"
_LONGEST = 3
"""Words of the longest number word ("half a dozen")."""


@cache
def _values(lang: str) -> dict[str, int]:
    table = read_yaml("numbers.yml")
    lang = lang if lang in table["counts"] else "en"
    values = {fold(word): value for value, word in enumerate(table["counts"][lang].split(), 1)}
    return values | _pairs("more", lang)


@cache
def _pairs(kind: str, lang: str) -> dict[str, int]:
    pairs = (pair.rpartition("=") for pair in read_yaml("numbers.yml")[kind].get(lang, "").split())
    return {fold(word.replace("_", " ")): int(value) for word, _, value in pairs}


@cache
def _words(kind: str) -> frozenset[str]:
    table = read_yaml("numbers.yml")[kind]
    return frozenset(fold(word) for lang, words in table.items() if lang != "__lines__" for word in words.split())


@cache
def _first_words(lang: str) -> frozenset[str]:
    """The words that a number in words may begin with."""
    return frozenset(phrase.split()[0] for phrase in (*_values(lang), *_pairs("vague", lang)))


@cache
def _join(lang: str) -> str:
    return fold(read_yaml("numbers.yml")["joins"].get(lang, ""))


@cache
def _people(lang: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in read_yaml("numbers.yml")["people"].get(lang, "").split())


def of_people(word: str, lang: str) -> bool:
    """Whether a folded word names people, so that a number before it counts them."""
    return word.startswith(_people(lang))


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


@cache
def _bound_phrases() -> tuple[str, ...]:
    return tuple(phrase for phrase, _ in _bounds())


def bound_before(text: str, start: int) -> tuple[Bound | None, int]:
    """What the words right before a number at a folded offset make of it ("at least", "up to", "about"), and where they
    start."""
    before = text[max(0, start - _BOUND_REACH) : start]
    if not before.endswith(_bound_phrases()):
        return None, start
    for phrase, kind in _bounds():
        if before.endswith(phrase):
            return kind, start - len(phrase) + 1
    return None, start


@cache
def number_words() -> dict[str, int]:
    """The folded number words of all languages."""
    found: dict[str, int] = {}
    for lang in read_yaml("numbers.yml")["counts"]:
        if lang != "__lines__":
            found |= _values(lang)
    return found


def number_words_of(lang: str) -> dict[str, int]:
    """The folded number words of a language."""
    return _values(lang)


def unit_words() -> frozenset[str]:
    """What makes a number before it something else than a count of people, folded."""
    return _words("units")


class Number(NamedTuple):
    """A count: value and folded span. Of "dozens" the value is the least that it says."""

    value: int
    start: int
    end: int
    vague: bool = False


class _Token(NamedTuple):
    text: str
    start: int
    end: int


def counts(text: str, start: int, end: int, lang: str, kept: str = "") -> list[Number]:
    """The numbers in a folded stretch of text that can be counts of people. With the text as it is written (`kept`, one
    character before the folded text) "1,200" is one number, "dozens" counts, and neither AK-47 nor ", 24," does."""
    tokens = [
        _Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text, max(0, start - 1), end + 1)
    ]
    units, not_after, months = _words("units"), _words("not_after"), month_words()
    found: list[Number] = []
    starts = _first_words(lang)
    at = 0
    while at < len(tokens):
        begins = tokens[at].text in starts or tokens[at].text.isdigit()
        read = _number(tokens, at, lang, kept) if begins else None
        if read is None:
            at += 1
            continue
        value, stop, vague = read
        first, last = tokens[at], tokens[stop - 1]
        after, before = _beside(tokens, stop, 1), _beside(tokens, at - 1, -1)
        year = stop == at + 1 and first.text.isdigit() and 1300 <= value <= 2100
        if not (
            value == 0 or year or after in units or before in not_after or before in months
            or (after.isdigit() and not _hyphen(tokens, stop, kept))
            or (before.isdigit() and not _hyphen(tokens, at, kept))
            or ("of" in (before, after) and not (kept and _of_people(tokens, before, stop, lang)))
            or (kept and kept[last.end - 1 : last.end] == _HALF_SPACE and not of_people(after, lang))
            or (kept and (_name(tokens, at, kept) or _age(kept, value, first, last)))
        ):  # fmt: skip
            found.append(Number(value, first.start, last.end, vague))
        at = stop
    return found


def _beside(tokens: Sequence[_Token], at: int, step: int) -> str:
    """The word at `at` if only a blank parts it from its neighbour at `at - step`, else an empty string."""
    if not 0 <= at < len(tokens):
        return ""
    one, other = (at - 1, at) if step == 1 else (at, at + 1)
    return tokens[at].text if tokens[other].start == tokens[one].end + 1 else ""


def _number(tokens: Sequence[_Token], at: int, lang: str, kept: str) -> tuple[int, int, bool] | None:
    """(value, index of the token behind it, whether it is vague) of the number that begins at a token, or None."""
    token = tokens[at].text
    if token.isdigit():
        if len(token) > 4:
            return None
        value, stop = int(token), at + 1
        while kept and value and len(tokens[stop - 1].text) <= 3 and _thousands(tokens, stop, kept):
            value, stop = value * 1000 + int(tokens[stop].text), stop + 1
    else:
        words, vague = _values(lang), _pairs("vague", lang) if kept else {}
        for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
            phrase = " ".join(one.text for one in tokens[at : at + size])
            if phrase in vague:
                return vague[phrase], at + size, True
            if phrase in words:
                value, stop = words[phrase], at + size
                break
        else:
            return None
    times = _pairs("times", lang)
    while (factor := times.get(_beside(tokens, stop, 1))) and factor > value:
        value, stop = value * factor, stop + 1
        token = ""
    if token.isdigit():
        return value, stop, False
    join = _join(lang)
    follows = _beside(tokens, stop, 1)
    step = 1 if join and follows == join and (lang != "en" or value % 100 == 0) else 0
    if follows and (step or lang not in ("fa",)) and _beside(tokens, stop + step, 1):
        rest = _number(tokens, stop + step, lang, "") if not tokens[stop + step].text.isdigit() else None
        if rest and (
            rest[0] < _lowest(value) or (lang == "ps" and not step and value < 10 and rest[0] in range(20, 100, 10))
        ):
            return value + rest[0], rest[1], False
    return value, stop, False


def _lowest(value: int) -> int:
    """1000 of 2000, 100 of 300, 10 of 50: what may be added to a number must be less."""
    return next((power for power in (1000, 100, 10) if value and value % power == 0 and value != 10), 1)


def _thousands(tokens: Sequence[_Token], at: int, kept: str) -> bool:
    """Whether three digits go on a number ("1,200", "1 200")."""
    follows = _beside(tokens, at, 1)
    return len(follows) == 3 and follows.isdigit() and not _hyphen(tokens, at, kept)


def _hyphen(tokens: Sequence[_Token], at: int, kept: str) -> bool:
    """Whether a hyphen ties a token to the one before it."""
    if not kept or not 0 < at < len(tokens) or tokens[at].start != tokens[at - 1].end + 1:
        return False
    return kept[tokens[at].start - 2] in _HYPHENS


def _name(tokens: Sequence[_Token], at: int, kept: str) -> bool:
    """AK-47, not 10-15."""
    return tokens[at].text.isdigit() and _hyphen(tokens, at, kept) and not tokens[at - 1].text.isdigit()


def _age(kept: str, value: int, first: _Token, last: _Token) -> bool:
    """A number between two commas or in brackets ("a man, 24, was", "a constable (29)")."""
    before, after = kept[max(0, first.start - 3) : first.start - 1].strip(), kept[last.end - 1 : last.end]
    return before[-1:] in ("(", "[") or (before[-1:] in (",", "،") and after in (",", "،") and 10 < value < 100)


def _of_people(tokens: Sequence[_Token], before: str, stop: int, lang: str) -> bool:
    """ "A total of 12 people", "four of his guards": an "of" beside a number that counts people all the same."""
    after = [one.text for one in tokens[stop : stop + 3]]
    if before == "of" and "of" not in after[:1]:
        return any(of_people(word, lang) for word in after)
    return after[:1] == ["of"] and (
        any(of_people(word, lang) for word in after[1:]) or after[1:2] in (["them"], ["those"], ["whom"])
    )
