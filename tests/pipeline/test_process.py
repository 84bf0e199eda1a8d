"""From archived pages to rows: everything gets its outcome, killing and repeating changes nothing, quiet failure is
impossible."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, event, select, text, update

from khabar.report import report
from models import events
from models.archive import Archive, ArchiveError, open_archive
from models.article import Article, ArticleVersion
from models.event import Event
from models.lease import Superseded, begin_run
from models.ledger import Discovery
from models.run import Run
from models.session import DatabaseError
from outlets import Outlet
from pipeline.process import process
from tests.conftest import ROOT, Counts
from tests.pipeline.conftest import Waiting
from tests.support.pages import NOW, page


def outcomes(engine: Engine) -> dict[str, int]:
    """Outcome -> number of ledger rows."""
    found: dict[str, int] = {}
    with engine.connect() as connection:
        for outcome in connection.execute(select(Discovery.outcome)).scalars():
            found[outcome] = found.get(outcome, 0) + 1
    return found


def test_pages_become_articles_once(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, counts: Counts
) -> None:
    """I1, I2: every page has its outcome; a second run has nothing to do and changes no count."""
    waiting([page(number) for number in range(12)])
    first = process(engine, archive, outlet, lookback_days=14)
    rows = counts()
    second = process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": 12}
    assert (first.new_articles, first.failures) == (12, [])
    assert (second.new_articles, second.outcomes) == (0, {})
    assert counts() == rows


def test_every_bad_page_costs_that_page_only_and_is_named(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """I1, I7: a lost body, one body for many addresses, a challenge, an empty page; the good page is stored."""
    lost = page(50)
    same = page(60)
    challenge = b"<html><head><title>Just a moment...</title></head><body><div id='cf-challenge'></div></body></html>"
    waiting([page(1), lost, same, same, same, challenge, b"<html><body></body></html>"])
    archive.delete(archive.put(lost))
    done = process(engine, archive, outlet, lookback_days=14)
    found = outcomes(engine)
    assert found.pop("done") == 1
    assert found.pop("quarantine:archive") == 1
    assert found.pop("refused:identical_body") == 3
    assert found.pop("refused:challenge") == 1
    assert sum(found.values()) == 1
    assert set(found) <= {"refused:empty_text", "refused:empty", "refused:wall"}
    assert done.new_articles == 1


def test_what_a_backfill_brought_hides_no_silence(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """I6: of two pages that only a backfill named, the one of four days ago is no news: it does not count as kept, does
    not wait for review with the day's, and is told apart in the view; the fresh one is news however it was found."""
    waiting([page(100)])
    with engine.begin() as connection:
        connection.execute(update(Discovery).values(backfill=True))
    done = process(engine, archive, outlet, lookback_days=14)
    assert done.failures[0].startswith("khaama_press: kept 0 articles in 14 days, expected at least ")
    waiting([page(1)], first=1)
    with engine.begin() as connection:
        connection.execute(update(Discovery).values(backfill=True))
    assert process(engine, archive, outlet, lookback_days=14).failures == []
    with engine.connect() as connection:
        found = connection.execute(text("SELECT title, backfilled FROM v1_articles ORDER BY title")).all()
        told = report(connection, ["khaama_press"], NOW)
    assert [(row.title, bool(row.backfilled)) for row in found] == [
        ("Blast 1 in Herat", False), ("Blast 100 in Kunduz", True),
    ]  # fmt: skip
    assert (told.articles, told.waiting_for_review, [item.title for item in told.top]) == (2, 1, ["Blast 1 in Herat"])


