"""Counts over a span of time ("since January", "in the past year"): they are not the toll of the event."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import islice

from pipeline.tag.matching import fold
from pipeline.tag.numbers import Number, month_words, number_words
from pipeline.tag.vocabulary import read_yaml

_NOT_LATIN = re.compile(r"[^\x00-\x7f]+")
_HARD = re.compile(r"[;؛()\n]| [-–—] ")
_SOFT = re.compile(r"[,،]")
_MOST = 40
"""Spans of a sentence that are looked at."""
_LEAD = 40
"""Characters from the start of a clause within which a span that stands first governs the whole clause."""
_RANKED = 48
"""Characters before a span in which "the fifth attack" makes it say something of the attack."""


def _either(words: Collection[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _pattern(kind: str, lang: str) -> re.Pattern[str]:
    """The patterns of numbers.yml as one over folded text; one that never matches when the language has none."""
    text = "|".join(read_yaml("numbers.yml")[kind].get(lang, "(?!)").split("\n"))
    text = _NOT_LATIN.sub(lambda match: fold(match.group()), text)
    text = text.replace("{MONTH}", f"(?:{_either(month_words())})").replace("{YEAR}", "(?:19|20|13|14)[0-9][0-9]")
    return re.compile(f" (?:{text.replace('{N}', f'(?:[0-9]+|چند|څو|{_either(number_words())})')})(?= )")


def spans_in(text: str, start: int, end: int, lang: str) -> Iterator[tuple[int, int]]:
    """The folded spans of time in a stretch of text that say over what was counted."""
    ranked, months = _pattern("ranked", lang), month_words()
    for kind in ("spans", "years"):
        for match in _pattern(kind, lang).finditer(text, max(0, start - 1), end):
            before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 24]
            beside = before.split()[-2:] + after.split()[:2]
            if kind == "years" and not months.isdisjoint(beside):
                continue
            if not ranked.search(text, max(start, match.start() - _RANKED), match.start() + 1):
                yield match.start() + 1, match.end()


def over_time(
    text: str, kept: str, start: int, end: int, numbers: Sequence[Number], events: Sequence[int], lang: str
) -> set[Number]:
    """Those of the numbers of a sentence that are counts over a span of time.

    A span governs the part of the sentence between two commas in which it stands; and the whole of it up to a
    semicolon or bracket when it opens it ("This year, …") or when its part tells of no event (", since January").
    `events` are the folded offsets of words for events and outcomes.
    """
    found: set[Number] = set()
    for first, last in islice(spans_in(text, start, end, lang), _MOST):
        low, high = _between(kept, first, last, start, end, _HARD)
        near = _between(kept, first, last, low, high, _SOFT)
        bare = not any(near[0] <= event < near[1] for event in events)
        inside = [number for number in numbers if low <= number.start < high]
        opens = first - low < _LEAD and not any(number.start < first for number in inside)
        if not (bare or opens):
            low, high = near
        found.update(number for number in inside if low <= number.start < high)
    return found


def _between(kept: str, first: int, last: int, start: int, end: int, mark: re.Pattern[str]) -> tuple[int, int]:
    """The folded stretch around a span up to the marks on both sides."""
    before = [match.end() for match in mark.finditer(kept, max(0, start - 1), first - 1)]
    after = mark.search(kept, last - 1, max(last - 1, end - 1))
    return (before[-1] + 1 if before else start), (after.start() + 1 if after else end)
