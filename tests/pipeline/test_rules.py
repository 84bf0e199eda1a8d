"""The rules keep their own promises, and a broken data file is refused with its name and line."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from pipeline.tag import facts, gazetteer, numbers, relevance, rules, topics, vocabulary


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the data folder that a test may damage. Every cached reading is forgotten before and after."""
    data = tmp_path / "data"
    copytree(gazetteer.DATA, data)
    cached = [
        gazetteer.provinces, gazetteer.countries, vocabulary.groups, vocabulary._actor_entries, vocabulary.actors,
        vocabulary._words, vocabulary.vocabulary, topics._file, topics.topics, topics.rules, facts.event_types,
        relevance.weights, numbers._words, numbers._values,
    ]  # fmt: skip
    for module in (gazetteer, vocabulary, topics, facts, relevance, rules):
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
    assert any("roadside bomb" in text for text in rules.explain("bombing.device@1"))
    assert rules.explain("no.such.rule@1") == ()


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
