"""The tag stage on our own labelled items never falls under its floors: a change of a rule shows here first."""

import importlib.util
import json
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
FLOORS = json.loads((BENCHMARKS / "tag_floors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", sorted(FLOORS))
def test_floors_hold(language: str) -> None:
    spec = importlib.util.spec_from_file_location("benchmark_tag", BENCHMARKS / "tag.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    lines = (BENCHMARKS / "afghan_news" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    scores = benchmark.measure([json.loads(line) for line in lines])
    assert scores["n"] >= 100
    assert {figure: scores[figure] for figure, floor in FLOORS[language].items() if scores[figure] < floor} == {}
