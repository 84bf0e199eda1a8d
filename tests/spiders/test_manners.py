"""robots.txt by RFC 9309, Crawl-delay, Retry-After, and one honest name (I8)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from khabar.replica import Replica
from models.settings import Settings
from spiders.crawl import CrawlResult, crawl_each
from spiders.hosts import LONGEST
from spiders.identity import contact_problem, user_agent
from spiders.pause import back_off, retry_after
from spiders.robots import rules_of
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0), ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 300", 300.0), ("User-agent: *\nCrawl-delay: 100000", 86400.0),
        ("User-agent: *\nCrawl-delay: inf", 0.0), ("User-agent: *\nCrawl-delay: soon", 0.0),
        ("User-agent: *\nCrawl-delay: -5", 0.0), ("User-agent: other\nCrawl-delay: 9", 0.0),
    ],
)  # fmt: skip
def test_crawl_delay(text: str, delay: float) -> None:
    """Read for our token or for all; never shortened but to a day, when robots.txt is read anew."""
    assert rules_of(200, text).delay() == delay


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        (" 0 ", NOW),
        ("Mon, 02 Mar 2026 06:00:00 GMT", NOW + timedelta(minutes=30)),
        ("Mon, 02 Mar 2020 06:00:00 GMT", NOW),
        ("99999999999999999999", NOW + LONGEST),
        ("Fri, 01 Jan 2100 00:00:00 GMT", NOW + LONGEST),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_in_both_forms(value: str | None, expected: datetime | None) -> None:
    """RFC 9110, 10.2.3, never longer than a day, never in the past."""
    assert retry_after(value, NOW) == expected


@pytest.mark.parametrize(
    ("contact", "fault"),
    [
        ("https://watch.example.net/about", "placeholder"),
        ("https://watch.test/about", None),
        ("desk@watch.test", None),
        ("", "not set"),
        ("   ", "not set"),
        ("call us", "neither"),
        ("https://x.test/a b", "neither"),
        ("x@y.test\r\nEvil: 1", "neither"),
        ("https://x.test/)", "neither"),
        ("you@watch.test", "placeholder"),
        ("your-mail@watch.test", "placeholder"),
        ("yourname@watch.test", "placeholder"),
        ("name@watch.test", "placeholder"),
        ("desk@yourdomain.org", "placeholder"),
        ("https://your-site.org/contact", "placeholder"),
        ("https://localhost.localdomain/", "placeholder"),
        ("desk@news.invalid", "placeholder"),
        ("todo@watch.test", "placeholder"),
        ("https://youth-voices.test/", None),
        ("desk@username-tools.test", None),
        ("https://watch.test/robot", "bot"),
    ],
)
def test_a_contact_must_be_one(contact: str, fault: str | None) -> None:
    """Set, reachable, no placeholder, and nothing that breaks the header."""
    problem = contact_problem(Settings(contact=contact, replica=""))
    assert (problem is None) if fault is None else (problem is not None and fault in problem)


def test_the_user_agent() -> None:
    """One honest name with the contact; the replica needs none."""
    agent = user_agent(Settings(contact="https://watch.test/about", replica=""))
    assert agent.startswith("Khabar/")
    assert agent.endswith(" (+https://watch.test/about)")
    assert "bot" not in agent.lower()
    assert contact_problem(Settings(contact="", replica="http://127.0.0.1:1")) is None


def test_crawl_delay_is_kept_between_requests(
    small_world: World, replica: Replica, outlet_folder: Callable[..., Path]
) -> None:
    """TOLOnews asks for a second; the outlet file for less. One connection, and a second between any two requests."""
    folder = outlet_folder(
        "news", home="https://tolonews.com/", article_url=r"^https://tolonews\.com/", languages=["fa"],
        sources=[{"kind": "feed", "url": "https://tolonews.com/fa/rss.xml"}],
        politeness={"delay_seconds": 0.1, "max_requests": 3},
    )  # fmt: skip
    small_world.point_to(replica.url)
    options = {"KHABAR_DELAYS": "True", "KHABAR_LEAST_DELAY": "0", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder), **options)
    clocks = [request.clock for request in replica.requests("tolonews.com")]
    assert len(clocks) == 6  # robots.txt, the feed, tdmrep.json, three articles
    gaps = [after - before for before, after in pairwise(clocks)]
    assert sum(gaps) > 4.9, gaps
    assert min(gaps) > 0.75, gaps  # as the server sees them, which may be late itself


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """A server whose every answer the test writes."""
    with HostileServer() as running:
        yield running


def test_a_long_crawl_delay_means_fewer_pages(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I7, I8: a delay that the run has no time for is not shortened and not waited for: the rest is left to later runs,
    and the next one keeps its distance to this one's last request, too."""
    hosts = {"slow": b"Crawl-delay: 2", "slower": b"Crawl-delay: 500"}
    for name, delay in hosts.items():
        folder = outlet_folder(
            name, home=f"https://{name}.test/", article_url=rf"^https://{name}\.test/a/",
            sources=[{"kind": "feed", "url": f"https://{name}.test/feed/"}], politeness={"delay_seconds": 0},
        )  # fmt: skip
        items = "".join(f"<item><link>https://{name}.test/a/{n}</link></item>" for n in range(20))
        server.pages[f"/{name}.test/robots.txt"] = http(b"User-agent: *\n" + delay)
        server.pages[f"/{name}.test/feed/"] = http(f"<rss><channel>{items}</channel></rss>".encode())
    small_world.point_to(server.url)
    given = {"KHABAR_OUTLETS_FOLDER": str(folder), "KHABAR_DELAYS": "True", "KHABAR_LEAST_DELAY": "0"}
    given |= {"CONCURRENT_REQUESTS_PER_DOMAIN": "1"}

    def crawl() -> dict[str, CrawlResult]:
        results = crawl_each(list(hosts), log_path=small_world.log, timeout=9, options=given)
        return {result.outlet: result for result in results}

    first = crawl()
    asked = [path for path in server.asked if path.startswith("/slow.test/")]
    assert 2 <= len(asked) <= 6  # in nine seconds, robots.txt and the feed among them
    assert first["slower"].visits == {"refused:budget": 20}
    once = ["/slower.test/robots.txt", "/slower.test/feed/"]
    assert [path for path in server.asked if path.startswith("/slower.test/")] == once
    server.asked.clear()
    second = crawl()
    assert second["slower"].report["sources"][0]["outcome"] == "refused:rate_limited"
    assert not [path for path in server.asked if path.startswith("/slower.test/")]


