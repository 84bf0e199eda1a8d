"""I6: when something is due and no crawl begins, the desk and `khabar status` say so; silence alone is no alarm."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, insert

from khabar.report import report
from models.ledger import SourceState
from models.session import reading, writing
from tests.review.pages import Page
from tests.review.rows import NOW, add_run


@pytest.mark.parametrize(
    ("began", "state", "due", "is_late"),
    [
        (3.5, "ok", 3, True),
        (3.5, "running", 3, False),  # the hourly run waits for it
        (4.5, "running", 3, True),  # it was killed
        (1.5, "ok", 1, False),  # one turn missed
        (9, "ok", -1, False),  # nothing is due
        (3.5, "ok", 5, False),  # a source that the outlet's file no longer names: the crawl since did not ask it
    ],
)
def test_what_is_due_and_not_asked(
    client: httpx.Client, engine: Engine, began: float, state: str, due: float, is_late: bool
) -> None:
    """Hours ago: when the last crawl began, and when a source fell due."""
    with writing(engine) as connection:
        add_run(connection, "tass", state, ago=timedelta(hours=began))
        values = {"checked_at": NOW - timedelta(hours=9), "outcome": "done", "due_at": NOW - timedelta(hours=due)}
        connection.execute(insert(SourceState).values(outlet="tass", url="https://tass.test/feed", **values))
    said = "something has been due since 2 Mar 2026 00:05 UTC and no crawl began"
    assert (said in " ".join(Page(client.get("/")).texts(".banner"))) is is_late
    with reading(engine) as connection:
        found = report(connection, ["tass"], NOW)
    assert (found.late_since is not None) is is_late
    assert found.is_troubled is is_late
    assert bool(found.as_json()["late_since"]) is is_late
