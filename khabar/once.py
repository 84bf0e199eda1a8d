"""Runs the DAGs `collect` and `process` once, for real, in one process and without a scheduler: what the demo and
`khabar run` do. Needs a process of its own, because Airflow reads its environment when it is imported.

Prints one line `state DAG STATE` per DAG; everything that Airflow logs goes to standard error.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
ASKED = {"collect": {"everything": True}}
"""DAG id -> its parameters: who runs it by hand wants the whole picture, whatever is due."""


def airflow_environment(var: Path) -> dict[str, str]:
    """Airflow settings for a self-contained home below `var`: its own SQLite database, our DAGs, no examples."""
    home = (var / "airflow").resolve()
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__CORE__LAZY_DISCOVER_PROVIDERS": "True",
    }


def run_once(dag_ids: tuple[str, ...] = ("collect", "process")) -> dict[str, str]:
    """DAG id -> state of its run. A failed DAG does not keep the next one from running: pages of the outlets that
    worked are to be processed."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.utils.db import upgradedb

    upgradedb()
    bag = DagBag(dag_folder=str(ROOT / "dags"))
    if bag.import_errors:
        raise RuntimeError("; ".join(f"{file}: {error}" for file, error in bag.import_errors.items()))
    states: dict[str, str] = {}
    for dag_id in dag_ids:
        dag = bag.dags[dag_id]
        for task in dag.tasks:
            task.retries = 0  # a person waits: report at once instead of trying again in five minutes
        states[dag_id] = str(dag.test(run_conf=ASKED.get(dag_id)).state)
    return states


def main(environment: Mapping[str, str] = os.environ) -> int:
    """0 when every DAG run succeeded, 1 otherwise."""
    answers, sys.stdout = sys.stdout, sys.stderr
    os.environ.update({**airflow_environment(Path(environment.get("KHABAR_VAR", "var"))), **environment})
    states = run_once()
    for dag_id, state in states.items():
        answers.write(f"state {dag_id} {state}\n")
    answers.flush()
    return 0 if set(states.values()) == {"success"} else 1


if __name__ == "__main__":
    sys.exit(main())
