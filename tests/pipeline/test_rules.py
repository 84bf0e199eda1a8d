"""The rules keep their own promises, and a broken data file is refused with its name and line."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from pipeline.items import TagInput
from pipeline.tag import (
    facts,
    gazetteer,
    numbers,
    officials,
    parts,
    relevance,
    roles,
    rule_files,
    rules,
    spans,
    topics,
    vocabulary,
)
from pipeline.tag.stage import tag

ROOT = Path(__file__).parents[2]
NO_COUNTER: set[str] = set()
"""Rules of places that have an example only."""


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the data folder that a test may damage. Every cached reading is forgotten before and after."""
    data = tmp_path / "data"
    copytree(gazetteer.DATA, data)
    cached = [
        gazetteer.provinces, gazetteer.countries, vocabulary.groups, vocabulary._actor_entries, vocabulary.actors,
        vocabulary._words, vocabulary.vocabulary, topics._file, topics.topics, topics.rules, facts.event_types,
        facts._by_topic, vocabulary.next_words, vocabulary.words_before,
        relevance.weights, numbers._words, numbers._values, numbers._bounds, numbers.number_words,
        numbers._bound_phrases, numbers._pairs, numbers._join, numbers._people, numbers._first_words,
        spans._pattern, parts._phrases, parts._pairs, parts.links, parts._rising, rule_files._whole,
        rule_files.languages, roles.grammar, roles._sign, officials.naming,
    ]  # fmt: skip
    for module in (gazetteer, vocabulary, topics, facts, relevance, rules, rule_files):
        monkeypatch.setattr(module, "DATA", data)
    for function in cached:
        function.cache_clear()
    yield data
    for function in cached:
        function.cache_clear()


def test_every_rule_keeps_its_examples() -> None:
    assert rules.check() == []


def test_every_topic_has_a_rule_with_examples() -> None:
    assert {rule.topic for rule in topics.rules()} == set(topics.topics())
    assert len(topics.topics()) == 30
    assert all(rule.examples and rule.counter for rule in topics.rules())


def test_explain_names_the_examples_of_a_tag() -> None:
    card = rules.explain("bombing.device@1")
    assert card is not None
    assert any("roadside bomb" in text for text in card.examples)
    assert any("cyber attack" in text for text in card.counter)
    assert card.where.startswith("pipeline/data/topics.yml:")
    assert rules.explain("no.such.rule@1") is None


def test_every_rule_that_tags_our_items_has_examples_and_counter_examples() -> None:
    """No tag of the labelled set comes from a rule that nobody can look up."""
    known = rules.cards()
    used: set[str] = set()
    for path in sorted((ROOT / "benchmarks" / "afghan_news").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::2]:
            row = json.loads(line)
            tagged = tag(TagInput(row["id"], row["title"], row["text"], row["language"]))
            used |= {rule.partition("@")[0] for one in tagged.tags for rule in (one.rule, one.role_rule) if rule}
    assert {rule for rule in used if rule not in known or not known[rule].examples} == set()
    assert {rule for rule in used if not known[rule].counter} <= NO_COUNTER


@pytest.mark.parametrize(
    ("file", "old", "new", "line_of"),
    [
        ("topics.yml", "all: [gun]", "all: [gnu]", "- id: attack.gun_kill"),
        ("topics.yml", "        none: [past]", "        never: [past]", "never: [past]"),
        ("words.yml", "closure:\n  en:", "closure:\n  xx:", "xx:"),
        ("words.yml", "press_topic:", "closure:", "closure:\n  en: journalist"),
        ("words.yml", "press_topic:\n  en:", "press_topic:\n  en: ,", "en: , journalist"),
        ("actors.yml", "of: taliban", "of: talban", "zabihullah_mujahid:"),
        ("actors.yml", "    kind: un\n", "", "unama:"),
        ("relevance.yml", "bias:", "bias: [", ""),
        ("facts.yml", "all: [suicide]", "all: [suicid]", "suicid]"),
        ("facts.yml", "topic: conflict.uxo", "topic: conflict.ufo", "- id: mine"),
        ("facts.yml", "    by: [militant", "    from: [militant", "from: [militant"),
        ("roles.yml", 'pattern: "claim|resp by', 'pattern: "claims|resp by', "- id: en.claimed_by"),
        ("roles.yml", "    by: by\n", "    by: by, attacked\n", "act: attacked"),
        ("roles.yml", "role: claimant", "role: claimer", "- id: en.claims"),
        ("roles.yml", "      counter:", "      counters:", "counters:"),
        ("officials.yml", "(?=,|\\\\.| said| told| denied|$)", "(?=,|\\\\.| said", "- id: en.name_then_office"),
        ("officials.yml", "id: fa.name_then", "id: ru.name_then", "- id: ru.name_then"),
        ("gazetteer.csv", "AF0402,district,Nerkh,AF", "AF0402,district,Nerkh,QQ", "AF0402,"),
        ("gazetteer.csv", "AF0402,district,Nerkh,AF", "AF0402,district,Nerkh", "AF0402,"),
        ("provinces.csv", "AF-KAB,AF01", "AF-KAB,KBL1", "AF-KAB,"),
        ("world.csv", "IN=", "IN:", ""),
        ("sources.csv", "country,name", "land,name", "land,name"),
    ],
)
def test_a_broken_file_is_refused_with_file_and_line(broken: Path, file: str, old: str, new: str, line_of: str) -> None:
    path = broken / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = rules.check()
    assert len(problems) == 1
    assert problems[0].startswith(f"{path}:")
    if line_of:
        damaged = path.read_text(encoding="utf-8")
        line = damaged[: damaged.index(line_of)].count("\n") + 1
        assert problems[0].startswith(f"{path}:{line}:")
