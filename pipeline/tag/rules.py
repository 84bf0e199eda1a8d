"""Checks the rules against their own examples: what `khabar rules test` runs, and what a contributor runs first."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pipeline.items import Stamp, TagInput
from pipeline.tag import facts, numbers, relevance, topics
from pipeline.tag.gazetteer import DATA, DataError, provinces
from pipeline.tag.reading import Reading, language_of
from pipeline.tag.stage import tag
from pipeline.tag.topics import Rule
from pipeline.tag.vocabulary import read_yaml, vocabulary

_PUBLISHED = Stamp(datetime(2024, 7, 4, 12, 0, tzinfo=UTC), "second", "text", "2024-07-04T12:00Z")


def check() -> list[str]:
    """What is wrong with the rules, one sentence each, with file and line; empty when all is well."""
    try:
        provinces()
        vocabulary("en")
        facts.event_types()
        relevance.weights()
        numbers.counts(" 1 ", 0, 3, "en")
        found = [problem for rule in topics.rules() for problem in _rule_problems(rule)]
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


def _cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_yaml("cases.yml")["cases"]
    return found


def _case_problems(case: dict[str, Any]) -> Iterator[str]:
    where = f"{DATA / 'cases.yml'}:{min(case['__lines__'].values())}"
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


def explain(rule: str) -> tuple[str, ...]:
    """Examples of a rule, by the id that a tag carries ("bombing.device@1"); empty when it has none."""
    name = rule.partition("@")[0]
    found = [text for known in topics.rules() if known.id == name for text in known.examples]
    return tuple(found + [case["text"] for case in _cases() if case["rule"] == name])
