"""Listing pages and JSON: what stands beside a link, where a list goes on, and the traps on its way."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from outlets import Source
from outlets.urls import is_trap
from spiders.discover import judge
from spiders.kinds import Listed, Unreadable
from tests.spiders.test_kinds import OUTLET, parse, rss

ALL = "https://news.test/all"
PAGED = "https://news.test/all?page={page}"
API = "https://news.test/api?limit=2&offset=0"


def links(*numbers: int) -> str:
    """A page of articles."""
    return "".join(f"<li><a href='/a/{number}'>T{number}</a></li>" for number in numbers)


def test_the_date_beside_a_link() -> None:
    """I5: of the smallest block that holds links of one article only; a page's own date is nobody's."""
    body = """<time datetime="2026-01-01">Today</time><ul>
      <li><a href="/a/1"><img src="1.jpg"></a><div><time datetime="2026-03-02T05:30:00Z">2 March</time></div>
          <h3><a href="/a/1">One</a></h3></li>
      <li><a href="/a/2">Two <time datetime="2026-03-03">3 March</time></a></li>
      <li><a href="/a/3">Three</a><time>yesterday</time></li></ul>
      <div><a href="/a/4">Four</a><a href="/a/5">Five</a><time datetime="2026-03-05">5 March</time></div>"""
    found = parse("listing", body, url=ALL).items
    assert [(item.title, item.published) for item in found] == [
        ("One", "2026-03-02T05:30:00Z"), ("Two 3 March", "2026-03-03"), ("Three", None), ("Four", None), ("Five", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "source", "more"),
    [
        (ALL, {"page": PAGED}, "https://news.test/all?page=2"),
        (ALL, {"page": PAGED, "first_page": 0}, "https://news.test/all?page=1"),
        ("https://news.test/all?page=7", {"page": PAGED}, "https://news.test/all?page=8"),
        (ALL, {"page": "https://news.test/all/{offset}"}, "https://news.test/all/3"),
        ("https://news.test/all/40", {"page": "https://news.test/all/{offset}"}, "https://news.test/all/43"),
        (ALL, {"page": "https://evil.example/all?page={page}"}, None),
        (ALL, {"next": "a.next"}, "https://news.test/all/2"),
        (ALL, {"next": "a.off-site"}, None),
        (ALL, {"next": "a.none"}, None),
        (ALL, {}, None),
    ],
)
def test_where_a_listing_goes_on(url: str, source: dict[str, Any], more: str | None) -> None:
    """H12: by a number, by the articles so far, or by the page's own link; never on another host."""
    body = (
        f"{links(1, 2, 3)}<a class='off-site' href='https://evil.example/2'>x</a><a class='next' href='/all/2'>Next</a>"
    )
    assert parse("listing", body, url=url, **source).more == more


def test_links_that_are_malformed_cost_nothing_else() -> None:
    """I1: whatever stands in a link, its neighbours are read, and a source's own is named by the ledger."""
    bad = "https://[news.test/a/0"
    page = f"<base href='{bad}'><a href='{bad}'>x</a><a href='/a/1'>T1</a><a class=n href='{bad}'>Next</a>"
    listing = parse("listing", page, url=ALL, next=".n")
    assert ([item.url for item in listing.items], listing.more) == (["https://news.test/a/1"], None)
    bodies = {
        "feed": rss(f"<item><link>{bad}</link></item>"),
        "sitemap": f"<urlset><url><loc>{bad}</loc></url></urlset>",
        "json": json.dumps({"items": [{"url": bad}]}),
        "wordpress": json.dumps([{"link": bad}]),
    }
    for kind, body in bodies.items():
        [found] = judge(parse(kind, body).items, OUTLET).values()
        assert (found.url, found.outcome) == (bad, "refused:bad_url")


def test_a_listing_of_too_much_is_bounded() -> None:
    """I7: a page of a million links is refused before it is a tree; one of many is read so far as asked."""
    with pytest.raises(Unreadable) as caught:
        parse("listing", "<a href='/a/1'>x</a>" * 150_000, url=ALL)
    assert caught.value.outcome == "refused:too_large"
    listing = parse("listing", links(*range(3000)), url=ALL)
    assert (len(listing.items), listing.issues) == (2000, ("overflow",))


@pytest.mark.parametrize(
    ("path", "trap"),
    [
        ("/a/b/c", False),
        ("/b/b/x", False),
        ("/news/2026/03/03/03-killed", False),
        ("/a/a/a", True),
        ("/en/a/b/a/b/a/b/x", True),
        ("/a/b/c/a/b/c/a/b/c/", True),
        ("/" + "/".join(map(str, range(20))), False),
        ("/" + "/".join(map(str, range(21))), True),
    ],
)
def test_traps_of_relative_links(path: str, trap: bool) -> None:
    """H13: paths that go in circles or too deep are refused by name, each with its row (I1)."""
    assert is_trap(f"https://news.test{path}") is trap
    if trap:
        [found] = judge([Listed(f"https://news.test/a{path}")], OUTLET).values()
        assert found.outcome == "refused:bad_url"


