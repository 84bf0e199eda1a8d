"""Region tags: the codes of every place in a text, with role and precision, and the one it is mainly about."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from pipeline.items import Evidence, Role, Tag
from pipeline.tag.accounts import told_places
from pipeline.tag.gazetteer import UNVERIFIED_DISTRICTS, Place, Province, countries, provinces
from pipeline.tag.places import Mention, mentions
from pipeline.tag.reading import Reading
from pipeline.tag.vocabulary import little_words, next_words, words_before

VERSION = "2"
# The role of a code that has several: the first of these that one of its mentions has.
_RANK: dict[Role, int] = {"event": 0, "mentioned": 1, "nationality": 2, "source": 3, "dateline": 4}
_EVENT_WORDS = "kill wound attack gun bomb explosion clash airstrike arrest protest disaster abduct uxo corporal"
_EVENTS = frozenset(_EVENT_WORDS.split())
_MAX_EVIDENCE = 3
_LOCATIVE_REACH = 45
_ASIDE_REACH = 24
_ASIDE = 0.3
# We watch Afghanistan: its places carry a story against as many mentions of others.
_OURS = 3.0
# Two provinces with nearly the same weight share the story, and the country is the main place.
_CLEAR_LEAD = 0.9


@dataclass
class _Entry:
    """What is known of one code so far."""

    scheme: str
    code: str
    label: str
    version: str
    precision: Literal[1, 2, 3]
    mentions: list[tuple[float, Mention]] = field(default_factory=list)
    """Each with its weight."""


@cache
def _province(pcode: str) -> Province:
    return next(province for province in provinces() if province.pcode == pcode)


def _codes(place: Place) -> list[tuple[str, str, str, str, Literal[1, 2, 3]]]:
    """(scheme, code, label, scheme version, precision) of a place and of what it lies in, finest first."""
    found: list[tuple[str, str, str, str, Literal[1, 2, 3]]] = []
    if place.kind == "region":
        return [("m49", place.code, place.label, "UN M49", 3)]
    if place.kind == "district":
        found.append(("pcode", place.code, place.label, UNVERIFIED_DISTRICTS, 2))
    elif place.kind == "place":
        found.append(
            ("geonames", place.geonames, place.label, "GeoNames", 1)
            if place.geonames
            else ("khabar", place.code, place.label, VERSION, 1)
        )
    elif place.kind == "admin1":
        found.append(("iso3166-2", place.iso, place.label, "", 3))
    if place.province.startswith("AF"):
        province = _province(place.province)
        found.append(("iso3166-2", province.iso, province.en, "2011-12-15", 3))
        found.append(("pcode", province.pcode, province.en, province.pcode_version, 3))
    elif place.province:
        found.append(("iso3166-2", place.province, place.province, "", 3))
    if place.country:
        label = countries()[place.country][0]
        found.append(("iso3166-1", place.country, label, "", 3))
    return found


def _with_events(found: list[Mention]) -> list[Mention]:
    """Gives the event role to names after a locative in a sentence that tells of an event."""
    return [
        replace(m, role="event")
        if m.role == "mentioned" and m.reading.bags[m.sentence].keys() & _EVENTS and _located(m)
        else m
        for m in found
    ]


def _located(mention: Mention) -> bool:
    reading = mention.reading
    if reading.lang in ("ur", "ps"):
        return True
    near = mention.start - _LOCATIVE_REACH
    near = max(near, reading.sentence_span(mention.sentence)[0])
    words = little_words("locative", reading.lang)
    return any(word in words for word in reading.text[near : mention.start].split())


def _weight(mention: Mention) -> float:
    if mention.role in ("source", "dateline"):
        return 0.0
    base = (
        3.0
        if mention.reading.field == "title"
        else 2.0
        if mention.sentence == 0
        else 1.0
        if mention.sentence < 3
        else 0.5
    )
    if mention.place.kind == "country" and _aside(mention):
        base *= _ASIDE
    return base * {"event": 2.0, "mentioned": 1.0, "nationality": 0.6}.get(mention.role, 0.0)


def _aside(mention: Mention) -> bool:
    """ "near the Afghan border", "the withdrawal from Afghanistan": the story plays elsewhere."""
    reading, start = mention.reading, mention.start
    return bool(
        words_before("aside", reading.lang).search(reading.text, max(0, start - _ASIDE_REACH), start)
        or next_words("aside_after", reading.lang).match(reading.text, mention.end)
    )


def tag_regions(readings: Sequence[Reading], outlet_country: str | None = None) -> tuple[Tag, ...]:
    """All region tags of a text: countries, M49 regions, provinces (ISO 3166-2 and P-code), districts, cities."""
    found = told_places(_with_events(mentions(readings, outlet_country)))
    entries: dict[tuple[str, str], _Entry] = {}
    for mention in found:
        weighed = (_weight(mention), mention)
        for scheme, code, label, version, precision in _codes(mention.place):
            entry = entries.get((scheme, code))
            if entry is None:
                entry = entries[scheme, code] = _Entry(scheme, code, label, version, precision)
            entry.mentions.append(weighed)
    main = _main(entries)
    return tuple(
        _tag(entry, (entry.scheme, entry.code) == main)
        for entry in sorted(entries.values(), key=lambda e: -max(weight for weight, _ in e.mentions))
    )


def _main(entries: dict[tuple[str, str], _Entry]) -> tuple[str, str] | None:
    """The place that the text is mainly about: an Afghan province where the event was, else the weightiest country."""
    scores: dict[tuple[str, str], float] = defaultdict(float)
    for key, entry in entries.items():
        if entry.scheme in ("iso3166-2", "iso3166-1"):
            ours = _OURS if entry.code.startswith("AF") else 1.0
            scores[key] = ours * sum(sorted((weight for weight, _ in entry.mentions), reverse=True)[:4])
    subdivisions = {key: score for key, score in scores.items() if key[0] == "iso3166-2"}
    countries_ = {key: score for key, score in scores.items() if key[0] == "iso3166-1" and score > 0}
    if not countries_ and not subdivisions:
        return None
    best = max(countries_, key=lambda key: (countries_[key], key[1])) if countries_ else ("iso3166-1", "AF")
    ranked = sorted((k for k in subdivisions if k[1].startswith(best[1])), key=lambda k: -subdivisions[k])
    if ranked and _carries(entries[ranked[0]], [subdivisions[key] for key in ranked]):
        return ranked[0]
    return best if countries_ else (ranked[0] if ranked else None)


def _carries(entry: _Entry, scores: Sequence[float]) -> bool:
    """Whether the heaviest subdivision carries the story: named early, and clearly before the next one."""
    early = any(m.reading.field == "title" or m.sentence < 2 for _, m in entry.mentions if m.role != "dateline")
    return scores[0] >= 2 and early and (len(scores) == 1 or scores[1] < _CLEAR_LEAD * scores[0])


def _tag(entry: _Entry, main: bool) -> Tag:
    ordered = [m for _, m in sorted(entry.mentions, key=lambda pair: (_RANK[pair[1].role], -pair[0]))]
    spans: list[Evidence] = []
    for mention in ordered[: 2 * _MAX_EVIDENCE]:
        evidence = mention.reading.evidence(mention.start, mention.end)
        if evidence not in spans and len(spans) < _MAX_EVIDENCE:
            spans.append(evidence)
    return Tag(
        scheme=entry.scheme,
        code=entry.code,
        label=entry.label,
        confidence=round(max(m.confidence for m in ordered), 2),
        evidence=tuple(spans),
        rule=f"{ordered[0].rule}@{VERSION}",
        scheme_version=entry.version,
        role=ordered[0].role,
        precision=entry.precision,
        main=main,
    )
