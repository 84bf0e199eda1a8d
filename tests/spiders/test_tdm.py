"""TDM reservation from the site's file or the page's header to the stored excerpt, over real connections (I8)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.archive import open_archive
from models.settings import settings
from outlets import load
from pipeline.process import process
from spiders.tdm import rules_of
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

FILE = "/news.test/.well-known/tdmrep.json"
WORDS = "A blast in Kunduz killed three people on Monday, officials of the province said. "
NEWS = WORDS + "".join(f"Witness {n} told the paper what was seen of it at street {n}. " for n in range(40))


@pytest.mark.parametrize(
    ("text", "reserved"),
    [
        ('[{"location": "/", "tdm-reservation": 1}]', True),
        ('[{"location": "/a/*", "tdm-reservation": 1, "tdm-policy": "https://news.test/p"}]', True),
        ('[{"location": "/b/*", "tdm-reservation": 1}]', False),
        ('[{"location": "/", "tdm-reservation": 1}, {"location": "/a/", "tdm-reservation": 0}]', False),
        ('[{"location": "/a/", "tdm-reservation": 0}, {"location": "/a/", "tdm-reservation": 1}]', True),
        ('[{"location": "*", "tdm-reservation": "1"}]', True),
        ('[{"location": "/", "tdm-reservation": 0}]', False),
        ('[{"location": "/x\\nDisallow: /", "tdm-reservation": 1}]', False),
        ('[{"location": 7, "tdm-reservation": 1}, "no", null]', False),
        ('{"location": "/", "tdm-reservation": 1}', False),
        ("[" * 100_000, False), ("[1", False), ("", False),
    ],
)  # fmt: skip
def test_what_the_file_reserves(text: str, reserved: bool) -> None:
    """Its locations are robots patterns; the strictest of two equal rules wins; what cannot be read says nothing."""
    rules = rules_of(text)
    assert (rules is not None and not rules.can_fetch("https://news.test/a/1", "*")) == reserved


def test_a_reserved_text_is_kept_as_an_excerpt(small_world: World, outlet_folder: Callable[..., Path]) -> None:
    """I8: by file or by header; the file is asked once a day and then conditionally; I1: every page is still news."""
    folder = outlet_folder("news")
    items = "".join(f"<item><link>https://news.test/a/{n}</link></item>" for n in (1, 2, 3))
    with HostileServer() as server:
        small_world.point_to(server.url)
        server.pages["/news.test/feed/"] = http(f"<rss><channel>{items}</channel></rss>".encode())
        server.pages[FILE] = http(b'[{"location": "/a/1", "tdm-reservation": 1}]', type="application/json")
        for number in (1, 2, 3):
            page = f"<!doctype html><html><body><article><h1>News number {number}</h1><p>{NEWS}{number}</p></article>"
            headers = {"tdm-reservation": "1"} if number == 2 else {}
            server.pages[f"/news.test/a/{number}"] = http(page.encode(), headers=headers)

        def crawl() -> None:
            small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder))

        crawl()
        crawl()
        assert server.times(FILE) == 1
        outlets = {"news": load("news", folder)}
        process(small_world.engine, open_archive(settings().archive_url), outlets, lookback_days=14)
        kept: dict[str, Any] = {row["url"][-1]: row for row in small_world.rows(
            "SELECT a.url, v.access, v.text, v.issues FROM articles a JOIN article_versions v ON v.article_id = a.id"
        )}  # fmt: skip
        assert {number: row["access"] for number, row in kept.items()} == {
            "1": "reserved",
            "2": "reserved",
            "3": "full",
        }
        assert [len(kept[number]["text"]) <= 300 for number in "123"] == [True, True, False]
        assert kept["1"]["text"].startswith(WORDS.strip())
        with small_world.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE host_states SET tdm_fetched_at = '2020-03-02 05:30:00.000000'")
        server.pages[FILE] = http(status="304 Not Modified", type="")
        server.pages["/news.test/feed/"] = http(f"<rss><channel>{items.replace('a/3', 'a/4')}</channel></rss>".encode())
        server.pages["/news.test/a/4"] = server.pages["/news.test/a/3"].replace(b"number 3", b"number 4")  # type: ignore[union-attr,call-arg,arg-type]
        server.requests.clear()
        crawl()
        asked = [request.lower() for request in server.requests if request.startswith(f"GET {FILE} ".encode())]
        assert len(asked) == 1
        assert b"if-modified-since: mon, 02 mar 2020 05:30:00 gmt" in asked[0]
        [row] = small_world.rows("SELECT tdm_json FROM host_states WHERE host = 'news.test'")
        assert row["tdm_json"].startswith("[{")
