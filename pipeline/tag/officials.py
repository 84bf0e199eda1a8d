"""Spokesmen and officials that no list knows, found by how a language names a person with an office (officials.yml)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from pipeline.tag.gazetteer import DataError
from pipeline.tag.matching import fold
from pipeline.tag.reading import Reading
from pipeline.tag.rule_files import checked, languages, part, place_of

FILE = "officials.yml"
_GROUP = "claimant"
# Characters on each side of an office that are read: a sentence may be as long as its page.
_REACH = 160
_MOST = 20
_LANGUAGE = {"name", "office", "org", "rules", "__lines__"}


class Official(NamedTuple):
    """A named official: folded spans of the name and of the organisation, and the rule that found them."""

    start: int
    end: int
    sentence: int
    org: tuple[int, int] | None
    rule: str


@dataclass(frozen=True, slots=True)
class OfficialRule:
    """One way of naming somebody with an office."""

    id: str
    version: int
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    line: int

    @property
    def name(self) -> str:
        """As a tag carries it."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Naming:
    """The rules of a language, and the pattern of the words that they start from."""

    office: re.Pattern[str]
    rules: tuple[OfficialRule, ...]


@cache
def naming(lang: str) -> Naming | None:
    """The rules of a language, or None. Raises DataError with file and line when officials.yml is broken."""
    if lang not in languages(FILE):
        return None
    data, where = part(FILE, lang)
    if not isinstance(data, dict) or set(data) != _LANGUAGE:
        raise DataError(f"{where}: {lang} must hold name, office, org and rules")
    office = _compiled(data["office"], place_of(FILE, data["__lines__"]["office"]))
    return Naming(office, tuple(_rule(raw, data, lang) for raw in data["rules"]))


def _rule(raw: dict[str, Any], data: dict[str, Any], lang: str) -> OfficialRule:
    where = checked(raw, FILE, lang)
    if any(text.count("|") != 2 for text in raw["examples"]):
        raise DataError(f"{where}: rule {raw['id']} needs examples as text | name | organisation")
    text = str(raw.get("pattern", "")).replace("{NAME}", f"(?P<name>{data['name']})")
    text = text.replace("{ORG}", f"(?P<org>{data['org']})").replace("{OFFICE}", data["office"])
    pattern = _compiled(text, where)
    if "name" not in pattern.groupindex:
        raise DataError(f"{where}: rule {raw['id']} has no NAME")
    return OfficialRule(
        f"officials.{raw['id']}", int(raw.get("version", 1)), pattern, tuple(raw["examples"]), tuple(raw["counter"]),
        min(raw["__lines__"].values()),
    )  # fmt: skip


def _compiled(text: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise DataError(f"{where}: no regular expression: {error}") from error


def officials(reading: Reading) -> Iterator[Official]:
    """The officials of a text, each sentence once."""
    known = naming(reading.lang)
    if known is None:
        return
    done: set[int] = set()
    for found in reading.by_group.get(_GROUP, ()):
        if found.sentence in done or len(done) >= _MOST:
            continue
        first, last = reading.sentence_span(found.sentence)
        kept = reading.folded.kept
        low, high = max(first - 1, found.start - 1 - _REACH, 0), min(last - 1, found.end - 1 + _REACH)
        if not known.office.match(kept[found.start - 1 : found.end + 16].lower()):
            continue
        done.add(found.sentence)
        yield from _in(kept[low:high], low + 1, found.sentence, known)


def _in(text: str, offset: int, sentence: int, known: Naming) -> Iterator[Official]:
    for rule in known.rules:
        for match in rule.pattern.finditer(text):
            org = match.span("org") if "org" in rule.pattern.groupindex and match["org"] else None
            start, end = match.span("name")
            yield Official(
                start + offset, end + offset, sentence, org and (org[0] + offset, org[1] + offset),
                rule.name,
            )  # fmt: skip
            return


def code_of(name: str) -> str:
    """A person's code: the folded name."""
    return "-".join(fold(name).split())[:64]
