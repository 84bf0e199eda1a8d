"""Lists that go on over several pages, by the outlet file's word: how far, and what ends them."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

PAGE = b"<!doctype html><html><body><p>" + b"News. " * 100 + b"</p></body></html>"
NOW = datetime.now(UTC)
SOURCE = {"kind": "listing", "url": "https://news.test/all", "page": "https://news.test/all?page={page}"}
RSS = "<rss xmlns:atom='http://www.w3.org/2005/Atom'><channel>{}</channel></rss>"


def listed(*numbers: int, days_old: int | None = None, more: str = "") -> bytes:
    """A page of links to these articles, dated or not."""
    at = f"<time datetime='{NOW - timedelta(days=days_old):%Y-%m-%d}'>x</time>" if days_old is not None else ""
    return http("".join(f"<li><a href='/a/{n}'>T{n}</a>{at}</li>" for n in numbers).encode() + more.encode())


@pytest.fixture
def server(small_world: World) -> Iterator[HostileServer]:
    """A site with articles 1 to 40."""
    with HostileServer() as running:
        for number in range(1, 41):
            running.pages[f"/news.test/a/{number}"] = http(PAGE + str(number).encode())
        small_world.point_to(running.url)
        yield running


def pages_asked(server: HostileServer) -> list[str]:
    """The pages of the list that were asked, and forget them."""
    asked = [
        path.removeprefix("/news.test/")
        for path in server.asked
        if not re.search(r"/a/|robots\.txt|tdmrep\.json", path)
    ]
    server.asked.clear()
    return asked


def crawled(world: World, outlet_folder: Callable[..., Path], **changes: Any) -> dict[str, Any]:
    """What the report says of the only source."""
    folder = outlet_folder("news", sources=[SOURCE | changes])
    return dict(world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder)).report["sources"][0])


def test_a_list_is_read_to_its_end_once_and_then_to_what_is_known(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I1: the first run reads every page; a later one only as far as there is something new. The page after the last
    one answers 404, and that is no failure."""
    server.pages["/news.test/all"] = listed(30, 29)
    server.pages["/news.test/all?page=2"] = listed(28, 27)
    server.pages["/news.test/all?page=3"] = listed(26)
    first = crawled(small_world, outlet_folder)
    assert (first["new"], first["outcome"], first["issues"]) == (5, "done", [])
    assert pages_asked(server) == ["all", "all?page=2", "all?page=3", "all?page=4"]
    server.pages["/news.test/all"] = listed(32, 31)
    server.pages["/news.test/all?page=2"] = listed(30, 29)
    second = crawled(small_world, outlet_folder)
    assert second["new"] == 2
    assert pages_asked(server) == ["all", "all?page=2"]
    crawled(small_world, outlet_folder)
    assert pages_asked(server) == ["all"]


def test_a_list_without_end_ends(small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]) -> None:
    """H12, I7: of a list that answers the same whatever the number, the second page with nothing new is the last; of
    one that always has something new, max_pages, and the report says that there was more."""
    for number in range(2, 40):
        server.pages[f"/news.test/all?page={number}"] = listed(1, 2)
    server.pages["/news.test/all"] = listed(1, 2)
    assert crawled(small_world, outlet_folder)["issues"] == []
    assert pages_asked(server) == ["all", "all?page=2", "all?page=3"]
    for number in range(2, 40):
        server.pages[f"/news.test/all?page={number}"] = listed(number + 1)
    server.pages["/news.test/all"] = listed(40)
    found = crawled(small_world, outlet_folder, max_pages=4)
    assert (found["new"], found["issues"]) == (4, ["overflow"])
    assert len(pages_asked(server)) == 4


def test_what_is_behind_the_lookback_stays_there(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """A list goes back for years: its dates end the first run, and old articles of a further page are left out."""
    server.pages["/news.test/all"] = listed(40, days_old=1)
    server.pages["/news.test/all?page=2"] = listed(39, days_old=2, more="<ul>" + "".join(
        f"<li><a href='/a/{n}'>T</a><time datetime='2019-01-01'></time></li>" for n in range(1, 6)
    ))  # fmt: skip
    server.pages["/news.test/all?page=3"] = listed(7, days_old=400)
    found = crawled(small_world, outlet_folder)
    assert (found["new"], found["too_old"]) == (2, 6)
    assert pages_asked(server) == ["all", "all?page=2", "all?page=3"]


def test_traps_do_not_make_a_list_endless(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """H13: addresses that go in circles are rows, and nothing new."""
    for number in range(2, 20):
        deep = "x/" * number * 3
        server.pages[f"/news.test/all?page={number}"] = http(f"<a href='/a/{deep}'>T</a>".encode())
    server.pages["/news.test/all"] = listed(1)
    folder = outlet_folder("news", sources=[SOURCE], article_url=r"^https://news\.test/a/")
    found = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder)).report["sources"][0]
    assert found["new"] >= 1
    assert pages_asked(server) == ["all", "all?page=2", "all?page=3"]


def test_a_feed_that_has_pages_leaves_no_gap(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """I1: when everything in a paged feed is new (RFC 5005), what came between is on its next page."""

    def feed(*numbers: int, more: str = "") -> bytes:
        items = "".join(f"<item><title>T{n}</title><link>/a/{n}</link></item>" for n in numbers)
        return http(RSS.format(more + items).encode(), type="application/rss+xml")

    following = "<atom:link rel='next' href='https://news.test/all?page=2'/>"
    server.pages["/news.test/all"] = feed(2, 1)
    changes = {"kind": "feed", "page": None}
    assert crawled(small_world, outlet_folder, **changes)["new"] == 2
    server.pages["/news.test/all"] = feed(6, 5, more=following)
    server.pages["/news.test/all?page=2"] = feed(4, 3, 2)
    assert crawled(small_world, outlet_folder, **changes)["new"] == 4


def test_links_with_session_ids_are_said_and_not_fetched_anew(
    small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]
) -> None:
    """F15, I2: the issue is in the report, the article stays one."""
    changes = {"kind": "feed", "page": None}
    pattern = r"^https://news\.test/a/"
    for visit in ("8f3a", "c21e"):
        item = f"<title>T</title><link>/a/1?visit={visit}</link><pubDate>{NOW:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        server.pages["/news.test/all"] = http(RSS.format(f"<item>{item}</item>").encode(), type="application/rss+xml")
        server.pages[f"/news.test/a/1?visit={visit}"] = http(PAGE)
        folder = outlet_folder("news", sources=[SOURCE | changes], article_url=pattern)
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))
    assert result.report["sources"][0]["issues"] == ["unstable_links"]
    assert [path for path in server.asked if "/a/" in path] == ["/news.test/a/1?visit=8f3a"]
