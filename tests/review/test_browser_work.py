"""The keys that work on an item without deciding it, in a real Chromium, in English and on a Dari article."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from models.article import Article
from models.review import ReviewDecision
from models.session import reading
from tests.review.browser import open_page
from tests.review.newsroom import Newsroom
from tests.review.test_browser import SHOTS, browser, current, press

__all__ = ["browser"]  # one Chromium, started as there

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A desktop page that has done nothing it may not at the end."""
    with open_page(browser, address, viewport={"width": 1280, "height": 900}) as made:
        yield made


def made(engine: Engine) -> list[tuple[int, str, Any]]:
    with reading(engine) as connection:
        found = connection.execute(
            select(ReviewDecision.article_id, ReviewDecision.action, ReviewDecision.note).order_by(ReviewDecision.id)
        )
        return [tuple(row) for row in found]


def test_note_assign_and_flag_by_key_on_the_queue(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """n, @ and f act on the card pointed at, here one in Dari; the card keeps the focus, and what was done is told."""
    herat = newsroom.herat
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#card-note")).to_be_focused()
    page.keyboard.type("منبع دوم؟ a r u")
    page.screenshot(path=SHOTS / "review-note-dari.png")
    press(page, "Control+Enter")
    assert made(engine) == [(herat, "note", "منبع دوم؟ a r u")]
    assert current(page) == herat
    expect(page.locator("#said")).to_contain_text("Save the note")
    page.keyboard.press("@")
    expect(page.locator("#card-assign")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#assign-dialog")).to_be_hidden()
    assert current(page) == herat
    page.keyboard.press("@")
    page.keyboard.type("local")
    press(page, "Enter")
    press(page, "f")
    expect(page.locator(f"#card-{herat}")).to_contain_text("flagged")
    expect(page.locator(f"#card-{herat}")).to_contain_text("for local")
    assert page.eval_on_selector(f"#card-{herat} .noted", "e => getComputedStyle(e).direction") in ("rtl", "ltr")
    press(page, "f")
    press(page, "u")
    assert [row[1] for row in made(engine)] == ["note", "assign", "flag", "unflag", "undo"]
    assert current(page) == herat


@pytest.mark.parametrize("name", ["kunduz", "herat"])
def test_correct_facts_and_tags_by_key(page: Page, engine: Engine, newsroom: Newsroom, name: str) -> None:
    """e and t open the form of the article at the right field; Enter saves; the corrections stand on the page."""
    article = getattr(newsroom, name)
    page.goto(f"/#card-{article}")
    assert current(page) == article
    press(page, "e")
    expect(page.locator("[name=killed_low]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("4")
    press(page, "Enter")
    expect(page.locator(".toll")).to_contain_text("corrected by a reviewer")
    page.keyboard.press("t")
    expect(page.locator("[name=add_place]")).to_be_focused()
    page.select_option("[name=add_place]", "AF-KHO")
    with page.expect_navigation():
        page.click("text=Save the corrections")
    expect(page.locator(".g-place")).to_contain_text("Khost")
    assert [row[1] for row in made(engine)] == ["edit", "edit"]
    page.keyboard.press("n")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.type("checked")
    press(page, "Control+Enter")
    page.keyboard.press("@")
    page.keyboard.type("ben")
    press(page, "Enter")
    press(page, "f")
    for _ in range(5):
        press(page, "u")
    with reading(engine) as connection:
        row = connection.execute(select(Article.__table__).where(Article.id == article)).one()
    assert (row.flagged, row.assigned_to, row.corrections) == (False, None, {})


def test_everything_shown_by_key(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """Shift+A says how many, Escape leaves, Enter accepts; one u takes all of it back."""
    page.goto("/?relevance=0.6")
    page.keyboard.press("Shift+A")
    expect(page.locator("#bulk .accept")).to_be_focused()
    expect(page.locator("#said")).to_contain_text("6 articles of the 4 stories shown")
    page.keyboard.press("Escape")
    assert made(engine) == []
    page.keyboard.press("Shift+A")
    press(page, "Enter")
    assert [row[1] for row in made(engine)] == ["accept"] * 6
    expect(page.locator(".empty")).to_be_visible()
    press(page, "u")
    assert page.locator(".card").count() == 4


def test_work_at_phone_width_and_zoom(browser: Browser, address: str, newsroom: Newsroom) -> None:
    """The form of the corrections is usable on a phone and at 200 %: nothing runs over the side."""
    for name, width, scale in (("phone", 390, 2), ("zoom", 640, 2)):
        with open_page(browser, address, viewport={"width": width, "height": 800}, device_scale_factor=scale) as page:
            page.goto(f"/articles/{newsroom.kunduz}#facts")
            expect(page.locator("[name=killed_low]")).to_be_focused()
            page.screenshot(path=SHOTS / f"review-correct-{name}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
