"""Topics by rule: words that stand together in a sentence, each rule with its score, its examples and its evidence."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.items import Evidence, Tag
from pipeline.tag.gazetteer import DATA, DataError
from pipeline.tag.reading import Found, Reading, kind_of
from pipeline.tag.vocabulary import groups, read_yaml

_KEYS = {"id", "all", "any", "none", "score", "max", "field", "examples", "counter", "__lines__"}
_ARMED = frozenset(("militant", "resistance", "de-facto-gov", "state", "former-state"))
_KINDS = _ARMED | {"un", "bloc", "ngo", "person", "political"}
_TITLE_FACTOR = 1.5
_LEAD_FACTOR = 1.2
_EARLY_SENTENCES = 4
_LATE_FACTOR = 0.6
_MAX_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of evidence for a topic, evaluated sentence by sentence."""

    id: str
    topic: str
    all: frozenset[str]
    any: frozenset[str]
    none: frozenset[str]
    score: float
    max: float
    title_only: bool
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A code of the taxonomy, with the nearest codes of IPTC Media Topics, ACLED and PLOVER."""

    code: str
    label: str
    iptc: tuple[str, ...]
    acled: tuple[str, ...]
    plover: tuple[str, ...]


@cache
def _file() -> dict[str, Any]:
    return read_yaml("topics.yml")


def version() -> str:
    """Version of topics.yml: part of the rule id of every topic tag."""
    return str(_file().get("version", 0))


@cache
def topics() -> dict[str, Topic]:
    """The taxonomy by code."""
    return {
        code: Topic(code, entry["label"], *(tuple(entry[scheme]) for scheme in ("iptc", "acled", "plover")))
        for code, entry in _file()["topics"].items()
        if code != "__lines__"
    }


def _members(value: object, where: str) -> frozenset[str]:
    if not isinstance(value, list):
        raise DataError(f"{where}: must be a list of word groups")
    for member in value:
        if member not in groups() and not (str(member).startswith("actor:") and str(member)[6:] in _KINDS | {"armed"}):
            raise DataError(f"{where}: {member!r} is not a word group of words.yml")
    return frozenset(value)


@cache
def rules() -> tuple[Rule, ...]:
    """All topic rules. Raises DataError with file and line when one is broken."""
    found = []
    seen: set[str] = set()
    for code, entry in _file()["topics"].items():
        if code == "__lines__":
            continue
        for raw in entry["rules"]:
            line = min(raw["__lines__"].values())
            where = f"{DATA / 'topics.yml'}:{line}"
            if unknown := set(raw) - _KEYS:
                key = min(unknown)
                raise DataError(f"{DATA / 'topics.yml'}:{raw['__lines__'][key]}: unknown key {key!r}")
            if raw.get("id") in seen or not raw.get("id"):
                raise DataError(f"{where}: the rule id {raw.get('id')!r} is missing or stands there twice")
            seen.add(raw["id"])
            if not isinstance(raw.get("score"), int | float) or not raw.get("examples") or not raw.get("counter"):
                raise DataError(f"{where}: rule {raw['id']} needs a score, examples and counter")
            if not raw.get("all"):
                raise DataError(f"{where}: rule {raw['id']} has no word group under `all`")
            found.append(
                Rule(
                    raw["id"],
                    code,
                    _members(raw.get("all", []), where),
                    _members(raw.get("any", []), where),
                    _members(raw.get("none", []), where),
                    float(raw["score"]),
                    float(raw.get("max", 99)),
                    raw.get("field") == "title",
                    tuple(raw["examples"]),
                    tuple(raw["counter"]),
                    line,
                )
            )
    return tuple(found)


Sentence = tuple[Reading, int, Mapping[str, list[Found]]]


def sentences(readings: Sequence[Reading]) -> list[Sentence]:
    """Each sentence with the word groups and kinds of actors in it."""
    result: list[Sentence] = []
    for reading in readings:
        if reading.field == "dateline":
            continue
        bags = reading.bags
        for found in reading.actors:
            kind = kind_of(found.word.ref)
            bags[found.sentence].setdefault(f"actor:{kind}", []).append(found)
            if kind in _ARMED:
                bags[found.sentence].setdefault("actor:armed", []).append(found)
        result += [(reading, number, bag) for number, bag in sorted(bags.items())]
    return result


def fires(rule: Rule, sentence: Sentence) -> bool:
    """Whether a rule fires in a sentence."""
    reading, _, bag = sentence
    if rule.title_only and reading.field != "title":
        return False
    return rule.all <= bag.keys() and (not rule.any or not rule.any.isdisjoint(bag)) and rule.none.isdisjoint(bag)


def _place_factor(reading: Reading, number: int) -> float:
    """What a sentence counts by its place: news says first what it is about, and last what came before."""
    if reading.field == "title":
        return _TITLE_FACTOR
    return _LEAD_FACTOR if number == 0 else 1.0 if number < _EARLY_SENTENCES else _LATE_FACTOR


def tag_topics(read: Sequence[Sentence]) -> tuple[Tag, ...]:
    """Topic tags of a text, the surest first. A topic needs a score of 1 over all sentences."""
    where: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in read:
        for group in sentence[2]:
            where[group].append(sentence)
    scores: dict[str, float] = defaultdict(float)
    shown: dict[str, list[Evidence]] = defaultdict(list)
    best: dict[str, tuple[float, str]] = {}
    for rule in rules():
        if not rule.all <= where.keys() or (rule.any and rule.any.isdisjoint(where)):
            continue
        total = 0.0
        for sentence in min((where[group] for group in rule.all), key=len):
            if not fires(rule, sentence):
                continue
            reading, number, bag = sentence
            total += rule.score * _place_factor(reading, number)
            if len(shown[rule.topic]) < _MAX_EVIDENCE:
                for group in sorted(rule.all | (rule.any & bag.keys())):
                    evidence = reading.evidence(bag[group][0].start, bag[group][0].end)
                    if evidence not in shown[rule.topic]:
                        shown[rule.topic].append(evidence)
        total = min(total, rule.max)
        scores[rule.topic] += total
        if total > best.get(rule.topic, (0.0, ""))[0]:
            best[rule.topic] = (total, rule.id)
    names = topics()
    return tuple(
        Tag(
            scheme="topic",
            code=code,
            label=names[code].label,
            confidence=round(min(0.99, 0.5 + 0.12 * score), 2),
            evidence=tuple(shown[code][:_MAX_EVIDENCE]),
            rule=f"{best[code][1]}@{version()}",
            scheme_version=version(),
        )
        for code, score in sorted(scores.items(), key=lambda item: -item[1])
        if score >= 1.0
    )
