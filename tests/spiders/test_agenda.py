"""Which outlets an hourly run asks, told by the ledger alone, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, update

from models.ledger import Discovery, Fetch, HostState, SourceState
from models.session import reading, writing
from outlets import Outlet
from spiders.agenda import due_outlets, together
from spiders.due import choose
from spiders.hosts import Host, read_host
from spiders.polling import LONGEST, next_due, next_morning

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def outlet(name: str, *paths: str) -> Outlet:
    """An outlet on a host of its own with a feed for each path."""
    return Outlet.model_validate({
        "name": name, "title": name, "home": f"https://{name}.test/", "country": "AF", "ownership": "independent",
        "languages": ["en"], "timezone": "Asia/Kabul", "article_url": "^https://", "assertions": {"min": {"kept": 1}},
        "sources": [{"kind": "feed", "url": f"https://{name}.test/{path}"} for path in paths or ("feed",)],
    })  # fmt: skip


OUTLETS = {name: outlet(name) for name in ("one", "two")} | {"pair": outlet("pair", "feed", "other")}


def plan(engine: Engine, name: str, path: str, due_at: datetime | None) -> None:
    """What the ledger says of a source."""
    values = {"outlet": name, "url": f"https://{name}.test/{path}", "checked_at": NOW, "outcome": "done"}
    with writing(engine) as connection:
        connection.execute(insert(SourceState).values(**values, due_at=due_at))


def rest(engine: Engine) -> None:
    """Nothing is due."""
    for name, path in (("one", "feed"), ("two", "feed"), ("pair", "feed"), ("pair", "other")):
        plan(engine, name, path, NOW + HOUR)


def add(engine: Engine, **columns: Any) -> int:
    """An address of the outlet `two`; its id."""
    values = {
        "outlet": "two", "url_key": "two.test/a", "url": "https://two.test/a", "first_seen_at": NOW - HOUR,
        "last_seen_at": NOW, "source": "https://two.test/feed", "hints": {}, "hint_sha256": "0" * 64,
        "stage": "stored", "outcome": "done", "run_id": 1, **columns,
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(delete(Fetch))
        connection.execute(delete(Discovery))
        return int(connection.execute(insert(Discovery).values(**values).returning(Discovery.id)).scalar_one())


def due(engine: Engine) -> set[str]:
    """The outlets that have something due."""
    with reading(engine) as connection:
        return due_outlets(connection, OUTLETS, NOW)


def test_sources(engine: Engine) -> None:
    """What was never asked is due, and one of two sources is enough; sources that left the file mean nothing."""
    assert due(engine) == {"one", "two", "pair"}
    rest(engine)
    plan(engine, "one", "gone", NOW - HOUR)
    plan(engine, "one", "child.xml", None)
    assert due(engine) == set()
    with writing(engine) as connection:
        connection.execute(
            update(SourceState).where(SourceState.url == "https://pair.test/other").values(due_at=NOW + HOUR / 10)
        )
    assert due(engine) == {"pair"}


def test_retries_and_rechecks(engine: Engine) -> None:
    """New, postponed and failed pages as soon as `patience` allows, rechecks when their time has come; what is decided,
    a backfill's, or looked at anyway with the next run costs no run of its own."""
    rest(engine)
    for columns, expected in (
        ({}, False),
        ({"stage": "discovered", "outcome": "pending"}, True),
        ({"stage": "discovered", "outcome": "pending", "backfill": True}, False),
        ({"stage": "discovered", "outcome": "refused:budget"}, True),
        ({"stage": "discovered", "outcome": "refused:http_5xx", "attempts": 1}, True),
        ({"stage": "discovered", "outcome": "refused:http_5xx", "attempts": 10}, False),
        ({"stage": "discovered", "outcome": "refused:robots"}, False),
        ({"stage": "discovered", "outcome": "refused:http_4xx", "attempts": 1}, False),
        ({"stage": "fetched", "outcome": "pending"}, False),
        ({"recheck_at": NOW}, True),
        ({"recheck_at": NOW + HOUR}, False),
        ({"recheck_at": NOW, "stage": "cleaned", "outcome": "refused:wall"}, False),
    ):
        add(engine, **columns)
        assert due(engine) == ({"two"} if expected else set()), columns
    number = add(engine, stage="discovered", outcome="refused:http_5xx", attempts=3)
    for minutes, expected in ((90, False), (130, True)):
        with writing(engine) as connection:
            connection.execute(delete(Fetch))
            connection.execute(
                insert(Fetch).values(
                    outlet="two", discovery_id=number, kind="article", url="https://two.test/a", headers={}, run_id=1,
                    fetched_at=NOW - timedelta(minutes=minutes), outcome="refused:http_5xx",
                )
            )  # fmt: skip
        assert due(engine) == ({"two"} if expected else set()), minutes


