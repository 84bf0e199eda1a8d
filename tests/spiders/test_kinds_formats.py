"""Each format of feeds as its specification has it and as sites write it, every one with the same article in it."""

import json
import random
from typing import Any

import pytest

from spiders.kinds import Listed, Unreadable
from tests.spiders.test_kinds import parse, rss

ARTICLE = Listed(
    "https://news.test/a/1", title="Blast in Kabul – two wounded", published="2026-03-02T05:30:00Z",
    authors=("Ana Rahimi",), language="en",
)  # fmt: skip
RDF = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
DC = "xmlns:dc='http://purl.org/dc/elements/1.1/'"
TITLE = "<title>Blast in Kabul &#8211; two wounded</title>"
DATED = "<dc:creator>Ana Rahimi</dc:creator><dc:date>2026-03-02T05:30:00Z</dc:date>"
JSON_ITEM = {
    "id": "1",
    "url": "/a/1",
    "title": "Blast in Kabul – two wounded",
    "date_published": "2026-03-02T05:30:00Z",
}

FORMATS: dict[str, tuple[str, set[str]]] = {
    "RSS 0.90": (
        f"<?xml version='1.0'?><rdf:RDF {RDF} xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>N</title>"
        f"</channel><image><url>x</url></image><item>{TITLE}<link>https://news.test/a/1</link></item></rdf:RDF>",
        {"published", "authors"},
    ),
    "RSS 0.91": (
        "<?xml version='1.0'?><!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
        "'http://my.netscape.com/publish/formats/rss-0.91.dtd'><rss version='0.91'><channel><title>N</title>"
        "<skipHours><hour>24</hour></skipHours><item><title>Blast in Kabul &ndash; two wounded</title>"
        "<link>https://news.test/a/1</link></item></channel></rss>",
        {"published", "authors"},
    ),
    "RSS 0.92": (
        f"<rss version='0.92'><channel><title>N</title><item>{TITLE}<link>https://news.test/a/1</link>"
        "<source url='https://other.test/feed'>Other</source><enclosure url='https://news.test/1.mp3' length='1'/>"
        "</item></channel></rss>",
        {"published", "authors"},
    ),
    "RSS 1.0": (
        f"<rdf:RDF {RDF} {DC} xmlns='http://purl.org/rss/1.0/'><channel rdf:about='https://news.test/'><items><rdf:Seq>"
        "<rdf:li resource='https://news.test/a/1'/></rdf:Seq></items></channel>"
        f"<item rdf:about='https://news.test/a/1'>{TITLE}{DATED}</item></rdf:RDF>",
        set(),
    ),
    "RSS 2.0": (
        f"<rss version='2.0' {DC} xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>N</title><atom:link "
        "rel='self' href='https://news.test/feed/'/><link>https://news.test/</link>"
        f"<item>{TITLE}<guid>https://news.test/a/1</guid>{DATED}</item></channel></rss>",
        set(),
    ),
    "RSS 2.0 with undeclared prefixes": (
        f"<rss version='2.0'><channel><item>{TITLE}<link>https://news.test/a/1</link>{DATED}</item></channel></rss>",
        set(),
    ),
    "Atom 0.3": (
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>N</title><entry>"
        "<title mode='escaped'>Blast in Kabul &amp;ndash; two wounded</title><link rel='alternate' type='text/html' "
        "href='https://news.test/a/1'/><author><name>Ana Rahimi</name></author><issued>2026-03-02T05:30:00Z</issued>"
        "</entry></feed>",
        set(),
    ),
    "Atom 1.0": (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>N</title><entry><title type='xhtml'><div "
        "xmlns='http://www.w3.org/1999/xhtml'>Blast in <b>Kabul</b> – two wounded</div></title>"
        "<link rel='alternate' type='application/json' href='/a/1.json'/><link rel='alternate' type='text/html' "
        "href='/a/1'/><author><name>Ana Rahimi</name></author><published>2026-03-02T05:30:00Z</published></entry>"
        "</feed>",
        set(),
    ),
    "JSON Feed 1.0": (
        json.dumps({
            "version": "https://jsonfeed.org/version/1", "items": [JSON_ITEM | {"author": {"name": "Ana Rahimi"}}],
        }),
        set(),
    ),
    "JSON Feed 1.1": (
        json.dumps({
            "version": "https://jsonfeed.org/version/1.1", "next_url": "?page=2",
            "items": [JSON_ITEM | {"authors": [{"name": "Ana Rahimi"}], "id": "https://news.test/a/1", "url": None}],
        }),
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_feed(name: str) -> None:
    """The same article from each, with all that the format can say of it; none of them is a mistake to mend."""
    body, cannot_say = FORMATS[name]
    listing = parse("feed", body, language="en")
    [found] = listing.items
    expected = {name: getattr(ARTICLE, name) for name in ("url", "title", "published", "authors", "language")}
    expected |= {name: getattr(Listed(""), name) for name in cannot_say}
    assert {name: getattr(found, name) for name in expected} == expected
    assert set(listing.issues) <= {"mended"}
    assert listing.issues == () or "&ndash;" in body


_ALL = f"All می‌گویند: {'the bridge is open, ' * 20}"
"""Longer than a teaser."""
TEXTS = {
    "content:encoded": "<description>Short.</description>"
    f"<content:encoded><![CDATA[<p>{_ALL}.</p>]]></content:encoded>",
    "escaped": f"<description>&lt;p&gt;{_ALL}.&lt;/p&gt;</description>",
    "escaped twice": f"<description>&amp;lt;p&amp;gt;{_ALL}.&amp;lt;/p&amp;gt;</description>",
    "not escaped": f"<description><p>{_ALL}.</p></description>",
    "beside pictures": "<media:content url='x.jpg'><media:description>No.</media:description></media:content>"
    f"<description><![CDATA[<p>{_ALL}.</p>]]></description>",
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_whole_text_in_the_feed(name: str) -> None:
    """As WordPress, IRNA and Mehr carry it, and as others get it wrong; only when the outlet file says so."""
    item = f"<item><link>https://news.test/a/1</link>{TEXTS[name]}</item>"
    body = rss(item, attributes="xmlns:media='http://search.yahoo.com/mrss/'")
    assert parse("feed", body, full_text=True).items[0].html == f"<p>{_ALL}.</p>"
    assert parse("feed", body).items[0].html is None


@pytest.mark.parametrize("markup", ["A summary.", "&lt;p&gt;A summary.&lt;/p&gt;", "<p>A summary.</p>", " "])
def test_a_summary_is_not_the_whole_text(markup: str) -> None:
    """I1: where a feed of whole texts carries a summary, the page is asked; a brief in its own element is one."""
    item = f"<item><link>https://news.test/a/1</link><description>{markup}</description>"
    assert parse("feed", rss(f"{item}</item>"), full_text=True).items[0].html is None
    brief = "<content:encoded>A brief.</content:encoded></item>"
    assert parse("feed", rss(item + brief), full_text=True).items[0].html == "A brief."


def test_paged_feeds_say_where_they_go_on() -> None:
    """RFC 5005 (rel="next") and JSON Feed's next_url; an entry's own links say nothing of it."""
    entry = "<entry><link rel='next' href='/no'/><link href='/a/1'/></entry>"
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='?page=2'/>{entry}</feed>"
    assert parse("feed", atom).more == "https://news.test/feed/?page=2"
    assert parse("feed", f"<feed>{entry}</feed>").more is None
    assert parse("feed", FORMATS["JSON Feed 1.1"][0]).more == "https://news.test/feed/?page=2"


def test_an_item_that_breaks_off_is_left_out() -> None:
    """F08, I2: half an address is the address of something else. At every place where the feed may break."""
    whole = rss("".join(f"<item><title>T</title><link>https://news.test/a/12{n}</link></item>" for n in range(3)))
    addresses = {f"https://news.test/a/12{n}" for n in range(3)}
    for end in range(whole.index("<item>"), len(whole) - len("</channel></rss>")):
        listing = parse("feed", whole[:end])
        assert listing.issues == ("truncated",)
        assert {item.url for item in listing.items} <= addresses


def test_what_is_no_end_of_items_is_bounded() -> None:
    """I7: elements without end inside an item, or where no item is, end the reading; what was read is kept."""
    good = "<item><link>https://news.test/a/1</link></item>"
    for flood in (f"<item>{'<a/>' * 400_000}</item>", "<a/>" * 400_000, "<a>" * 400_000):
        listing = parse("feed", rss(good + flood))
        assert ([item.url for item in listing.items], listing.issues) == (["https://news.test/a/1"], ("overflow",))


def test_no_feed_makes_a_parser_fail() -> None:
    """I7: bytes changed, lost and doubled at random give a list or a named refusal, never another error."""
    chance = random.Random(7)  # noqa: S311 (no secret)
    bodies = [body.encode() for body, _ in FORMATS.values()]
    for _ in range(1500):
        body = bytearray(chance.choice(bodies))
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(body))
            match chance.randrange(3):
                case 0:
                    body[at] = chance.randrange(256)
                case 1:
                    del body[at : at + chance.randint(1, 30)]
                case _:
                    body[at:at] = body[at : at + chance.randint(1, 30)]
        for kind in ("feed", "sitemap", "listing", "json", "wordpress"):
            survives(kind, bytes(body))


def survives(kind: str, body: bytes) -> Any:
    """What the parser makes of `body`, a refusal included."""
    try:
        return parse(kind, body)
    except Unreadable as error:
        return error
