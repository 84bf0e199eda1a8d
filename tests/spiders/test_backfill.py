"""A month of the past, end to end: what is asked of which archive, what is found, and what is said of what lacks."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from khabar.replica import Replica
from khabar.summary import crawl_sentence
from models.exits import Exit
from outlets import Source, load
from outlets.dated import Period, month_of
from outlets.urls import url_key
from spiders.backfill.frontier import first_page
from spiders.sources import ENDLESS
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http
from tests.spiders.past import ARCHIVE, HOST, REST, SITEMAP, PastSite, days

JUNE = month_of(2023, 6)
UNLISTED = ("soft_404", "challenge")
"""Kinds of the replica's articles that its archives leave out."""


@pytest.fixture
def site() -> Iterator[PastSite]:
    """An empty site."""
    with HostileServer() as server:
        yield PastSite(server)


def test_older_days_of_real_outlets(small_world: World) -> None:
    """I1, I2: through REST, a sitemap index and a news sitemap, all that stood there on these days and nothing else
    (TASS has no archive of its Russian half); a second run of the same days asks nothing at all."""
    outlets = ["amu_tv", "tass", "pajhwok"]
    with Replica(epoch=date(2023, 6, 15)) as replica:
        small_world.point_to(replica.url)
        results = {result.outlet: result for result in small_world.backfill(outlets, "2023-06-04", "2023-06-11")}
        span = Period(date(2023, 6, 4), date(2023, 6, 11))
        for outlet in outlets:
            assert (results[outlet].state, results[outlet].counts["left"]) == ("ok", 0), results[outlet].reason
            zone = ZoneInfo(load(outlet).timezone)
            hosts = {urlsplit(s.url).hostname for s in load(outlet).sources if s.kind in ENDLESS}
            listed = [
                a for a in replica.articles(outlet) if a.kind not in UNLISTED and urlsplit(a.url).hostname in hosts
            ]
            stand = {a: a.published.astimezone(zone).date() for a in listed}
            wanted = {url_key(a.url) for a, day in stand.items() if span.first <= day <= span.last}
            found = small_world.rows(f"SELECT url_key, outcome, backfill FROM discoveries WHERE outlet = '{outlet}'")  # noqa: S608
            assert {row["url_key"] for row in found if row["outcome"] != "refused:not_article"} == wanted
            assert all(row["backfill"] for row in found)
            told = results[outlet].report["backfill"]
            assert told["articles"]["named"] == sum(told["days"].values()) == len(wanted)
        assert not [r for r in replica.requests() if "/feed" in r.path or "/rss" in r.path]
        replica.log.clear()
        again = list(small_world.backfill(outlets, "2023-06-04", "2023-06-11"))
        assert [r.url for r in replica.requests()] == []
        assert {r.outlet: r.report["backfill"] for r in again} == {r: results[r].report["backfill"] for r in outlets}


def test_an_index_is_asked_only_for_what_may_hold_the_days(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """By the dates in the addresses of its children, else by their lastmod; what nothing dates is counted."""
    june, late, plain = (site.articles(f"{name}-{n}" for n in range(3)) for name in ("june", "late", "plain"))
    year = site.articles(["2022-story", "year-dated", "year-edited"])
    site.index(
        "/sitemap.xml",
        [("/s-2022.xml", "2026-01-01"), ("/s-2023-05.xml", ""), ("/s-2023-06.xml", "2026-01-01"), ("/s_2023.xml", ""),
         ("/post-sitemap1.xml", "2023-05-30"), ("/post-sitemap2.xml", "2023-06-20"), ("/nested.xml", "2026-01-01")],
    )  # fmt: skip
    site.index("/nested.xml", [("/s-2023-06-30.xml", ""), ("/s-2023-07-01.xml", "")])
    site.sitemap("/s-2023-06.xml", [(url, "<lastmod>2024-02-02</lastmod>") for url in june])
    site.sitemap("/s-2023-06-30.xml", [(url, "") for url in late])
    site.sitemap(
        "/s_2023.xml", [(year[1], "<lastmod>2023-06-09</lastmod>"), (year[2], "<lastmod>2024-06-09</lastmod>")]
    )
    site.sitemap(
        "/post-sitemap2.xml",
        [(plain[0], "<lastmod>2023-06-12T10:00:00+00:00</lastmod>"), (plain[1], "<lastmod>2023-02-01</lastmod>"),
         (plain[2], ""), (f"{HOST}/about", "")],
    )  # fmt: skip
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=[{"kind": "sitemap", "url": SITEMAP}])
    [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=folder)
    assert (result.state, result.warnings) == ("ok", []), result.reason
    parts = ["/sitemap.xml", "/s-2023-06.xml", "/s_2023.xml", "/post-sitemap2.xml", "/nested.xml", "/s-2023-06-30.xml"]
    assert [path for path in site.asked() if path.endswith("xml")] == parts
    named = [*june, *late, year[1], plain[0]]
    assert sorted(HOST + path for path in site.asked("/a/")) == sorted(named)
    told = result.report["backfill"]
    assert told["articles"] == {"named": 8, "held": 8, "left": 0, "refused": {}}
    assert (told["days"]["2023-06-30"], told["days"]["2023-06-09"], told["days"]["2023-06-12"]) == (3, 1, 1)
    assert told["dayless"] == 3  # of June, and of no day that anything tells
    assert told["undated"] == 2  # edited after the span, and without any date; /about is no article
    assert crawl_sentence(result).startswith(
        "news: ok: 2023-06-01 to 2023-06-30: 8 articles named, 8 held; 27 of 30 days brought nothing: 2023-06-01, "
    )
    assert "and 17 more (3 articles have no day); 2 undated addresses left out" in crawl_sentence(result)


