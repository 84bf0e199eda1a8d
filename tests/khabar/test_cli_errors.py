"""Bad input gets one clear sentence on standard error and its own exit code, and leaves nothing behind."""

import os
import shutil
import socket
import sqlite3
from pathlib import Path

import pytest

from models.exits import Exit
from tests.khabar.conftest import Run


def one_sentence(stderr: str) -> str:
    """The only line on standard error."""
    lines = stderr.strip().splitlines()
    assert len(lines) == 1, stderr
    return lines[0]


@pytest.fixture
def ready(tmp_path: Path, sqlite_template: Path) -> None:
    """A migrated database where the command looks for one."""
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var/khabar.db")


def test_a_database_that_is_not_set_up(khabar: Run) -> None:
    """Says which command sets it up."""
    done = khabar("status")
    assert done.returncode == Exit.DATABASE
    assert one_sentence(done.stderr) == "khabar: the database is not set up yet: run `khabar init`"


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(("revision", "words"), [("9999", "newer than this code"), ("0000", "run `khabar init`")])
def test_a_database_of_another_age(khabar: Run, tmp_path: Path, revision: str, words: str) -> None:
    """Neither reading nor crawling touches it."""
    with sqlite3.connect(tmp_path / "var/khabar.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
    for command in (["status"], ["process"], ["crawl", "tass"]):
        done = khabar(*command)
        assert done.returncode == Exit.DATABASE
        assert words in one_sentence(done.stderr)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////dev/null/var/khabar.db", "/dev/null/var: cannot be made: Not a directory"),
        ("sqlite:////proc/khabar.db", "unable to open database file"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "cannot be used"),
        ("postgresql+psycopg://nobody@nowhere.invalid/none", "failed to resolve host"),
        ("mysql://nobody@127.0.0.1/none", "mysql is not served: take sqlite:///"),
        ("not an address", "KHABAR_DATABASE_URL is not a database address"),
    ],
    ids=["no-folder", "read-only-disk", "no-server", "no-name", "other-kind", "malformed"],
)
def test_a_database_that_cannot_be_used(khabar: Run, url: str, words: str) -> None:
    """Read-only disk, missing folder, no server: named, with the database's own exit code."""
    done = khabar("init", KHABAR_DATABASE_URL=url)
    assert done.returncode == Exit.DATABASE, done.stderr
    assert words in one_sentence(done.stderr)


@pytest.mark.usefixtures("ready")
def test_an_unknown_outlet_is_named_with_the_known_ones(khabar: Run) -> None:
    """Before anything is fetched."""
    done = khabar("crawl", "khaama")
    assert done.returncode == Exit.CONFIG
    assert one_sentence(done.stderr).startswith("khabar: unknown outlet 'khaama'; did you mean khaama_press?")
    assert "khaama_press" in done.stderr


@pytest.mark.usefixtures("ready")
def test_a_live_run_needs_a_contact(khabar: Run) -> None:
    """I8: no request leaves before the operator says who is asking."""
    for command in (["run"], ["crawl", "tass"]):
        done = khabar(*command)
        assert done.returncode == Exit.CONFIG
        assert "KHABAR_CONTACT" in one_sentence(done.stderr)


@pytest.mark.usefixtures("ready")
def test_an_unreachable_outlet_is_one_sentence_and_damages_nothing(khabar: Run, tmp_path: Path) -> None:
    """The crawl fails, says so in words, and the ledger is as empty as before (I6)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = khabar("crawl", "tass", KHABAR_REPLICA=closed)
    assert done.returncode == Exit.FAILED
    assert done.stdout.count("\n") == 1
    assert "tass" in done.stdout
    assert "unreachable" in done.stdout
    with sqlite3.connect(tmp_path / "var/khabar.db") as connection:
        assert connection.execute("SELECT count(*) FROM discoveries").fetchone() == (0,)
        assert connection.execute("SELECT state FROM runs").fetchall() == [("failed",)]
    connection.close()


@pytest.mark.usefixtures("ready")
def test_invented_and_real_articles_never_share_a_database(khabar: Run, replica_url: str) -> None:
    """What the demo wrote is no news: a live crawl refuses its database."""
    assert khabar("crawl", "amu_tv", KHABAR_REPLICA=replica_url).returncode == Exit.OK
    done = khabar("crawl", "amu_tv", KHABAR_CONTACT="https://khabar-monitor.net/contact")
    assert done.returncode == Exit.CONFIG
    assert "the demo's invented articles" in done.stdout


@pytest.mark.usefixtures("ready")
def test_a_port_in_use_is_named(khabar: Run) -> None:
    """The review page says which port, and ends."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = khabar("review", "--port", str(port))
    assert done.returncode == Exit.PORT
    assert str(port) in one_sentence(done.stderr)


@pytest.mark.usefixtures("ready")
def test_the_review_page_refuses_the_world(khabar: Run) -> None:
    """Without accounts it serves on loopback only, and says what it takes to serve others."""
    done = khabar("review", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 (the point of the test)
    assert done.returncode == Exit.PORT
    said = one_sentence(done.stderr)
    assert "khabar users add" in said
    assert "--tls-cert" in said


@pytest.mark.usefixtures("ready")
def test_an_archive_that_cannot_be_written(khabar: Run, replica_url: str, tmp_path: Path) -> None:
    """I1: no row names bytes that are not there; the sentence says where the disk failed."""
    done = khabar("crawl", "amu_tv", KHABAR_REPLICA=replica_url, KHABAR_ARCHIVE_URL="/dev/null/archive")
    assert done.returncode == Exit.ARCHIVE
    assert "/dev/null/archive" in done.stdout
    with sqlite3.connect(tmp_path / "var/khabar.db") as connection:
        assert connection.execute(
            "SELECT count(*) FROM fetches WHERE kind = 'article' AND body_sha256 IS NOT NULL"
        ).fetchone() == (0,)
    connection.close()


def test_a_wrong_setting_is_named(khabar: Run) -> None:
    """The environment variable and what is wrong with it."""
    done = khabar("status", KHABAR_LOOKBACK_DAYS="soon")
    assert done.returncode == Exit.CONFIG
    assert "KHABAR_LOOKBACK_DAYS" in one_sentence(done.stderr)


def test_help_lists_every_command_and_exit_code(khabar: Run) -> None:
    """The help is good enough to need no manual."""
    done = khabar("--help")
    assert done.returncode == 0
    for word in ("init", "crawl", "process", "run", "status", "review", "outlets", "clean", "dedupe", "tag", "demo"):
        assert word in done.stdout
    for code in Exit:
        assert str(code.value) in done.stdout
    assert os.path.sep + "tmp" not in done.stdout
