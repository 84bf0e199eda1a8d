"""What a run does not ask: unchanged children of an index, what it knew before an outage, sources not due (I8)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

PAGE = b"<!doctype html><html><body><p>" + b"News. " * 100 + b"</p></body></html>"
NOW = datetime.now(UTC)
BASE = "https://news.test"
Write = Callable[..., Path]


@pytest.fixture
def server() -> Any:
    """A server whose every answer the test writes."""
    with HostileServer() as running:
        for number in range(1, 9):
            running.pages[f"/news.test/a/{number}"] = http(PAGE + str(number).encode())
        yield running


def ago(**back: float) -> str:
    """A lastmod."""
    return (NOW - timedelta(**back)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def sitemap(*pages: int) -> bytes:
    """A sitemap of article pages, with an ETag."""
    body = "".join(f"<url><loc>{BASE}/a/{number}</loc></url>" for number in pages)
    return http(f"<urlset>{body}</urlset>".encode(), type="text/xml", headers={"ETag": f'"{len(pages)}"'})


def index(**children: str) -> bytes:
    """A sitemap index: name of the child and its lastmod, "" for none."""
    entries = "".join(
        f"<sitemap><loc>{BASE}/{name}.xml</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for name, at in children.items()
    )
    return http(f"<sitemapindex>{entries}</sitemapindex>".encode(), type="text/xml", headers={"ETag": '"i"'})


def feed(*pages: int, head: str = "") -> bytes:
    """A feed of article pages."""
    items = "".join(f"<item><title>T{n}</title><link>{BASE}/a/{n}</link></item>" for n in pages)
    return http(f"<rss><channel>{head}{items}</channel></rss>".encode(), headers={"Last-Modified": "yesterday"})


def listed(server: HostileServer) -> list[str]:
    """The sources that were asked since last time, in order."""
    asked = [path.removeprefix("/news.test/") for path in server.asked if path.endswith((".xml", "/feed", "/other"))]
    server.asked.clear()
    return asked


def test_an_index_says_which_children_to_ask(small_world: World, server: HostileServer, outlet_folder: Write) -> None:
    """One request for an unchanged index; for a changed one only the children that changed since, and none that is
    older than the lookback, not even in the first run."""
    folder = str(outlet_folder("news", sources=[{"kind": "sitemap", "url": f"{BASE}/i.xml"}]))
    small_world.point_to(server.url)
    children = {"old": ago(days=40), "settled": ago(days=2), "fresh": ago(minutes=5), "day": ago(days=0)[:10]}
    server.pages["/news.test/i.xml"] = index(**children)
    for number, name in enumerate(children, 1):
        server.pages[f"/news.test/{name}.xml"] = sitemap(number)
    first = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder)
    assert sorted(listed(server)) == ["day.xml", "fresh.xml", "i.xml", "settled.xml"]
    assert first.counts["new"] == 3
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder)
    assert listed(server) == ["i.xml"]
    server.pages["/news.test/i.xml"] = index(**children, added=ago(minutes=1))
    server.pages["/news.test/added.xml"] = sitemap(5)
    third = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder)
    assert sorted(listed(server)) == ["added.xml", "day.xml", "fresh.xml", "i.xml"]
    assert third.counts["new"] == 1
    assert third.report["sources"][0]["items"] == 4  # the settled one's are remembered


@pytest.mark.parametrize("dates", [("", ago(days=2)), (ago(days=900), ago(days=900))])
def test_an_index_without_sound_dates_cannot_vouch_for_its_children(
    small_world: World, server: HostileServer, outlet_folder: Write, dates: tuple[str, str]
) -> None:
    """I1: its bytes stay the same while a child changes, so the children are asked, each conditionally."""
    folder = str(outlet_folder("news", sources=[{"kind": "sitemap", "url": f"{BASE}/i.xml"}]))
    small_world.point_to(server.url)
    server.pages["/news.test/i.xml"] = index(one=dates[0], two=dates[1])
    server.pages["/news.test/one.xml"], server.pages["/news.test/two.xml"] = sitemap(1), sitemap(2)
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder)
    listed(server)
    server.pages["/news.test/one.xml"] = sitemap(1, 3)
    server.requests.clear()
    assert small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder).counts["new"] == 1
    conditional = [b"if-none-match" in request.lower() for request in server.requests]
    asked = dict(zip(listed(server), conditional, strict=False))
    assert (asked["i.xml"], asked["one.xml"]) == (False, True)


def test_a_failed_poll_forgets_nothing(small_world: World, server: HostileServer, outlet_folder: Write) -> None:
    """An outage of a source costs no second reading of all of it; the run that met it says so."""
    folder = str(outlet_folder("news"))
    small_world.point_to(server.url)
    server.pages["/news.test/feed/"] = answer = feed(1)
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder)
    server.pages["/news.test/feed/"] = http(b"oops", status="502 Oops")
    assert small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder).state == "failed"
    server.pages["/news.test/feed/"] = answer
    server.requests.clear()
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder)
    assert b"if-modified-since: yesterday" in server.requests[0].lower()
    assert (result.state, result.report["sources"][0]["outcome"]) == ("ok", "not_modified")


def test_only_what_is_due(small_world: World, server: HostileServer, outlet_folder: Write) -> None:
    """I6, I8: a source that is not due is not asked, and counts as it last was, a failure included; one that fails
    brings the others forward; a person who does not say KHABAR_ONLY_DUE gets everything."""
    sources = [{"kind": "feed", "url": f"{BASE}/feed"}, {"kind": "feed", "url": f"{BASE}/other"}]
    folder = str(outlet_folder("news", sources=sources, assertions={"min": {"discovered": 2}}))
    small_world.point_to(server.url)
    server.pages["/news.test/feed"] = feed(1, 2)
    server.pages["/news.test/other"] = feed(2, head="<ttl>300</ttl>")

    def crawl(**options: str) -> tuple[str, list[str]]:
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=folder, **options)
        return result.state, listed(server)

    assert crawl(KHABAR_ONLY_DUE="1") == ("ok", ["feed", "other"])
    rows = small_world.rows("SELECT url, interval_seconds FROM source_states ORDER BY url")
    assert [row["interval_seconds"] for row in rows] == [3600, 5 * 3600]
    small_world.set_due(hours=1)
    assert crawl(KHABAR_ONLY_DUE="1") == ("ok", [])
    assert crawl() == ("ok", ["feed", "other"])
    small_world.set_due(hours=1)
    small_world.set_due(f"{BASE}/feed", hours=0)
    assert crawl(KHABAR_ONLY_DUE="1") == ("ok", ["feed"])
    small_world.set_due(f"{BASE}/feed", hours=0)
    server.pages["/news.test/feed"] = http(b"gone", status="410 Gone")
    assert crawl(KHABAR_ONLY_DUE="1") == ("failed", ["feed", "other"])  # one article is not two
    small_world.set_due(hours=1)
    assert crawl(KHABAR_ONLY_DUE="1") == ("failed", [])  # and is not forgotten before it is asked again
