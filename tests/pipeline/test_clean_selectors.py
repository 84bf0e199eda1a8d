"""What an outlet's selectors find comes before every general rule, and one that finds nothing says so (I6)."""

from datetime import UTC, datetime

import pytest

from outlets import Outlet
from pipeline.clean.stage import clean
from pipeline.items import Article, Hints, Page

STORY = "".join(f"<p>{n}. Officials in the valley said that the old bridge was safe again.</p>" for n in range(8))
PAGE = f"""<!doctype html><html lang=en><head><title>Old bridge is safe | Valley Herald</title>
<meta property="og:title" content="Old bridge is safe"><meta name=author content="Wrong Person">
<meta property="article:published_time" content="2024-01-01T10:00:00+04:30">
<meta name=headline content="The bridge, in the head"></head><body><main>
<h1>Old bridge is safe</h1><p class=topic>The bridge, as the desk calls it</p>
<ul class=who><li>By Anna Berg</li><li>Omid Karimi and Lena Wolf</li><li>Valley Herald</li></ul>
<span class=when data-x=1>۵ سنبله ۱۴۰۴ - ۱۴:۳۰</span>
<time class=stamp datetime="2024-03-04T08:15:00Z">some days ago</time>
<i class=order>03/04/2024 09:20</i><b class=nodate>soon</b>
<div class=story>{STORY}<p class=ad>Buy the best umbrella of the valley here, says our partner, the umbrella shop.</p>
</div></main></body></html>"""


def outlet(**selectors: object) -> Outlet:
    return Outlet.model_validate(
        {
            "name": "valley_herald", "title": "Valley Herald", "home": "https://valley.example/", "country": "AF",
            "ownership": "private", "languages": ["en"], "timezone": "Asia/Kabul", "date_order": "dmy",
            "sources": [{"kind": "feed", "url": "https://valley.example/feed/"}],
            "article_url": r"^https://valley\.example/.", "assertions": {"min": {"kept": 1}}, "selectors": selectors,
        }
    )  # fmt: skip


def article(html: str = PAGE, url: str = "https://valley.example/bridge", **selectors: object) -> Article:
    found = clean(
        Page("x", url, html.encode(), fetched_at=datetime(2026, 9, 1, tzinfo=UTC), outlet=outlet(**selectors))
    )
    assert found.outcome == "done"
    return found


def missed(found: Article) -> list[str]:
    return [issue for issue in found.issues if issue.startswith("selector_missed")]


def test_without_selectors_the_general_rules_decide() -> None:
    """What every test below differs from."""
    found = article()
    assert (found.title, found.authors) == ("Old bridge is safe", ("Wrong Person",))
    assert found.published is not None
    assert (found.published.iso(), found.published.basis) == ("2024-01-01T10:00:00+04:30", "meta")
    assert "umbrella" in found.text
    assert missed(found) == []


@pytest.mark.parametrize(
    ("selector", "title"),
    [("p.topic", "The bridge, as the desk calls it"), ("meta[name=headline]", "The bridge, in the head")],
)
def test_the_title_is_what_the_selector_finds(selector: str, title: str) -> None:
    """Against h1, og:title and the title element together; a meta element speaks by its content."""
    found = article(title=selector)
    assert found.title == title
    assert missed(found) == []


def test_the_bylines_are_what_the_selector_finds() -> None:
    """Several elements and several names in one are a list; the house's own byline is dropped from it."""
    found = article(author=".who li")
    assert found.authors == ("Anna Berg", "Omid Karimi", "Lena Wolf")
    assert missed(found) == []


def test_a_single_name_is_an_author_where_the_selector_says_so() -> None:
    """Many Afghan reporters sign with one name, which the general rules take for an organisation."""
    assert article(PAGE.replace("By Anna Berg", "Freshta"), author=".who li:first-child").authors == ("Freshta",)


@pytest.mark.parametrize(
    ("selector", "iso", "calendar"),
    [
        (".when", "2025-08-27T14:30+04:30", "solar_hijri"),  # as text, in the outlet's zone
        ("time.stamp", "2024-03-04T12:45:00+04:30", "gregorian"),  # by its datetime attribute
        (".order", "2024-04-03T09:20+04:30", "gregorian"),  # in the outlet's order of day and month
        (".nodate, .order", "2024-04-03T09:20+04:30", "gregorian"),  # the first that is a time
    ],
)
def test_the_time_is_what_the_selector_finds(selector: str, iso: str, calendar: str) -> None:
    """I5: read like every other claim, with precision, zone and calendar, and with a basis of its own."""
    found = article(date=selector).published
    assert found is not None
    assert (found.iso(), found.calendar, found.basis) == (iso, calendar, "selector")
    assert found.precision == ("second" if selector == "time.stamp" else "minute")


def test_the_address_does_not_overrule_the_selector() -> None:
    """Digits in an address may be anything; the difference is an issue."""
    found = article(url="https://valley.example/2023/06/15/bridge", date="time.stamp")
    assert found.published is not None
    assert found.published.basis == "selector"
    assert "date_conflict" in found.issues


@pytest.mark.parametrize(
    ("field", "selector"),
    [("title", ".gone"), ("author", ".gone"), ("date", ".gone"), ("date", ".nodate"), ("body", ".gone")],
)
def test_a_selector_that_finds_nothing_is_named(field: str, selector: str) -> None:
    """I6: drift of the site shows, and the general rules stand in."""
    found, general = article(**{field: selector}), article()
    assert missed(found) == [f"selector_missed:{field}"]
    assert (found.title, found.authors, found.published) == (general.title, general.authors, general.published)
    assert found.text == general.text


@pytest.mark.parametrize("body", [None, ".story", ".gone"])
def test_what_is_to_be_removed_goes_with_and_without_a_body(body: str | None) -> None:
    """An option always has its effect, whatever finds the text."""
    found = article(body=body, remove=[".ad", "main > .ad"])
    assert "umbrella" not in found.text
    assert found.text.count("bridge was safe") == 8


def test_a_page_of_bare_markup_is_read_by_the_selectors_too() -> None:
    """Pages without any class are read line by line, but not where the outlet says how."""
    bare = f"<html><body><h1>Site of the valley</h1><h2>Bridge is safe</h2><article>{STORY}</article></body></html>"
    found = article(bare, title="h2", body="article")
    assert found.title == "Bridge is safe"
    assert found.text.startswith("0. Officials")


def test_full_text_of_a_feed_misses_no_selector() -> None:
    """What a feed carries is not laid out like the outlet's pages, so nothing drifted."""
    hints = Hints(title="Old bridge is safe", html=STORY)
    found = clean(
        Page("x", "https://valley.example/bridge", b"", outlet=outlet(title="h1", body=".story"), hints=hints)
    )
    assert (found.outcome, found.title) == ("done", "Old bridge is safe")
    assert missed(found) == []
