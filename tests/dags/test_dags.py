"""The DAG files load without an error, quickly, and say what the registry says. Airflow runs in a process of its own,
because it reads its settings when it is imported."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from khabar.once import airflow_environment
from khabar.replica import Replica
from models.ledger import Discovery, HostState, SourceState
from models.session import engine, reading, writing
from outlets.load import load
from spiders.hosts import hosts_of
from spiders.kinds import first_address
from tests.conftest import ROOT

HOUR = timedelta(hours=1)
WATCHED = ("bbc_pashto", "bbc_urdu", "khaama_press")
"""Two share a host."""

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
            "schedule": dag.schedule if isinstance(dag.schedule, str) else [asset.uri for asset in dag.schedule or ()],
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
    """Three DAGs, no error."""
    assert {name: found["errors"] for name, found in loaded.items()} == {"backfill": [], "collect": [], "process": []}
    assert sorted(dag for found in loaded.values() for dag in found["dags"]) == ["backfill", "collect", "process"]


def test_nothing_heavy_is_imported_to_load_them(loaded: dict[str, Any]) -> None:
    """The scheduler parses these files all day: crawler, extractor and web server stay out of it."""
    assert {name: found["heavy"] for name, found in loaded.items()} == {"backfill": [], "collect": [], "process": []}


def test_process_starts_on_what_collect_announces(loaded: dict[str, Any]) -> None:
    """The asset that one emits is the asset that the other waits for."""
    collect, process = loaded["collect"]["dags"]["collect"], loaded["process"]["dags"]["process"]
    assert collect["emits"] == process["schedule"] == ["khabar://ledger/fetched"]
    assert (collect["schedule"], collect["mapped"]) == ("0 * * * *", ["crawl"])
    assert collect["params"] == {"everything": False}
    backfill = loaded["backfill"]["dags"]["backfill"]
    assert (backfill["schedule"], backfill["emits"]) == ([], collect["emits"])  # by hand; `process` follows


def test_verdicts_close_both_dags(loaded: dict[str, Any]) -> None:
    """I6: the run's state is decided by a task that only success reaches."""
    assert loaded["collect"]["dags"]["collect"]["tasks"] == ["announce", "crawl", "due", "verdict"]
    assert loaded["process"]["dags"]["process"]["tasks"] == ["process_pages", "verdict"]


HOURS = """
import json, sys
answers, sys.stdout = sys.stdout, sys.stderr  # before Airflow is imported, whose log keeps the stream that it finds
from airflow.dag_processing.dagbag import DagBag
from airflow.utils.db import upgradedb
upgradedb()
dag = next(iter(DagBag(dag_folder=sys.argv[1]).dags.values()))
for task in dag.tasks:
    task.retries = 0
for line in sys.stdin:
    run = dag.test(run_conf=json.loads(line))
    states = {f"{t.task_id}{'' if t.map_index < 0 else t.map_index}": str(t.state) for t in run.get_task_instances()}
    answers.write(json.dumps({"run": str(run.state), **states}) + "\\n")
    answers.flush()
"""


