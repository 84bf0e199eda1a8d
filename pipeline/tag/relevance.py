"""How much an article concerns Afghanistan's security, as a sum of named reasons; nothing to train, nothing hidden."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

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
class _Weights:
    bias: float
    threshold: float
    lead: dict[str, float]
    any: dict[str, float]
    hard: tuple[str, ...]
    soft: tuple[str, ...]
    neighbours: frozenset[str]
    shared_actors: frozenset[str]


@cache
def weights() -> _Weights:
    """relevance.yml. Raises DataError with file and line when it names an unknown word group or actor."""
    data = read_yaml("relevance.yml")
    tables = {}
    for part in ("lead", "any"):
        table = dict(data["weights"][part])
        lines = table.pop("__lines__")
        for group in table:
            if group not in groups() and not group.startswith("actor:"):
                raise DataError(f"{DATA / 'relevance.yml'}:{lines[group]}: {group!r} is not a word group of words.yml")
        tables[part] = {group: float(value) for group, value in table.items()}
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
    return 1 / (1 + math.exp(-total))


def _afghan(regions: Sequence[Tag], named: Sequence[Tag], outlet_country: str | None) -> tuple[float, str]:
    codes = {tag.code: tag for tag in regions if tag.role not in ("source", "dateline")}
    own = codes.get("AF")
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
    words = _by_words(read)
    link, where = _afghan(regions, named, outlet_country)
    value = security * (0.5 + 0.5 * link) if link >= 0.4 else 0.0
    reasons = [why, where]
    threshold = weights().threshold
    alone = 0.5 + 0.1 * (words - threshold) / (1 - threshold) if words >= threshold else 0.5 * words / threshold
    if outlet_country is not None and link < 0.4:
        alone = min(alone, _FOREIGN_CAP)
        reasons.append("the outlet reports the whole world")
    if link < 0.85 and alone > value:
        value = min(alone, _SECURITY_ONLY_CAP)
        reasons.append("judged by its security content alone")
    other = sum(not bag.keys().isdisjoint(_OTHER_MATTERS) for _, _, bag in read) / max(1, len(read))
    if other > 0.34 and link >= 0.4:
        value *= 1 - other * 0.6
        reasons.append("mostly sport, culture, markets or the past")
    return Relevance(round(min(1.0, value), 3), tuple(reasons))
