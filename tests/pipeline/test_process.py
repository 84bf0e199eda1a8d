"""From archived pages to rows: everything gets its outcome, killing and repeating changes nothing, quiet failure is
impossible."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from models.archive import Archive, open_archive
from models.article import Article, ArticleVersion
from models.lease import Superseded, begin_run, end_run
from models.ledger import Discovery, Fetch
from models.run import Run
from models.session import writing
from outlets import Outlet, load
from pipeline.process import process
from tests.conftest import ROOT, Counts

NOW = datetime.now(UTC).replace(microsecond=0)
PROVINCES = ("Kunduz", "Herat", "Kandahar", "Nangarhar", "Balkh", "Ghazni", "Takhar", "Badakhshan", "Paktia", "Khost")


def page(number: int) -> bytes:
    """An article page of ours; each number tells of another event."""
    province = PROVINCES[number % len(PROVINCES)]
    sentences = [
        f"Police in {province} said that incident number {number} began at {number % 12 + 1} in the morning.",
        f"Residents counted {number + 2} vehicles on road {number * 7} before the blast near bridge {number * 13}.",
        f"A doctor at clinic {number * 3} said {number % 5 + 1} people were killed and {number % 9 + 2} wounded.",
        f"Officials promised a report on case {number * 17} within {number % 20 + 3} days.",
    ]
    paragraphs = "".join(f"<p>{sentence} {sentence[::-1].title()}</p>" for sentence in sentences)
    return (
        f"<html><head><title>Blast {number} in {province}</title>"
        f'<meta property="article:published_time" content="{(NOW - timedelta(hours=number + 1)).isoformat()}"></head>'
        f"<body><article><h1>Blast {number} in {province}</h1>{paragraphs}</article></body></html>"
    ).encode()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive in the place that `khabar_env` names."""
    return open_archive(str(tmp_path / "archive"))


@pytest.fixture
def outlet() -> dict[str, Outlet]:
    """One real outlet file."""
    return {"khaama_press": load("khaama_press")}


Waiting = Callable[..., list[int]]


@pytest.fixture
def waiting(engine: Engine, archive: Archive) -> Waiting:
    """waiting(bodies): ledger rows of fetched pages, as a crawl leaves them; their ids."""

    def make(bodies: list[bytes]) -> list[int]:
        run = begin_run(engine, "crawl", "khaama_press")
        ids = []
        for number, body in enumerate(bodies):
            sha256 = archive.put(body)
            with writing(engine) as connection:
                url = f"https://www.khaama.com/blast-{number}"
                discovery: int = connection.execute(
                    insert(Discovery)
                    .values(
                        outlet="khaama_press", url=url, url_key=url.removeprefix("https://www."), first_seen_at=NOW,
                        last_seen_at=NOW, source="https://www.khaama.com/feed/", hints={}, hint_sha256="h", run_id=1,
                    )
                    .returning(Discovery.id)
                ).scalar_one()  # fmt: skip
                fetch: int = connection.execute(
                    insert(Fetch)
                    .values(
                        outlet="khaama_press", discovery_id=discovery, kind="article", url=url, fetched_at=NOW,
                        status=200, outcome="done", body_sha256=sha256, headers={"content-type": "text/html"}, run_id=1,
                    )
                    .returning(Fetch.id)
                ).scalar_one()  # fmt: skip
                connection.execute(
                    update(Discovery).where(Discovery.id == discovery).values(stage="fetched", fetch_id=fetch)
                )
                ids.append(discovery)
        end_run(engine, run, "ok", {})
        return ids

    return make


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
