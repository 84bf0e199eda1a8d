"""Sources that go on over several pages, come in parts, carry whole texts, fail half-way, or fall silent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

from models.archive import open_archive
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

PAGE = b"<!doctype html><html><body><p>" + b"News. " * 100 + b"</p></body></html>"
NOW = datetime.now(UTC)
POSTS = "https://news.test/wp-json/wp/v2/posts"
ORDER = "per_page=100&orderby=modified&order=desc&_fields=id,link,date_gmt,modified_gmt,title"
FIRST = f"/news.test/wp-json/wp/v2/posts?{ORDER}"


def posts(first: int, last: int, *, days_old: float = 0.0) -> bytes:
    """A page of posts numbered from `first` to `last`."""
    at = (NOW - timedelta(days=days_old)).strftime("%Y-%m-%dT%H:%M:%S")
    stamps = {"date_gmt": at, "modified_gmt": at}
    made = [
        {"id": n, "link": f"https://news.test/a/{n}", "title": {"rendered": f"T{n}"}, **stamps}
        for n in range(first, last + 1)
    ]
    return http(json.dumps(made).encode(), type="application/json")


def pages_of(server: HostileServer, count: int) -> None:
    """Article pages 1 to `count`."""
    for number in range(1, count + 1):
        server.pages[f"/news.test/a/{number}"] = http(PAGE + str(number).encode())


def sitemap(*entries: str, index: bool = False) -> bytes:
    """A sitemap of `entries`, or an index of them."""
    root, item = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    body = "".join(f"<{item}><loc>{escape(entry)}</loc></{item}>" for entry in entries)
    return http(f"<{root}>{body}</{root}>".encode(), type="text/xml")


@pytest.fixture
def server() -> Any:
    """A server whose every answer the test writes."""
    with HostileServer() as running:
        yield running


def test_posts_are_read_page_by_page_until_they_are_known(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I1: when the second page fails, the source does not count as read; the next run reads all of it."""
    folder = outlet_folder("news", sources=[{"kind": "wordpress", "url": POSTS}])
    small_world.point_to(server.url)
    pages_of(server, 150)
    server.pages[FIRST] = posts(1, 100)
    server.pages[f"{FIRST}&page=2"] = http(b"oops", status="500 Oops")
    first = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert first.counts["new"] == 100
    assert first.report["sources"][0]["issues"] == ["1 of 2 parts: refused:http_5xx"]
    server.pages[f"{FIRST}&page=2"] = posts(101, 150)
    server.asked.clear()
    second = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert second.counts["new"] == 50  # page one was known, but what is behind it was not
    server.pages[FIRST] = posts(100, 199)
    server.pages[f"{FIRST}&page=2"] = posts(90, 150)
    pages_of(server, 199)
    third = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert third.counts["new"] == 49
    assert len(small_world.bodies()) == 199
    server.pages[FIRST] = posts(100, 199, days_old=0.1)  # other bytes, nothing unknown
    server.asked.clear()
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert server.asked == [FIRST]


