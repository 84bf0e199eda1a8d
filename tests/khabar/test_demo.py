"""The main job from end to end, as a newcomer runs it: real Airflow, Scrapy, trafilatura, SQLite, against the replica.

I1, I2, I6: everything announced has an outcome, also when the run before was interrupted; one run more fetches nothing
again and changes no count.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
import pytest

from khabar.replica import Replica
from models.exits import Exit

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
    """Three demo runs in one folder: the first interrupted by Ctrl-C in the middle of its crawls."""

    folder: Path
    interrupted: "subprocess.CompletedProcess[str]"
    left_over: list[str]
    first: "subprocess.CompletedProcess[str]"
    counts_after_first: dict[str, int]
    second: "subprocess.CompletedProcess[str]"

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


def start(folder: Path) -> "subprocess.Popen[str]":
    """`khabar demo`, as the head of a process group of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KHABAR_", "AIRFLOW"))}
    return subprocess.Popen(
        [sys.executable, "-m", "khabar.cli", "demo"], cwd=folder, env={**kept, "COLUMNS": "200"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=hear_ctrl_c,
    )  # fmt: skip


def hear_ctrl_c() -> None:
    """As under a terminal: whoever runs the tests in the background has SIGINT ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def finish(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    """Wait for its end."""
    out, err = process.communicate(timeout=280)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def interrupt(folder: Path) -> tuple["subprocess.CompletedProcess[str]", list[str]]:
    """Ctrl-C as a terminal gives it, to the whole group, once articles are being fetched; and which processes of the
    group are left five seconds after its head has ended."""
    victim = start(folder)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and fetched(folder) < 15:
        time.sleep(0.1)
    os.killpg(victim.pid, signal.SIGINT)
    done = finish(victim)
    for _ in range(50):
        left = [p.name() for p in psutil.process_iter(["pid"]) if group_of(p) == victim.pid]
        if not left:
            break
        time.sleep(0.1)
    return done, left


def group_of(process: psutil.Process) -> int | None:
    """The process group; None when the process is gone or a zombie."""
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getpgid(process.pid)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return None


def fetched(folder: Path) -> int:
    """How many article pages the ledger holds by now."""
    path = folder / "var/khabar.db"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path, timeout=30)
    try:
        return int(connection.execute("SELECT count(*) FROM fetches WHERE kind = 'article'").fetchone()[0])
    except sqlite3.OperationalError:  # not migrated yet
        return 0
    finally:
        connection.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """`khabar demo` three times."""
    folder = tmp_path_factory.mktemp("demo")
    interrupted, left_over = interrupt(folder)
    first = finish(start(folder))
    assert first.returncode == 0, first.stdout + first.stderr + log_of(folder)
    counts = Demo(folder, interrupted, left_over, first, {}, first).counts()
    return Demo(folder, interrupted, left_over, first, counts, finish(start(folder)))


def log_of(folder: Path) -> str:
    """The end of what Airflow logged."""
    log = folder / "var/run.log"
    return log.read_text()[-4000:] if log.exists() else "no run.log"


def test_ctrl_c_is_one_sentence_and_leaves_no_process(demo: Demo) -> None:
    """Crawler, Airflow and cleaning processes end with the command; the next run goes on."""
    assert demo.interrupted.returncode == Exit.INTERRUPTED
    assert demo.interrupted.stderr.strip().splitlines() == ["khabar: interrupted: the next run goes on from here"]
    assert demo.left_over == []


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
    """Airflow's own database holds the runs of both DAGs, with one mapped task per outlet."""
    database = "var/airflow/airflow.db"
    runs = dict(demo.query("SELECT dag_id, count(*) FROM dag_run WHERE state = 'success' GROUP BY 1", database))
    assert runs == {"collect": 2, "process": 2}
    crawls = demo.query(
        "SELECT r.run_id, count(*) FROM task_instance t JOIN dag_run r USING (dag_id, run_id) "
        "WHERE t.task_id = 'crawl' AND t.state = 'success' AND r.state = 'success' GROUP BY 1", database,
    )  # fmt: skip
    assert [count for _, count in crawls] == [6, 6]


def test_the_wire_story_stands_once_with_its_copies(demo: Demo) -> None:
    """I2: one text at four outlets is one story; the agency that wrote it leads, and the copies name it."""
    rows = demo.query(
        "SELECT l.outlet, count(*) FROM articles a JOIN articles l ON l.id = a.copy_of "
        "GROUP BY a.copy_of ORDER BY 2 DESC"
    )
    assert rows[0] == ("pajhwok", 3)


def test_no_story_holds_two_events(demo: Demo) -> None:
    """A reviewer decides a story with one key: what is in it must be one event, in every language. The wire story also
    holds the report that another outlet wrote of the same event by itself."""
    epoch = date.fromisoformat((demo.folder / "var/replica_epoch").read_text().strip())
    event_of = {
        article.url.split("?")[0].rstrip("/"): article.event or article.id for article in Replica(epoch).articles()
    }
    stories: dict[object, dict[str, str]] = {}
    for story, outlet, url in demo.query("SELECT story_id, outlet, url FROM articles"):
        stories.setdefault(story, {})[str(outlet)] = event_of[str(url).split("?")[0].rstrip("/")]
    assert [found for found in stories.values() if len(set(found.values())) > 1] == []
    assert {"pajhwok", "khaama_press", "tolonews", "amu_tv", "afghanistan_international"} in map(set, stories.values())


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
