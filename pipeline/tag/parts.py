"""The counts of a sentence as tolls tell them: ranges and sums as one, and none of a part that another count holds."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from pipeline.tag.matching import fold
from pipeline.tag.numbers import Bound, Number, bound_before, of_people
from pipeline.tag.reading import Found, Reading
from pipeline.tag.vocabulary import read_yaml

_NEAR_WORDS = 4
_BESIDE_ONE = frozenset(("was", "were", "is", "has", "been", "был", "была", "بل", "دیگر", "اور"))
"""What may stand between a word for one and its outcome ("one was killed")."""


class Told(NamedTuple):
    """A count, or a sum or a range of two, from `start` to `end`, and what bounds it."""

    low: int
    high: int
    start: int
    end: int
    bound: Bound | None
    begin: int
    """Where the words that bound it start."""
    far: bool = False
    vague: bool = False


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    """The phrases of `parts`, folded, between blanks."""
    return tuple(f" {fold(phrase)} " for phrase in read_yaml("numbers.yml")["parts"][kind].split(",") if phrase.strip())


@cache
def _pairs(kind: str, lang: str) -> tuple[tuple[str, str], ...]:
    """Of `ranges` or `rises`: (word before the first number or "", words between the two)."""
    cell = read_yaml("numbers.yml")[kind].get(lang, "")
    pairs = (pair.strip().partition("+") for pair in cell.split(",") if pair.strip())
    return tuple((fold(before), fold(between)) for before, _, between in pairs)


@cache
def _rising(lang: str) -> tuple[str, ...]:
    return tuple(f" {phrase} " for phrase in links("rising", lang))


@cache
def links(kind: str, lang: str) -> frozenset[str]:
    return frozenset(fold(word) for word in read_yaml("numbers.yml")[kind].get(lang, "").split("|") if word)


def whole_counts(reading: Reading, numbers: Sequence[Number], keys: Sequence[Found]) -> list[Number]:
    """The numbers without those that count a part of others, and without articles ("یک انفجار")."""
    found: list[Number] = []
    part: Number | None = None
    for one in numbers:
        if _is_part(reading, one, keys) or (part and _goes_on(reading, part, one, keys)):
            part = one
            continue
        part = None
        if one.value == 1 and any(other.start == one.end + 1 for other in numbers):  # "another five"
            continue
        if one.value > 1 or reading.text[one.start : one.end].isdigit() or _one_of_people(reading, one, keys):
            found.append(one)
    return found


def _after(reading: Reading, at: int, most: int = _NEAR_WORDS) -> list[tuple[str, int]]:
    """The next words behind a folded offset, with their starts, up to a mark of punctuation."""
    found: list[tuple[str, int]] = []
    at += 1
    while len(found) < most:
        stop = reading.text.find(" ", at)
        if stop <= at:
            break
        found.append((reading.text[at:stop], at))
        at = stop + 1
    return found


def _people_follow(reading: Reading, at: int, keys: Sequence[Found]) -> bool:
    """Whether people and no outcome follow an offset."""
    words = _after(reading, at)
    if any(key.start == start for _, start in words for key in keys):
        return False
    return any(of_people(word, reading.lang) for word, _ in words)


def _is_part(reading: Reading, one: Number, keys: Sequence[Found]) -> bool:
    """ "Including three children", "of whom five were children", "five of them children"."""
    _, begin = bound_before(reading.text, one.start)
    before = " ".join(reading.text[max(0, begin - 24) : begin].split()) + " "
    if f" {before}".endswith(_phrases("before")):
        return True
    after = " ".join(["", *(word for word, _ in _after(reading, one.end)), ""])
    if any(phrase in after for phrase in _phrases("behind")):
        return True
    if f" {before}".endswith(_phrases("some")) and not before.startswith(" "):
        return _people_follow(reading, one.end, keys)
    for phrase in _phrases("some"):
        at = reading.text.find(phrase, one.end, one.end + len(phrase) + 10)
        if at >= 0:
            return _people_follow(reading, at + len(phrase) - 1, keys)
    return False


def _goes_on(reading: Reading, part: Number, one: Number, keys: Sequence[Found]) -> bool:
    """Whether a count goes on a list of parts: "including two women and four children"."""
    if any(part.end <= key.start < one.start for key in keys) or one.start - part.end > 24:
        return False
    before = reading.token_before(one.start)
    after = _after(reading, one.end, 2)
    if before and before not in links("and", reading.lang):
        return False
    return bool(after) and of_people(after[0][0], reading.lang) and after[0][0] not in links("others", reading.lang)


def _one_of_people(reading: Reading, one: Number, keys: Sequence[Found]) -> bool:
    """A word for one counts when people follow, or the outcome itself."""
    words = _after(reading, one.end, 2)
    if any(of_people(word, reading.lang) for word, _ in words):
        return True
    nexts = [start for word, start in words if word not in _BESIDE_ONE][:1]
    return any(key.start in nexts and (key.word.ref == "wound" or reading.lang in ("en", "ru")) for key in keys)


def told_counts(reading: Reading, numbers: Sequence[Number], keys: Sequence[Found]) -> list[Told]:
    """The numbers as counts: two that make a range or a sum as one, and of "from 12 to 21" the second."""
    found: list[Told] = []
    for one in numbers:
        bound, begin = bound_before(reading.text, one.start)
        told = Told(one.value, one.value, one.start, one.end, "least" if one.vague else bound, begin, vague=one.vague)
        if reading.text.endswith(_rising(reading.lang), max(0, one.start - 32), one.start):
            told = told._replace(bound=None if bound == "most" else bound, far=True)
        last = found[-1] if found else None
        if last is not None:
            between = " ".join(reading.text[last.end : one.start].split())
            before = reading.token_before(last.start)
            if _paired("rises", reading.lang, before, between):
                found[-1] = told._replace(bound=None, begin=last.begin, far=True)
                continue
            ranged = _paired("ranges", reading.lang, before, between)
            ranged |= not between and reading.folded.kept[last.end - 1 : one.start - 1] in ("-", "–", "—")
            if ranged and last.low == last.high < one.value:
                found[-1] = Told(last.low, one.value, last.start, one.end, None, last.begin)
                continue
            if _summed(reading, last, one, between, keys):
                found[-1] = last._replace(low=last.low + one.value, high=last.high + one.value, end=one.end)
                continue
        found.append(told)
    return found


def _paired(kind: str, lang: str, before: str, between: str) -> bool:
    return any(between == link and (not word or word == before) for word, link in _pairs(kind, lang))


def _summed(reading: Reading, last: Told, one: Number, between: str, keys: Sequence[Found]) -> bool:
    """Whether two counts of people have one outcome: "three policemen and five civilians were killed"."""
    if any(last.end <= key.start < one.start for key in keys) or last.bound == "most":
        return False
    words = between.split()
    if not 2 <= len(words) <= _NEAR_WORDS or words[-1] not in links("and", reading.lang):
        return False
    after = _after(reading, one.end, 2)
    if any(key.start == start for key in keys for _, start in after[:1]):
        return False
    return any(of_people(word, reading.lang) for word in words) and any(
        of_people(word, reading.lang) for word, _ in after
    )