def test_a_dated_archive_day_by_day(small_world: World, site: PastSite, outlet_folder: Callable[..., Path]) -> None:
    """A listing that names no dates: its address gives the day. A day without a page, or one that leads to the front
    page, is a day that brought nothing, and is said (I6)."""
    for day in days(date(2023, 6, 1), 6):
        site.listing(f"/archive/{day:%Y/%m/%d}/", site.articles(f"{day:%d}-{n}" for n in range(2)))
    del site.server.pages["/news.test/archive/2023/06/02/"]
    site.listing("/", site.articles(["of-today"]))
    site.server.pages["/news.test/archive/2023/06/04/"] = http(status="302 Found", headers={"Location": f"{HOST}/"})
    small_world.point_to(site.server.url)
    sources = [{"kind": "listing", "url": f"{HOST}/", "archive": ARCHIVE}, {"kind": "feed", "url": f"{HOST}/feed/"}]
    folder = outlet_folder("news", sources=sources)
    [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-06", folder=folder)
    assert result.state == "ok"
    told = result.report["backfill"]
    assert told["empty_days"] == ["2023-06-02", "2023-06-04"]
    assert told["parts"] == {"read": 4, "left": 0, "refused": 2}
    assert told["skipped"] == {f"{HOST}/feed/": "a feed names only what is new"}
    assert [told["days"][f"2023-06-0{n}"] for n in range(1, 7)] == [2, 0, 2, 0, 2, 2]
    assert any("leads to https://news.test/" in warning for warning in result.warnings)
    assert "2 of 6 days brought nothing: 2023-06-02, 2023-06-04" in crawl_sentence(result)
    assert site.server.times("/news.test/a/of-today") == 0
    assert site.server.times("/news.test/feed/") == 0


@pytest.mark.parametrize("total", [True, False])
def test_rest_is_read_page_by_page(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path], total: bool
) -> None:
    """By the number of pages that the site says there are, or until the page that says there are no more; a post of the
    day beside the span, which is asked for because versions differ in zones, is left out."""
    urls = site.articles(f"post-{n:03}" for n in range(120))
    posts = [(url, f"2023-06-{30 - n // 4:02}T08:00:00") for n, url in enumerate(urls)]
    sides = [
        (url, at)
        for url, at in zip(
            site.articles(["before", "after"]), ("2023-05-31T19:29:00", "2023-06-30T19:31:00"), strict=True
        )
    ]
    source = Source(kind="wordpress", url=REST)
    pages = [posts[:100], [*posts[100:], *sides]] if total else [posts[:98] + sides, posts[98:]]
    site.posts(first_page(source, JUNE), pages, total=total)
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=[{"kind": "wordpress", "url": REST}])
    [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=folder)
    assert (result.state, result.warnings) == ("ok", []), result.reason
    asked = site.asked("/wp-json/")
    assert len(asked) == 2
    assert "orderby=date" in asked[0]
    assert "after=2023-05-30T23%3A59%3A59&before=2023-07-02T00%3A00%3A00" in asked[0]
    assert asked[1].endswith("page=2")
    assert sorted(site.asked("/a/")) == sorted(url.removeprefix(HOST) for url in urls)
    assert result.report["backfill"]["days"]["2023-06-30"] == 4


