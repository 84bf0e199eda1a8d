"""An article that its outlet edits after somebody decided on it: crawl, process, decide, edit, crawl, process."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from khabar.replica import Replica
from models.session import engine
from review.decisions import decide
from review.seen import Seen
from tests.khabar.conftest import Run


@pytest.mark.timeout(180)
def test_a_raised_toll_comes_back_for_review(khabar: Run, tmp_path: Path) -> None:
    """I2, I3, I5: a second version of one article, not a second article; the decision stays as it was made, on the
    version that it was made on; the article shows as changed; when it was first seen does not move."""
    assert khabar("init").returncode == 0
    with Replica() as replica:
        (first,) = replica.articles("khaama_press", "edited")

        def collect() -> None:
            for command in (["crawl", "khaama_press"], ["process"]):
                done = khabar(*command, KHABAR_REPLICA=replica.url)
                assert done.returncode == 0, done.stdout + done.stderr

        collect()
        before = rows(
            tmp_path, "SELECT id, latest_version, first_seen_at, review_status FROM articles WHERE url = ?", first.url
        )
        ((article, version, seen_at, status),) = before
        assert (version, status) == (1, "new")
        on = engine(f"sqlite:///{tmp_path}/var/khabar.db")
        decide(on, [Seen(int(str(article)), 1, 0)], "accept", None, "ana", datetime.now(UTC))
        on.dispose()
        decisions = rows(tmp_path, "SELECT * FROM review_decisions")
        replica.edit()
        collect()
    assert rows(
        tmp_path, "SELECT id, latest_version, first_seen_at, review_status FROM articles WHERE url = ?", first.url
    ) == [(article, 2, seen_at, "changed")]
    assert rows(tmp_path, "SELECT * FROM review_decisions") == decisions
    tolls = [
        json.loads(str(facts))["killed_high"]
        for (facts,) in rows(
            tmp_path, "SELECT facts FROM article_versions WHERE article_id = ? ORDER BY version", article
        )
    ]
    assert tolls == [3, 11]
    first_row, second = rows(
        tmp_path, "SELECT changed_from, changes FROM v1_articles WHERE article_id = ? ORDER BY version", article
    )
    assert first_row == (None, "[]")
    told = {change["field"]: change for change in json.loads(str(second[1])) if change["field"] != "paragraph"}
    assert second[0] == 1
    assert (told["killed"]["before"], told["killed"]["after"]) == ("3", "11")
    assert {"title", "modified"} <= set(told)
    kinds = [change["kind"] for change in json.loads(str(second[1])) if change["field"] == "paragraph"]
    assert "changed" in kinds


def rows(folder: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    """All rows of a query on the command's database."""
    connection = sqlite3.connect(folder / "var/khabar.db")
    found = connection.execute(sql, values).fetchall()
    connection.close()
    return found
