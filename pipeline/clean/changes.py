"""What a new version of an article says that the old one did not: facts for a person, and silence about cosmetics."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipeline.clean.calendars import ascii_digits
from pipeline.clean.text import fold

Kind = Literal["title", "added", "removed", "changed"]

ALIKE = 0.5
"""Least share of common words for two paragraphs to be one that was changed."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `numbers` are figures that only one side has, as (before, after): a toll that rose."""

    kind: Kind
    before: str | None
    after: str | None
    numbers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def changes(*, old_title: str | None, old_text: str, new_title: str | None, new_text: str) -> tuple[Change, ...]:
    """The differences in reading order, the title first. Empty when only white space, case or punctuation differ."""
    found: list[Change] = []
    if fold(old_title or "") != fold(new_title or ""):
        found.append(_change("title", old_title, new_title))
    before = [line for line in old_text.split("\n") if fold(line)]
    after = [line for line in new_text.split("\n") if fold(line)]
    matcher = SequenceMatcher(None, [fold(line) for line in before], [fold(line) for line in after], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            found += _paragraphs(before[a:b], after[c:d])
    return tuple(found)


def _paragraphs(before: list[str], after: list[str]) -> list[Change]:
    """Differences between two runs of paragraphs that stand in the same place."""
    found: list[Change] = []
    rest = list(after)
    for old in before:
        new = max(rest, key=lambda line: _alike(old, line), default=None)
        if new is not None and _alike(old, new) >= ALIKE:
            found.append(_change("changed", old, new))
            rest.remove(new)
        else:
            found.append(_change("removed", old, None))
    return found + [_change("added", None, new) for new in rest]


def _alike(one: str, other: str) -> float:
    mine, theirs = Counter(fold(one).split()), Counter(fold(other).split())
    return 2 * (mine & theirs).total() / max(1, mine.total() + theirs.total())


def _change(kind: Kind, before: str | None, after: str | None) -> Change:
    old = Counter(_NUMBER.findall(ascii_digits(before or "")))
    new = Counter(_NUMBER.findall(ascii_digits(after or "")))
    return Change(kind, before, after, (tuple((old - new).elements()), tuple((new - old).elements())))