def test_an_outlet_that_kept_nothing_fails_the_run(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """I6: zero is never green; the run's row says which outlet and what was expected."""
    waiting([b"<html><body></body></html>"])
    done = process(engine, archive, outlet, lookback_days=14)
    assert len(done.failures) == 1
    assert done.failures[0].startswith("khaama_press: kept 0 articles in 14 days, expected at least ")
    with engine.connect() as connection:
        state, reason = connection.execute(select(Run.state, Run.reason).where(Run.kind == "process")).one()
    assert (state, reason) == ("failed", done.failures[0])


def test_pages_wait_while_the_archive_is_away(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, tmp_path: Path
) -> None:
    """I1, I6: a disk that is not mounted, or a folder named wrongly, fails the run and refuses no page; once it is
    back, every one is processed."""
    waiting([page(number) for number in range(3)])
    with pytest.raises(ArchiveError, match="cannot be read"):
        process(engine, open_archive(str(tmp_path / "unmounted")), outlet, lookback_days=14)
    assert outcomes(engine) == {"pending": 3}
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": 3}


def test_a_signal_interrupts_and_is_no_failure(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """Ctrl-C: what was committed stays, and the run's row says what happened in words."""
    waiting([page(1)])

    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process(engine, archive, outlet, lookback_days=14, progress=interrupt)
    assert outcomes(engine) == {"done": 1}
    with engine.connect() as connection:
        told = connection.execute(select(Run.state, Run.reason).where(Run.kind == "process")).one()
    assert tuple(told) == ("interrupted", "stopped by a signal")


def test_a_database_that_fails_in_the_middle_of_a_batch(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, counts: Counts
) -> None:
    """I1, I2: a PostgreSQL that restarts, a SQLite whose disk is full: the run ends with one sentence and half a batch
    leaves no row behind; the next run finds every page waiting."""
    waiting([page(number) for number in range(3)])
    before = counts()
    assert engine.dialect.name in ("sqlite", "postgresql")

    @contextmanager
    def failing() -> Iterator[None]:
        """While the pipeline inserts articles."""

        def fail(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith("INSERT INTO articles"):
                return
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA max_page_count = 1")  # it grows no more
            else:
                others = "SELECT pg_terminate_backend(%s)"
                with engine.connect() as other:
                    other.exec_driver_sql(others, (connection.connection.dbapi_connection.info.backend_pid,))  # type: ignore[union-attr]

        event.listen(engine, "before_cursor_execute", fail)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", fail)
            if engine.dialect.name == "sqlite":
                with engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    with failing(), pytest.raises(DatabaseError, match=r"the database cannot be used: [^\n]*$"):
        process(engine, archive, outlet, lookback_days=14)
    assert {**counts(), "runs": 0} == {**before, "runs": 0}
    assert outcomes(engine) == {"pending": 3}
    with engine.connect() as connection:
        [told] = connection.execute(select(Run.state, Run.reason).where(Run.kind == "process"))
    assert (told.state, told.reason[:28]) == ("failed", "the database cannot be used:")
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": 3}


def test_events_of_an_older_database_are_made_whole_or_not_at_all(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I1: `khabar init` killed on its way through the stories leaves nothing that the next one would pass by."""
    waiting([page(1), page(100)])
    process(engine, archive, outlet, lookback_days=14)
    told = select(Event.story_id).order_by(Event.story_id)
    with engine.begin() as connection:
        whole = connection.execute(told).scalars().all()
        connection.execute(delete(Event))
    monkeypatch.setattr(events, "_AT_ONCE", 1)
    calls: list[list[int]] = []

    def die(connection: Connection, stories: list[int]) -> int:
        calls.append(stories)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return refresh(connection, stories)

    refresh = events._refresh
    monkeypatch.setattr(events, "_refresh", die)
    with pytest.raises(KeyboardInterrupt):
        events.fill(engine)
    assert events.fill(engine) == len(whole) > 1
    with engine.connect() as connection:
        assert connection.execute(told).scalars().all() == whole


def test_the_newer_of_two_runs_wins(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """I2: a run that was overtaken writes nothing more and says so."""
    waiting([page(number) for number in range(3)])
    begun: list[int] = []

    def overtake() -> datetime:
        if not begun:
            begun.append(begin_run(engine, "process").run_id)
        return NOW

    class Overtaken:
        """An archive that lets a newer run begin while this one reads."""

        def get(self, sha256: str) -> bytes:
            overtake()
            return archive.get(sha256)

    with pytest.raises(Superseded):
        process(engine, Overtaken(), outlet, lookback_days=14)  # type: ignore[arg-type]
    assert outcomes(engine) == {"pending": 3}
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": 3}


@pytest.mark.timeout(180)
def test_kill_minus_nine_and_again_equals_one_clean_run(
    engine: Engine,
    archive: Archive,
    outlet: dict[str, Outlet],
    waiting: Waiting,
    counts: Counts,
    khabar_env: dict[str, str],
) -> None:
    """I1, I2, I4: killed in the middle of the work, the next run ends with the rows of a run that was never killed."""
    number = 130
    waiting([page(n) for n in range(number)])
    command = [sys.executable, "-m", "khabar.cli", "process"]
    environment = {**os.environ, **khabar_env}
    victim = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 90
    while outcomes(engine).get("done", 0) == 0 and time.monotonic() < deadline and victim.poll() is None:
        time.sleep(0.02)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    half = outcomes(engine)
    assert 0 < half.get("done", 0) < number, f"the kill came too early or too late: {half}"
    done = process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": number}
    assert counts()["articles"] == counts()["article_versions"] == number
    assert done.failures == []
    with engine.connect() as connection:
        states = connection.execute(select(Run.state).where(Run.kind == "process").order_by(Run.id)).scalars().all()
        texts = set(connection.execute(select(ArticleVersion.title)).scalars())
        keys = connection.execute(select(Article.url_key)).scalars().all()
    assert states == ["interrupted", "ok"]
    assert len(texts) == len(set(keys)) == number
