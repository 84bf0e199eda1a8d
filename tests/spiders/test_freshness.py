"""What a run records of its sources for the diagnosis of silence: freshness by address, moves, and robots.txt."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine

from models.session import reading, writing
from outlets import Outlet
from spiders.discover import enter, judge
from spiders.freshness import Freshness, freshness
from spiders.kinds import Listed
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

NOON = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
"""12:00 in Kabul, whose day began at 19:30 UTC of the day before."""
OUTLET = Outlet.model_validate({
    "name": "news", "title": "News", "home": "https://news.test/", "country": "AF", "ownership": "independent",
    "languages": ["en"], "timezone": "Asia/Kabul", "sources": [{"kind": "feed", "url": "https://news.test/feed/"}],
    "article_url": "^https://news.test/a/", "assertions": {"min": {"discovered": 1}},
})  # fmt: skip


def see(engine: Engine, at: datetime, *numbers: int) -> None:
    """Some source lists these articles."""
    with writing(engine) as connection:
        listed = judge([Listed(f"https://news.test/a/{n}") for n in numbers], OUTLET)
        enter(connection, "news", "https://news.test/map.xml", listed, 1, at)


def test_freshness_goes_by_addresses(engine: Engine) -> None:
    """Whoever named an article first, a list that has it is fresh; the day is the one in Kabul."""
    see(engine, NOON - timedelta(hours=12, seconds=1), 1)
    see(engine, NOON - timedelta(hours=12), 2)
    see(engine, NOON, 3)
    with reading(engine) as connection:

        def of(*numbers: int) -> Freshness:
            return freshness(connection, "news", [f"news.test/a/{n}" for n in numbers], NOON)

        assert of() == of(9) == Freshness(0, None)
        assert of(1) == Freshness(0, NOON - timedelta(hours=12, seconds=1))
        assert of(1, 2) == Freshness(1, NOON - timedelta(hours=12))
        assert of(3, *range(10, 900), 2) == Freshness(2, NOON)


def test_a_run_records_what_the_diagnosis_needs(small_world: World, outlet_folder: Callable[..., Path]) -> None:
    """Nothing of it lives in the process: where a feed moved to and how fresh it is stand in the run's row, the hash of
    robots.txt in its fetch."""
    robots = b"User-agent: *\nDisallow: /private/\n"
    feed = b"<rss><channel>%s</channel></rss>" % b"".join(
        b"<item><link>https://news.test/a/%d</link><pubDate>Mon, 02 Mar 2026 0%d:00:00 GMT</pubDate></item>" % (n, n)
        for n in range(1, 4)
    )
    sources = [{"kind": "feed", "url": "https://news.test/feed/"}, {"kind": "feed", "url": "https://news.test/late/"}]
    with HostileServer() as server:
        server.pages["/news.test/robots.txt"] = http(robots, type="text/plain")
        for path, status in (("feed", "301 Moved Permanently"), ("late", "302 Found")):
            to = {"Location": f"https://news.test/{path}.xml"}
            server.pages[f"/news.test/{path}/"] = http(status=status, headers=to)
            server.pages[f"/news.test/{path}.xml"] = http(feed, type="application/rss+xml")
        small_world.point_to(server.url)
        folder = outlet_folder("news", sources=sources)
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
        again = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    first, second = result.report["sources"]
    assert (first["status"], first["moved_to"]) == (200, "https://news.test/feed.xml")
    assert (second["status"], second["moved_to"]) == (200, None)
    assert first["newest"] == second["newest"] == "2026-03-02T03:00:00+00:00"
    assert (first["new"], second["new"], first["today"], second["today"]) == (3, 0, 3, 3)
    assert first["at"] < first["seen_until"] == second["seen_until"]
    assert [source["outcome"] for source in again.report["sources"]] == ["not_modified"] * 2
    assert [source["seen_until"] for source in again.report["sources"]] == [None, None]
    (row,) = small_world.rows("SELECT body_sha256, status FROM fetches WHERE kind = 'robots'")
    assert row == {"body_sha256": sha256(robots).hexdigest(), "status": 200}
