"""Broken pages, headers and addresses, as made by chance: each ends under a name, and none raises out of the stage."""

import json
import random
from collections.abc import Callable

import pytest

from models.outcome import OUTCOMES
from pipeline.clean.json_lines import article_to_json
from pipeline.clean.stage import clean
from pipeline.clean.structured import loads
from pipeline.items import Page

STORY = " ".join(
    f"The {word} of the province spoke to reporters about the road." for word in ("governor", "mayor") * 20
)
HTML = (
    '<html lang="en"><head><title>A road opens</title><meta property="og:title" content="A road opens">'
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A road opens", "author": "Jane Doe",'
    ' "datePublished": "2026-05-04T10:00:00Z"}</script></head><body><article><h1>A road opens</h1>'
    f"<p>By Jane Doe</p><time datetime='2026-05-04'>4 May 2026</time><p>{STORY}</p><p>ق\u200cق é</p></article>"
)
BYTES = HTML.encode()

MUTATIONS: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "cut": lambda r, b: b[: r.randrange(len(b))],
    "flipped": lambda r, b: bytes(r.randrange(256) if r.random() < 0.02 else one for one in b),
    "shuffled": lambda r, b: b"<".join(r.sample(b.split(b"<"), b.count(b"<") + 1)),
    "nested": lambda r, b: b.replace(b"<p>", r.choice([b"<div>", b"<b>", b"<td>", b"<article><h1>x</h1>"]) * 3000, 1),
    "attribute": lambda r, b: b.replace(b"datetime='", b"datetime='" + r.choice([b"2026-", b"A", b"&#0;"]) * 20_000),
    "nul": lambda r, b: b.replace(b" ", b"\x00" * r.randrange(1, 4), r.randrange(200)),
    "surrogates": lambda r, b: b.replace(b"o", r.choice([b"\xed\xa0\x80", b"&#xD800;", b"\xf4\x90\x80\x80"]), 9),
    "utf-16": lambda r, b: b.decode().encode(r.choice(["utf-16", "utf-16-le", "utf-16-be"]))[: r.choice([None, -1])],
    "entities": lambda r, b: b.replace(b"spoke", r.choice([b"&", b"&#", b"&#99999999999;", b"&lt;p&gt;"]) * 500, 5),
    "claims": lambda r, b: b.replace(b'"Jane Doe"', r.choice([b"1e400", b"[[]]", b'{"name": {}}', b'"\\ud800"'])),
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_mutated_page_has_a_named_outcome(kind: str) -> None:
    """I4, I6, I7: whatever bytes came, the stage ends with a word of the vocabulary and with text that can be sent."""
    chance = random.Random(kind)  # noqa: S311 - the same pages every time
    for _ in range(8):
        body = MUTATIONS[kind](chance, BYTES)
        kind_of_answer = chance.choice(["", "text/html; charset=utf-16", "text/html; charset=undefined", "; ; ;"])
        article = clean(Page("1", "https://a.example/1", body, {"content-type": kind_of_answer}))
        assert article.outcome in OUTCOMES
        assert b"\x00" not in json.dumps(article_to_json(article), ensure_ascii=False).encode()


@pytest.mark.parametrize("name", ["undefined", "rot13"])
def test_a_charset_that_is_none_is_not_used(name: str) -> None:
    """I7: these name codecs of Python that raise; the page is read as if nothing had been said."""
    body = HTML.encode("cp1256", "replace")
    article = clean(Page("1", "https://a.example/1", body, {"content-type": f"text/html; charset={name}"}))
    assert article.outcome == "done"
    assert article.title == "A road opens"
    assert "charset_unknown" in article.issues


def test_control_characters_behind_a_hidden_sentence_cost_no_article() -> None:
    """I7: lxml reads them, but does not write them when what stands before them is taken out."""
    hidden = b"<p style='display: none'>This sentence is long enough to be taken out of the page.</p>\x01\x02<p>"
    article = clean(Page("1", "https://a.example/1", BYTES.replace(b"<p>", hidden, 1)))
    assert article.outcome == "done"
    assert article.text
    assert "\x01" not in article.text


def test_half_a_character_in_json_is_none() -> None:
    """I7: a lone surrogate or NUL that JSON-LD escapes cannot be stored, and would cost the whole batch; pairs stay."""
    body = HTML.replace("A road opens", r"A \ud83d\ude00 road \ud800\u0000opens").encode()
    article = clean(Page("1", "https://a.example/1", body))
    assert article.title
    article.title.encode()
    assert "\x00" not in article.title
    read = loads(r'{"headline": "A \ud83d\ude00 road \ud800\u0000opens"}')
    assert read == {"headline": "A \U0001f600 road \ufffdopens"}


def test_an_answer_dated_at_the_end_of_time_dates_nothing() -> None:
    """I5: a Date header of the year 9999 is no clock, and the page's own date stands."""
    article = clean(Page("1", "https://a.example/1", BYTES, {"date": "Thu, 31 Dec 9999 23:59:59 -1200"}))
    assert article.published
    assert article.published.at.isoformat() == "2026-05-04T10:00:00+00:00"


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "//[x", "\ud800"])
def test_an_unreadable_address_costs_no_article(url: str) -> None:
    """I6: the page is cleaned, and keeps the address under which it came."""
    article = clean(Page("1", url, BYTES))
    assert (article.outcome, article.url, article.title) == ("done", url, "A road opens")


def test_the_date_of_an_issue_is_not_that_of_the_article() -> None:
    """I5: the number of a magazine or a broadcast bears a date of its own, and counts only where nothing else does."""
    plain = HTML.replace('"datePublished": "2026-05-04T10:00:00Z"', '"name": "x"').replace(
        "<time datetime='2026-05-04'>4 May 2026</time>", "<p>May 25, 2026, Issue</p>{}"
    )
    for shown, day in (("<p>May 4, 2026</p>", "2026-05-04"), ("", "2026-05-25")):
        article = clean(Page("1", "https://a.example/1", plain.replace("{}", shown).encode()))
        assert article.published
        assert article.published.at.date().isoformat() == day
