"""Title, authors, language, canonical address, boilerplate: the rules that hold on any site."""

# ruff: noqa: E501 - a page stands on one line

import json

import pytest

from pipeline.clean import bylines, canonical, structured, titles
from pipeline.clean.boilerplate import is_boilerplate
from pipeline.clean.language import is_mixed, language_of
from pipeline.clean.names import split as names_in
from pipeline.clean.parse import parse
from pipeline.clean.stage import clean
from pipeline.items import Page


def headline(head: str, body: str, url: str = "https://www.valley-herald.example/news/x") -> str | None:
    tree = parse(f"<html><head>{head}</head><body>{body}</body></html>")
    assert tree is not None
    return titles.headline(tree, structured.read(tree, url), url).title


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Bridge opens in May | Valley Herald</title>", "", "Bridge opens in May"),
        ("<title>Bridge opens in May - Valley Herald</title><meta property=og:site_name content='Valley Herald'>", "", "Bridge opens in May"),
        ("<title>Valley Herald: Bridge opens in May</title><meta property=og:site_name content='Valley Herald'>", "", "Bridge opens in May"),
        ("<title>Bridge opens in May - World - Valley Herald</title>", "<h1>Bridge opens in May</h1>", "Bridge opens in May"),
        ("<title>Bridge opens in May</title>", "<h1>Valley Herald</h1><h1>Bridge opens in May</h1>", "Bridge opens in May"),
        ("<title>Bridge opens - at last</title>", "<h1>Bridge opens - at last</h1>", "Bridge opens - at last"),
        ("<meta property=og:title content='Bridge opens in May'><title>Bridge opens in May</title>", "<h1>Local news | Bridge opens in May</h1>", "Bridge opens in May"),
        ("<meta property=og:title content='Bridge &amp;amp; road open'>", "", "Bridge & road open"),
        ("<meta property=og:title content='All the news'><title>Bridge opens in May</title>", "<h1>Bridge opens in May</h1>", "Bridge opens in May"),
        ("", "<h2>Bridge opens in May</h2>", "Bridge opens in May"),
        # of the same words, the marks that most places put between them, with the look that the heading gives them
        ("<meta property=og:title content='The bridge: It\u2019s open'><title>The bridge: It's open</title>", "<h1>The bridge:It\u2019s open</h1>", "The bridge: It\u2019s open"),
        ("<meta property=og:title content='The bridge opens | Herald - News of the valley'><meta property=og:site_name content='Herald - News of the valley'>", "", "The bridge opens"),
        ("<title>Bridge over the river - Valley Herald: who pays for it, and what the council says about that</title><meta property=og:site_name content='Valley Herald'>", "<h1>Bridge over the river - Valley Herald: who pays for it, and what the council says about that</h1>", "Bridge over the river - Valley Herald: who pays for it, and what the council says about that"),
        ("<meta name=twitter:title content='Bridge opens in May'><title>Bridge opens in May &#187; Local</title>", "<h1>Bridge opens in May<span>Herald of the Valley</span></h1>", "Bridge opens in May"),
        ("<title>Мост открыт — Новости долины</title>", "<h1>Мост открыт</h1>", "Мост открыт"),
    ],
)  # fmt: skip
def test_headlines(head: str, body: str, title: str) -> None:
    """Site names and kickers go; the visible heading and the declarations vote."""
    assert headline(head, body) == title


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Anna Berg and Omid Karimi, Kabul", ["Anna Berg", "Omid Karimi"]),
        ("BY ANNA BERG", ["ANNA BERG"]),
        ("Von Anna Berg, Omid Karimi und Lena Wolf", ["Anna Berg", "Omid Karimi", "Lena Wolf"]),
        ("Anna Berg, Senior Reporter", ["Anna Berg"]),
        ("Anna Berg | Valley Herald", ["Anna Berg"]),
        ("Written by Anna Berg on May 3, 2024", ["Anna Berg"]),
        ("Автор: Анна Иванова", ["Анна Иванова"]),
        ("نویسنده: فریدون آژند", ["فریدون آژند"]),
        ("anna@valley.example", []),
        ("https://social.example/anna", []),
    ],
)
def test_bylines_are_split(byline: str, names: list[str]) -> None:
    """Roles, places, dates and addresses are no names."""
    assert names_in(byline) == names


