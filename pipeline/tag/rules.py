"""Checks the rules against their own examples: what `khabar rules test` runs, and what a contributor runs first."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from pipeline.items import Stamp, TagInput
from pipeline.tag import facts, numbers, officials, relevance, roles, topics
from pipeline.tag.gazetteer import DATA, DataError, provinces
from pipeline.tag.officials import OfficialRule
from pipeline.tag.reading import Reading, language_of, longest
from pipeline.tag.roles import RoleRule
from pipeline.tag.rule_files import languages
from pipeline.tag.stage import tag
from pipeline.tag.topics import Rule
from pipeline.tag.vocabulary import read_yaml, vocabulary

_PUBLISHED = Stamp(datetime(2024, 7, 4, 12, 0, tzinfo=UTC), "second", "text", "2024-07-04T12:00Z")


@dataclass(frozen=True, slots=True)
class Card:
    """A rule as people read it: its id, the file and line where it stands, what it must and must not do."""

    id: str
    where: str
    examples: tuple[str, ...]
    counter: tuple[str, ...]


def check() -> list[str]:
    """What is wrong with the rules, one sentence each, with file and line; empty when all is well."""
    try:
        provinces()  # first every file is read, so that a broken one is told before an example
        facts.event_types()
        relevance.weights()
        numbers.counts(" 1 ", 0, 3, "en")
        _role_rules(), _person_rules(), _cases()
        vocabulary("en")
        found = [problem for rule in topics.rules() for problem in _rule_problems(rule)]
        found += [problem for lang, rule in _role_rules() for problem in _role_problems(lang, rule)]
        found += [problem for lang, rule in _person_rules() for problem in _person_problems(lang, rule)]
        found += [problem for line in facts.event_types() for problem in _type_problems(line)]
        return found + [problem for case in _cases() for problem in _case_problems(case)]
    except DataError as error:
        return [str(error)]


def fired(rule: Rule, text: str) -> bool:
    """Whether a topic rule fires often enough in the text to give its topic alone."""
    lang = language_of(text)
    reading = Reading("title" if rule.title_only else "text", text, lang)
    read = topics.sentences([reading])
    return min(rule.max, rule.score * sum(topics.fires(rule, sentence) for sentence in read)) >= min(1.0, rule.score)


def _rule_problems(rule: Rule) -> Iterator[str]:
    where = f"{DATA / 'topics.yml'}:{rule.line}"
    for text in rule.examples:
        if not fired(rule, text):
            yield f"{where}: {rule.id} does not fire in its example {text!r}"
    for text in rule.counter:
        if fired(rule, text):
            yield f"{where}: {rule.id} fires in its counter-example {text!r}"


def _role_rules() -> list[tuple[str, RoleRule]]:
    found = ((lang, roles.grammar(lang)) for lang in languages(roles.FILE))
    return [(lang, rule) for lang, grammar in found if grammar for rule in grammar.rules]


def _role_problems(lang: str, rule: RoleRule) -> Iterator[str]:
    where = f"{DATA / roles.FILE}:{rule.line}"
    for text in (*rule.examples, *rule.counter):
        given = _roles_in_brackets(lang, text)
        if given is None:
            yield f"{where}: {rule.id}: no actor of actors.yml stands in brackets in {text!r}"
        elif text in rule.examples and rule.name not in given:
            yield f"{where}: {rule.id} does not match its example {text!r}"
        elif text in rule.counter and rule.name in given:
            yield f"{where}: {rule.id} matches its counter-example {text!r}"


def _roles_in_brackets(lang: str, text: str) -> list[str] | None:
    """The role rules of the actor in brackets; None when there is none."""
    first, last = text.find("["), text.find("]") - 1
    reading = Reading("text", text.replace("[", "").replace("]", ""), lang)
    for _, group in groupby((span[0] for span in longest(reading.actors)), key=lambda found: found.sentence):
        mentions = list(group)
        for mention, given in zip(mentions, roles.roles(reading, mentions), strict=True):
            span = reading.evidence(mention.start, mention.end)
            if first <= span.start and span.end <= last:
                return [role.rule for role in given]
    return None


def _person_rules() -> list[tuple[str, OfficialRule]]:
    found = ((lang, officials.naming(lang)) for lang in languages(officials.FILE))
    return [(lang, rule) for lang, naming in found if naming for rule in naming.rules]


def _person_problems(lang: str, rule: OfficialRule) -> Iterator[str]:
    where = f"{DATA / officials.FILE}:{rule.line}"
    for example in rule.examples:
        text, name, org = (part.strip() for part in example.split("|"))
        reading = Reading("text", text, lang)
        given = [
            (reading.original(p.start, p.end), reading.original(*p.org) if p.org else "", p.rule)
            for p in officials.officials(reading)
        ]
        if (name, org, rule.name) not in given:
            yield f"{where}: {rule.id} finds {given} in its example {text!r}"
    for text in rule.counter:
        if any(person.rule == rule.name for person in officials.officials(Reading("text", text, lang))):
            yield f"{where}: {rule.id} names somebody in its counter-example {text!r}"


def _type_problems(line: facts.EventType) -> Iterator[str]:
    where = f"{DATA / 'facts.yml'}:{line.line}"
    for text in (*line.examples, *line.counter):
        given = tag(TagInput("case", "", text, None, _PUBLISHED)).facts.event_rule
        if text in line.examples and given != line.rule:
            yield f"{where}: {line.rule} does not type its example {text!r}, but {given}"
        elif text in line.counter and given == line.rule:
            yield f"{where}: {line.rule} types its counter-example {text!r}"


def _cases() -> list[dict[str, Any]]:
    return [{**case, "file": file} for file in ("cases.yml", "facts.yml") for case in read_yaml(file)["cases"]]


def _case_problems(case: dict[str, Any]) -> Iterator[str]:
    where = f"{DATA / case['file']}:{min(case['__lines__'].values())}"
    tagged = tag(TagInput("case", "", case["text"], case["lang"], _PUBLISHED))
    codes = {item.code for item in tagged.tags}
    for code in case.get("has", ()):
        if code not in codes:
            yield f"{where}: {case['rule']} misses {code} in {case['text']!r}"
    for code in case.get("lacks", ()):
        if code in codes:
            yield f"{where}: {case['rule']} gives {code} in {case['text']!r}"
    if "main" in case and [item.code for item in tagged.regions if item.main] != [case["main"]]:
        yield f"{where}: {case['rule']}: the main place of {case['text']!r} is not {case['main']}"
    coded = asdict(tagged.facts)
    for key, value in case.get("facts", {}).items():
        if key != "__lines__" and coded[key] != value:
            yield f"{where}: {key} is {coded[key]!r} instead of {value!r} in {case['text']!r}"


def cards() -> dict[str, Card]:
    """Every rule that gives tags or facts, by id."""
    found = [(f"{rule.id}", "topics.yml", rule.line, rule.examples, rule.counter) for rule in topics.rules()]
    found += [(rule.id, roles.FILE, rule.line, rule.examples, rule.counter) for _, rule in _role_rules()]
    found += [(rule.id, officials.FILE, rule.line, rule.examples, rule.counter) for _, rule in _person_rules()]
    found += [
        (line.rule.partition("@")[0], "facts.yml", line.line, line.examples, line.counter)
        for line in facts.event_types()
    ]
    for rule, group in groupby(sorted(_cases(), key=lambda case: str(case["rule"])), key=lambda case: case["rule"]):
        cases = list(group)
        line = min(min(case["__lines__"].values()) for case in cases)
        shown = tuple(case["text"] for case in cases if {"has", "main", "facts"} & case.keys())
        against = tuple(case["text"] for case in cases if "lacks" in case)
        found.append((rule, cases[0]["file"], line, shown, against))
    return {id_: Card(id_, f"pipeline/data/{file}:{line}", ex, counter) for id_, file, line, ex, counter in found}


def explain(rule: str) -> Card | None:
    """The card of a rule, by the id that a tag carries ("bombing.device@1"); None for an unknown one."""
    return cards().get(rule.partition("@")[0])
