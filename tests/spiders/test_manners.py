"""robots.txt by RFC 9309, Crawl-delay, Retry-After, and one honest name (I8)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from khabar.replica import Replica
from models.settings import Settings
from spiders.identity import contact_problem, user_agent
from spiders.pause import LONGEST, retry_after
from spiders.robots import rules_of
from tests.spiders.conftest import World

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "text", "allowed"),
    [
        (200, "User-agent: *\nDisallow: /a/", False),
        (200, "User-agent: *\nDisallow: /b/", True),
        (200, "User-agent: Khabar\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        (200, "User-agent: khabar\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        (200, "User-agent: *\nDisallow: /*.html$\nAllow: /a/1.html", True),
        (200, "<!doctype html><html>not robots</html>", True),
        (200, "", True),
        (200, "\x01\x02" * 1000, True),
        (404, "User-agent: *\nDisallow: /", True),
        (410, "", True),
        (400, "", True),
        (401, "", False),
        (403, "", False),
        (500, "User-agent: *\nAllow: /", False),
        (503, "", False),
        (304, "", False),
    ],
)
def test_what_a_robots_txt_allows(status: int, text: str, allowed: bool) -> None:
    """RFC 9309, 2.2 and 2.3.1; 401 and 403 are a no by our own choice."""
    rules = rules_of(status, text)
    assert (rules.refusal is None and rules.allows("https://news.test/a/1.html")) == allowed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0), ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 100000", 60.0), ("User-agent: *\nCrawl-delay: soon", 0.0),
        ("User-agent: *\nCrawl-delay: -5", 0.0), ("User-agent: other\nCrawl-delay: 9", 0.0),
    ],
)  # fmt: skip
def test_crawl_delay(text: str, delay: float) -> None:
    """Read for our token or for all; a minute at most, because the run's time is limited anyway."""
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
    options = {"KHABAR_DELAYS": "True", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder), **options)
    clocks = [request.clock for request in replica.requests("tolonews.com")]
    assert len(clocks) == 5
    gaps = [after - before for before, after in pairwise(clocks)]
    assert min(gaps) > 0.95, gaps


def test_robots_txt_is_kept_for_a_day_and_then_asked_conditionally(small_world: World, replica: Replica) -> None:
    """RFC 9309, 2.4, over runs."""
    small_world.point_to(replica.url)
    small_world.crawl("amu_tv")
    small_world.crawl("amu_tv")
    assert len(replica.requests(kind="robots")) == 1
    with small_world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE host_states SET robots_fetched_at = datetime('now', '-25 hours')")
        connection.exec_driver_sql("UPDATE host_states SET robots_etag = '\"old\"'")
    small_world.crawl("amu_tv")
    asked = replica.requests(kind="robots")
    assert len(asked) == 2
    assert asked[1].headers["if-none-match"] == '"old"'
