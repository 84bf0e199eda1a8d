"""The catalogue of broken feeds and sitemaps: what a source answers, and what must come of it.

The parsers are held to it directly (test_kinds_catalogue.py), and a crawl over HTTP end to end. Each case has a source
of its own at `address(case)` and article links of its own, so that all of them can be sources of one outlet.
"""

import gzip
from dataclasses import dataclass, field
from html import escape
from typing import Final

SITE: Final = "https://news.test"
RSS: Final = "application/rss+xml"


@dataclass(frozen=True, slots=True)
class FeedCase:
    """One answer of one source."""

    body: bytes
    outcome: str = "done"
    """Of the source."""
    issues: tuple[str, ...] = ()
    """Of the source's report, all of them, in order."""
    pending: tuple[str, ...] | int = ()
    """Addresses that are to be fetched (in the list's order, normalised), or their number where there are thousands."""
    refused: dict[str, str] = field(default_factory=dict)
    """Listed addresses that the ledger refuses, as they stood there, with their outcome."""
    kind: str = "feed"
    type: str = RSS
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    then: bytes | None = None
    """What the source answers the second time; after it `then_new` more addresses are known and `then_changed` are to
    be fetched again."""
    then_new: int = 0
    then_changed: int = 0
    then_issues: tuple[str, ...] = ()


def address(case: str) -> str:
    """Where the source of a case is."""
    return f"{SITE}/feeds/{case}"


def a(case: str, *numbers: int | str) -> tuple[str, ...]:
    """The articles of a case."""
    return tuple(f"{SITE}/a/{case}-{number}" for number in numbers)


def item(link: str, title: str = "Title", more: str = "") -> str:
    """An item of RSS."""
    return f"<item><title>{title}</title><link>{escape(link)}</link>{more}</item>"


def rss(items: str, before: str = "", attributes: str = "") -> bytes:
    """An RSS 2.0 feed around `items`."""
    head = f"<?xml version='1.0' encoding='UTF-8'?>{before}<rss version='2.0' {attributes}><channel><title>N</title>"
    return f"{head}{items}</channel></rss>".encode()


def dated(case: str, *dates: str) -> bytes:
    """A feed with an item for each of `dates`."""
    made = (
        item(link, more=f"<pubDate>{date}</pubDate>")
        for link, date in zip(a(case, *range(len(dates))), dates, strict=True)
    )
    return rss("".join(made))


def urlset(*pages: str) -> bytes:
    """A sitemap of `<url>` contents."""
    return b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>%s</urlset>" % (
        "".join(f"<url>{page}</url>" for page in pages).encode()
    )


def page(link: str, lastmod: str | None = None) -> str:
    """The content of a `<url>`."""
    return f"<loc>{escape(link)}</loc>" + (f"<lastmod>{lastmod}</lastmod>" if lastmod else "")


LAUGHS: Final = "".join([
    "<!DOCTYPE rss [<!ENTITY a 'ha'>",
    *(f"<!ENTITY {to} '{f'&{of};' * 10}'>" for of, to in zip("abcdefghi", "bcdefghij", strict=True)),
    "]>",
])  # fmt: skip
MIXED: Final = (
    "<item><title>T</title><atom:link rel='self' href='https://news.test/feed/7'/>"
    "<atom:link rel='alternate' type='application/json' href='https://news.test/a/F19-1.json'/>"
    "<link>/a/F19-1</link><enclosure url='https://news.test/a/F19-1.mp3'/><guid isPermaLink='false'>7</guid></item>"
    "<item><media:content url='https://news.test/a/F19-2.jpg'><media:title>Picture</media:title></media:content></item>"
    "<item xml:base='https://news.test/a/'><link>F19-3</link></item>"
)