class Hours:
    """Runs of one DAG, in one Airflow process."""

    def __init__(self, child: "subprocess.Popen[str]", log: Path) -> None:
        self.child, self.log = child, log

    def run(self, **parameters: bool | str) -> dict[str, str]:
        """The states of one run and of its tasks."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(json.dumps(parameters) + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        assert answer, self.log.read_text()[-4000:]
        states: dict[str, str] = json.loads(answer)
        return states


@contextmanager
def airflow(folder: Path, file: str = "collect.py") -> Iterator[Hours]:
    """Airflow, started once, in `folder`, with the DAG of `file`."""
    log = folder / "airflow.log"
    with log.open("w") as errors, subprocess.Popen(
        [sys.executable, "-c", HOURS, str(ROOT / "dags" / file)], cwd=folder, text=True,
        env={**os.environ, **airflow_environment(folder), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
    ) as child:  # fmt: skip
        try:
            yield Hours(child, log)
        finally:
            child.kill()


def nothing_due(on: Engine) -> None:
    """Every source of the watched outlets was asked, and is due in two hours."""
    now = datetime.now(UTC)
    said = {"outcome": "done", "checked_at": now, "due_at": now + 2 * HOUR, "items": 50}
    rows = [{"outlet": name, "url": first_address(source), **said} for name in WATCHED for source in load(name).sources]
    with writing(on) as connection:
        connection.execute(insert(SourceState), rows)


def test_an_hour_asks_what_is_due_and_the_parameter_everything(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I6, I8: an hour without anything due is green, starts no crawl and announces nothing; one source that is due is
    asked alone; `everything` has a task for every host; outlets that fail fail the run, and their pages are announced
    all the same; a database that this code does not know is no green run."""
    database = tmp_path / "khabar.db"
    shutil.copy(sqlite_template, database)
    on = engine(f"sqlite:///{database}")
    nothing_due(on)
    feed = load("khaama_press").sources[0].url
    with Replica() as replica:
        for name, value in {
            "DATABASE_URL": f"sqlite:///{database}", "ARCHIVE_URL": str(tmp_path / "archive"),
            "OUTLETS": ",".join(WATCHED), "REPLICA": replica.url, "VAR": str(tmp_path),
        }.items():  # fmt: skip
            monkeypatch.setenv(f"KHABAR_{name}", value)
        with airflow(tmp_path) as hours:
            assert hours.run() == {
                "run": "success", "due": "success", "crawl": "skipped", "announce": "skipped", "verdict": "success",
            }  # fmt: skip
            assert replica.requests() == []
            with writing(on) as connection:
                connection.execute(update(SourceState).where(SourceState.url == feed).values(due_at=datetime.now(UTC)))
            assert hours.run() == {
                "run": "success", "due": "success", "crawl0": "success", "announce": "success", "verdict": "success",
            }, hours.log.read_text()[-4000:]  # fmt: skip
            asked = replica.requests()
            assert {request.host for request in asked} == {"www.khaama.com"}
            assert [request.url for request in asked if request.kind in ("feed", "rest", "sitemap")] == [feed]
            later = datetime.now(UTC) + HOUR
            hosts = {host for name in WATCHED for host in hosts_of(load(name))}
            with writing(on) as connection:
                for host in hosts - {"www.khaama.com"}:
                    connection.execute(insert(HostState).values(host=host, wait_until=later))
                connection.execute(update(HostState).values(wait_until=later))
            replica.log.clear()
            assert hours.run(everything=True) == {
                "run": "failed", "due": "success", "crawl0": "failed", "crawl1": "failed",
                "announce": "success", "verdict": "upstream_failed",
            }  # fmt: skip
            assert replica.requests() == []
            with writing(on) as connection:
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
            broken = hours.run()
            assert (broken["run"], broken["due"], broken["verdict"]) == ("failed", "failed", "upstream_failed")


def test_days_of_the_past_are_asked_by_hand(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The DAG `backfill` asks one outlet for the days in its parameters, and says what is wrong with others."""
    database = tmp_path / "khabar.db"
    shutil.copy(sqlite_template, database)
    with Replica(epoch=date(2023, 6, 15)) as replica:
        for name, value in {
            "DATABASE_URL": f"sqlite:///{database}", "ARCHIVE_URL": str(tmp_path / "archive"),
            "REPLICA": replica.url, "VAR": str(tmp_path),
        }.items():  # fmt: skip
            monkeypatch.setenv(f"KHABAR_{name}", value)
        with airflow(tmp_path, "backfill.py") as runs:
            days = {"outlet": "amu_tv", "since": "2023-06-04", "until": "2023-06-11"}
            assert runs.run(**days) == {"run": "success", "crawl": "success"}, runs.log.read_text()[-4000:]
            with reading(engine(f"sqlite:///{database}")) as connection:
                held = connection.execute(select(Discovery.outlet, Discovery.backfill, Discovery.stage)).all()
            assert ("amu_tv", True, "fetched") in held
            assert {row.outlet for row in held} == {"amu_tv"}
            assert all(row.backfill for row in held)
            replica.log.clear()
            assert runs.run(**{**days, "since": "2023-06-12"}) == {"run": "failed", "crawl": "failed"}
            assert "the span ends before it begins" in runs.log.read_text()
            assert replica.requests() == []