def test_house_bylines_are_no_authors() -> None:
    """The outlet's own name stands for nobody, in whatever place the page writes it."""
    tree = parse('<html><head><meta name=author content="Valley Herald"></head><body><h1>x</h1></body></html>')
    assert tree is not None
    claims = structured.read(tree, "https://news.example/x")
    assert bylines.authors(tree, claims, house=("Valley Herald",)) == ()
    assert bylines.authors(tree, claims) == ("Valley Herald",)


def test_a_byline_beside_other_articles_is_not_taken() -> None:
    """Names in teasers belong to what they announce."""
    tree = parse(
        "<html><body><div id=main><h1>Bridge opens</h1><p>Long story here.</p></div>"
        "<div class=related><span class=author>Omid Karimi</span></div></body></html>"
    )
    assert tree is not None
    found = bylines.authors(tree, structured.read(tree, ""), heading=tree.find(".//h1"))
    assert found == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The assembly met on Monday and put off the vote until May.", "en"),
        ("مسئولان می‌گویند که راه کوهستانی پس از دو هفته باز شده است.", "fa"),
        ("چارواکي وايي چې د غره لار له دوو اونیو وروسته بېرته پرانیستل شوې ده او موټرې پرې تېرېږي.", "ps"),
        ("Собрание отложило голосование до мая, сообщили в министерстве.", "ru"),
        ("حکام کا کہنا ہے کہ پہاڑی سڑک دو ہفتے بعد دوبارہ کھول دی گئی ہے۔", "ur"),
        ("Мақомот мегӯянд, ки роҳи кӯҳӣ пас аз ду ҳафта боз шудааст ва мошинҳо мегузаранд.", "tg"),
        ("short", None),
    ],
)
def test_the_language_is_that_of_the_text(text: str, language: str | None) -> None:
    """H25: what the page declares is recorded, not believed."""
    found, issues = language_of(text, declared="de-DE" if language else None)
    assert found == language
    assert ("language_differs" in issues) == (language is not None)


def test_mixed_scripts_are_seen() -> None:
    """H25: a page that changes its language midway."""
    assert is_mixed("The assembly met. " * 20 + "Собрание отложило голосование. " * 20)
    assert not is_mixed("The assembly met. " * 40)


@pytest.mark.parametrize(
    ("href", "found", "issue"),
    [
        ("https://news.example/a", "https://news.example/a", None),
        ("/a#top", "https://news.example/a", None),
        ("https://NEWS.example./a", "https://news.example/a", None),
        ("https://evil.example/a", None, "canonical_offsite"),
        ("javascript:alert(1)", None, "bad_canonical"),
        ("https://news.example/", None, "canonical_collapse"),
        ("https://user@news.example/a", None, "bad_canonical"),
    ],
)
def test_canonical_addresses_stay_on_their_site(href: str, found: str | None, issue: str | None) -> None:
    """R11 and R12: a hint, never a way to another site or to the home page."""
    tree = parse(f'<html><head><link rel="canonical" href="{href}"></head><body>x</body></html>')
    assert tree is not None
    url = "https://news.example/2026/a"
    address, issues = canonical.canonical(tree, structured.read(tree, url), url)
    assert address == found
    assert issues == ([issue] if issue else [])


@pytest.mark.parametrize(
    "line", ['Press "Enter" to skip to content', "Skip to main content", "Also read: The harbours", "Читайте также: Порт",
             "بیشتر بخوانید: بندر", "Sign up for our newsletter to get the news", "© 2026 Valley Herald", "Image: Anna Berg"],
)  # fmt: skip
def test_furniture_is_known_on_any_site(line: str) -> None:
    """Theme text, pointers and calls are no story."""
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line", ["The newsletter of the party was seized by police on Monday.", "Share prices fell.", "He told the court to skip to the verdict.",
             "Читайте законы, сказал судья."],
)  # fmt: skip
def test_sentences_with_the_same_words_stay(line: str) -> None:
    """Only whole lines of the kind go."""
    assert not is_boilerplate(line)


