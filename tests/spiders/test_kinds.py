"""Feeds, sitemaps, lists of posts and listing pages, good and bad, as bytes in and articles out."""

import gzip
import json
from typing import Any

import pytest

from outlets import Outlet, Source
from spiders.kinds import PARSERS, Listed, Listing, Unreadable, when
from spiders.kinds.listed import plain

OUTLET = Outlet.model_validate({
    "name": "news", "title": "News", "home": "https://news.test/", "country": "AF", "ownership": "independent",
    "languages": ["en", "fa"], "timezone": "Asia/Kabul", "sources": [{"kind": "feed", "url": "https://news.test/feed/"}],
    "article_url": r"^https://news\.test/a/", "assertions": {"min": {"discovered": 1}},
})  # fmt: skip


def parse(kind: str, body: bytes | str, url: str = "https://news.test/feed/", **source: Any) -> Listing:
    """What the parser of `kind` lists."""
    made = Source.model_validate({"kind": kind, "url": url, **source})
    return PARSERS[kind](body.encode() if isinstance(body, str) else body, url, made, OUTLET)


def rss(items: str, *, head: str = "<?xml version='1.0' encoding='UTF-8'?>", attributes: str = "") -> str:
    """A feed around `items`."""
    return (
        f"{head}<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'"
        f" xmlns:content='http://purl.org/rss/1.0/modules/content/' {attributes}><channel><title>News</title>"
        f"<link>https://news.test/</link>{items}</channel></rss>"
    )


def test_rss_with_everything() -> None:
    """Title, date, authors and the right one of several links; the channel's own link is not an article."""
    item = (
        "<item><title><![CDATA[Blast &#8211; <b>two</b> wounded]]></title><link> https://news.test/a/1 </link>"
        "<atom:link rel='self' href='https://news.test/feed/1'/><guid isPermaLink='false'>77</guid>"
        "<pubDate>Mon, 02 Mar 2026 10:00:00 +0430</pubDate><dc:creator>Ana Rahimi</dc:creator>"
        "<author>desk@news.test (The Desk)</author><content:encoded>&lt;p&gt;Text&lt;/p&gt;</content:encoded></item>"
    )
    [found] = parse("feed", rss(item), language="en").items
    assert found == Listed(
        "https://news.test/a/1", "Blast – two wounded", "Mon, 02 Mar 2026 10:00:00 +0430", None,
        ("Ana Rahimi", "The Desk"), "en", None,
    )  # fmt: skip
    [full] = parse("feed", rss(item), full_text=True).items
    assert full.html == "<p>Text</p>"


def test_atom() -> None:
    """alternate wins over self and enclosure; xml:base resolves; updated is a modification."""
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.test/a/"><title>N</title>
      <entry xml:base="2026/"><title type="html">A &amp;amp; B</title><link rel="self" href="x"/>
      <link rel="enclosure" href="y.mp3"/><link href="7"/><id>urn:7</id><published>2026-03-02T05:30:00Z</published>
      <updated>2026-03-03T05:30:00Z</updated><author><name>Ana</name><email>a@b.c</email></author></entry></feed>"""
    [found] = parse("feed", body).items
    assert found.url == "https://news.test/a/2026/7"
    assert (found.title, found.authors) == ("A & B", ("Ana",))
    assert (found.published, found.modified) == ("2026-03-02T05:30:00Z", "2026-03-03T05:30:00Z")


def test_rss_1_0() -> None:
    """RDF puts its items beside the channel."""
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>N</title></channel>
      <item rdf:about="https://news.test/a/1"><title>T</title><link>https://news.test/a/1</link>
      <dc:date>2026-03-02</dc:date></item></rdf:RDF>"""
    [found] = parse("feed", body).items
    assert (found.url, found.published) == ("https://news.test/a/1", "2026-03-02")


