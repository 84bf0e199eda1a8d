"""The tag stage as a JSON-lines filter: what `khabar tag` reads and writes."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from pipeline.items import Evidence, Facts, Stamp, Tag, Tagged, TagInput

if TYPE_CHECKING:
    from outlets import Outlet


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key} must be text")
    return value


def _published(value: object) -> Stamp | None:
    """A time with its zone, or a day. Anything else is unknown (I5): no zone is made up."""
    if not isinstance(value, str) or not value.strip():
        return None
    raw = value.strip()
    try:
        if len(raw) == 10:
            day = date.fromisoformat(raw)
            return Stamp(datetime(day.year, day.month, day.day, tzinfo=UTC), "day", "text", raw)
        at = datetime.fromisoformat(raw)
    except ValueError:
        return None
    if at.tzinfo is None:
        return Stamp(datetime(at.year, at.month, at.day, tzinfo=UTC), "day", "text", raw)
    return Stamp(at, "second", "text", raw)


def _outlet(name: str) -> "Outlet | None":
    """The outlet by name; a name that we do not watch is no error here, the text is judged without it."""
    if not name:
        return None
    from outlets import OutletError, load  # the schema costs a third of the filter's start

    try:
        return load(name)
    except OutletError:
        return None


def tag_input_from_json(row: dict[str, Any]) -> TagInput:
    """Reads one line of the filter. Unknown keys are ignored and a missing text is empty.

    Raises:
        ValueError: a field has the wrong type; the message names it.
    """
    dateline = _text(row, "dateline") or None
    return TagInput(
        id=str(row.get("id", "")),
        title=_text(row, "title"),
        text=_text(row, "text"),
        language=_text(row, "language") or None,
        published=_published(row.get("published")),
        outlet=_outlet(_text(row, "outlet")),
        dateline=dateline,
    )


def _evidence(item: Evidence) -> dict[str, Any]:
    return {"field": item.field, "start": item.start, "end": item.end, "text": item.text}


def _tag(tag: Tag) -> dict[str, Any]:
    row: dict[str, Any] = {
        "scheme": tag.scheme,
        "code": tag.code,
        "label": tag.label,
        "confidence": tag.confidence,
        "evidence": [_evidence(item) for item in tag.evidence],
        "rule": tag.rule,
    }
    if tag.scheme_version:
        row["scheme_version"] = tag.scheme_version
    if tag.scheme in ("actor", "person"):
        row |= {"role": tag.role, "role_rule": tag.role_rule or None}
        if tag.organisation:
            row |= {"organisation": tag.organisation, "organisation_code": tag.organisation_code or None}
    elif tag.role is not None:
        row |= {"role": tag.role, "precision": tag.precision, "main": tag.main}
    return row


def _facts(facts: Facts) -> dict[str, Any]:
    return {
        "event_type": facts.event_type,
        "event_date": facts.event_date,
        "event_date_precision": facts.event_date_precision,
        "killed_low": facts.killed_low,
        "killed_high": facts.killed_high,
        "wounded_low": facts.wounded_low,
        "wounded_high": facts.wounded_high,
        "detained": facts.detained,
        "claims": [
            {
                "field": c.field,
                "value": c.value,
                "bound": c.bound,
                "claimant": c.claimant,
                "evidence": _evidence(c.evidence),
            }
            for c in facts.claims
        ],
        "killed_best": facts.killed_best,
        "wounded_best": facts.wounded_best,
        "detained_low": facts.detained_low,
        "detained_best": facts.detained_best,
        "detained_high": facts.detained_high,
        "event_rule": facts.event_rule,
        "date_evidence": _evidence(facts.date_evidence) if facts.date_evidence else None,
    }


def tagged_to_json(tagged: Tagged) -> dict[str, Any]:
    """One output line of the filter, with the keys of the filter table."""
    return {
        "id": tagged.id,
        "regions": [_tag(tag) for tag in tagged.regions],
        "topics": [_tag(tag) for tag in tagged.topics],
        "actors": [_tag(tag) for tag in tagged.actors],
        "facts": _facts(tagged.facts),
        "relevance": tagged.relevance.score,
        "relevance_reasons": list(tagged.relevance.reasons),
    }