PROSE = "".join(
    f"<p>{n}. The council met for two hours and spoke about the canal, the school and the road.</p>" for n in range(4)
)


def written_by(name: str, **more: str) -> str:
    story = {"@type": "NewsArticle", "headline": "Council", "author": {"@type": "Person", "name": name, **more}}
    return f'<script type="application/ld+json">{json.dumps(story)}</script>'


@pytest.mark.parametrize(
    ("head", "before", "after", "names"),
    [
        ("", "", "<p style='text-align:right'><strong>Anna Berg</strong></p>", ("Anna Berg",)),
        ("", "", "<p><em>Anna Berg</em></p>", ("Anna Berg",)),
        ("", "", "<p>Anna Berg is a freelance writer in Herat.</p>", ("Anna Berg",)),
        ("", "", "<p>Great River</p>", ()),  # a name's shape alone is no signature
        ("<meta property='og:description' content='ANNA BERG'>", "<p>ANNA BERG</p>", "", ("ANNA BERG",)),
        ("", "", "<div><h3>Author</h3> <p>Anna D. Berg</p></div>", ("Anna D. Berg",)),
        ("", "<p>By April Berg and Jan Holm</p>", "", ("April Berg", "Jan Holm")),
        ("<meta name='author' content='News Example'><meta property='og:site_name' content='News Example'>", "<p><em>By Agencia EFE</em></p>", "", ("Agencia EFE",)),
        (
            written_by("Anna Berg"),
            "<div class=bylines><div><p><a rel=author>Anna Berg</a></p></div><div><p><a rel=author>Omid Karimi</a></p></div></div>",
            "",
            ("Anna Berg", "Omid Karimi"),
        ),
        (
            written_by("Desk Account", url="https://news.example/author/admin/"),
            "<p>By Anna Berg</p>",
            "",
            ("Anna Berg",),
        ),
        ("<meta name=description content='This post was written by Anna Berg, a doctor in Herat.'>", "", "", ("Anna Berg",)),
        ("", "", "<div>Source: the council<br>Author: <a href=/x>Attorney</a> Anna Berg</div>", ("Anna Berg",)),
        # neither a section nor a site with its motto is anybody
        ("", "<div class=author>منوعات</div>", "", ()),
        (
            '<meta property=og:site_name content="Herald | News of the valley">'
            '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Council", "author": {"@type": "Organization", "name": "Herald | News of the valley"}}</script>',
            "",
            "",
            (),
        ),
        ("", "", "<div><div><h3>Another story</h3><div class=author-name>Omid Karimi</div></div></div>", ()),
    ],
)  # fmt: skip
def test_who_wrote_it(head: str, before: str, after: str, names: tuple[str, ...]) -> None:
    """Signatures, notes, excerpts, several bylines; never the account that posted it, nor another story's author."""
    html = f"<html><head><title>Council</title>{head}</head><body><div><h1>Council meets</h1>{before}{PROSE}{after}</div></body></html>"
    assert clean(Page("x", "https://paper.example/a", html.encode())).authors == names


