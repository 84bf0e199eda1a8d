"""Copies among the replica's articles never fall under their floors: lost copies and false ones show here first."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_floors_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies found, and copies that are rightly called so, measured as `make bench-dedupe` does."""
    monkeypatch.syspath_prepend(str(ROOT))
    benchmark, scores = importlib.import_module("benchmarks.dedupe"), importlib.import_module("benchmarks.scores")
    results = benchmark.shipped()
    assert scores.under_floors("dedupe", results) == []
    assert results["replica"]["copies"] >= 80
    assert results["generated"]["copies"] == 400


def test_shares_see_lost_and_false_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the truth turned round the same answers are lost copies and false ones."""
    monkeypatch.syspath_prepend(str(ROOT))
    benchmark, replica = importlib.import_module("benchmarks.dedupe"), importlib.import_module("benchmarks.replica")
    items, origins = replica.copies()
    pair = [item for item in items if item.id.removesuffix("#reprint") == items[0].id]
    assert len(pair) == 2
    lone = next(item for item in items if origins[item.id] not in {origins[one.id] for one in pair})
    truth = {pair[0].id: "a", pair[1].id: "b", lone.id: "a"}
    assert benchmark.copy_shares([*pair, lone], truth) == {"articles": 3, "copies": 1, "found": 0.0, "right": 0.0}
