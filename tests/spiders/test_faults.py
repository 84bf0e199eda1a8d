"""Crawls that are killed, stopped, overtaken or cut off: nothing lost, nothing doubled, and the next run goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped,unused-ignore]
import pytest

from khabar.replica import Replica
from models.archive import open_archive
from models.exits import Exit
from models.ledger import HostState
from models.session import writing
from models.upsert import insert_or
from tests.spiders.conftest import World, environment, sqlite_write_lock

HOST = "www.khaama.com"


def start(world: World, outlet: str = "khaama_press", *arguments: str) -> "subprocess.Popen[bytes]":
    """`scrapy crawl` by itself, for us to kill."""
    with world.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", outlet, *arguments],
            env={**environment(), "SCRAPY_SETTINGS_MODULE": "spiders.settings"}, stdout=log, stderr=log,
        )  # fmt: skip


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Until `condition` holds; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.002)


def struck(replica: Replica) -> bool:
    """Whether a request was left without an answer (status 0 in the log)."""
    return any(r.status == 0 for r in replica.requests())


@pytest.fixture(scope="module")
def fault_free(tmp_path_factory: pytest.TempPathFactory) -> Callable[[World, Replica], None]:
    """Checks a world against the truth of the replica: every article once, with the right outcome and bytes."""

    def same(world: World, replica: Replica) -> None:
        keys = [row["url_key"] for row in world.rows("SELECT url_key FROM discoveries")]
        assert len(keys) == len(set(keys))
        ledger = world.ledger()
        wanted = {
            article.url.split("://www.", 1)[1].rstrip("/"): article.kind for article in replica.articles("khaama_press")
        }
        assert wanted.keys() <= ledger.keys()
        for key, kind in wanted.items():
            assert ledger[key] == (("discovered", "refused:robots") if kind == "robots" else ("fetched", "pending"))
        bodies = world.bodies()
        assert set(bodies.values()) <= world.archived()
        assert len(bodies) == sum(kind != "robots" for kind in wanted.values())
        archive = open_archive(str(world.folder / "archive"))
        for sha256 in world.archived():
            assert archive.get(sha256)  # a kill leaves a stray temporary at most, never half a body

    return same


@pytest.mark.parametrize("place", ["/robots.txt", "/feed/", "/persian/archives/"])
def test_kill_9_in_the_middle_then_run_again(
    small_world: World, replica: Replica, fault_free: Callable[[World, Replica], None], place: str
) -> None:
    """I1, I2: killed before robots.txt is known, before the last sources are read, and between articles."""
    small_world.point_to(replica.url)
    replica.fail(HOST, "hang", path=place, times=1)
    child = start(small_world)
    wait_for(lambda: struck(replica))
    if "archives" in place:
        wait_for(lambda: len(small_world.bodies()) >= 5)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    replica.heal()
    result = small_world.crawl()
    assert result.state == "ok", result.reason
    fault_free(small_world, replica)
    states = [row["state"] for row in small_world.rows("SELECT state FROM runs ORDER BY id")]
    assert states == ["interrupted", "ok"]
    pages = [r.url for r in replica.requests() if r.kind == "article" and r.status == 200]
    again = {url for url in pages if pages.count(url) > 1}
    assert len(again) <= 4  # only what was on its way when the kill came


def test_kill_9_between_archive_and_row(
    small_world: World, replica: Replica, fault_free: Callable[[World, Replica], None]
) -> None:
    """I1: bytes that no row names yet are adopted by their hash. The database is locked, so that the crawl stands
    exactly there when it is killed."""
    small_world.point_to(replica.url)
    replica.fail(HOST, 503, path="/persian/archives/", times=1, retry_after="5")
    child = start(small_world)
    wait_for(lambda: any(r.status == 503 for r in replica.requests()))
    lock = sqlite_write_lock(small_world.folder / "khabar.db")
    named_before = set(small_world.bodies().values())  # only now does it stay so
    wait_for(lambda: len(small_world.archived() - named_before) >= 1)
    child.kill()
    child.wait()
    lock.close()
    orphans = small_world.archived() - {r["body_sha256"] for r in small_world.rows("SELECT body_sha256 FROM fetches")}
    assert orphans
    replica.heal()
    small_world.crawl()
    fault_free(small_world, replica)
    assert orphans <= set(small_world.bodies().values())


def test_kill_9_on_both_databases(world: World, replica: Replica, fault_free: Callable[[World, Replica], None]) -> None:
    """I1, I2: the same on PostgreSQL, whose half-done transaction must vanish with its connection."""
    world.point_to(replica.url)
    replica.fail(HOST, "hang", path="/pashto/archives/", times=1)
    child = start(world)
    wait_for(lambda: struck(replica))
    child.kill()
    child.wait()
    replica.heal()
    assert world.crawl().state == "ok"
    fault_free(world, replica)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_restarts_under_the_crawl(
    world: World, replica: Replica, fault_free: Callable[[World, Replica], None]
) -> None:
    """I1, I2: connections that are cut again and again end the crawl in one sentence with the database's code, or are
    made anew; either way the next run has everything, once."""
    world.point_to(replica.url)
    over = threading.Event()
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )

    def cut() -> None:
        with world.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not over.wait(0.05):
                connection.exec_driver_sql(others)

    child = start(world)
    wait_for(lambda: bool(world.rows("SELECT id FROM fetches")))
    cutting = threading.Thread(target=cut)
    cutting.start()
    code = child.wait(timeout=120)
    over.set()
    cutting.join()
    assert code in (Exit.OK, Exit.DATABASE)
    assert "Traceback" not in world.log.read_text()
    assert world.crawl().state == "ok"
    fault_free(world, replica)


def test_a_termination_signal_ends_it_in_order(small_world: World, replica: Replica) -> None:
    """The run is closed as interrupted, at once, with its own exit status; the next one goes on."""
    small_world.point_to(replica.url)
    replica.fail(HOST, "hang", path="/persian/archives/", times=1)
    child = start(small_world, "khaama_press", "-s", "DOWNLOAD_TIMEOUT=600")
    wait_for(lambda: struck(replica))
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 130, small_world.log.read_text()  # not the time that the page at hand may take
    assert small_world.rows("SELECT state FROM runs") == [{"state": "interrupted"}]
    replica.heal()
    assert small_world.crawl().state == "ok"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_orphan_when_the_caller_dies(small_world: World, replica: Replica, how: signal.Signals) -> None:
    """The crawl dies with the process that asked for it, however that is ended."""
    small_world.point_to(replica.url)
    replica.fail(HOST, "hang")
    parent = subprocess.Popen(
        [sys.executable, "-c", "from spiders.crawl import crawl; crawl('khaama_press')"],
        env=environment(),
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip  (a shell that runs the tests in the background makes them ignore Ctrl-C)
    wait_for(lambda: struck(replica))
    [child] = psutil.Process(parent.pid).children()
    assert os.getpgid(child.pid) == os.getpgid(parent.pid)
    parent.send_signal(how)
    parent.wait(timeout=60)
    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 10.0)


def test_an_older_run_is_fenced_off(small_world: World, replica: Replica) -> None:
    """I2: Airflow may start a task twice. While the older run waits, a newer one takes over; the older one stops at its
    next write and leaves nothing behind."""
    small_world.point_to(replica.url)
    replica.fail(HOST, 503, path="/persian/archives/", times=1, retry_after="25")
    older = start(small_world)
    wait_for(lambda: any(r.status == 503 for r in replica.requests()))
    with writing(small_world.engine) as connection:  # the newer run need not wait as well
        connection.exec_driver_sql("UPDATE host_states SET wait_until = NULL")
    newer = small_world.crawl()
    assert newer.state == "ok"
    assert older.wait(timeout=120) == 7, small_world.log.read_text()
    states = [row["state"] for row in small_world.rows("SELECT state FROM runs ORDER BY id")]
    assert states == ["interrupted", "ok"]
    last = small_world.rows("SELECT max(run_id) AS run FROM fetches WHERE id = (SELECT max(id) FROM fetches)")
    assert last == [{"run": newer.report["run_id"]}]


def test_robots_that_fail_forbid_everything(small_world: World, replica: Replica) -> None:
    """I8: RFC 9309, 2.3.1.4. Nothing but robots.txt is asked; when it answers again, all goes on."""
    small_world.point_to(replica.url)
    replica.fail(HOST, 503, path="/robots.txt")
    result = small_world.crawl()
    assert (result.state, result.exit_code) == ("failed", 1)
    assert "refused:robots" in (result.reason or "")
    assert {r.path for r in replica.requests()} == {"/robots.txt"}
    replica.heal()
    replica.fail(HOST, 404, path="/robots.txt")
    assert small_world.crawl().state == "ok"
    assert [r for r in replica.requests() if r.kind == "article"]


def test_a_long_pause_outlives_the_run(small_world: World, replica: Replica) -> None:
    """I8: Retry-After holds for the whole host and for the next run; when it is over, nothing is missing."""
    small_world.point_to(replica.url)
    replica.fail(HOST, 429, path="/pashto/archives/", times=1, retry_after="3600")
    small_world.crawl()
    [state] = small_world.rows("SELECT wait_until FROM host_states")
    assert state["wait_until"]
    replica.heal()
    replica.log.clear()
    result = small_world.crawl()
    assert replica.requests() == []
    assert result.state == "failed"
    assert "refused:rate_limited" in (result.reason or "")
    with writing(small_world.engine) as connection:
        past = {"wait_until": datetime.now(UTC) - timedelta(seconds=1)}
        statement = insert_or(connection, HostState).values(host=HOST, **past)
        connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=past))
    assert small_world.crawl().state == "ok"
    outcomes = {outcome for _, outcome in small_world.ledger().values()}
    assert outcomes == {"pending", "refused:robots", "refused:not_article"}


def test_an_outage_of_some_pages_heals(small_world: World, replica: Replica) -> None:
    """A failing page is tried three times, named, and asked again by the next run."""
    small_world.point_to(replica.url)
    replica.fail(HOST, 500, path="/persian/archives/")
    small_world.crawl()
    failed = [key for key, (_, outcome) in small_world.ledger().items() if outcome == "refused:http_5xx"]
    assert failed
    assert all("/persian/archives/" in key for key in failed)
    asked = [r.path for r in replica.requests() if r.status == 500]
    assert len(asked) == 3 * len(failed)
    replica.heal()
    small_world.crawl()
    assert "refused:http_5xx" not in {outcome for _, outcome in small_world.ledger().values()}


def test_a_single_fault_is_retried_within_the_run(small_world: World, replica: Replica) -> None:
    """One reset and one truncated answer cost a request more each and nothing else."""
    small_world.point_to(replica.url)
    replica.fail(HOST, "reset", path="/persian/archives/", times=1)
    replica.fail(HOST, "truncate", path="/pashto/archives/", times=1)
    result = small_world.crawl()
    assert result.state == "ok"
    outcomes = {outcome for _, outcome in small_world.ledger().values()}
    assert outcomes == {"pending", "refused:robots", "refused:not_article"}


def test_without_a_network_it_says_so(small_world: World) -> None:
    """One sentence and a non-zero exit; nothing damaged."""
    small_world.point_to("http://127.0.0.1:9")
    result = small_world.crawl()
    assert (result.state, result.exit_code) == ("failed", 1)
    assert (result.reason or "").startswith("unreachable: no source of Khaama Press could be reached")
    assert small_world.ledger() == {}


def test_a_live_run_needs_a_contact(small_world: World) -> None:
    """I8: before any request, with its own exit code."""
    result = small_world.crawl()
    assert (result.state, result.exit_code) == ("failed", 3)
    assert (result.reason or "").startswith("KHABAR_CONTACT is not set")
    assert small_world.rows("SELECT * FROM runs") == []


def test_a_database_that_is_not_set_up(small_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One sentence and the code for the database."""
    monkeypatch.setenv("KHABAR_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    small_world.point_to("http://127.0.0.1:9")
    result = small_world.crawl()
    assert (result.exit_code, result.reason) == (4, "the database is not set up yet: run `khabar init`")


def test_an_archive_that_cannot_be_written(
    small_world: World, replica: Replica, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The run ends with the sentence; no row points at bytes that are not there (I1)."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KHABAR_ARCHIVE_URL", str(tmp_path / "file"))
    small_world.point_to(replica.url)
    result = small_world.crawl()
    assert (result.state, result.exit_code) == ("failed", 5)
    assert "cannot be written" in (result.reason or "")
    assert small_world.bodies() == {}
    monkeypatch.setenv("KHABAR_ARCHIVE_URL", str(tmp_path / "archive"))
    assert small_world.crawl().state == "ok"
