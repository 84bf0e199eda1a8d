"""Whose an address is: what only a backfill named is the backfill's, until a source of the daily run lists it."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from models.ledger import Discovery
from models.session import reading, writing
from outlets import Outlet
from spiders.discover import Tally, enter, judge
from spiders.due import choose, read_due
from spiders.kinds import Listed

AT = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
SITEMAP = "https://example.org/sitemap.xml"
OUTLET = Outlet.model_validate({
    "name": "example", "title": "Example", "home": "https://example.org/", "country": "AF",
    "ownership": "independent", "languages": ["en"], "timezone": "Asia/Kabul",
    "sources": [{"kind": "sitemap", "url": SITEMAP}],
    "article_url": r"^https://example\.org/a/\d+$", "assertions": {"min": {"discovered": 1}},
})  # fmt: skip
OLD = Listed("https://example.org/a/1", title="Old", published="2023-06-03T05:00:00Z")


def see(engine: Engine, *items: Listed, backfill: bool, days: int = 0) -> Tally:
    """A source lists `items` in a run of either kind."""
    with writing(engine) as connection:
        found = judge(items, OUTLET)
        return enter(connection, "example", SITEMAP, found, 1, AT + timedelta(days=days), backfill=backfill)


def row(engine: Engine, key: str = "example.org/a/1") -> dict[str, Any]:
    """The address's row."""
    with reading(engine) as connection:
        found = connection.execute(select(*Discovery.__table__.columns).where(Discovery.url_key == key)).one()
    return dict(found._mapping)


def chosen(engine: Engine, *, backfill: bool) -> list[str]:
    """What a run of either kind would fetch."""
    with reading(engine) as connection:
        found = choose(connection, "example", AT, 100, backfill=backfill)
        return [due.url for ids in found.now.values() for due in read_due(connection, ids)]


def test_what_a_backfill_named_is_fetched_by_backfills_only(engine: Engine) -> None:
    """The daily run leaves it alone, and a backfill leaves alone what the daily run named."""
    see(engine, OLD, backfill=True)
    see(engine, Listed("https://example.org/a/2"), backfill=False)
    assert chosen(engine, backfill=True) == ["https://example.org/a/1"]
    assert chosen(engine, backfill=False) == ["https://example.org/a/2"]


def test_a_backfill_leaves_no_trace_on_the_daily_runs_addresses(engine: Engine) -> None:
    """I2, I6: neither its hints nor last_seen_at, on which the daily verdict rests."""
    see(engine, OLD, backfill=False)
    before = row(engine)
    changed = Listed(OLD.url, title="Another title", modified="2026-03-02T05:00:00Z")
    assert see(engine, changed, backfill=True, days=3) == Tally(1, 0, 0)
    assert row(engine) == before


def test_an_address_that_the_daily_run_lists_becomes_its_own(engine: Engine) -> None:
    """I2, I5: the same row, first seen when it was; a backfill never takes it back."""
    see(engine, OLD, backfill=True)
    assert see(engine, OLD, backfill=False, days=1) == Tally(1, 0, 0)
    assert (row(engine)["backfill"], row(engine)["first_seen_at"]) == (False, AT)
    see(engine, OLD, backfill=True, days=2)
    assert not row(engine)["backfill"]
    assert chosen(engine, backfill=False) == [OLD.url]
    assert chosen(engine, backfill=True) == []


def test_a_backfill_sees_changes_of_its_own_addresses(engine: Engine) -> None:
    """As the daily run does of its own."""
    see(engine, OLD, backfill=True)
    with writing(engine) as connection:
        connection.execute(update(Discovery).values(stage="stored", outcome="done"))
    assert see(engine, Listed(OLD.url, title="A new title"), backfill=True).changed == 1
    assert chosen(engine, backfill=True) == [OLD.url]


def test_both_may_meet_a_new_address_at_the_same_time(engine: Engine) -> None:
    """I1, I2: one row, and it is the daily run's, whichever of the two commits last."""
    items = [Listed(f"https://example.org/a/{number}") for number in range(40)]
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def run(backfill: bool) -> None:
        try:
            for item in items:
                barrier.wait(timeout=30)
                see(engine, item, backfill=backfill)
        except BaseException as error:
            barrier.abort()
            failures.append(error)

    threads = [threading.Thread(target=run, args=(backfill,)) for backfill in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(chosen(engine, backfill=False)) == sorted(item.url for item in items)
    assert chosen(engine, backfill=True) == []
