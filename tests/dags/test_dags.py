"""The DAG files load without an error, quickly, and say what the registry says. Airflow runs in a process of its own,
because it reads its settings when it is imported."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from khabar.replica import Replica
from models.ledger import HostState, SourceState
from models.session import engine, writing
from outlets.load import load, load_all, paths
from spiders.hosts import hosts_of
from spiders.kinds import first_address
from tests.conftest import ROOT

DAY = timedelta(days=1)
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
            "mapped": [t.task_id for t in dag.tasks if hasattr(t, "op_kwargs_expand_input")],
            "params": {name: dag.params[name] for name in dag.params},
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


def test_process_starts_on_what_collect_announces(loaded: dict[str, Any]) -> None:
    """The asset that one emits is the asset that the other waits for."""
    collect, process = loaded["collect"]["dags"]["collect"], loaded["process"]["dags"]["process"]
    assert collect["emits"] == process["schedule"] == ["khabar://ledger/fetched"]
    assert collect["schedule"] == "0 * * * *"
    assert (collect["mapped"], collect["params"]) == (["crawl"], {"everything": False})


def test_verdicts_close_both_dags(loaded: dict[str, Any]) -> None:
    """I6: the run's state is decided by a task that only success reaches."""
    assert loaded["collect"]["dags"]["collect"]["tasks"] == ["announce", "crawl", "due", "verdict"]
    assert loaded["process"]["dags"]["process"]["tasks"] == ["process_pages", "verdict"]


RUN = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.utils.db import upgradedb
upgradedb()
bag = DagBag(dag_folder=sys.argv[1])
dag = bag.dags["collect"]
for task in dag.tasks:
    task.retries = 0
run = dag.test(run_conf=json.loads(sys.argv[2]))
states = {f"{t.task_id}{'' if t.map_index < 0 else t.map_index}": str(t.state) for t in run.get_task_instances()}
json.dump({"run": str(run.state), **states}, open("states.json", "w"))
"""


class Hours:
    """Runs of the DAG `collect`, in a process each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        home = folder / "airflow"
        self.environment = {
            **os.environ, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "AIRFLOW__CORE__LAZY_DISCOVER_PROVIDERS": "True", "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def run(self, **conf: bool) -> dict[str, str]:
        """The states of the run and of its tasks."""
        subprocess.run(
            [sys.executable, "-c", RUN, str(ROOT / "dags" / "collect.py"), json.dumps(conf)], cwd=self.folder,
            check=True, timeout=300, env=self.environment, stdout=subprocess.DEVNULL, stderr=(self.folder / "errors.log").open("ab"),
        )  # fmt: skip
        states: dict[str, str] = json.loads((self.folder / "states.json").read_text())
        return states


def test_an_hour_asks_what_is_due_and_the_parameter_everything(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I6, I8: an hour without anything due is green, starts no crawl and announces nothing; one source that is due
    makes one task; a person's run has a task for every outlet; and no database is no green run."""
    database = tmp_path / "khabar.db"
    shutil.copy(sqlite_template, database)
    monkeypatch.setenv("KHABAR_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("KHABAR_ARCHIVE_URL", str(tmp_path / "archive"))
    with Replica() as replica:
        monkeypatch.setenv("KHABAR_REPLICA", replica.url)
        hours = Hours(tmp_path)
        on = engine(f"sqlite:///{database}")
        later = datetime.now(UTC) + timedelta(hours=2)
        with writing(on) as connection:
            for name, outlet in load_all().items():
                for source in outlet.sources:
                    said = {"outcome": "done", "checked_at": later, "due_at": later, "items": 50}
                    connection.execute(insert(SourceState).values(outlet=name, url=first_address(source), **said))
        idle = hours.run()
        assert idle == {"run": "success", "due": "success", "crawl": "skipped", "announce": "skipped",
                        "verdict": "success"}  # fmt: skip
        assert replica.requests() == []
        feed = load("khaama_press").sources[0].url
        with writing(on) as connection:
            connection.execute(update(SourceState).where(SourceState.url == feed).values(due_at=later - DAY))
        busy = hours.run()
        assert busy == {"run": "success", "due": "success", "crawl0": "success", "announce": "success",
                        "verdict": "success"}  # fmt: skip
        assert {request.host for request in replica.requests()} == {"www.khaama.com"}
        assert [r.url for r in replica.requests() if r.kind in ("feed", "rest", "sitemap")] == [feed]
        with writing(on) as connection:
            connection.execute(insert(HostState), [{"host": host, "wait_until": later} for host in all_hosts()])
        replica.log.clear()
        asked = hours.run(everything=True)
        assert sum(task.startswith("crawl") for task in asked) == len(paths())
        assert asked["run"] == asked["verdict"].replace("upstream_failed", "failed") == "failed"
        assert (asked["announce"], replica.requests()) == ("success", [])
        on.dispose()
        database.unlink()
        broken = hours.run()
        assert (broken["run"], broken["due"], broken["verdict"]) == ("failed", "failed", "upstream_failed")
        assert broken["announce"] != "success"


def all_hosts() -> set[str]:
    """Every host that a crawl asks."""
    return {host for outlet in load_all().values() for host in hosts_of(outlet)}
