"""The tag stage on our own labelled items never falls under its floors: a change of a rule shows here first."""

import importlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FACTS = sorted(path.stem for path in (ROOT / "benchmarks" / "afghan_facts").glob("*.jsonl"))
LANGUAGES = sorted(path.stem for path in (ROOT / "benchmarks" / "afghan_news").glob("*.jsonl"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_floors_hold(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure of every language, measured as `make bench-tag` does; no language is without floors."""
    monkeypatch.syspath_prepend(str(ROOT))
    benchmark, scores = importlib.import_module("benchmarks.tag"), importlib.import_module("benchmarks.scores")
    lines = (ROOT / "benchmarks" / "afghan_news" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    figures = benchmark.measure([json.loads(line) for line in lines])
    floors = json.loads(scores.FLOORS.read_text(encoding="utf-8"))["tag"][language]
    assert figures["n"] >= 100
    assert floors.keys() == figures.keys() - {"n"}
    assert {figure: figures[figure] for figure, floor in floors.items() if figures[figure] < floor} == {}


@pytest.mark.parametrize("language", FACTS)
def test_tolls_and_dates_hold(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count over a year is no toll, "two dozen" is 24, "last night" is a day: exact, sentence by sentence."""
    monkeypatch.syspath_prepend(str(ROOT))
    benchmark, scores = importlib.import_module("benchmarks.facts"), importlib.import_module("benchmarks.scores")
    lines = (benchmark.FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    figures = benchmark.measure([json.loads(line) for line in lines])
    floors = json.loads(scores.FLOORS.read_text(encoding="utf-8"))["facts"][language]
    assert figures["n"] >= 25
    assert floors.keys() == figures.keys() - {"n"}
    assert {figure: figures[figure] for figure, floor in floors.items() if figures[figure] < floor} == {}
