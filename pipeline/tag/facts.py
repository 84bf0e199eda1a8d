"""The coded event of an article: type, date, and who said how many were killed, wounded or detained."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.items import Claim, Facts, Stamp, Tag
from pipeline.tag.event_time import event_date, local_day
from pipeline.tag.gazetteer import DATA, DataError
from pipeline.tag.numbers import Number, counts
from pipeline.tag.reading import Found, Reading, kind_of
from pipeline.tag.topics import Sentence
from pipeline.tag.vocabulary import groups, read_yaml

_REACH = 60
_AFTER_PENALTY = 12
_EVENT_GROUPS = frozenset(("kill", "wound", "attack", "bomb", "explosion", "clash", "airstrike", "arrest", "protest"))
_TOLLS: dict[str, Literal["killed", "wounded", "detained"]] = {
    "kill": "killed",
    "wound": "wounded",
    "arrest": "detained",
}
_LEAD_SENTENCES = 4
_OBSERVERS = frozenset(("un", "ngo"))
_SPEECH = frozenset(("said", "says", "claimed", "claims", "reported", "گفت", "می", "وایی", "وویل", "заявил", "заявила"))


@dataclass(frozen=True, slots=True)
class _Type:
    name: str
    topic: str
    all: frozenset[str]


@cache
def event_types() -> tuple[_Type, ...]:
    """The lines of facts.yml. Raises DataError with file and line when one is broken."""
    found = []
    for raw in read_yaml("facts.yml")["types"]:
        where = f"{DATA / 'facts.yml'}:{min(raw['__lines__'].values())}"
        if unknown := [group for group in raw["all"] if group not in groups()]:
            raise DataError(f"{where}: {unknown[0]!r} is not a word group of words.yml")
        found.append(_Type(raw["type"], raw["topic"], frozenset(raw["all"])))
    return tuple(found)


def _event_type(topics: Sequence[Tag], read: Sequence[Sentence]) -> str | None:
    """The type of the strongest topic that has one; within a topic, its first line whose words stand in the text."""
    present: set[str] = set()
    for _, _, bag in read:
        present.update(bag)
    for tag in topics:
        for line in event_types():
            if line.topic == tag.code and line.all <= present:
                return line.name
    return None


def _owner(number: Number, keys: Sequence[Found], numbers: Sequence[Number]) -> Found | None:
    """The word such as "killed" that a count belongs to: the nearest within reach, the one after it first. Of "two
    bodies and five injured" the injured are five: a count does not reach a word across another count."""
    best: tuple[int, Found] | None = None
    for key in keys:
        if key.start >= number.end:
            gap = key.start - number.end
        elif key.end <= number.start:
            gap = number.start - key.end
            gap += 0 if gap <= 1 else _AFTER_PENALTY  # "killing 12" against "were killed and 12 others wounded"
        else:
            continue
        between = (number.end, key.start) if key.start >= number.end else (key.end, number.start)
        if any(between[0] <= other.start and other.end <= between[1] for other in numbers):
            continue
        if gap <= _REACH and (best is None or gap < best[0]):
            best = (gap, key)
    return best[1] if best else None


def _claimant(reading: Reading, sentence: int) -> str | None:
    """Who said it: an observer named in the sentence, a party to the fight if it speaks, or an office."""
    for found in reading.actors:
        speaks = kind_of(found.word.ref) in _OBSERVERS or reading.token_after(found.end) in _SPEECH
        if found.sentence == sentence and speaks:
            return reading.original(found.start, found.end)
    for found in reading.groups:
        if found.sentence == sentence and found.word.ref == "claimant":
            return reading.original(found.start, found.end)
    return None


def _claims(read: Sequence[Sentence]) -> list[Claim]:
    claims: list[Claim] = []
    for reading, number, bag in read:
        keys = [found for group in _TOLLS for found in bag.get(group, ())]
        if not keys or "past" in bag or "sport" in bag:
            continue
        start, end = reading.sentence_span(number)
        numbers = list(counts(reading.text, start, end, reading.lang))
        for count in numbers:
            key = _owner(count, keys, numbers)
            if key is None or reading.original(count.start - 1, count.start) in ("(", "["):  # an age in brackets
                continue
            evidence = reading.evidence(min(count.start, key.start), max(count.end, key.end))
            claim = Claim(_TOLLS[key.word.ref], count.value, _claimant(reading, number), evidence)
            if claim not in claims:
                claims.append(claim)
    return claims


def _range(claims: Sequence[Claim], field: str) -> tuple[int | None, int | None]:
    values = [claim.value for claim in claims if claim.field == field]
    return (min(values), max(values)) if values else (None, None)


def code_facts(read: Sequence[Sentence], topics: Sequence[Tag], published: Stamp | None) -> Facts:
    """The facts of a text. What it does not say stays None; no date is taken from the clock."""
    kind = _event_type(topics, read)
    if kind is None:
        return Facts()
    day = local_day(published)
    when = None
    for reading, number, bag in read:
        if number >= _LEAD_SENTENCES or _EVENT_GROUPS.isdisjoint(bag) or "past" in bag:
            continue
        when = event_date(reading.text, *reading.sentence_span(number), day)
        if when:
            break
    claims = _claims(read)
    killed, wounded, detained = (_range(claims, field) for field in ("killed", "wounded", "detained"))
    return Facts(
        event_type=kind,
        event_date=when.iso if when else None,
        event_date_precision=when.precision if when else None,
        killed_low=killed[0],
        killed_high=killed[1],
        wounded_low=wounded[0],
        wounded_high=wounded[1],
        detained=detained[1],
        claims=tuple(claims),
    )
