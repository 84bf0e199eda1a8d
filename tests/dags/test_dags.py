"""The DAG files load without an error, quickly, and say what the registry says. Airflow runs in a process of its own,
because it reads its settings when it is imported."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from outlets.load import paths
from tests.conftest import ROOT

pytestmark = [pytest.mark.airflow, pytest.mark.xdist_group("airflow")]

LOOK = """
import json, sys
import airflow.sdk, airflow.dag_processing.dagbag as bags
loaded = {}
for file in sys.argv[1:]:
    before = set(sys.modules)
    bag = bags.DagBag(dag_folder=file)
    loaded[file] = {
        "errors": list(bag.import_errors.values()),
        "heavy": sorted({name.split(".")[0] for name in set(sys.modules) - before}
                        & {"scrapy", "twisted", "trafilatura", "lxml", "ahocorasick", "fastapi"}),
        "dags": {dag.dag_id: {
            "schedule": dag.schedule if isinstance(dag.schedule, str) else [asset.uri for asset in dag.schedule],
            "emits": sorted({o.uri for t in dag.tasks for o in t.outlets}),
            "tasks": sorted(dag.task_ids),
            "mapped": [list(t.op_kwargs_expand_input.value["outlet"]) for t in dag.tasks
                       if hasattr(t, "op_kwargs_expand_input")],
        } for dag in bag.dags.values()},
    }
json.dump(loaded, open("loaded.json", "w"))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a DagBag makes of every file in dags/."""
    folder = tmp_path_factory.mktemp("dags")
    files = sorted(str(path) for path in (ROOT / "dags").glob("*.py"))
    subprocess.run(
        [sys.executable, "-c", LOOK, *files], cwd=folder, check=True, timeout=120, stdout=subprocess.DEVNULL,
        env={**os.environ, "AIRFLOW_HOME": str(folder), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
    )  # fmt: skip
    found: dict[str, Any] = json.loads((folder / "loaded.json").read_text())
    return {Path(file).stem: value for file, value in found.items()}


def test_no_file_has_an_import_error(loaded: dict[str, Any]) -> None:
    """Two DAGs, no error."""
    assert {name: found["errors"] for name, found in loaded.items()} == {"collect": [], "process": []}
    assert sorted(dag for found in loaded.values() for dag in found["dags"]) == ["collect", "process"]


def test_nothing_heavy_is_imported_to_load_them(loaded: dict[str, Any]) -> None:
    """The scheduler parses these files all day: crawler, extractor and web server stay out of it."""
    assert {name: found["heavy"] for name, found in loaded.items()} == {"collect": [], "process": []}


def test_one_mapped_task_per_outlet_file(loaded: dict[str, Any]) -> None:
    """The registry is the only list of outlets."""
    assert loaded["collect"]["dags"]["collect"]["mapped"] == [list(paths())]


def test_process_starts_on_what_collect_announces(loaded: dict[str, Any]) -> None:
    """The asset that one emits is the asset that the other waits for."""
    collect, process = loaded["collect"]["dags"]["collect"], loaded["process"]["dags"]["process"]
    assert collect["emits"] == process["schedule"] == ["khabar://ledger/fetched"]
    assert collect["schedule"] == "0 1 * * *"


def test_verdicts_close_both_dags(loaded: dict[str, Any]) -> None:
    """I6: the run's state is decided by a task that only success reaches."""
    assert loaded["collect"]["dags"]["collect"]["tasks"] == ["announce", "crawl", "verdict"]
    assert loaded["process"]["dags"]["process"]["tasks"] == ["process_pages", "verdict"]