@pytest.mark.parametrize(
    ("kind", "body", "outcome"),
    [
        ("feed", "<!doctype html><html><body>x</body></html>", "refused:not_a_feed"),
        ("feed", "<html><head></head></html>", "refused:not_a_feed"),
        ("feed", "<urlset/>", "refused:not_a_feed"),
        ("sitemap", "<rss/>", "refused:not_a_feed"),
        ("feed", "404 page not found", "refused:not_a_feed"),
        ("feed", "<", "refused:not_a_feed"),
        ("feed", "", "refused:empty"),
        ("feed", "\ufeff\n \t", "refused:empty"),
        ("feed", "<!DOCTYPE rss [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><rss>&b;</rss>", "refused:xml_entity"),
        ("feed", "<!DOCTYPE rss SYSTEM 'http://evil.example/x.dtd'><!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>",
         "refused:xml_entity"),
        ("feed", "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hosts'>]><rss>&x;</rss>", "refused:xml_entity"),
        ("feed", b"\xff\xfe" + "<!DOCTYPE rss [<!ENTITY x 'y'>]><rss/>".encode("utf-16-le"), "refused:xml_entity"),
        ("sitemap", b"\x1f\x8bnot gzip at all", "refused:bad_encoding"),
        ("sitemap", gzip.compress(bytes(40 * 1024 * 1024)), "refused:too_large"),
        ("wordpress", "", "refused:empty"),
        ("wordpress", "<html></html>", "refused:not_a_feed"),
        ("wordpress", '{"code": "rest_no_route", "message": "x"}', "refused:not_a_feed"),
        ("wordpress", "[" * 100_000, "refused:not_a_feed"),
        ("json", "[" * 100_000, "refused:not_a_feed"),
        ("json", '{"items": {"url": "x"}}', "refused:not_a_feed"),
        ("listing", "", "refused:empty"),
        ("listing", "<html><a href='/about'>About</a></html>", "refused:not_a_feed"),
        ("listing", "\x00\x01", "refused:not_a_feed"),
    ],
)  # fmt: skip
def test_what_is_no_source_has_its_name(kind: str, body: str | bytes, outcome: str) -> None:
    """F02-F04, F06, F07, F25, F28: refused by name, and before anything of it is expanded or fetched."""
    with pytest.raises(Unreadable) as caught:
        parse(kind, body)
    assert caught.value.outcome == outcome


def test_mistakes_that_sites_make() -> None:
    """F09: HTML's entities, bare ampersands, control characters, text before the prolog; CDATA is left alone."""
    item = (
        "<item><title>War\x0b &nbsp; & peace &mdash; Tom &amp; Ana</title><link>https://news.test/a/?x=1&y=2</link></item>"
        "<item><title>T</title><link><![CDATA[https://news.test/a/?x=1&amp=2&y=3]]></link></item>"
    )
    first, second = parse("feed", "\ufeff\n" + rss(item)).items
    assert first.title == "War & peace — Tom & Ana"
    assert first.url == "https://news.test/a/?x=1&y=2"
    assert second.url == "https://news.test/a/?x=1&amp=2&y=3"


def test_other_encodings() -> None:
    """The prolog's word counts for single-byte scripts; UTF-16 goes by its mark."""
    item = "<item><title>Взрыв в Кабуле</title><link>https://news.test/a/1</link></item>"
    old = rss(item, head="<?xml version='1.0' encoding='windows-1251'?>").encode("cp1251")
    assert parse("feed", old).items[0].title == "Взрыв в Кабуле"
    wide = rss(item, head="<?xml version='1.0' encoding='utf-16'?>").encode("utf-16")
    assert parse("feed", wide).items[0].title == "Взрыв в Кабуле"


def test_a_feed_that_breaks_off_keeps_what_came(recwarn: pytest.WarningsRecorder) -> None:
    """F08."""
    body = rss("".join(f"<item><title>T{n}</title><link>https://news.test/a/{n}</link></item>" for n in range(10)))
    listing = parse("feed", body[: body.index("T7")])
    assert [item.title for item in listing.items][:7] == [f"T{n}" for n in range(7)]
    assert listing.issues == ("truncated",)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "", "ftp://news.test/a"])
def test_a_bad_link_is_passed_on_to_be_named(link: str) -> None:
    """F12: the parser loses no item; the ledger names what is wrong with its address."""
    [found] = parse("feed", rss(f"<item><title>T</title><link>{link}</link></item>")).items
    assert found.url == link


def test_a_permanent_guid_stands_in_for_the_link() -> None:
    """F15: and one that says it is no address does not."""
    one = parse("feed", rss("<item><guid>https://news.test/a/1</guid></item>")).items[0]
    other = parse("feed", rss("<item><guid isPermaLink='false'>https://news.test/a/1</guid></item>")).items[0]
    assert (one.url, other.url) == ("https://news.test/a/1", "")


def test_a_sitemap_gives_its_newest_pages_first() -> None:
    """F24: by lastmod, whatever the file's order, and no more than asked for."""
    urls = "".join(
        f"<url><loc>https://news.test/a/{n}</loc><lastmod>2026-03-{1 + n % 28:02d}T00:00:00Z</lastmod></url>"
        for n in range(200)
    )
    body = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>"
    listing = parse("sitemap", body, max_items=5)
    assert {item.modified for item in listing.items} == {"2026-03-28T00:00:00Z"}
    assert len(listing.items) == 5
    assert listing.issues == ("overflow",)


