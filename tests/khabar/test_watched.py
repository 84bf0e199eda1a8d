"""Commands, DAG and desk mean the same outlets: those of KHABAR_OUTLETS, or with a replica those it stands in for."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert

from khabar.watched import stand_ins, watched_here
from models.exits import Exit
from models.run import Run
from models.session import engine as engine_of
from models.settings import settings
from outlets.load import paths
from review.outlet_faces import watched
from tests.khabar.conftest import Run as Khabar

SIX = ["afghanistan_international", "amu_tv", "khaama_press", "pajhwok", "tass", "tolonews"]


def test_the_replica_stands_in_for_six() -> None:
    """By their hosts, so that a site that is added there is watched at once."""
    assert stand_ins() == SIX


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_replica_lacks_is_not_watched_with_it_nor_over_what_it_filled(
    engine: Engine, khabar_env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one of them stands as failed or never collected after the demo."""
    assert watched_here() == list(paths())
    monkeypatch.setenv("KHABAR_REPLICA", "http://127.0.0.1:1")
    settings.cache_clear()
    assert watched_here() == SIX
    monkeypatch.setenv("KHABAR_REPLICA", "")
    settings.cache_clear()
    with engine.begin() as connection:
        connection.execute(
            insert(Run).values(
                kind="crawl", outlet="tass", replica=True, state="ok", started_at=datetime.now(UTC), stats={}
            )
        )
    assert watched_here() == SIX
    monkeypatch.setenv("KHABAR_OUTLETS", "tass,pajhwok")
    settings.cache_clear()
    assert watched_here() == ["pajhwok", "tass"]
    assert list(watched()) == ["pajhwok", "tass"]  # the desk, when it is served by itself
    engine_of(khabar_env["KHABAR_DATABASE_URL"]).dispose()


def test_status_shows_the_chosen_and_a_wrong_name_ends_every_command(khabar: Khabar) -> None:
    """Exit 3 and one sentence, before anything is asked."""
    assert khabar("init").returncode == Exit.OK
    shown = khabar("status", "--json", KHABAR_OUTLETS="tass, pajhwok")
    assert [outlet["outlet"] for outlet in json.loads(shown.stdout)["outlets"]] == ["pajhwok", "tass"]
    for command in ("status", "crawl", "run", "review", "process"):
        done = khabar(command, KHABAR_OUTLETS="tolonws", KHABAR_CONTACT="https://khabar-monitor.net/contact")
        assert (done.returncode, done.stderr) == (
            Exit.CONFIG, "khabar: KHABAR_OUTLETS: unknown outlet 'tolonws'; did you mean tolonews?\n",
        ), command  # fmt: skip
