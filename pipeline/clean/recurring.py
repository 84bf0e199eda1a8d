"""Lines that recur on an outlet's recent pages, told from lines of a story that stands there many times. Only hashes of
lines are needed, so that no text has to be kept or read again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Final

from pipeline.clean.text import fold

WINDOW: Final = 100
"""Newest pages of an outlet in one language that are remembered."""
LEAST_PAGES: Final = 10
"""Fewer pages in one language teach nothing."""
LEAST: Final = 5
"""Pages on which a line must stand, at the least."""
SHARE: Final = 0.3
"""Share of the pages on which a line must stand to be boilerplate."""
FADED: Final = 0.1
"""Share under which boilerplate is none any more."""
LONGEST: Final = 600
"""Characters; longer lines are never boilerplate."""


@dataclass(frozen=True, slots=True)
class Print:
    """What is remembered of one page."""

    discovery_id: int
    outlet: str
    language: str
    fetched_at: datetime
    text: int
    """Hash of the whole text."""
    announced: int
    """Hash of what its address promised."""
    lines: Mapping[int, int]
    """Hash -> characters, of each line. Empty for a page that teaches nothing."""


def hash_of(text: str) -> int:
    """64 bits, signed, of the folded text."""
    return int.from_bytes(blake2b(fold(text).encode(), digest_size=8).digest(), "big", signed=True)


def lines_of(*parts: str) -> dict[int, str]:
    """Hash -> line, for all lines of `parts` that could be boilerplate."""
    lines = (line for part in parts for line in part.split("\n"))
    return {hash_of(line): line for line in lines if len(line) <= LONGEST and fold(line)}


def remembered(prints: Iterable[Print]) -> list[Print]:
    """The newest `WINDOW` of each outlet and language, those that teach nothing counted apart."""
    kept: list[Print] = []
    groups: dict[tuple[str, str, bool], list[Print]] = defaultdict(list)
    for one in prints:
        groups[one.outlet, one.language, bool(one.lines)].append(one)
    for group in groups.values():
        kept += sorted(group, key=lambda one: (one.fetched_at, one.discovery_id), reverse=True)[:WINDOW]
    return kept


def by_language(prints: Iterable[Print]) -> list[list[Print]]:
    """Pages that can be held against each other: of one outlet, in one language."""
    groups: dict[tuple[str, str], list[Print]] = defaultdict(list)
    for one in prints:
        if one.lines:
            groups[one.outlet, one.language].append(one)
    return list(groups.values())


def learn(prints: Iterable[Print], before: Collection[int] = ()) -> set[int]:
    """Hashes of the lines that are boilerplate of the outlet whose pages are given; `before` were so until now, and
    stay until they fade.

    A page that is mostly made of recurring lines is the same story again, or no story: it is no evidence."""
    found: set[int] = set()
    for pages in by_language(prints):
        usual = _usual(pages, before)
        telling = [page for page in pages if 2 * _characters(page, usual) <= sum(page.lines.values())]
        found |= usual & _usual(telling, before)
    return found


def _usual(pages: Sequence[Print], before: Collection[int]) -> set[int]:
    if len(pages) < LEAST_PAGES:
        return set()
    counts = Counter(line for page in pages for line in page.lines)
    return {
        line
        for line, number in counts.items()
        if number / len(pages) >= (FADED if line in before else SHARE) and (number >= LEAST or line in before)
    }


def _characters(page: Print, lines: Collection[int]) -> int:
    return sum(characters for line, characters in page.lines.items() if line in lines)


def told_elsewhere(prints: Iterable[Print], lines: Collection[int]) -> set[int]:
    """Those of `lines` that another outlet carries as part of a story, and not on most of its pages: a wire's words.
    `prints` are pages of the other outlets."""
    found: set[int] = set()
    for pages in by_language(prints):
        counts = Counter(line for page in pages for line in page.lines if line in lines)
        found |= {line for line, number in counts.items() if number < SHARE * len(pages)}
    return found


def without_lines(one: Print) -> Print:
    """The print of a page that teaches nothing."""
    return replace(one, lines={})