def test_a_news_sitemap_and_an_image_in_it() -> None:
    """news:title and news:publication_date; an image's own loc does not replace the page's. Packed as .xml.gz too."""
    body = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc>https://news.test/a/1</loc><image:image><image:loc>https://cdn.test/1.jpg</image:loc></image:image>
      <news:news><news:publication><news:name>N</news:name><news:language>en</news:language></news:publication>
      <news:publication_date>2026-03-02T05:30:00Z</news:publication_date><news:title>A &amp; B</news:title></news:news>
      </url></urlset>"""
    for data in (body.encode(), gzip.compress(body.encode())):
        [found] = parse("news_sitemap", data).items
        assert (found.url, found.title, found.published) == ("https://news.test/a/1", "A & B", "2026-03-02T05:30:00Z")


def test_a_sitemap_index_names_its_children_newest_first() -> None:
    """They are read by the spider, bounded."""
    parts = "".join(f"<sitemap><loc>/s{n}.xml</loc><lastmod>2026-01-{n:02d}</lastmod></sitemap>" for n in range(1, 31))
    listing = parse("sitemap", f"<sitemapindex>{parts}</sitemapindex>", url="https://news.test/sitemap.xml")
    assert listing.items == ()
    assert listing.parts[:2] == ("https://news.test/s30.xml", "https://news.test/s29.xml")


def test_wordpress_posts_and_the_next_page() -> None:
    """*_gmt is UTC; a full page has a next one until max_items."""
    post = {"id": 1, "link": "https://news.test/a/1", "date_gmt": "2026-03-02T05:30:00",
            "title": {"rendered": "A &#8211; B"}, "modified_gmt": "0000-00-00T00:00:00"}  # fmt: skip
    listing = parse("wordpress", json.dumps([post]))
    assert listing.items == (Listed("https://news.test/a/1", "A – B", "2026-03-02T05:30:00Z"),)
    assert listing.more is None
    full = parse("wordpress", json.dumps([post] * 100), url="https://news.test/wp-json/wp/v2/posts?per_page=100")
    assert full.more == "https://news.test/wp-json/wp/v2/posts?per_page=100&page=2"
    assert parse("wordpress", json.dumps([post] * 100), max_items=100).more is None
    odd = [None, 7, {"link": 7}, {"title": "x"}, {"link": "https://news.test/a/2", "title": {"rendered": 5}}]
    assert [item.url for item in parse("wordpress", json.dumps(odd)).items] == ["", "", "https://news.test/a/2"]


def test_a_listing_page() -> None:
    """Links of the outlet's pattern once each, in order, relative ones resolved, with the text as title."""
    body = """<html><head><base href="/section/"></head><body><a href="/">Home</a>
      <a href="/a/1"><img src=x></a><h3><a href="../a/1?utm_source=x#top">First</a></h3>
      <a href="https://news.test/a/2">Second</a><a href="https://evil.example/a/3">No</a>
      <a href="javascript:void(0)">No</a><a>No</a></body></html>"""
    found = parse("listing", body, url="https://news.test/all").items
    assert [item.url for item in found] == [
        "https://news.test/a/1", "https://news.test/a/1?utm_source=x", "https://news.test/a/2"
    ]  # fmt: skip
    chosen = parse("listing", body, url="https://news.test/all", link="h3").items
    assert [(item.url, item.title) for item in chosen] == [("https://news.test/a/1?utm_source=x", "First")]


def test_json_feed_and_a_site_s_own_json() -> None:
    """jsonfeed.org's shape by default, another one by its path; seconds since 1970 become a time."""
    item = {"url": "/a/1", "title": "T", "date_published": "2026-03-02T05:30:00Z", "authors": [{"name": "Ana"}]}
    [found] = parse("json", json.dumps({"items": [item]})).items
    assert (found.url, found.authors) == ("https://news.test/a/1", ("Ana",))
    own = {"data": {"list": [{"news": {"href": "https://news.test/a/2", "published_dt": 1772429400}}]}}
    [other] = parse("json", json.dumps(own), link="data.list[].news.href").items
    assert (other.url, other.published) == ("https://news.test/a/2", "2026-03-02T05:30:00+00:00")
    assert parse("json", '{"items": []}').items == ()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Mon, 02 Mar 2026 10:00:00 +0430", "2026-03-02T05:30:00+00:00"),
        ("2026-03-02T05:30:00Z", "2026-03-02T05:30:00+00:00"),
        ("2026-03-02", "2026-03-02T00:00:00+00:00"),
        ("Mon, 32 Jan 2026 10:00:00 GMT", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        (None, None),
    ],
)
def test_times_for_order_only(text: str | None, iso: str | None) -> None:
    """F18: what cannot be read is unknown, never now."""
    at = when(text)
    assert (at.isoformat() if at else None) == iso


def test_plain_text() -> None:
    """F10, F11: no markup is left, whichever way it was escaped; half-spaces stay."""
    assert plain("&lt;script&gt;alert(1)&lt;/script&gt; A") == "alert(1) A"
    assert plain("می‌گویند &amp; می‌روند") == "می‌گویند & می‌روند"
    assert plain("  ") is None