@pytest.mark.parametrize(
    ("marks", "published"),
    [
        # what readers see is the day where it was written; the instant stays
        ("<time itemprop=datePublished datetime=2026-02-24T04:13:00Z>February 23, 2026</time>", "2026-02-23T23:13:00-05:00"),
        ("<time itemprop=datePublished datetime=2026-02-24T04:13:00Z>February 24, 2026</time>", "2026-02-24T04:13:00+00:00"),
        # a day at first, the instant in it later
        ("<meta property=article:published_time content=2023-05-17T00:00:00+0000><meta name=parsely-pub-date content=2023-05-18T04:39:05+00:00>", "2023-05-18T04:39:05+00:00"),
        ("<meta property=article:published_time content=2023-05-17><meta name=parsely-pub-date content=2023-05-19T04:39:05+00:00>", "2023-05-17"),
        # no zone: the same clock stands in another claim, with one
        ("<meta name=datePublished content=2023-05-17T18:11:01><meta property=article:published_time content=2023-05-17T18:11:01+02:00>", "2023-05-17T18:11:01+02:00"),
        # no date to see: all times in the source have one offset, and in it this was the evening before
        ("<meta property=article:published_time content=2020-05-02T02:54:29Z><!-- 2020-05-01T23:00:00-0400 -->", "2020-05-01T22:54:29-04:00"),
        ("<meta property=article:published_time content=2020-05-02T02:54:29Z><!-- 2020-05-01T23:00:00-0400 12:00:00+02:00 -->", "2020-05-02T02:54:29+00:00"),
        ("<meta property=article:published_time content=2020-05-02T02:54:29Z><!-- 2020-05-01T23:00:00-0400 --><p>May 2, 2020</p>", "2020-05-02T02:54:29+00:00"),
    ],
)  # fmt: skip
def test_the_instant_and_its_zone(marks: str, published: str) -> None:
    """I5: the most exact of claims that agree, in the zone that the page shows."""
    html = (
        f"<html><head><title>Council</title></head><body><div><h1>Council meets</h1>{marks}{PROSE}</div></body></html>"
    )
    found = clean(Page("x", "https://paper.example/a", html.encode())).published
    assert found is not None
    assert found.iso() == published


@pytest.mark.parametrize(
    ("shown", "published", "modified"),
    [
        ("<p>May 12, 2023</p>", "2023-05-12", None),
        ("<p>Last updated: May 13, 2023</p>", None, "2023-05-13"),
        ("<time datetime=2023-05-13T10:00:00+02:00>Updated: May 13, 2023</time>", None, "2023-05-13T10:00:00+02:00"),
        ("<time class=updated datetime=2023-05-13T10:00:00+02:00>May 13, 2023</time>", "2023-05-13", "2023-05-13T10:00:00+02:00"),
        ("<p>May 12, 2023, updated May 13, 2023</p>", "2023-05-12", None),
        ("<p>on May 12, 2023, updated <span>May 13, 2023</span></p>", "2023-05-12", "2023-05-13"),
        ("<p>Updated</p><p>May 13, 2023</p>", None, "2023-05-13"),
        # a day in a side column counts when it is the only one there, and never one from a list of other articles
        ("<div class=sidebar><p>Mise en ligne</p><p>12 mai 2023</p></div>", "2023-05-12", None),
        ("<div class=sidebar><p>12 mai 2023</p><p>13 mai 2023</p></div>", None, None),
        ("<div class=related><p>12 mai 2023</p></div>", None, None),
        ("<div><h3><a href=/other>Another story</a></h3><time datetime=2023-05-12>May 12, 2023</time></div><div><h3><a href=/third>Third</a></h3><time datetime=2023-05-10>May 10</time></div>", None, None),
        ("<div><h2>What the council said</h2><time datetime=2023-05-12>May 12, 2023</time></div>", "2023-05-12", None),
        ("<p><i class=icon-calendar></i> May 12, 2023</p>", "2023-05-12", None),
    ],
)  # fmt: skip
def test_dates_that_readers_see(shown: str, published: str | None, modified: str | None) -> None:
    """I5: a page that declares no time: the day of publication is told from that of a change and from those of other
    articles, or stays unknown."""
    html = (
        f"<html><head><title>Council</title></head><body><div><h1>Council meets</h1>{shown}{PROSE}</div></body></html>"
    )
    found = clean(Page("x", "https://paper.example/a", html.encode()))
    assert (found.published and found.published.iso(), found.modified and found.modified.iso()) == (published, modified)


def test_a_dated_byline_is_no_part_of_the_text() -> None:
    """A first line that is a known author and a date goes; one that is a sentence stays."""
    head = '<meta name=author content="Anna Berg">'

    def first(line: str) -> str:
        html = f"<html><head><title>Council</title>{head}</head><body><article><h1>Council meets</h1><p>{line}</p>{PROSE}</article></body></html>"
        return clean(Page("x", "https://paper.example/a", html.encode())).text.split("\n")[0]

    assert first("Anna Berg (@annaberg) 12 minutes ago Wed 29th April 2020 | 03:32 PM").startswith("0. The council")
    assert first("Anna Berg was elected to the council on 29 April 2020.").startswith("Anna Berg was elected")
