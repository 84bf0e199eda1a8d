"""The main job from end to end, as a newcomer runs it: real Airflow, Scrapy, trafilatura, SQLite, against the replica.

I1, I2, I6: everything announced has an outcome, a second run fetches nothing again and changes no count.
"""

import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from khabar.replica import Replica

CONTENT = (
    "discoveries",
    "articles",
    "article_versions",
    "article_tags",
    "stories",
    "review_decisions",
    "change_counter",
)

pytestmark = [pytest.mark.airflow, pytest.mark.xdist_group("airflow"), pytest.mark.timeout(600)]


@dataclass
class Demo:
    """Two demo runs in one folder."""

    folder: Path
    first: "subprocess.CompletedProcess[str]"
    second: "subprocess.CompletedProcess[str]"
    counts_after_first: dict[str, int]

    def query(self, sql: str, database: str = "var/khabar.db") -> list[tuple[object, ...]]:
        """All rows of a query."""
        with sqlite3.connect(self.folder / database) as connection:
            rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

    def counts(self) -> dict[str, int]:
        """Rows of every table of content, and the last change number."""
        found = {name: int(str(self.query(f"SELECT count(*) FROM {name}")[0][0])) for name in CONTENT}  # noqa: S608
        return {**found, "change_seq": int(str(self.query("SELECT value FROM change_counter")[0][0]))}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """`khabar demo` twice."""
    folder = tmp_path_factory.mktemp("demo")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KHABAR_", "AIRFLOW"))}

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "khabar.cli", "demo"],
            cwd=folder, env={**kept, "COLUMNS": "200"}, capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip

    made = Demo(folder, run(), None, {})  # type: ignore[arg-type]
    assert made.first.returncode == 0, made.first.stdout + made.first.stderr + log_of(folder)
    made.counts_after_first = made.counts()
    made.second = run()
    return made


def log_of(folder: Path) -> str:
    """The end of what Airflow logged."""
    log = folder / "var/run.log"
    return log.read_text()[-4000:] if log.exists() else "no run.log"


def test_it_ends_by_itself_with_a_summary(demo: Demo) -> None:
    """Outlets, refusals with reasons, copies, tags, the five most relevant items, and the next step."""
    said = demo.first.stdout
    assert demo.first.stderr == ""
    for outlet in ("khaama_press", "tass", "tolonews", "pajhwok", "amu_tv", "afghanistan_international"):
        assert re.search(rf"^{outlet} +ok ", said, re.M), said
    for word in ("refused:challenge", "refused:soft_404", "refused:robots", "5 most relevant", "make review"):
        assert word in said


def test_every_announced_article_has_the_outcome_that_it_should(demo: Demo) -> None:
    """I1: the ledger against the replica's truth; nothing is pending, lost or refused by mistake."""
    epoch = date.fromisoformat((demo.folder / "var/replica_epoch").read_text().strip())
    expected = {article.url.split("?")[0].rstrip("/"): article.expect for article in Replica(epoch).articles()}
    found = {
        str(url).split("?")[0].rstrip("/"): str(outcome)
        for url, outcome in demo.query("SELECT url, outcome FROM discoveries WHERE outcome <> 'refused:not_article'")
    }
    assert found == expected


def test_at_least_sixty_items_in_four_languages(demo: Demo) -> None:
    """English, Dari, Pashto and Russian all come through."""
    by_language = dict(demo.query("SELECT language, count(*) FROM article_versions GROUP BY 1"))
    assert set(by_language) == {"en", "fa", "ps", "ru"}
    assert sum(int(str(n)) for n in by_language.values()) >= 60


def test_a_second_run_fetches_no_article_and_changes_no_count(demo: Demo) -> None:
    """I2: not one request, row or change number more."""
    assert demo.second.returncode == 0, demo.second.stdout + demo.second.stderr
    assert "asked the outlets for 0 article pages" in demo.second.stdout
    assert demo.counts() == demo.counts_after_first


def test_the_dag_runs_are_real(demo: Demo) -> None:
    """Airflow's own database holds both runs of both DAGs, with one mapped task per outlet."""
    runs = demo.query("SELECT dag_id, state, count(*) FROM dag_run GROUP BY 1, 2 ORDER BY 1", "var/airflow/airflow.db")
    assert runs == [("collect", "success", 2), ("process", "success", 2)]
    crawls = demo.query(
        "SELECT count(*) FROM task_instance WHERE task_id = 'crawl' AND state = 'success'", "var/airflow/airflow.db"
    )
    assert crawls == [(2 * 6,)]


def test_the_wire_story_stands_once_with_its_copies(demo: Demo) -> None:
    """I2: one text at four outlets is one story; the agency that wrote it leads, and the copies name it."""
    rows = demo.query(
        "SELECT l.outlet, count(*) FROM articles a JOIN articles l ON l.id = a.copy_of "
        "GROUP BY a.copy_of ORDER BY 2 DESC"
    )
    assert rows[0] == ("pajhwok", 3)


def test_evidence_is_always_the_slice(demo: Demo) -> None:
    """Every stored span equals the text at its offsets, whatever the script."""
    import json

    wrong = 0
    total = 0
    for title, text, evidence in demo.query(
        "SELECT v.title, v.text, t.evidence FROM article_tags t "
        "JOIN article_versions v ON v.article_id = t.article_id AND v.version = t.version"
    ):
        for span in json.loads(str(evidence)):
            total += 1
            source = {"title": str(title), "text": str(text)}.get(span["field"])
            wrong += source is not None and source[span["start"] : span["end"]] != span["text"]
    assert wrong == 0
    assert total > 500