def test_what_is_older_than_the_lookback_is_left_out(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """A REST list goes back for years; a first run does not."""
    folder = outlet_folder("news", sources=[{"kind": "wordpress", "url": POSTS}])
    small_world.point_to(server.url)
    pages_of(server, 1)
    server.pages[FIRST] = http(
        posts(1, 1).split(b"\r\n\r\n")[1][:-1] + b"," + posts(2, 100, days_old=40).split(b"\r\n\r\n")[1][1:],
        type="application/json",
    )
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert (result.counts["new"], result.report["sources"][0]["too_old"]) == (1, 99)
    server.pages[FIRST] = posts(200, 299, days_old=40)
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert server.times(f"{FIRST}&page=2") == 1  # only after the page that held something young


def test_an_index_that_points_at_itself_and_in_circles_ends(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """F23: each address once, three levels at most; F26: another site's page is refused by itself."""
    base = "https://news.test"
    folder = outlet_folder("news", sources=[{"kind": "sitemap", "url": f"{base}/s0.xml"}])
    small_world.point_to(server.url)
    pages_of(server, 2)
    server.pages["/news.test/s0.xml"] = sitemap(f"{base}/s0.xml", f"{base}/s1.xml", f"{base}/p.xml", index=True)
    for level in range(1, 9):
        server.pages[f"/news.test/s{level}.xml"] = sitemap(f"{base}/s0.xml", f"{base}/s{level + 1}.xml", index=True)
    server.pages["/news.test/p.xml"] = sitemap(f"{base}/a/1", f"{base}/a/2", "https://evil.example/a/3")
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert result.state == "ok"
    assert sorted(path for path in server.asked if path.endswith(".xml")) == sorted(
        ["/news.test/s0.xml", "/news.test/s1.xml", "/news.test/s2.xml", "/news.test/s3.xml", "/news.test/p.xml"]
    )
    assert small_world.ledger()["evil.example/a/3"] == ("discovered", "refused:off_site")


def test_a_source_with_whole_texts_needs_no_pages(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """The source's HTML is archived as the page, once; a changed title brings the new text."""
    folder = outlet_folder("news", sources=[{"kind": "feed", "url": "https://news.test/feed/", "full_text": True}])
    small_world.point_to(server.url)

    def feed(title: str, text: str) -> bytes:
        item = f"<title>{title}</title><link>https://news.test/a/1</link><content>{escape(text)}</content>"
        return http(f"<rss><channel><item>{item}</item></channel></rss>".encode())

    server.pages["/news.test/feed/"] = feed("One", "<p>First می‌گویند</p>")
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    archive = open_archive(str(small_world.folder / "archive"))
    assert archive.get(small_world.bodies()["news.test/a/1"]).decode() == "<p>First می‌گویند</p>"
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert len(small_world.rows("SELECT id FROM fetches WHERE kind = 'article'")) == 1
    server.pages["/news.test/feed/"] = feed("One, corrected", "<p>Second</p>")
    small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert archive.get(small_world.bodies()["news.test/a/1"]).decode() == "<p>Second</p>"
    assert not [path for path in server.asked if "/a/" in path]
    assert "html" not in json.dumps(small_world.rows("SELECT hints FROM discoveries"))


def test_a_site_that_only_challenges_is_left_alone_and_red(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """H07, I6, I8: after three challenges in a row the host is not asked on, and the run is not green."""
    folder = outlet_folder("news", assertions={"min": {"discovered": 1, "fetched": 1}})
    small_world.point_to(server.url)
    items = "".join(f"<item><link>https://news.test/a/{n}</link></item>" for n in range(20))
    server.pages["/news.test/feed/"] = http(f"<rss><channel>{items}</channel></rss>".encode())
    for number in range(20):
        server.pages[f"/news.test/a/{number}"] = http(b"<title>Just a moment...</title>", status="403 Forbidden")
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder), CONCURRENT_REQUESTS_PER_DOMAIN="1")
    assert len([path for path in server.asked if "/a/" in path]) == 3
    assert result.state == "failed"
    assert "fetched 0, expected at least 1" in (result.reason or "")
    assert result.counts["left"] == 17


def test_one_dead_source_of_two_is_a_warning(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """F22: a feed that is gone is said on every run; the outlet is read through its other source."""
    sources = [{"kind": "feed", "url": f"https://news.test/{name}/"} for name in ("gone", "feed")]
    folder = outlet_folder("news", sources=sources)
    small_world.point_to(server.url)
    pages_of(server, 1)
    server.pages["/news.test/gone/"] = http(b"Gone", status="410 Gone")
    server.pages["/news.test/feed/"] = http(
        b"<rss><channel><item><link>https://news.test/a/1</link></item></channel></rss>"
    )
    for _ in range(2):
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
        assert (result.state, result.warnings) == ("ok", ["https://news.test/gone/: refused:http_4xx (status 410)"])


def test_time_is_a_budget_too(small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]) -> None:
    """I7: when the run's time is up it stops asking; what is left stays pending for the next run."""
    folder = outlet_folder("news")
    small_world.point_to(server.url)
    pages_of(server, 5)
    items = "".join(f"<item><link>https://news.test/a/{n}</link></item>" for n in range(1, 6))
    server.pages["/news.test/feed/"] = http(f"<rss><channel>{items}</channel></rss>".encode())
    result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder), KHABAR_SECONDS="0")
    assert (result.counts["left"], result.counts["pages"]) == (5, 0)
    assert {outcome for _, outcome in small_world.ledger().values()} == {"pending"}
    assert small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder)).counts["pages"] == 5
