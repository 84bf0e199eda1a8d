"""Actors: armed groups, authorities, organisations and persons, with shared names settled by what the text is about."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.items import Evidence, Tag
from pipeline.tag.reading import Found, Reading, longest
from pipeline.tag.vocabulary import actors, actors_version

_MAX_EVIDENCE = 3


def tag_actors(readings: Sequence[Reading], regions: Sequence[Tag]) -> tuple[Tag, ...]:
    """Actor tags. A name that two actors share goes to the one that the countries of the text point to.

    "Daesh" in a text about Afghanistan is its Khorasan branch (iskp), elsewhere the core (is_core); "Taliban" in a text
    about Pakistan that never names Afghanistan is the Pakistani one (ttp). One text never gets both for one name.
    """
    names = actors()
    places = {tag.code for tag in regions if tag.scheme == "iso3166-1" and tag.role not in ("source",)}
    spans: dict[str, list[tuple[Reading, Found]]] = defaultdict(list)
    for reading in readings:
        for span in longest(f for f in reading.actors if f.word.mark != "?" or "AF" in places):
            for found in {f.word.ref: f for f in span}.values():
                spans[found.word.ref].append((reading, found))
    moved: dict[str, str] = {}
    for ref in list(spans):
        for country, other in names[ref].context:
            if _points_to(country, places, ref, spans):
                moved[ref] = other
    for ref, other in moved.items():
        spans[other] = spans.pop(ref) + spans.get(other, [])
    tags = []
    for ref, found_spans in spans.items():
        evidence: list[Evidence] = []
        for reading, found in found_spans:
            item = reading.evidence(found.start, found.end)
            if item not in evidence and len(evidence) < _MAX_EVIDENCE:
                evidence.append(item)
        by_context = ref in moved.values()
        tags.append(
            Tag(
                scheme="actor",
                code=ref,
                label=names[ref].name,
                confidence=0.75 if by_context else 0.95,
                evidence=tuple(evidence),
                rule=f"actors.{'context' if by_context else 'name'}@{actors_version()}",
                scheme_version=actors_version(),
            )
        )
    return tuple(sorted(tags, key=lambda tag: (-len(spans[tag.code]), tag.code)))


def _points_to(country: str, places: set[str], ref: str, spans: dict[str, list[tuple[Reading, Found]]]) -> bool:
    if ref == "is_core":
        if "iskp" in spans:
            return True
        return country in places and not ({"SY", "IQ"} & places and len(spans[ref]) < 2 and "taliban" not in spans)
    if ref == "taliban":
        return country in places and "AF" not in places
    return country in places
