"""Who claims what about one event: the numbers, places and dates of all its reports in one table, with the words that
each rests on, so that a difference between outlets is seen and never averaged away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from review.evidence import Chip, claims, tolls
from review.labels import PRECISIONS
from review.outlet_faces import Face

FIELDS: Final = {
    "killed": "Killed", "wounded": "Wounded", "detained": "Detained", "place": "Where", "date": "When",
    "type": "What",
}  # fmt: skip
"""The order of the table; claims on other fields follow under their own name."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Whose report says it, and where its words are."""

    article_id: int
    outlet: Face
    words: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is claimed, by whom, and which reports say so."""

    field: str
    title: str
    value: str
    claimant: str
    """Whom the report quotes; "" when it says so itself."""
    tellers: tuple[Teller, ...]
    differs: bool
    """Another line says something else of the same field."""


def lines(reports: Iterable[tuple[int, Face, str | None, Mapping[str, Any], Sequence[Chip]]]) -> list[Line]:
    """`reports`: (article, outlet, language, facts as they stand, place chips) of each text of its own."""
    found: dict[tuple[str, str, str], list[Teller]] = {}
    for article, outlet, language, facts, places in reports:
        for field, value, claimant, words in _said(facts, places):
            tellers = found.setdefault((field, value, claimant), [])
            if all(known.article_id != article for known in tellers):
                tellers.append(Teller(article, outlet, words, language))
    values: dict[str, set[str]] = {}
    for field, value, _ in found:
        values.setdefault(field, set()).add(value)
    order = {field: number for number, field in enumerate(FIELDS)}
    return [
        Line(field, FIELDS.get(field, field), value, claimant, tuple(tellers), len(values[field]) > 1)
        for (field, value, claimant), tellers in sorted(
            found.items(), key=lambda one: (order.get(one[0][0], len(order)), one[0][0], _size(one[0][1]), one[0])
        )
    ]


def _said(facts: Mapping[str, Any], places: Sequence[Chip]) -> Iterable[tuple[str, str, str, str]]:
    """(field, value, claimant, words) of one report."""
    quoted = claims(facts)
    for claim in quoted:
        yield claim.field, str(claim.value), claim.claimant, claim.words
    for toll in tolls(facts):
        if all(claim.field != toll.field for claim in quoted):
            yield toll.field, toll.text, "", ""
    for chip in places:
        if chip.is_event and (chip.main or chip is places[0]):
            words = str(chip.evidence[0].get("text", "")) if chip.evidence else ""
            yield (
                "place",
                ", ".join(part for part in (chip.label, PRECISIONS.get(chip.precision or 0)) if part),
                "",
                words,
            )
            break
    if facts.get("event_date"):
        precision = facts.get("event_date_precision")
        about = f" (known to the {precision})" if precision and precision != "day" else ""
        yield "date", f"{facts['event_date']}{about}", "", ""
    if facts.get("event_type"):
        yield "type", str(facts["event_type"]), "", ""


def _size(value: str) -> int:
    return int(value) if value.isdecimal() else -1
