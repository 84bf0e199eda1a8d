"""Actors: armed groups, authorities, organisations and persons, with shared names settled by what the text is about,
and with what each of them does there."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from pipeline.items import Evidence, Tag
from pipeline.tag.officials import code_of, officials
from pipeline.tag.reading import Found, Reading, longest
from pipeline.tag.roles import RANK, Role, roles
from pipeline.tag.vocabulary import Actor, Word, actors, actors_version

_MAX_EVIDENCE = 4
# Mentions of one field whose role is asked for: a page that repeats one name for ever costs no more.
_MOST = 200
_PERSON = "person"


class Mention(NamedTuple):
    """An actor where it is named, with its roles there."""

    reading: Reading
    found: Found
    roles: tuple[Role, ...]


class _Official(NamedTuple):
    """A person that no list knows."""

    name: str
    rule: str
    organisation: str
    organisation_code: str


def tag_actors(readings: Sequence[Reading], regions: Sequence[Tag]) -> tuple[Tag, ...]:
    """Actor tags: one for each role that an actor has (`mentioned` when it has none), and one of scheme `person` for
    each named official. A name that two actors share goes to the one that the countries of the text point to.

    "Daesh" in a text about Afghanistan is its Khorasan branch (iskp), elsewhere the core (is_core); "Taliban" in a text
    about Pakistan that never names Afghanistan is the Pakistani one (ttp). One text never gets both for one name.
    """
    names = actors()
    places = {tag.code for tag in regions if tag.scheme == "iso3166-1" and tag.role not in ("source",)}
    mentions: dict[str, list[Mention]] = defaultdict(list)
    unlisted: dict[str, _Official] = {}
    for reading in readings:
        if not reading.actors and "claimant" not in reading.by_group:
            continue
        spans = longest(found for found in reading.actors if found.word.mark != "?" or "AF" in places)
        for ref, mention in _read(reading, spans, unlisted):
            mentions[ref].append(mention)
    moved: dict[str, str] = {}
    for ref in list(mentions):
        if ref in unlisted:
            continue
        for country, other in names[ref].context:
            if _points_to(country, places, ref, mentions):
                moved[ref] = other
    for ref, other in moved.items():
        mentions[other] = mentions.pop(ref) + mentions.get(other, [])
    tags = [
        tag
        for ref, found in sorted(mentions.items(), key=lambda item: (-len(item[1]), item[0]))
        for tag in (
            _official_tags(ref, unlisted[ref], found, moved)
            if ref in unlisted
            else _tags(names[ref], found, by_context=ref in moved.values())
        )
    ]
    return tuple(tags)


def _read(reading: Reading, spans: list[list[Found]], unlisted: dict[str, _Official]) -> Iterator[tuple[str, Mention]]:
    """(actor, mention) of every name of a text. Adds the officials that no list knows to `unlisted`."""
    named = {(group[0].start, group[0].end): group for group in spans}
    for person in officials(reading):
        if any(start < person.end and person.start < end for start, end in named):
            continue  # somebody of our list
        name = reading.original(person.start, person.end)
        org = reading.original(*person.org) if person.org else ""
        first, last = person.org or (0, 0)
        of = next((group[0].word.ref for (start, _), group in named.items() if first <= start < last), "")
        ref = f"{_PERSON}:{code_of(name)}"
        unlisted.setdefault(ref, _Official(name, person.rule, org, of))
        word = Word("actor", ref, reading.lang)
        named[person.start, person.end] = [Found(word, person.start, person.end, person.sentence)]
    ordered = sorted((group for group in named.values()), key=lambda group: group[0].start)
    for _, sentence in groupby(ordered, key=lambda group: group[0].sentence):
        groups = list(sentence)
        asked = groups[:_MOST]
        found = roles(reading, [group[0] for group in asked])
        for number, group in enumerate(groups):
            given = found[number] if number < len(found) else ()
            for one in {found.word.ref: found for found in group}.values():
                yield one.word.ref, Mention(reading, one, given)


def _points_to(country: str, places: set[str], ref: str, mentions: dict[str, list[Mention]]) -> bool:
    if ref == "is_core":
        if "iskp" in mentions:
            return True
        return country in places and not (
            {"SY", "IQ"} & places and len(mentions[ref]) < 2 and "taliban" not in mentions
        )
    if ref == "taliban":  # "Islamic Emirate", "Taliban government" and its ministers are nobody else's
        own = any(" " in reading.text[found.start : found.end] for reading, found, _ in mentions[ref])
        led = any(actors()[other].of == ref for other in mentions if other in actors())
        return country in places and "AF" not in places and not own and not led
    return country in places


def _by_role(mentions: Sequence[Mention]) -> Iterator[tuple[str, str, tuple[Evidence, ...]]]:
    """(role, rule of the role, evidence), the weightiest role first; the evidence is each name and the words that show
    its role."""
    shown: dict[str, tuple[str, list[Evidence]]] = {}
    for reading, found, given in mentions:
        for role in given:
            _, spans = shown.setdefault(role.role, (role.rule, []))
            spans += [reading.evidence(found.start, found.end), reading.evidence(role.start, role.end)]
    if not shown:
        names = [reading.evidence(found.start, found.end) for reading, found, _ in mentions[: 2 * _MAX_EVIDENCE]]
        shown["mentioned"] = ("", names)
    for role_, (rule, spans) in sorted(shown.items(), key=lambda item: RANK[item[0]]):
        yield role_, rule, tuple(dict.fromkeys(spans))[:_MAX_EVIDENCE]


def _tags(actor: Actor, mentions: Sequence[Mention], *, by_context: bool) -> Iterator[Tag]:
    of = actors()[actor.of] if actor.of else None
    for role, rule, evidence in _by_role(mentions):
        yield Tag(
            scheme="actor",
            code=actor.id,
            label=actor.name,
            confidence=0.75 if by_context else 0.95,
            evidence=evidence,
            rule=f"actors.{'context' if by_context else 'name'}@{actors_version()}",
            scheme_version=actors_version(),
            role=role,  # type: ignore[arg-type]
            role_rule=rule,
            organisation=of.name if of else "",
            organisation_code=of.id if of else "",
        )


def _official_tags(ref: str, official: _Official, mentions: Sequence[Mention], moved: dict[str, str]) -> Iterator[Tag]:
    for role, rule, evidence in _by_role(mentions):
        yield Tag(
            scheme=_PERSON,
            code=ref.partition(":")[2],
            label=official.name,
            confidence=0.8,
            evidence=evidence,
            rule=official.rule,
            role=role,  # type: ignore[arg-type]
            role_rule=rule,
            organisation=official.organisation,
            organisation_code=moved.get(official.organisation_code, official.organisation_code),
        )
