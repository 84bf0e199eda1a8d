"""How much an article concerns Afghanistan's security, as a sum of named reasons; nothing to train, nothing hidden."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.items import Relevance, Tag
from pipeline.tag.gazetteer import DATA, DataError
from pipeline.tag.topics import Sentence
from pipeline.tag.vocabulary import actors, groups, read_yaml

_LEAD_SENTENCES = 3
_OTHER_MATTERS = frozenset(("sport", "culture", "weather_tech", "metaphor", "past", "drug_medicine"))
# With a known outlet and no Afghan link the score stays under this: such an outlet reports the whole world.
_FOREIGN_CAP = 0.45
_SECURITY_ONLY_CAP = 0.6


@dataclass(frozen=True, slots=True)
class _Report:
    """How the report of an act is told from talk about violence."""

    bias: float
    words: dict[str, float]
    act_weight: float
    acts: frozenset[str]
    least: float
    most: float
    min_words: int
    spared: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Weights:
    bias: float
    threshold: float
    lead: dict[str, float]
    any: dict[str, float]
    hard: tuple[str, ...]
    soft: tuple[str, ...]
    report: "_Report"
    neighbours: frozenset[str]
    shared_actors: frozenset[str]


def _known(group: str, line: int) -> str:
    if group not in groups() and not group.startswith("actor:"):
        raise DataError(f"{DATA / 'relevance.yml'}:{line}: {group!r} is not a word group of words.yml")
    return group


def _table(entry: dict[str, Any]) -> dict[str, float]:
    lines = entry["__lines__"]
    return {_known(key, lines[key]): float(value) for key, value in entry.items() if key != "__lines__"}


def _report(entry: dict[str, Any]) -> _Report:
    lines = entry["__lines__"]
    return _Report(
        float(entry["bias"]),
        _table(entry["words"]),
        float(entry["acts"]["weight"]),
        frozenset(_known(group, lines["acts"]) for group in entry["acts"]["groups"]),
        float(entry["least"]),
        float(entry["most"]),
        int(entry["min_words"]),
        frozenset(_known(group, lines["spared"]) for group in entry["spared"]),
    )


@cache
def weights() -> _Weights:
    """relevance.yml. Raises DataError with file and line when it names an unknown word group or actor."""
    data = read_yaml("relevance.yml")
    tables = {part: _table(data["weights"][part]) for part in ("lead", "any")}
    for actor in data["shared_actors"]:
        if actor not in actors():
            line = data["__lines__"]["shared_actors"]
            raise DataError(f"{DATA / 'relevance.yml'}:{line}: {actor!r} is not an actor of actors.yml")
    return _Weights(
        float(data["bias"]),
        float(data["security_only_threshold"]),
        tables["lead"],
        tables["any"],
        tuple(data["topics"]["hard"]),
        tuple(data["topics"]["soft"]),
        _report(data["report"]),
        frozenset(data["neighbours"]),
        frozenset(data["shared_actors"]),
    )


def _by_topics(topics: Sequence[Tag]) -> tuple[float, str]:
    best, reason = 0.0, "no security topic"
    table = weights()
    for tag in topics:
        weight = 1.0 if tag.code.startswith(table.hard) else 0.95 if tag.code.startswith(table.soft) else 0.4
        value = weight * min(1.0, 0.6 + 1.2 * (tag.confidence - 0.6))
        if value > best:
            best, reason = value, f"topic {tag.code}"
    return best, reason


def _by_words(read: Sequence[Sentence]) -> float:
    table = weights()
    lead: set[str] = set()
    anywhere: set[str] = set()
    for reading, number, bag in read:
        anywhere.update(bag)
        if reading.field == "title" or number < _LEAD_SENTENCES:
            lead.update(bag)
    total = table.bias
    total += sum(value for group, value in table.lead.items() if group in lead)
    total += sum(value for group, value in table.any.items() if group in anywhere)
    if lead.isdisjoint(table.report.spared):
        total += _reads_like_report(read)
    return 1 / (1 + math.exp(-total))


def _alone(read: Sequence[Sentence]) -> float:
    """The security content of a text as a score from 0 to 0.6: 0.5 where its words reach the threshold."""
    words, threshold = _by_words(read), weights().threshold
    return 0.5 + 0.1 * (words - threshold) / (1 - threshold) if words >= threshold else 0.5 * words / threshold


def _reads_like_report(read: Sequence[Sentence]) -> float:
    """What the logit gains when a text reports an act and loses when it only talks; 0 when it is too short to tell."""
    table = weights().report
    if (
        sum(reading.text.count(" ") for reading in {id(reading): reading for reading, _, _ in read}.values())
        < table.min_words
    ):
        return 0.0
    total = table.bias
    for group, weight in table.words.items():
        total += weight * math.log1p(sum(len(bag.get(group, ())) for _, _, bag in read))
    total += table.act_weight * math.log1p(sum(not table.acts.isdisjoint(bag) for _, _, bag in read))
    return max(table.least, min(table.most, total))


def _afghan(regions: Sequence[Tag], named: Sequence[Tag], outlet_country: str | None) -> tuple[float, str]:
    codes = {tag.code: tag for tag in regions if tag.role not in ("source", "dateline")}
    own = codes.get("AF")
    if own is not None and own.role == "nationality":
        main = next((tag.code[:2] for tag in regions if tag.main), "AF")
        if main != "AF" and main not in weights().neighbours:
            return 0.35, "an Afghan in another country"
    if own is not None:
        if any(tag.main and tag.code.startswith("AF") for tag in regions) or own.role == "event":
            return 1.0, "about Afghanistan"
        early = any(item.field == "title" or item.start < 300 for item in own.evidence)
        return (0.85, "names Afghanistan early") if early else (0.4, "names Afghanistan in passing")
    shared = [tag.code for tag in named if tag.code in weights().shared_actors]
    if outlet_country == "AF" and not any(tag.scheme == "iso3166-1" for tag in regions):
        return 0.6, "Afghan outlet, no other country named"
    if weights().neighbours & codes.keys():
        return (0.4, f"neighbour, with {shared[0]}") if shared else (0.2, "about a neighbour")
    return 0.0, "no Afghan link"


def score(
    read: Sequence[Sentence],
    regions: Sequence[Tag],
    topics: Sequence[Tag],
    named: Sequence[Tag],
    outlet_country: str | None,
) -> Relevance:
    """0 to 1, with the reasons.

    Security content (the strongest topic) times Afghan link. A text without any Afghan link gets at most 0.45 when its
    outlet is known, because that outlet reports the whole world; without an outlet it is judged by its security content
    alone, from 0 to 0.6, so that a single text can be asked about.
    """
    security, why = _by_topics(topics)
    link, where = _afghan(regions, named, outlet_country)
    value = security * (0.5 + 0.5 * link) if link >= 0.4 else 0.0
    reasons = [why, where]
    if link < 0.85:
        alone = _alone(read)
        if outlet_country is not None and link < 0.4:
            alone = min(alone, _FOREIGN_CAP)
            reasons.append("the outlet reports the whole world")
        if alone > value:
            value = min(alone, _SECURITY_ONLY_CAP)
            reasons.append("judged by its security content alone")
    other = sum(not bag.keys().isdisjoint(_OTHER_MATTERS) for _, _, bag in read) / max(1, len(read))
    if other > 0.34 and link >= 0.4:
        value *= 1 - other * 0.6
        reasons.append("mostly sport, culture, markets or the past")
    return Relevance(round(min(1.0, value), 3), tuple(reasons))
