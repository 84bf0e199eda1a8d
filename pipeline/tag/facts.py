"""The coded event of an article: type, date, and who said how many were killed, wounded or detained."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.items import Claim, Facts, Stamp, Tag
from pipeline.tag.event_time import event_date, local_day
from pipeline.tag.gazetteer import DATA, DataError
from pipeline.tag.numbers import Number, bound_of, counts
from pipeline.tag.reading import Found, Reading, kind_of
from pipeline.tag.topics import Sentence
from pipeline.tag.topics import topics as taxonomy
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
_KEYS = frozenset(("id", "type", "topic", "all", "by", "version", "examples", "counter", "__lines__"))


@dataclass(frozen=True, slots=True)
class EventType:
    """A line of facts.yml."""

    rule: str
    name: str
    topic: str
    all: frozenset[str]
    by: frozenset[str]
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    line: int


@cache
def event_types() -> tuple[EventType, ...]:
    """The lines of facts.yml. Raises DataError with file and line when one is broken."""
    found = []
    for raw in read_yaml("facts.yml")["types"]:
        line = min(raw["__lines__"].values())
        where = f"{DATA / 'facts.yml'}:{line}"
        if unknown := set(raw) - _KEYS:
            raise DataError(f"{DATA / 'facts.yml'}:{raw['__lines__'][min(unknown)]}: unknown key {min(unknown)!r}")
        if missing := {"id", "type", "topic", "all", "examples", "counter"} - set(raw):
            raise DataError(f"{where}: {raw.get('id', raw.get('type'))} has no {min(missing)}")
        if raw["topic"] not in taxonomy():
            raise DataError(f"{where}: {raw['topic']!r} is not a topic of topics.yml")
        if outside := [group for group in raw["all"] if group not in groups()]:
            line = raw["__lines__"]["all"]
            raise DataError(f"{DATA / 'facts.yml'}:{line}: {outside[0]!r} is not a word group of words.yml")
        found.append(
            EventType(
                f"facts.{raw['id']}@{raw.get('version', 1)}", raw["type"], raw["topic"], frozenset(raw["all"]),
                frozenset(raw.get("by", ())), tuple(raw["examples"]), tuple(raw["counter"]), line,
            )
        )  # fmt: skip
    return tuple(found)


@cache
def _by_topic() -> dict[str, tuple[EventType, ...]]:
    return {line.topic: tuple(other for other in event_types() if other.topic == line.topic) for line in event_types()}


def _event_type(topics: Sequence[Tag], read: Sequence[Sentence], named: Sequence[Tag]) -> EventType | None:
    """The type of the strongest topic that has one; within a topic, its first line whose words stand in the text."""
    typed = [line for tag in topics for line in _by_topic().get(tag.code, ())]
    if not typed:
        return None
    present: set[str] = set()
    for _, _, bag in read:
        present.update(bag)
    kinds = {kind_of(tag.code) for tag in named if tag.scheme == "actor" and tag.role == "perpetrator"}
    return next((line for line in typed if line.all <= present and (not line.by or line.by & kinds)), None)


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
            bound = bound_of(reading.text, count.start)
            claim = Claim(_TOLLS[key.word.ref], count.value, _claimant(reading, number), evidence, bound)
            if claim not in claims:
                claims.append(claim)
    return claims


def toll(claims: Sequence[Claim], field: str) -> tuple[int | None, int | None, int | None]:
    """(low, best, high) of what is told of a field; None where nothing says it. What is told as "up to" a number bounds
    it from above only."""
    told = [claim for claim in claims if claim.field == field]
    firm = [claim.value for claim in told if claim.bound != "most"]
    best = Counter(firm).most_common(1)[0][0] if firm else None  # of equals the first
    return min(firm, default=None), best, max((claim.value for claim in told), default=None)


def code_facts(read: Sequence[Sentence], topics: Sequence[Tag], named: Sequence[Tag], published: Stamp | None) -> Facts:
    """The facts of a text. What it does not say stays None; no date is taken from the clock."""
    kind = _event_type(topics, read, named)
    if kind is None:
        return Facts()
    day = local_day(published)
    when = evidence = None
    for reading, number, bag in read:
        if number >= _LEAD_SENTENCES or _EVENT_GROUPS.isdisjoint(bag) or "past" in bag:
            continue
        when = event_date(reading.text, *reading.sentence_span(number), day, reading.lang)
        if when:
            evidence = reading.evidence(when.start, when.end)
            break
    claims = _claims(read)
    killed, wounded, detained = (toll(claims, field) for field in ("killed", "wounded", "detained"))
    return Facts(
        event_type=kind.name,
        event_date=when.iso if when else None,
        event_date_precision=when.precision if when else None,
        killed_low=killed[0],
        killed_high=killed[2],
        wounded_low=wounded[0],
        wounded_high=wounded[2],
        detained=detained[2],
        claims=tuple(claims),
        killed_best=killed[1],
        wounded_best=wounded[1],
        detained_low=detained[0],
        detained_best=detained[1],
        detained_high=detained[2],
        event_rule=kind.rule,
        date_evidence=evidence,
    )
