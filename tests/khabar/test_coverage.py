"""`khabar coverage` as a person runs it: a process of its own over a real database."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, insert, text, update

from models.day import day_of
from models.exits import Exit
from models.ledger import Discovery, SourceState
from models.run import Run as RunRow
from models.session import writing
from pipeline.coverage.refresh import refresh
from tests.coverage.test_funnel import fill
from tests.khabar.conftest import Run

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOSTILE = "half\u200cspace \x1b[2J\u202e\r[bold]title"


@pytest.fixture
def today(engine: Engine) -> str:
    """A day with three addresses of an outlet, two of them dropped for one reason; its number in Kabul."""
    now = datetime.now(UTC)
    row = {"outlet": "tass", "at": now, "stage": "discovered", "outcome": "refused:http_4xx", "backfill": False,
           "attempts": 1, "article": None}  # fmt: skip
    article = {"relevance": 1.0, "copy_kind": None, "review_status": "new"}
    with writing(engine) as connection:
        fill(connection, [row, row, {**row, "stage": "stored", "outcome": "done", "article": 0}], [article])
        connection.execute(update(Discovery).values(hints={"title": HOSTILE}, detail="status 404"))
    refresh(engine, {}, now)
    with writing(engine) as connection:
        connection.execute(text("UPDATE outlet_days SET state = 'blocked', reason = 'It turns us away.'"))
    return day_of(now).isoformat()


def test_all_outlets_one_outlet_one_day(khabar: Run, database_url: str, today: str) -> None:
    """I1, I6: the table says which day it is, an outlet without a row is there, and every drop has its reason in words
    and its address, within bounds and without what could play tricks with a terminal."""
    setting = {"KHABAR_DATABASE_URL": database_url, "KHABAR_OUTLETS": "tass,amu_tv"}
    everyone = khabar("coverage", **setting)
    assert everyone.returncode == Exit.OK, everyone.stderr
    lines = everyone.stdout.splitlines()
    assert "in Kabul, so far" in lines[0]
    assert [line.split()[0] for line in lines[2:4]] == ["tass", "amu_tv"]
    assert lines[2].split() == ["tass", "3", "1", "1", "1", "1", "0", "2", "0", "blocked"]
    assert "not collected" in lines[3]
    assert "  tass: It turns us away." in lines
    days = khabar("coverage", "tass", **setting).stdout
    assert days.count("not collected") == 13
    shown = khabar("coverage", "tass", "--day", today, "--most", "1", **setting).stdout
    assert "fetch: refused:http_4xx  2  The server refused with a 4xx status." in shown
    assert "https://x.test/0" in shown
    assert "https://x.test/1" not in shown
    assert "… and 1 more" in shown
    assert "half\u200cspace �[2J��[bold]title · status 404" in shown
    told = json.loads(khabar("coverage", "tass", "--day", today, "--json", **setting).stdout)
    assert told["days"][0]["discovered"] == 3
    assert [(one["reason"], one["number"], len(one["first"])) for one in told["drops"]] == [("refused:http_4xx", 2, 2)]
    assert told["drops"][0]["first"][0]["title"] == HOSTILE


def test_what_cannot_be_meant(khabar: Run, database_url: str) -> None:
    """One sentence and its exit code for a wrong outlet, a wrong day, a day to come; an empty ledger is no error."""
    setting = {"KHABAR_DATABASE_URL": database_url}
    tomorrow = day_of(datetime.now(UTC) + timedelta(days=1)).isoformat()
    for arguments, code, said in (
        (("tas",), Exit.CONFIG, "did you mean tass"),
        (("--day", "yesterday"), Exit.USAGE, "'yesterday' is no day"),
        (("tass", "--day", tomorrow), Exit.USAGE, "has not come yet"),
    ):
        done = khabar("coverage", *arguments, **setting)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done.stderr
        assert said in done.stderr
    empty = khabar("coverage", **setting)
    assert (empty.returncode, empty.stdout) == (
        Exit.OK, "Nothing has been collected yet: there is nothing to count.\n",
    )  # fmt: skip


def test_status_tells_the_diagnosis(khabar: Run, engine: Engine, database_url: str, today: str) -> None:
    """I6: an outlet that is broken ends the command with 1 and stands first with the sentence that explains it; a quiet
    one is no failure."""
    setting = {"KHABAR_DATABASE_URL": database_url, "KHABAR_OUTLETS": "amu_tv,tass"}
    done = khabar("status", **setting)
    assert done.returncode == Exit.FAILED, done.stderr
    assert done.stdout.splitlines()[1].split()[:4] == ["tass", "never", "run", "blocked"]
    assert "  tass: blocked: It turns us away." in done.stdout.splitlines()
    with writing(engine) as connection:
        connection.execute(text("UPDATE outlet_days SET state = 'quiet', reason = 'Nothing new.'"))
    told = khabar("status", "--json", **setting)
    assert told.returncode == Exit.OK, told.stderr
    outlets = {one["outlet"]: one["diagnosis"] for one in json.loads(told.stdout)["outlets"]}
    assert outlets["amu_tv"] is None
    assert (outlets["tass"]["state"], outlets["tass"]["state_reason"]) == ("quiet", "Nothing new.")
    assert (outlets["tass"]["day"], outlets["tass"]["discovered"]) == (today, 3)


def test_status_tells_that_nothing_runs_any_more(khabar: Run, engine: Engine, database_url: str) -> None:
    """I6: where the scheduler died, the last runs were all green; after a day that is no good news. One sentence where
    a source is due, one for each outlet that is left out or whose crawl was killed, none for a demo that is over."""
    setting = {"KHABAR_DATABASE_URL": database_url, "KHABAR_OUTLETS": "amu_tv,tass"}
    now = datetime.now(UTC)

    def told(*runs: tuple[str, str, float, float | None], replica: bool = False) -> tuple[int, list[str]]:
        with writing(engine) as connection:
            connection.execute(delete(RunRow))
            for kind, outlet, began, ended in runs:
                times = [None if hours is None else now - timedelta(hours=hours) for hours in (began, ended)]
                state = "running" if ended is None else "ok"
                row = {"kind": kind, "outlet": outlet, "state": state, "replica": replica, "stats": {}}
                connection.execute(insert(RunRow).values(**row, started_at=times[0], finished_at=times[1]))
        done = khabar("status", **setting)
        lines = [line.strip() for line in done.stdout.splitlines() if "scheduler" in line]
        return done.returncode, [line.partition(" since ")[0] for line in lines]

    old = [("crawl", "amu_tv", 50, 49), ("crawl", "tass", 51, 50), ("process", "", 49, 48)]
    assert told(*old) == (Exit.FAILED, ["amu_tv: not asked", "tass: not asked", "processing: not run"])
    assert told(*old, replica=True) == (Exit.OK, [])
    fresh = [("crawl", "amu_tv", 25, 24.5), ("crawl", "tass", 3, None), ("process", "", 24.4, 24.3)]
    assert told(*fresh) == (Exit.OK, [])
    killed = [fresh[0], ("crawl", "tass", 30, None), fresh[2]]
    assert told(*killed) == (Exit.FAILED, ["tass: not asked"])
    source = {"outlet": "tass", "url": "https://tass.com/rss", "outcome": "done", "checked_at": now}
    with writing(engine) as connection:
        connection.execute(insert(SourceState).values(**source, due_at=now - timedelta(hours=40)))
    assert told(*old) == (Exit.FAILED, ["nothing is being collected: due", "processing: not run"])