def test_the_api_of_a_news_agency() -> None:
    """tass.ru's content API: relative addresses, its own names of fields, counted on by offset."""
    entries = [
        {"id": n, "url": f"/a/{n}", "title": f"T{n}", "lead": "Words.", "published_dt": "2026-03-02T05:30:00Z"}
        for n in (1, 2)
    ]
    source = {"link": "result[].url", "page": "https://news.test/api?limit=2&offset={offset}"}
    listing = parse("json", json.dumps({"meta": {}, "result": entries}), url=API, **source)
    assert listing.items[1] == Listed("https://news.test/a/2", "T2", "2026-03-02T05:30:00Z")
    assert listing.more == "https://news.test/api?limit=2&offset=2"
    further = parse("json", json.dumps({"result": entries}), url=listing.more, **source)
    assert further.more == "https://news.test/api?limit=2&offset=4"
    assert parse("json", '{"result": []}', url=API, **source).more is None


def test_the_api_of_reliefweb() -> None:
    """api.reliefweb.int/v2: the date lies deeper than the address, and the answer names its next page."""
    entry = {"id": "1", "href": "https://api.news.test/1", "fields": {
        "url": "https://news.test/a/1", "title": "Situation report", "date": {"created": "2026-03-02T05:30:00+00:00"},
    }}  # fmt: skip
    data = {"data": [entry], "links": {"next": {"href": "https://news.test/api?offset=1"}}, "count": 1}
    source = {"link": "data[].fields.url", "date": "fields.date.created", "next": "links.next.href"}
    listing = parse("json", json.dumps(data), url=API, **source)
    assert listing.items == (Listed("https://news.test/a/1", "Situation report", "2026-03-02T05:30:00+00:00"),)
    assert listing.more == "https://news.test/api?offset=1"


def test_a_cursor_and_odd_values() -> None:
    """The cursor is put into the template; what is no address is no article; times may be numbers of both sizes."""
    data = {"cursor": "a b/1", "rows": [
        {"link": "/a/1", "name": 7, "head": {"line": "<b>One</b>"}, "at": 1772429400},
        {"link": "/a/2", "at": 1772429400000, "authors": ["Ana", {"name": "Ana"}, 7]}, {"link": None}, [], None, "x",
    ]}  # fmt: skip
    source = {
        "link": "rows[].link",
        "title": "head.line",
        "date": "at",
        "next": "cursor",
        "page": f"{ALL}?after={{cursor}}",
    }
    listing = parse("json", json.dumps(data), url=API, **source)
    time = "2026-03-02T05:30:00+00:00"
    assert listing.items == (
        Listed("https://news.test/a/1", "One", time), Listed("https://news.test/a/2", None, time, authors=("Ana",))
    )  # fmt: skip
    assert listing.more == "https://news.test/all?after=a%20b%2F1"
    assert parse("json", '{"urls": ["/a/1"]}', link="urls[]").items[0].url == "https://news.test/a/1"


def test_json_whose_names_moved_is_no_empty_list() -> None:
    """I6: a list without one address at the path is drift, not a quiet day."""
    for body in ('{"items": [{"href": "/a/1"}]}', '{"entries": []}', "[]", '"x"'):
        with pytest.raises(Unreadable) as caught:
            parse("json", body)
        assert caught.value.outcome == "refused:not_a_feed"


@pytest.mark.parametrize(
    ("kind", "keys", "word"),
    [
        ("feed", {"next": "a.next"}, "next"),
        ("feed", {"page": PAGED}, "page"),
        ("listing", {"title": "x"}, "title"),
        ("listing", {"next": "a..b"}, "CSS selector"),
        ("listing", {"page": ALL}, "{page}"),
        ("listing", {"page": "https://news.test/{page}/{offset}"}, "once"),
        ("listing", {"page": "file:///{page}"}, "http"),
        ("listing", {"page": PAGED, "next": "a.next"}, "one of them"),
        ("listing", {"page": f"{ALL}?after={{cursor}}"}, "cursor"),
        ("json", {"page": f"{ALL}?after={{cursor}}"}, "next"),
        ("listing", {"max_pages": 61}, "60"),
    ],
)
def test_keys_that_make_no_sense_are_errors(kind: str, keys: dict[str, Any], word: str) -> None:
    """A key without effect must not stand in an outlet file."""
    with pytest.raises(ValidationError, match=word.replace("{", r"\{")):
        Source.model_validate({"kind": kind, "url": ALL, **keys})