def test_paused_hosts(engine: Engine) -> None:
    """I6, I8: a page of an outlet whose hosts all ask us to wait costs no run; a due source does, which asks nothing
    and says so."""
    with writing(engine) as connection:
        connection.execute(insert(HostState).values(host="two.test", wait_until=NOW + HOUR))
        connection.execute(insert(HostState).values(host="one.test", wait_until=NOW))
    assert due(engine) == {"one", "two", "pair"}
    rest(engine)
    add(engine, stage="discovered", outcome="pending")
    assert due(engine) == set()
    add(engine, outlet="one", stage="discovered", outcome="pending")
    assert due(engine) == {"one"}


def test_a_missed_morning_is_made_up_for(engine: Engine) -> None:
    """I1, I6: whatever the polls of a day left as their plan, the first run after 01:00 UTC asks every source, however
    late it comes; and a plan that a wrong clock made holds no source back."""
    day = NOW.replace(hour=1, minute=1)
    polls = [day + HOUR * hours for hours in (0, 5, 11.5, 23.8)]
    places = [("one", "feed"), ("two", "feed"), ("pair", "feed"), ("pair", "other")]
    for (name, path), at in zip(places, polls, strict=True):
        plan(engine, name, path, next_due(at, LONGEST, skip_hours=range(24)))
    morning = next_morning(day)
    for late in (0, 1, 7, 23, 100):
        with reading(engine) as connection:
            assert due_outlets(connection, OUTLETS, morning + HOUR * late) == set(OUTLETS), late
    with writing(engine) as connection:
        connection.execute(update(SourceState).values(due_at=NOW + 400 * 24 * HOUR))
    assert due(engine) == set(OUTLETS)


def test_a_clock_that_was_wrong_holds_nothing_back(engine: Engine) -> None:
    """I1, I8: a pause, a robots.txt and a failed try that were noted by a clock years ahead count as never noted, where
    they would keep a host unasked, or by old rules, until those years are over; those of a right clock count."""
    rest(engine)
    number = add(engine, stage="discovered", outcome="refused:http_5xx", attempts=3)
    tried = {"outlet": "two", "discovery_id": number, "kind": "article", "url": "https://two.test/a", "headers": {}}
    now = datetime.now(UTC)
    right = Host("rules", 200, robots_fetched_at=now - HOUR, tdm_fetched_at=now - HOUR, wait_until=now + HOUR)
    for ahead in (0 * HOUR, 400 * 24 * HOUR):
        noted = {"robots_fetched_at": now - HOUR + ahead, "tdm_fetched_at": now - HOUR + ahead}
        with writing(engine) as connection:
            connection.execute(delete(HostState))
            row = {"host": "two.test", "robots_txt": "rules", "robots_status": 200, "wait_until": now + HOUR + ahead}
            connection.execute(insert(HostState).values(**row, **noted))
        assert read_host(engine, "two.test") == (Host("rules", 200) if ahead else right)
        with writing(engine) as connection:
            connection.execute(update(HostState).values(wait_until=NOW + HOUR + ahead))
        assert due(engine) == ({"two"} if ahead else set())
    with writing(engine) as connection:
        failed = {**tried, "run_id": 1, "fetched_at": NOW + 400 * 24 * HOUR, "outcome": "refused:http_5xx"}
        connection.execute(insert(Fetch).values(**failed))
    assert due(engine) == {"two"}
    with reading(engine) as connection:
        assert list(choose(connection, "two", NOW, 9).now["two.test"]) == [number]


def test_outlets_on_one_host_go_together() -> None:
    """I8: one connection a host, although Airflow runs tasks side by side."""
    hosts = {"a": {"x", "y"}, "b": {"z"}, "c": {"w"}, "d": {"y", "w"}, "broken": set(), "e": {"z"}}
    frozen = {name: frozenset(one) for name, one in hosts.items()}
    assert together(frozen) == [["a", "c", "d"], ["b", "e"], ["broken"]]
    assert together({}) == []
