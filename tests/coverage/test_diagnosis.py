"""A silence is told for what it is: more than a hundred labelled scenarios, each a dozen ordinary days and then
something, or nothing. Real crawls, real process stage, a real server; only the clock is moved."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from models.outlet_day import BROKEN, STATES
from pipeline.coverage.diagnose import CAUSES
from tests.conftest import ROOT
from tests.coverage.scenarios import GROUPS, PARTS, Scenario, part

WELL = {"ok", "quiet"}


def figures(told: Mapping[str, Mapping[str, Any]], scenarios: list[Scenario]) -> dict[str, float]:
    """Shares of the scenarios: named rightly; of the broken, not called ok; of the well, not called broken; with the
    words that their sentence must hold."""
    right = [told[one.name]["state"] in one.state.split("|") for one in scenarios]
    broken = [told[one.name]["state"] != "ok" for one in scenarios if not WELL & set(one.state.split("|"))]
    well = [told[one.name]["state"] not in BROKEN for one in scenarios if WELL & set(one.state.split("|"))]
    said = [all(w.casefold() in told[one.name]["reason"].casefold() for w in one.words) for one in scenarios]
    shares = {"right": right, "never a false ok": broken, "no false alarm": well, "sentence": said}
    return {name: sum(found) / len(found) for name, found in shares.items()}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(f"diagnosis of {name}")) for name in PARTS]
)
def test_each_silence_is_told_for_what_it_is(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I6: no broken outlet passes for a healthy or quiet one, and a holiday is no alarm. Held to the floors."""
    monkeypatch.syspath_prepend(str(ROOT))
    scores = importlib.import_module("benchmarks.scores")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KHABAR_")}
    compiled = tmp_path_factory.getbasetemp().parent / "compiled"  # shared, or each child compiles for seconds
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(compiled)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.coverage.runner", str(tmp_path), name],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    scenarios = part(name)
    assert set(told) == {one.name for one in scenarios}
    wrong = [(one, told[one.name]) for one in scenarios if told[one.name]["state"] not in one.state.split("|")]
    assert scores.under_floors("diagnosis", {**dict.fromkeys(PARTS, _FULL), name: figures(told, scenarios)}) == [], (
        wrong
    )


_FULL = {"right": 1.0, "never a false ok": 1.0, "no false alarm": 1.0, "sentence": 1.0}
"""For the part that another process of the test suite plays."""


def test_the_scenarios_are_what_they_claim() -> None:
    """Every state has its scenarios, names are unique, and the causes stand in the order of the states."""
    scenarios = [one for group in GROUPS for one in group]
    assert len({one.name for one in scenarios}) == len(scenarios) >= 100
    assert {state for one in scenarios for state in one.state.split("|")} == set(STATES)
    assert sum(len(part(name)) for name in PARTS) == len(scenarios)
    assert list(CAUSES) == [state for state in STATES if state != "ok"]


def test_the_floors_bite() -> None:
    """A watcher that calls everything ok, and one that cries wolf, fall under them."""
    scenarios = part("papers")
    blind = figures({one.name: {"state": "ok", "reason": ""} for one in scenarios}, scenarios)
    nervous = figures({one.name: {"state": "blocked", "reason": ""} for one in scenarios}, scenarios)
    assert (blind["never a false ok"], blind["no false alarm"]) == (0.0, 1.0)
    assert (nervous["never a false ok"], nervous["no false alarm"]) == (1.0, 0.0)
    assert max(blind["right"], nervous["right"], blind["sentence"]) < 0.5
