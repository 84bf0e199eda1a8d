"""The recheck plan: pages are asked again at 1, 6, 24 and 72 hours, where the outlet's history makes it worth while."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from khabar.replica import Replica
from models.article import ArticleVersion
from models.ledger import Discovery, Fetch
from models.session import reading, writing
from outlets.urls import url_key
from pipeline.process import process_all
from spiders.due import choose, read_due
from spiders.recheck import ENOUGH, STEPS, Found, Plan, plan, step_of
from tests.spiders.conftest import World
from tests.support.rows import insert_article

SEEN = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
IDLE, LIVELY = Found(done=ENOUGH), Found(done=ENOUGH, edited=1)


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, 1), (0.5, 1), (1, 6), (0.9, 6), (5, 6), (6, 24), (13, 24), (24, 72), (71, 72), (72, None), (200, None)],
)
def test_the_steps(age: float, expected: int | None) -> None:
    """Counted from when it was first seen; steps that a late run missed are not made up for."""
    due = Plan().next("news.test/a", SEEN, SEEN + age * HOUR)
    assert due == (SEEN + expected * HOUR if expected else None)


def test_what_was_old_when_first_seen_is_not_asked_again() -> None:
    """A first run reaches back for two weeks; those edits are past."""
    assert Plan().next("news.test/a", SEEN, SEEN, published=SEEN - 73 * HOUR) is None
    assert Plan().next("news.test/a", SEEN, SEEN, published=SEEN - 71 * HOUR) == SEEN + HOUR
    assert Plan().next("news.test/a", SEEN, SEEN, published=SEEN + 50 * HOUR) == SEEN + HOUR


def test_a_step_that_hardly_ever_finds_an_edit_is_skipped_for_most() -> None:
    """But one article in ten still takes it, the same ones each time; a lively step and a young history are kept."""
    keys = [f"news.test/a/{number}" for number in range(500)]

    def first(found: dict[timedelta, Found]) -> list[datetime | None]:
        return [Plan(found).next(key, SEEN, SEEN) for key in keys]

    assert set(first({STEPS[0]: LIVELY})) == {SEEN + HOUR}
    assert set(first({STEPS[0]: Found(done=ENOUGH - 1)})) == {SEEN + HOUR}
    skipping = first({STEPS[0]: IDLE})
    assert set(skipping) == {SEEN + HOUR, SEEN + 6 * HOUR}
    assert 25 < skipping.count(SEEN + HOUR) < 80
    assert first({STEPS[0]: IDLE}) == skipping
    never = first(dict.fromkeys(STEPS, IDLE))
    assert None in never
    assert len({at for at in never if at}) == len(STEPS)  # each step is sampled by other articles


def test_the_step_of_an_age() -> None:
    """A recheck that came late counts for the step that it served."""
    assert [step_of(age * HOUR) for age in (0.2, 0.9, 5, 6, 23.9, 30, 100)] == [
        None, STEPS[0], STEPS[0], STEPS[1], STEPS[2], STEPS[2], STEPS[3],
    ]  # fmt: skip


def add(engine: Engine, key: str, **columns: Any) -> int:
    """A stored address; its id."""
    values = {
        "outlet": "news", "url_key": key, "url": f"https://{key}", "first_seen_at": SEEN, "last_seen_at": SEEN,
        "source": "https://news.test/feed/", "hints": {}, "hint_sha256": "0" * 64, "stage": "stored", "outcome": "done",
        "run_id": 1, **columns,
    }  # fmt: skip
    with writing(engine) as connection:
        return int(connection.execute(insert(Discovery).values(**values).returning(Discovery.id)).scalar_one())


def test_the_plan_learns_from_the_ledger(engine: Engine) -> None:
    """An edit is a new version that came of the recheck; other bytes with the same text are none, nor is a 304."""
    for number in range(3):
        with writing(engine) as connection:
            article = insert_article(connection, f"news.test/a/{number}", "news")
        discovery = add(engine, f"news.test/a/{number}", article_id=article, rechecks=2)
        for age, outcome, body in ((1.1, "not_modified", None), (7, "done", "a" * 64), (26, "refused:http_5xx", None)):
            with writing(engine) as connection:
                connection.execute(
                    insert(Fetch).values(
                        outlet="news", discovery_id=discovery, kind="recheck", url="https://news.test/a",
                        fetched_at=SEEN + age * HOUR, outcome=outcome, body_sha256=body, headers={}, run_id=1,
                    )
                )  # fmt: skip
        if number == 0:
            with writing(engine) as connection:
                row = connection.execute(select(ArticleVersion.__table__)).mappings().first()
                assert row is not None
                made = {**row, "article_id": article, "version": 2, "content_sha256": "d" * 64, "change_seq": 99}
                made |= {"body_sha256": "a" * 64, "fetched_at": SEEN + 7 * HOUR}
                connection.execute(insert(ArticleVersion).values(**made))
    with reading(engine) as connection:
        assert plan(connection, "news", SEEN + 100 * HOUR).found == {STEPS[0]: Found(3, 0), STEPS[1]: Found(3, 1)}
        assert plan(connection, "other", SEEN + 100 * HOUR) == Plan()
        assert plan(connection, "news", SEEN + timedelta(days=31)) == Plan()


def test_rechecks_take_what_the_new_leave_of_the_budget(engine: Engine) -> None:
    """I7: new articles first, then retries, then rechecks, which wait without being called postponed."""
    add(engine, "news.test/new", stage="discovered", outcome="pending")
    for number in range(3):
        add(engine, f"news.test/{number}", recheck_at=SEEN, first_seen_at=SEEN + number * HOUR)
    add(engine, "news.test/later", recheck_at=SEEN + HOUR)
    add(engine, "news.test/refused", recheck_at=SEEN, outcome="refused:soft_404", stage="cleaned")
    add(engine, "news.test/backfilled", recheck_at=SEEN, backfill=True)

    def chosen(budget: int) -> tuple[list[tuple[str, bool]], int]:
        with reading(engine) as connection:
            found = choose(connection, "news", SEEN, budget)
            due = read_due(connection, found.now.get("news.test", []))
        return [(one.url_key.removeprefix("news.test/"), one.recheck) for one in due], len(found.later)

    new, old = ("new", False), [("2", True), ("1", True), ("0", True)]
    assert chosen(10) == ([new, *old], 0)
    assert chosen(2) == ([new, old[0]], 0)
    assert chosen(1) == ([new], 0)
    assert chosen(0) == ([], 1)


def test_silent_edits_are_found(small_world: World, replica: Replica) -> None:
    """I3, I8: no source is asked, three pages are asked conditionally, and only the edited one is a new version."""
    small_world.point_to(replica.url)
    small_world.crawl()
    process_all()
    young = small_world.rows("SELECT url FROM discoveries WHERE recheck_at IS NOT NULL AND stage = 'stored'")
    edited = next(a for a in replica.articles("khaama_press") if a.revision and {"url": a.url} in young)
    others = [row["url"] for row in young if row["url"] != edited.url][:2]
    with writing(small_world.engine) as connection:
        earlier = datetime.now(UTC) - 2 * HOUR
        connection.execute(
            update(Discovery)
            .where(Discovery.url.in_([edited.url, *others]))
            .values(first_seen_at=earlier, recheck_at=earlier + HOUR)
        )
    before = small_world.bodies()
    replica.edit(edited.id)
    replica.log.clear()
    small_world.set_due(hours=1)
    result = small_world.crawl(KHABAR_ONLY_DUE="1")
    assert result.state == "ok", result.reason
    asked = replica.requests()
    assert sorted(request.url for request in asked) == sorted([edited.url, *others])
    assert all("if-none-match" in request.headers for request in asked)
    assert [source["asked"] for source in result.report["sources"]] == [False] * 7
    changed = {key for key, body in small_world.bodies().items() if body != before[key]}
    assert len(changed) == [request.status for request in asked].count(200)
    assert url_key(edited.url) in changed  # a neighbour's page may show its new title, too: other bytes, the same text
    assert process_all().new_versions == 1
    versions = small_world.rows("SELECT version FROM article_versions WHERE version > 1")
    assert versions == [{"version": 2}]
    with reading(small_world.engine) as connection:
        where = Discovery.url.in_([edited.url, *others])
        rows = connection.execute(select(Discovery.recheck_at, Discovery.rechecks, Discovery.stage).where(where)).all()
    assert {(row.recheck_at, row.rechecks, row.stage) for row in rows} == {(earlier + 6 * HOUR, 1, "stored")}
    replica.log.clear()
    small_world.crawl(KHABAR_ONLY_DUE="1")
    assert replica.requests() == []


def test_a_page_that_is_gone_at_a_recheck_stays_an_article(small_world: World, replica: Replica) -> None:
    """I1, I3: what we hold is touched neither by a failed recheck nor by one that brings the same bytes once more."""
    small_world.point_to(replica.url)
    small_world.crawl("pajhwok")
    process_all()
    rows = small_world.rows("SELECT url, url_key FROM discoveries WHERE stage = 'stored' ORDER BY id LIMIT 2")
    gone, same = rows
    with writing(small_world.engine) as connection:
        keys = [row["url_key"] for row in rows]
        connection.execute(update(Discovery).where(Discovery.recheck_at.is_not(None)).values(recheck_at=None))
        connection.execute(update(Discovery).where(Discovery.url_key.in_(keys)).values(recheck_at=SEEN))
        connection.exec_driver_sql("UPDATE fetches SET etag = NULL, last_modified = NULL")
    replica.fail("pajhwok.com", 404, path=gone["url"].removeprefix("https://pajhwok.com"))
    ledger, bodies = small_world.ledger(), small_world.bodies()
    small_world.set_due(hours=1)
    result = small_world.crawl("pajhwok", KHABAR_ONLY_DUE="1")
    assert result.visits == {"refused:http_4xx": 1, "not_modified": 1}
    assert (small_world.ledger(), small_world.bodies()) == (ledger, bodies)
    fetched = small_world.rows("SELECT f.outcome, d.url FROM fetches f JOIN discoveries d ON d.id = f.discovery_id "
                               "WHERE f.kind = 'recheck'")  # fmt: skip
    assert sorted(row["outcome"] for row in fetched) == ["not_modified", "refused:http_4xx"]
    assert small_world.rows("SELECT etag FROM fetches WHERE kind = 'recheck' AND outcome = 'not_modified'") != [
        {"etag": None}
    ]
    assert process_all().outcomes == {}
    assert same["url"] in {row["url"] for row in fetched}
