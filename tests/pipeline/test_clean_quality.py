"""The clean stage on the replica's pages never falls under its floors: a change of a heuristic shows here first."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_floors_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Body, titles, days and authors with and without the outlets' files, measured as `make bench-clean` does."""
    monkeypatch.syspath_prepend(str(ROOT))
    benchmark, scores = importlib.import_module("benchmarks.clean"), importlib.import_module("benchmarks.scores")
    results = benchmark.shipped()
    assert scores.under_floors("clean", results) == []
    assert results["replica"]["pages"] >= 80
    library = results["replica, trafilatura"]
    assert library["body"] < results["replica"]["body"]  # the measure tells a better text from a worse one


def test_a_worse_result_falls_under_the_floors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floors bite: what trafilatura alone makes of the pages is refused, and so is a set that was not measured."""
    monkeypatch.syspath_prepend(str(ROOT))
    scores = importlib.import_module("benchmarks.scores")
    worse = {"body": 0.9, "title": 0.9, "day": 0.9, "authors": 0.9}
    assert len(scores.under_floors("clean", {"replica": worse})) > 4
    assert all("is under its floor" in line for line in scores.under_floors("clean", {}))
