"""Says for people why an article has its tags: what `khabar tag --explain` prints."""

import json
from collections.abc import Iterable, Iterator

from khabar.terminal import printable
from pipeline.items import Evidence, Facts, Tag, Tagged
from pipeline.tag.json_lines import tag_input_from_json
from pipeline.tag.rules import explain
from pipeline.tag.stage import tag

MOST = 3
"""Examples that are shown of a rule."""
_PRECISION = {1: "exact place", 2: "district", 3: "province or wider"}


def explain_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """One paragraph a tag for each JSON object, as `khabar tag` reads it; a line that is none is said, and skipped."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("it is no JSON object")
            item = tag_input_from_json(row)
        except (ValueError, RecursionError) as error:
            yield f"line {number}: {error}"
            continue
        yield f"{printable(item.id)}: {printable(item.title)}"
        yield from _tagged(tag(item))
        yield ""


def _tagged(tagged: Tagged) -> Iterator[str]:
    for one in tagged.tags:
        yield ""
        yield f"{one.scheme} {one.code}  {printable(one.label)}  {_says(one)}"
        yield from map(_where, one.evidence)
        yield from _rule(one.rule)
        if one.role_rule:
            yield from _rule(one.role_rule)
    yield from _facts(tagged.facts)
    yield ""
    yield f"relevance {tagged.relevance.score}: {'; '.join(tagged.relevance.reasons)}"


def _says(one: Tag) -> str:
    parts = (
        one.role or "",
        _PRECISION.get(one.precision or 0, ""),
        "main place" if one.main else "",
        f"of {printable(one.organisation)}" if one.organisation else "",
        f"confidence {one.confidence:.2f}",
    )
    return ", ".join(part for part in parts if part)


def _where(evidence: Evidence) -> str:
    return f"  {evidence.field} {evidence.start}-{evidence.end}  {printable(evidence.text)}"


def _rule(rule: str) -> Iterator[str]:
    """A rule's id, version and file, and what it must and must not match."""
    id_, _, version = rule.partition("@")
    card = explain(rule)
    yield f"  rule {id_}, version {version}" + (f", {card.where}" if card else "")
    if card:
        yield from (f"    like      {printable(text)}" for text in card.examples[:MOST])
        yield from (f"    not like  {printable(text)}" for text in card.counter[:MOST])


def _facts(facts: Facts) -> Iterator[str]:
    if facts.event_type is None:
        return
    yield ""
    yield f"event {facts.event_type}"
    if facts.event_rule:
        yield from _rule(facts.event_rule)
    if facts.date_evidence:
        yield f"  on {facts.event_date}, to the {facts.event_date_precision}"
        yield _where(facts.date_evidence)
    for claim in facts.claims:
        by = f", says {printable(claim.claimant)}" if claim.claimant else ""
        bound = {"least": "at least ", "most": "at most ", "about": "about "}.get(claim.bound or "", "")
        yield f"  {claim.field} {bound}{claim.value}{by}"
        yield _where(claim.evidence)
