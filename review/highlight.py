"""Cuts a text into pieces that each know which evidence covers them, so that overlaps lose nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of evidence: text[start:end] of a field, what it is evidence for, and by which rule."""

    start: int
    end: int
    group: str
    label: str
    rule: str
    tag: int | None = None
    """Id of the tag that rests on it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that the same evidence covers throughout; `spans` is empty where there is none."""

    text: str
    spans: tuple[Span, ...] = ()

    @property
    def says(self) -> str:
        """What the evidence is for, for a tooltip and for screen readers."""
        said = (f"{span.label} [{span.rule}]" if span.rule else span.label for span in self.spans)
        return "; ".join(dict.fromkeys(said))

    @property
    def groups(self) -> tuple[str, ...]:
        """The kinds of evidence here, each once."""
        return tuple(dict.fromkeys(span.group for span in self.spans))

    def of(self, tags: Iterable[int]) -> bool:
        """Whether it is evidence for one of `tags`."""
        wanted = set(tags)
        return any(span.tag in wanted for span in self.spans)


Line = tuple[Piece, ...]


def located(text: str, evidence: Iterable[Any], field: str, group: str, label: str, rule: str,
            tag: int | None = None) -> list[Span]:  # fmt: skip
    """The spans of stored evidence that lies in `field`. Evidence whose words are not there is left out: a mark in the
    wrong place would be worse than none."""
    found = []
    for item in evidence:
        if not isinstance(item, dict) or item.get("field") != field:
            continue
        start, end = item.get("start"), item.get("end")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end and text[start:end] == item.get("text"):
            found.append(Span(start, end, group, label, rule, tag))
    return found


def pieces(text: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> Line:
    """text[start:end] cut wherever a span begins or ends; a span without a character covers nothing. Joined, the
    pieces give the text back."""
    end = len(text) if end is None else end
    inside = sorted(
        (span for span in spans if max(span.start, start) < min(span.end, end)),
        key=lambda s: (s.start, -s.end, s.label),
    )
    cuts = sorted({start, end, *(max(s.start, start) for s in inside), *(min(s.end, end) for s in inside)})
    made: list[Piece] = []
    active: list[Span] = []
    waiting = iter(inside)
    upcoming = next(waiting, None)
    for left, right in pairwise(cuts):
        active = [span for span in active if span.end > left]
        while upcoming is not None and upcoming.start <= left:
            active.append(upcoming)
            upcoming = next(waiting, None)
        made.append(Piece(text[left:right], tuple(active)))
    return tuple(made)


def paragraphs(text: str, spans: Iterable[Span]) -> list[Line]:
    """The text by paragraph (one a line), each cut into pieces; evidence that runs over a line end shows on both."""
    known = list(spans)
    found: list[Line] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            found.append(pieces(text, known, at, at + len(line)))
        at += len(line) + 1
    return found


LEAD = 300
"""Characters of the beginning that a card shows."""

AROUND = 90
"""Characters on either side of evidence that lies further down."""


def excerpt(text: str, spans: Iterable[Span], further: int = 1, searched: Sequence[Span] = ()) -> list[Line]:
    """The beginning, and up to `further` places further down where a tag rests that the beginning does not explain.
    When words are `searched` and none stands in the beginning, instead the place where most of them stand together."""
    known = sorted((*spans, *searched), key=lambda s: s.start)
    end = _word_end(text, min(LEAD, len(text)))
    if searched and searched[0].start >= end:
        best = max(searched, key=lambda one: sum(0 <= other.start - one.start < 2 * AROUND for other in searched))
        return [_cut(text, known, 0, end), _cut(text, known, *around(text, best, end))]
    shown = [_cut(text, known, 0, end)] if text else []
    explained = {span.label for span in known if span.start < end}
    for span in known:
        if further == 0:
            break
        if span.tag is None or span.start < end or span.label in explained:
            continue
        start, end = around(text, span, end)
        shown.append(_cut(text, known, start, end))
        explained |= {other.label for other in known if other.start < end}
        further -= 1
    return shown


def around(text: str, span: Span, after: int) -> tuple[int, int]:
    """Where the place with a span begins and ends that a card shows: within its paragraph, `after` what is shown."""
    start = max(after, _word_start(text, max(0, span.start - AROUND)), text.rfind("\n", 0, span.start) + 1)
    stop = text.find("\n", span.end)
    return start, min(_word_end(text, min(len(text), span.end + AROUND)), len(text) if stop < 0 else stop)


def _cut(text: str, spans: Iterable[Span], start: int, end: int) -> Line:
    """A part of the text with an ellipsis wherever its paragraph goes on."""
    before = () if start == 0 or text[start - 1] == "\n" else (Piece("… "),)
    after = () if end == len(text) or text[end] == "\n" else (Piece(" …"),)
    return (*before, *pieces(text, spans, start, end), *after)


def _word_end(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace() and at % 400:
        at += 1
    return at


def _word_start(text: str, at: int) -> int:
    while at > 0 and not text[at - 1].isspace() and at % 400:
        at -= 1
    return at
