"""What changed between two versions of an article, said factually: fields first, then the text by paragraph."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from review.evidence import group_of, tolls
from review.times import claimed

MOST_PARAGRAPHS: Final = 1000
MOST_WORDS: Final = 600
"""Beyond these the comparison would take seconds (difflib is quadratic), so it becomes coarser."""


SAID: Final = frozenset({"killed", "wounded", "detained", "event_date", "event_type"})
"""Fields short enough to be told with their values in a list of versions."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that says something else now."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Word:
    """A run of words: "same", "removed" or "added"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: "added", "removed", "changed" (with its words), or "same" for `count` untouched ones."""

    kind: str
    words: tuple[Word, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """From one version to another."""

    old: int
    new: int
    fields: tuple[FieldChange, ...]
    paragraphs: tuple[Paragraph, ...]
    too_long: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing that a reader sees has changed."""
        return not self.fields and not self.too_long and all(part.kind == "same" for part in self.paragraphs)


def compare(old: Any, new: Any, old_tags: Iterable[Any] = (), new_tags: Iterable[Any] = ()) -> Difference:
    """Two rows of article_versions with their tags."""
    fields = []
    for name, before, after in (
        ("Title", old.title, new.title),
        ("Authors", ", ".join(map(str, old.authors)), ", ".join(map(str, new.authors))),
        ("Published", _time(old), _time(new)),
        ("Dateline", old.dateline or "", new.dateline or ""),
        ("Original outlet", old.original_outlet or "", new.original_outlet or ""),
        ("Toll", _toll(old.facts), _toll(new.facts)),
        ("Event date", old.facts.get("event_date") or "", new.facts.get("event_date") or ""),
    ):
        if before != after:
            fields.append(FieldChange(name, before or "—", after or "—"))
    fields += _tags(list(old_tags), list(new_tags))
    before_lines, after_lines = _lines(old.text), _lines(new.text)
    if max(len(before_lines), len(after_lines)) > MOST_PARAGRAPHS:
        return Difference(old.version, new.version, tuple(fields), (), too_long=old.text != new.text)
    return Difference(old.version, new.version, tuple(fields), tuple(_paragraphs(before_lines, after_lines)))


def summary(changes: Iterable[Any]) -> str:
    """What the pipeline stored with a version (pipeline/versions.py), in a line: "title, killed 3 → 11, 1 added"."""
    told: list[str] = []
    paragraphs: Counter[str] = Counter()
    for change in changes:
        name, before, after = change["field"], change.get("before"), change.get("after")
        if name == "paragraph":
            paragraphs[change["kind"]] += 1
        elif isinstance(before, list):
            told.append(" ".join([name, *(f"−{label}" for label in before), *(f"+{label}" for label in after)]))
        elif name in SAID:
            told.append(
                f"{name.replace('_', ' ')} {'—' if before is None else before} → {'—' if after is None else after}"
            )
        else:
            told.append(name)
    told += [f"{number} paragraph{'' if number == 1 else 's'} {kind}" for kind, number in paragraphs.items()]
    return ", ".join(told)


def _tags(old: Sequence[Any], new: Sequence[Any]) -> Iterable[FieldChange]:
    for group in ("place", "actor", "topic"):
        had, has = ({_tag(tag) for tag in tags if group_of(tag.scheme) == group} for tags in (old, new))
        if had != has:
            gone, come = ", ".join(sorted(had - has)), ", ".join(sorted(has - had))
            yield FieldChange(f"{group}s".capitalize(), gone or "—", come or "—")


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> list[Paragraph]:
    found: list[Paragraph] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Paragraph("same", count=b - a))
            continue
        pairs = min(b - a, d - c)
        for before, after in zip(old[a : a + pairs], new[c : c + pairs], strict=True):
            words = tuple(_words(before, after))
            alike = sum(len(word.text) for word in words if word.kind == "same")
            if alike * 3 < max(len(before), len(after)):  # another text, not an edit
                found.append(Paragraph("removed", (Word("removed", before),)))
                found.append(Paragraph("added", (Word("added", after),)))
            else:
                found.append(Paragraph("changed", words))
        found += [Paragraph("removed", (Word("removed", line),)) for line in old[a + pairs : b]]
        found += [Paragraph("added", (Word("added", line),)) for line in new[c + pairs : d]]
    return found


def _words(old: str, new: str) -> list[Word]:
    before, after = old.split(), new.split()
    if max(len(before), len(after)) > MOST_WORDS:
        return [Word("removed", old), Word("added", new)]
    found: list[Word] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Word("same", " ".join(before[a:b])))
        else:
            if b > a:
                found.append(Word("removed", " ".join(before[a:b])))
            if d > c:
                found.append(Word("added", " ".join(after[c:d])))
    return found


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _time(row: Any) -> str:
    shown = claimed(row.published_at, row.published_local, row.published_precision, row.published_calendar)
    return shown.text


def _toll(facts: dict[str, Any]) -> str:
    return ", ".join(f"{toll.text} {toll.field}" for toll in tolls(facts))


def _tag(tag: Any) -> str:
    return f"{tag.label} ({tag.role})" if tag.role else str(tag.label)
