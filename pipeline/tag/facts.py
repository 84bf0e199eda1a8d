"""The coded event of an article: type, date, and who said how many were killed, wounded or detained."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.items import Facts, Stamp, Tag
from pipeline.tag.event_time import event_date, local_day
from pipeline.tag.gazetteer import DATA, DataError
from pipeline.tag.reading import kind_of
from pipeline.tag.tolls import EVENT_GROUPS, claims, toll
from pipeline.tag.topics import Sentence
from pipeline.tag.topics import topics as taxonomy
from pipeline.tag.vocabulary import groups, read_yaml

_LEAD_SENTENCES = 4
_DATED = EVENT_GROUPS | {"event_again"}
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


def code_facts(read: Sequence[Sentence], topics: Sequence[Tag], named: Sequence[Tag], published: Stamp | None) -> Facts:
    """The facts of a text. What it does not say stays None; no date is taken from the clock."""
    kind = _event_type(topics, read, named)
    if kind is None:
        return Facts()
    day = local_day(published)
    when = evidence = None
    for reading, number, bag in read:
        if number >= _LEAD_SENTENCES or _DATED.isdisjoint(bag) or "past" in bag:
            continue
        when = event_date(reading.text, *reading.sentence_span(number), day, reading.lang, reading.folded.kept)
        if when:
            evidence = reading.evidence(when.start, when.end)
            break
    told = claims(read)
    killed, wounded, detained = (toll(told, field) for field in ("killed", "wounded", "detained"))
    return Facts(
        event_type=kind.name,
        event_date=when.iso if when else None,
        event_date_precision=when.precision if when else None,
        killed_low=killed[0],
        killed_high=killed[2],
        wounded_low=wounded[0],
        wounded_high=wounded[2],
        detained=detained[2],
        claims=tuple(told),
        killed_best=killed[1],
        wounded_best=wounded[1],
        detained_low=detained[0],
        detained_best=detained[1],
        detained_high=detained[2],
        event_rule=kind.rule,
        date_evidence=evidence,
    )