def test_nothing_that_reaches_back_is_a_failure(small_world: World, outlet_folder: Callable[..., Path]) -> None:
    """I6: one sentence that says what to do, exit 1; the others of the same command go on."""
    with HostileServer() as server:
        small_world.point_to(server.url)
        [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=outlet_folder("news"))
        assert server.asked == []
    assert (result.state, result.exit_code) == ("failed", Exit.FAILED)
    assert result.reason == (
        "no source of News reaches back (a feed names only what is new): name its archive in the outlet file"
    )


def test_an_archive_without_a_word_is_never_green(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I6: a span in which no day brought anything fails, and so does one whose sources cannot be read."""
    site.sitemap("/sitemap.xml", [(url, "<lastmod>2021-01-01</lastmod>") for url in site.articles(["old"])])
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=[{"kind": "sitemap", "url": SITEMAP}])
    [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=folder)
    assert (result.state, result.reason) == (
        "failed",
        "no source of News names an article from 2023-06-01 to 2023-06-30",
    )
    site.server.pages["/news.test/sitemap.xml"] = http(b"gone", status="410 Gone")
    [result] = small_world.backfill(["news"], "2023-05-01", "2023-05-31", folder=folder)
    assert result.reason == "no source of News could be read: refused:http_4xx (status 410)"
    [run, other] = small_world.rows("SELECT kind, state, stats FROM runs ORDER BY id")
    assert (run["kind"], run["state"], other["state"]) == ("backfill", "failed", "failed")


def test_again_reads_the_sources_anew(small_world: World, site: PastSite, outlet_folder: Callable[..., Path]) -> None:
    """What an archive shows only later is found, and no page is asked a second time."""
    first, second = site.articles(["one", "two"])
    dated = "<lastmod>2023-06-09</lastmod>"
    site.sitemap("/sitemap.xml", [(first, dated)])
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=[{"kind": "sitemap", "url": SITEMAP}])
    list(small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=folder))
    site.sitemap("/sitemap.xml", [(first, dated), (second, dated)])
    [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=folder)
    assert result.counts["new"] == 0
    [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=folder, again=True)
    assert (result.counts["new"], result.report["backfill"]["articles"]["held"]) == (1, 2)
    assert site.asked("/a/") == ["/a/one", "/a/two"]


PAGED = [{"kind": "listing", "url": f"{HOST}/news/", "page": f"{HOST}/news/?page={{page}}"}]


def test_a_list_that_begins_today_is_paged_back_to_the_days(
    small_world: World, site: PastSite, outlet_folder: Callable[..., Path]
) -> None:
    """I7: past what is newer, through the days, to the first page that is older; and only where no source has an
    archive. A list that answers every page with the same articles is left at the first that brings nothing new."""
    months = {1: "2023-07", 2: "2023-06", 3: "2023-05", 4: "2023-04"}
    for number, month in months.items():
        dated = [
            f"<a href='{url}'>{url}</a><time datetime='{month}-03'>" for url in site.articles([month, f"{month}b"])
        ]
        path = "/news/" if number == 1 else f"/news/?page={number}"
        site.serve(path, "<html><body>" + "".join(f"<div>{one}</div>" for one in dated))
    small_world.point_to(site.server.url)
    folder = outlet_folder("news", sources=PAGED)
    [result] = small_world.backfill(["news"], "2023-06-01", "2023-06-30", folder=folder)
    assert (result.state, result.report["backfill"]["articles"]["held"]) == ("ok", 2), result.reason
    assert site.asked("/news/") == ["/news/", "/news/?page=2", "/news/?page=3"]
    for number in (2, 3, 4):
        site.server.pages[f"/news.test/news/?page={number}"] = site.server.pages["/news.test/news/"]
    [result] = small_world.backfill(["news"], "2023-05-01", "2023-05-31", folder=folder)
    assert site.asked("/news/")[3:] == ["/news/", "/news/?page=2"]
    assert result.reason == "no source of News names an article from 2023-05-01 to 2023-05-31"
    site.sitemap("/sitemap.xml", [(url, "<lastmod>2023-06-09</lastmod>") for url in site.articles(["mapped"])])
    folder = outlet_folder("news", sources=[*PAGED, {"kind": "sitemap", "url": SITEMAP}])
    [result] = small_world.backfill(["news"], "2023-06-02", "2023-06-30", folder=folder)
    assert result.report["backfill"]["skipped"] == {
        f"{HOST}/news/": "its pages begin today, and another source has an archive"
    }