def test_a_host_that_asks_us_to_wait_is_left_alone_over_runs(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I8: Retry-After in both forms, with 429 and 503, of a source or a page: the host waits, the next run too."""
    later = (datetime.now(UTC) + timedelta(hours=5)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    pauses = {
        "source": ("/feed/", http(status="429 Busy", headers={"Retry-After": "7200"})),
        "dated": ("/feed/", http(status="503 Away", headers={"Retry-After": later})),
        "unsaid": ("/feed/", http(status="429 Busy")),
        "page": ("/a/3", http(status="429 Busy", headers={"Retry-After": "9999999"})),
    }
    for name, (path, pause) in pauses.items():
        folder = outlet_folder(
            name, home=f"https://{name}.test/", article_url=rf"^https://{name}\.test/a/",
            sources=[{"kind": "feed", "url": f"https://{name}.test/feed/"}],
        )  # fmt: skip
        items = "".join(f"<item><link>https://{name}.test/a/{n}</link></item>" for n in range(3, 0, -1))
        server.pages[f"/{name}.test/feed/"] = http(f"<rss><channel>{items}</channel></rss>".encode())
        server.pages[f"/{name}.test{path}"] = pause
    small_world.point_to(server.url)
    options = {"KHABAR_OUTLETS_FOLDER": str(folder), "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}

    def crawl() -> list[str]:
        server.asked.clear()
        for _ in crawl_each(list(pauses), log_path=small_world.log, timeout=300, options=options):
            pass
        return [path for path in server.asked if not path.endswith(("robots.txt", "tdmrep.json"))]

    asked = crawl()
    assert sorted(asked) == sorted([*(f"/{name}.test/feed/" for name in pauses), "/page.test/a/3"])
    logged = small_world.rows("SELECT url FROM fetches WHERE outcome = 'refused:rate_limited' ORDER BY url")
    assert len(logged) == 4  # what the server said is on record, not our patience
    waits = small_world.rows("SELECT host, wait_until FROM host_states WHERE wait_until IS NOT NULL")
    hours = {row["host"]: (instant(row["wait_until"]) - datetime.now(UTC)).total_seconds() / 3600 for row in waits}
    assert {host: round(wait) for host, wait in hours.items()} == {
        "source.test": 2, "dated.test": 5, "unsaid.test": 0, "page.test": 24,
    }  # fmt: skip
    crawl()
    assert server.asked == []
    with small_world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE host_states SET wait_until = '2020-01-01 00:00:00.000000'")
    assert "/source.test/feed/" in crawl()


@pytest.mark.parametrize(
    ("failed_runs", "hours"), [(0, None), (2, None), (3, 2), (4, 4), (5, 8), (6, 16), (7, 19.5), (9, 19.5), (10, 19.5)]
)
def test_back_off(failed_runs: int, hours: float | None) -> None:
    """Hours after three runs without an answer, the next morning (01:00 UTC) at the latest, and nothing before it
    after ten."""
    assert back_off(failed_runs, NOW) == (None if hours is None else NOW + timedelta(hours=hours))
    early = NOW.replace(hour=2, minute=0)
    assert back_off(3, early) == early + timedelta(hours=2)
    assert back_off(10, early) == early + timedelta(hours=23)


def test_a_host_that_answers_nothing_is_asked_less_and_less(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I6, I8: the reason is said; a run that asks for everything tries it, and the first answer ends it."""
    folder = outlet_folder("news")
    small_world.point_to(server.url)
    server.pages["/news.test/robots.txt"] = http(status="500 Oops")
    with small_world.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO host_states (host, failed_runs) VALUES ('news.test', 2)")

    def crawl(**options: str) -> tuple[str | None, int]:
        server.asked.clear()
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder), **options)
        return result.report["sources"][0]["detail"], len(server.asked)

    def failed_runs() -> int:
        return int(small_world.rows("SELECT failed_runs FROM host_states")[0]["failed_runs"])

    assert crawl() == ("robots.txt answers with status 500", 1)
    assert failed_runs() == 3
    small_world.set_due(hours=-1)
    reason, asked = crawl(KHABAR_ONLY_DUE="1")
    assert asked == 0
    assert "news.test has answered nothing in 3 runs in a row; left alone until" in (reason or "")
    assert crawl()[1] == 1
    assert failed_runs() == 4
    server.pages["/news.test/robots.txt"] = http(status="404 Not Found")
    crawl()
    assert failed_runs() == 0
    small_world.set_due(hours=-1)
    assert crawl(KHABAR_ONLY_DUE="1") == ("status 404", 1)  # the patience that the failures earned it is over, too


def instant(stored: str | datetime) -> datetime:
    """A time as SQLite gives it."""
    return datetime.fromisoformat(str(stored)).replace(tzinfo=UTC)


def test_robots_txt_is_kept_for_a_day_and_then_asked_conditionally(small_world: World, replica: Replica) -> None:
    """RFC 9309, 2.4, over runs."""
    small_world.point_to(replica.url)
    small_world.crawl("amu_tv")
    small_world.crawl("amu_tv")
    assert len(replica.requests(kind="robots")) == 1
    with small_world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE host_states SET robots_fetched_at = datetime('now', '-25 hours')")
        connection.exec_driver_sql("UPDATE host_states SET robots_etag = '\"old\"', robots_last_modified = 'once'")
    small_world.crawl("amu_tv")
    asked = replica.requests(kind="robots")
    assert len(asked) == 2
    assert (asked[1].headers["if-none-match"], asked[1].headers["if-modified-since"]) == ('"old"', "once")
