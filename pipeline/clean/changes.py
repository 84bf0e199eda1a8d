"""What a new version of an article says that the old one did not: facts for a person, and silence about cosmetics."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipeline.clean.calendars import ascii_digits
from pipeline.clean.text import fold

Kind = Literal["title", "added", "removed", "changed", "rewritten"]

ALIKE = 0.5
"""Least share of common words for two paragraphs to be one that was changed."""

MOST_PARAGRAPHS = 1000
"""A longer text is only said to be rewritten: the comparison is quadratic (I7)."""
MOST_PAIRS = 2500
"""Paragraphs in one place that are compared each with each; of more, only added and removed ones are told."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `numbers` are figures that only one side has, as (before, after): a toll that rose. `at` is the
    paragraph's number, from 0, in the new text; in the old one for what was removed."""

    kind: Kind
    before: str | None
    after: str | None
    numbers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    at: int | None = None


def changes(*, old_title: str | None, old_text: str, new_title: str | None, new_text: str) -> tuple[Change, ...]:
    """The differences in reading order, the title first. Empty when only white space, case or punctuation differ."""
    found: list[Change] = []
    if fold(old_title or "") != fold(new_title or ""):
        found.append(_change("title", old_title, new_title))
    before = [line for line in old_text.split("\n") if fold(line)]
    after = [line for line in new_text.split("\n") if fold(line)]
    old, new = [fold(line) for line in before], [fold(line) for line in after]
    if max(len(before), len(after)) > MOST_PARAGRAPHS:
        return (*found, Change("rewritten", None, None)) if old != new else tuple(found)
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _paragraphs(list(enumerate(before))[a:b], list(enumerate(after))[c:d])
    return tuple(found)


_Numbered = tuple[int, str]


def _paragraphs(before: list[_Numbered], after: list[_Numbered]) -> list[Change]:
    """Differences between two runs of paragraphs that stand in the same place."""
    found: list[Change] = []
    compared = len(before) * len(after) <= MOST_PAIRS
    rest = {at: (line, Counter(fold(line).split())) for at, line in after}
    for place, old in before:
        mine = Counter(fold(old).split())
        likest = max(rest, key=lambda at: _alike(mine, rest[at][1]), default=None) if compared else None
        if likest is not None and _alike(mine, rest[likest][1]) >= ALIKE:
            found.append(_change("changed", old, rest.pop(likest)[0], likest))
        else:
            found.append(_change("removed", old, None, place))
    return found + [_change("added", None, new, at) for at, (new, _) in rest.items()]


def _alike(mine: Counter[str], theirs: Counter[str]) -> float:
    return 2 * (mine & theirs).total() / max(1, mine.total() + theirs.total())


def _change(kind: Kind, before: str | None, after: str | None, at: int | None = None) -> Change:
    old = Counter(_NUMBER.findall(ascii_digits(before or "")))
    new = Counter(_NUMBER.findall(ascii_digits(after or "")))
    return Change(kind, before, after, (tuple((old - new).elements()), tuple((new - old).elements())), at)
