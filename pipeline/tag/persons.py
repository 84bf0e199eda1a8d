"""Names of places that are a person's in this text: "Michael Jordan", "Taj Mohammad Wardak"."""

import re
from collections.abc import Iterable

from pipeline.tag.reading import Found, Reading

# Words beside a place that are no part of a person's name.
_BESIDE_PLACES = """
in at near from of to province district city town the and north south east west northern southern eastern western
central police governor provincial afghan afghanistan airport university on monday tuesday wednesday thursday friday
saturday sunday capital hospital where when after county state st street river region area village
"""
_NOT_NAMES = frozenset(_BESIDE_PLACES.split())
_CAPITALISED_AFTER = re.compile(r" ([A-Z][a-z]+)")
_CAPITALISED_BEFORE = re.compile(r"([A-Z][a-z]+|Mr\.|Ms\.|[A-Z]\.) $")


def name_before(reading: Reading, found: Found) -> bool:
    """Latin script: the capitalised word before makes it part of a longer name ("Wali Kot", "Michael Jordan")."""
    if reading.no_caps or reading.all_caps:
        return False
    first, _ = reading.folded.span(found.start, found.end)
    before = _CAPITALISED_BEFORE.search(reading.folded.original[max(0, first - 24) : first])
    if not before or reading.token_before(found.start) in _NOT_NAMES:
        return False
    return found.start - 1 - len(before.group(1)) > reading.sentence_span(found.sentence)[0] + 1


def name_start(reading: Reading, found: Found) -> bool:
    """Whether the word before the name has a capital too."""
    start = found.start - 1 - len(reading.token_before(found.start))
    return reading.original(start, found.start - 1)[:1].isupper()


def _name_after(reading: Reading, found: Found) -> bool:
    if reading.no_caps or reading.all_caps:
        return False
    _, last = reading.folded.span(found.start, found.end)
    after = _CAPITALISED_AFTER.match(reading.folded.original[last : last + 24])
    return bool(after) and reading.token_after(found.end) not in _NOT_NAMES


def is_person(reading: Reading, found: Found) -> bool:
    return name_before(reading, found) or _name_after(reading, found)


def persons(candidates: Iterable[tuple[Reading, Found]]) -> frozenset[str]:
    """Folded names that stand as part of a person's name somewhere: alone they mean the same person."""
    return frozenset(
        reading.text[found.start : found.end]
        for reading, found in candidates
        if is_person(reading, found) and not reading.title_case(found.sentence)
    )