FEEDS: Final[dict[str, FeedCase]] = {
    "F01": FeedCase(rss("".join(item(link) for link in a("F01", *range(100_000)))), issues=("overflow",), pending=2000),
    "F02-file": FeedCase(
        rss(item(*a("F02", 1), "&x;"), "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hosts'>]>"), "refused:xml_entity"
    ),
    "F02-http": FeedCase(
        rss(item(*a("F02", 2), "&x;"), "<!DOCTYPE rss [<!ENTITY x SYSTEM 'http://news.test/secret'>]>"),
        "refused:xml_entity",
    ),
    "F02-parameter": FeedCase(
        rss("", "<!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://news.test/secret'> %x;]>"), "refused:xml_entity"
    ),
    "F03-laughs": FeedCase(rss(item(*a("F03", 1), "&j;"), LAUGHS), "refused:xml_entity"),
    "F03-quadratic": FeedCase(
        rss(item(*a("F03", 2), "&q;" * 10_000), f"<!DOCTYPE rss [<!ENTITY q '{'q' * 50_000}'>]>"), "refused:xml_entity"
    ),
    "F03-utf-16": FeedCase(
        f"<?xml version='1.0' encoding='utf-16'?>{LAUGHS}<rss>&j;</rss>".encode("utf-16"), "refused:xml_entity"
    ),
    "F04": FeedCase(
        rss(item(*a("F04", 1)), '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "https://news.test/secret.dtd">'),
        pending=a("F04", 1),
    ),
    "F05": FeedCase(
        rss(
            "<xi:include href='https://news.test/secret' parse='text'/>"
            + item(*a("F05", 1), "<xi:include href='file:///etc/hosts' parse='text'/>Title"),
            "<?xml-stylesheet type='text/xsl' href='https://news.test/secret.xsl'?>",
            "xmlns:xi='http://www.w3.org/2001/XInclude'",
        ),
        pending=a("F05", 1),
    ),
    "F06": FeedCase(b"<!DOCTYPE html><html><body>Be right back</body></html>", "refused:not_a_feed", type="text/html"),
    "F06-json": FeedCase(b'{"error": "no such feed"}', "refused:not_a_feed", type="application/json"),
    "F07-empty": FeedCase(b"", "refused:empty"),
    "F07-space": FeedCase(b" \n\t ", "refused:empty"),
    "F07-mark": FeedCase(b"\xef\xbb\xbf", "refused:empty"),
    "F08": FeedCase(
        rss("".join(item(link) for link in a("F08", *range(5)))).partition(b"F08-4")[0] + b"F08-",
        issues=("truncated",), pending=a("F08", 0, 1, 2, 3),
    ),
    "F09": FeedCase(
        rss(item(*a("F09", 1), "Tom &nbsp;& Ana\x0b&hellip;")
            + item(f"{SITE}/a/F09-2?x=1&y=2").replace("&amp;", "&")),
        issues=("mended",), pending=(*a("F09", 1), f"{SITE}/a/F09-2?x=1&y=2"),
    ),
    "F10": FeedCase(
        rss(item(*a("F10", 1), "<![CDATA[<b>A</b> &amp; B]]>") + item(*a("F10", 2), "&lt;b&gt;A&lt;/b&gt; &amp;amp; B")
            + item(*a("F10", 3), "<b>A</b> &amp; B")),
        pending=a("F10", 1, 2, 3),
    ),
    "F11": FeedCase(
        rss(item(*a("F11", 1), "A&lt;script&gt;alert(1)&lt;/script&gt;",
                 "<description>&lt;img src=x onerror=alert(1)&gt;</description>")),
        pending=a("F11", 1),
    ),
    "F12": FeedCase(
        rss("".join(item(link) for link in (
            "javascript:alert(12)", "data:text/html,F12", "", "https://news.test/a/F12\x00-4", "/a/F12-5",
            "//news.test/a/F12-6",
        ))),
        issues=("mended",), pending=a("F12", 5, 6),
        refused={"javascript:alert(12)": "refused:scheme", "data:text/html,F12": "refused:scheme", "": "refused:scheme",
                 "https://news.test/a/F12\ufffd-4": "refused:bad_url"},
    ),
    "F13": FeedCase(
        rss("".join(item(link, more="<guid isPermaLink='false'>same</guid>") for link in a("F13", 1, 2))),
        pending=a("F13", 1, 2),
    ),
    "F14": FeedCase(
        rss(item(*a("F14", 1), "First", "<guid isPermaLink='false'>14</guid>")), pending=a("F14", 1),
        then=rss(item(*a("F14", 2), "Second", "<guid isPermaLink='false'>14</guid>")), then_new=1,
    ),
    "F15": FeedCase(
        rss(item(f"{SITE}/a/F15-1?visit=8f3a", more="<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>")),
        pending=(f"{SITE}/a/F15-1?visit=8f3a",),
        then=rss(item(f"{SITE}/a/F15-1?visit=c21e", more="<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>")),
        then_issues=("unstable_links",),
    ),
    "F16": FeedCase(
        rss(item(*a("F16", 1), "Five killed")), pending=a("F16", 1),
        then=rss(item(*a("F16", 1), "Seven killed")), then_changed=1,
    ),
    "F17": FeedCase(
        rss("".join(item(link) for link in a("F17", 1, 2))), pending=a("F17", 1, 2), then=rss(item(*a("F17", 2))),
    ),
    "F18": FeedCase(
        dated("F18", "", "Mon, 32 Jan 2026 10:00:00 GMT", "Mon, 02 Mar 26 10:00:00 GMT",
              "Mon, 02 Mar 2026 10:00:00 GMT+4:30", "2026-03-02 10:00:00", "yesterday"),
        issues=("bad_date",), pending=a("F18", 0, 1, 2, 3, 4, 5),
    ),
    "F19": FeedCase(
        rss(MIXED, attributes="xmlns:atom='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'"),
        pending=a("F19", 1, 3), refused={"": "refused:scheme"},
    ),
    "F20": FeedCase(
        dated("F20", "Sun, 01 Mar 2026 00:00:00 GMT", "Tue, 03 Mar 2026 00:00:00 GMT", "Mon, 02 Mar 2026 00:00:00 GMT"),
        pending=a("F20", 0, 1, 2),
    ),
    "F20-1970": FeedCase(
        dated("F20-1970", *["Thu, 01 Jan 1970 00:00:00 GMT"] * 3), issues=("bad_date",), pending=a("F20-1970", 0, 1, 2),
    ),
    "F21": FeedCase(
        b"", "refused:off_site", status="302 Found", headers={"Location": "https://feeds.feedburner.com/news"},
    ),
    "F22-gone": FeedCase(b"Gone", "refused:http_4xx", status="410 Gone", type="text/plain"),
    "F22-moved": FeedCase(
        b"", status="301 Moved Permanently", headers={"Location": address("F17")}, pending=a("F17", 1, 2),
    ),
    "F23": FeedCase(
        f"<sitemapindex><sitemap><loc>{address('F23')}</loc></sitemap></sitemapindex>".encode(), kind="sitemap",
        type="text/xml",
    ),
    "F24": FeedCase(
        urlset(*(page(link, f"2026-03-{1 + n % 28:02d}T{n % 24:02d}:00:00Z")
                 for n, link in enumerate(a("F24", *range(50_000))))),
        issues=("overflow",), pending=2000, kind="sitemap", type="text/xml",
    ),
    "F25-bomb": FeedCase(
        gzip.compress(bytes(64 * 1024 * 1024)), "refused:too_large", kind="sitemap", type="application/gzip"
    ),
    "F25-future": FeedCase(
        urlset(page(*a("F25-future", 1), "2199-01-01"), page(*a("F25-future", 2), "2026-03-02")),
        pending=a("F25-future", 2, 1), kind="sitemap", type="text/xml",
    ),
    "F25-constant": FeedCase(
        urlset(*(page(link, "2026-03-02T10:00:00Z") for link in a("F25-constant", *range(10)))),
        issues=("constant_lastmod",), pending=a("F25-constant", *range(10)), kind="sitemap", type="text/xml",
        then=urlset(*(page(link, "2026-03-03T10:00:00Z") for link in a("F25-constant", *range(10)))),
    ),
    "F26": FeedCase(
        urlset(page(*a("F26", 1)), page("https://evil.example/a/F26-2"), page("https://news.test.evil.example/a/F26-3")),
        pending=a("F26", 1), kind="sitemap", type="text/xml",
        refused={"https://evil.example/a/F26-2": "refused:off_site",
                 "https://news.test.evil.example/a/F26-3": "refused:off_site"},
    ),
    "F27": FeedCase(
        rss("<ttl>90</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Friday</day></skipDays>"
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>" + item(*a("F27", 1)),
            attributes="xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"),
        pending=a("F27", 1),
    ),
    "F28-repeated": FeedCase(
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [], "items": [{"id": "1", "url": "/a/F28-0", "url":'
        b' "/a/F28-1", "title": NaN, "date_published": Infinity}]}',
        pending=a("F28", 1), type="application/feed+json",
    ),
    "F28-deep": FeedCase(b'{"items": ' + b"[" * 10_000, "refused:not_a_feed", type="application/feed+json"),
    "F28-deep-closed": FeedCase(
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        "refused:not_a_feed", type="application/feed+json",
    ),
    "F28-wide": FeedCase(
        b'{"items": [' + b"[]," * 1_500_000 + b"[]]}", "refused:too_large", type="application/feed+json"
    ),
}  # fmt: skip
"""The cases F01 to F28. Circles of several sitemaps (F23) are in test_sources.py as well."""
