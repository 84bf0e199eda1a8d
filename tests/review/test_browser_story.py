"""The story page in a real Chromium: keys, both directions of writing, a phone, and hostile text that stays text."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from models.session import writing
from tests.review.browser import open_page
from tests.review.newsroom import HERAT_FA, NASTY, Newsroom, nasty_text
from tests.review.rows import add
from tests.review.test_browser import SHOTS, browser, current, press
from tests.review.test_browser_work import made
from tests.review.test_story_moves import stories

__all__ = ["browser"]  # one Chromium, started as there

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A desktop page that has done nothing it may not at the end."""
    with open_page(browser, address, viewport={"width": 1400, "height": 900}) as opened:
        yield opened


def test_a_story_by_keyboard(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """Enter opens the story of a card, j walks its reports and then on to the next story; a decides all of it."""
    n = newsroom
    page.goto("/")
    press(page, "Enter")
    assert f"/story/{n.kunduz}" in page.url
    assert current(page) == n.kunduz
    page.keyboard.press("j")
    assert current(page) == n.kunduz_ru
    page.keyboard.press("n")
    page.keyboard.type("По словам ТАСС")
    press(page, "Control+Enter")
    assert made(engine) == [(n.kunduz_ru, "note", "По словам ТАСС")]
    assert current(page) == n.kunduz_ru
    press(page, "f")
    expect(page.locator(f"#card-{n.kunduz_ru}")).to_contain_text("flagged")
    press(page, "u")
    expect(page.locator("h1")).to_contain_text("Roadside bomb")
    press(page, "e")
    assert page.url.endswith(f"/articles/{n.kunduz_ru}#facts")
    page.go_back()
    press(page, "a")
    assert [row[1] for row in made(engine)] == ["note", "flag", "undo", "accept", "accept", "accept"]
    assert current(page) == n.herat


def test_two_columns_lie_right(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """Wide: beside each other, each in its own direction. Narrow: one below the other, nothing over the side."""
    with writing(engine) as connection:
        add(connection, "pajhwok", "h2", replace(HERAT_FA, title="Mine kills two in Herat", text="A mine killed two.",
                                                 language="en", tags=()), story=newsroom.herat)  # fmt: skip
    page.goto(f"/story/{newsroom.herat}")
    boxes = [page.locator(".report").nth(number).bounding_box() for number in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]
    direction = "e => getComputedStyle(e).direction"
    assert page.eval_on_selector(f"#card-{newsroom.herat} .prose p", direction) == "rtl"
    assert page.eval_on_selector(".report:not([id$='-4']) .prose p", direction) == "ltr"
    page.screenshot(path=SHOTS / "review-story-dari.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    boxes = [page.locator(".report").nth(number).bounding_box() for number in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] == boxes[1]["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_story_pictures(browser: Browser, address: str, newsroom: Newsroom) -> None:
    """Desktop, phone and 200 % zoom, light and dark: nothing runs over the side."""
    for name, width, height, scheme, scale in (
        ("review-story", 1280, 860, "light", 1), ("review-story-phone", 390, 844, "dark", 2),
        ("review-story-zoom", 640, 430, "light", 2),
    ):  # fmt: skip
        with open_page(
            browser, address, viewport={"width": width, "height": height}, color_scheme=scheme,
            device_scale_factor=scale,
        ) as page:  # fmt: skip
            page.goto(f"/story/{newsroom.kunduz}")
            page.screenshot(path=SHOTS / f"{name}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_hostile_stories_run_nothing(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """XSS sweep: every hostile title in a report, its claims, its timeline, its notes."""
    with writing(engine) as connection:
        first = add(connection, "tass", "n0", nasty_text(NASTY[0]), url="javascript:alert(3)")
        for number, title in enumerate(NASTY[1:], start=1):
            add(connection, "tass", f"n{number}", nasty_text(title), story=first, url="javascript:alert(3)")
    page.goto(f"/story/{first}")
    page.keyboard.press("n")
    page.keyboard.type(NASTY[1])
    press(page, "Control+Enter")
    expect(page.locator(".noted").first).to_contain_text("onerror")
    assert page.locator(".report").count() == len(NASTY)
    assert page.locator("[href^='javascript:']").count() == 0
    expect(page).not_to_have_title("owned")


def test_merge_and_split_by_key(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """g on a card, g on a candidate, / for a number; s on the story, s on a report, a; u takes each back. The stories
    are one in Russian and one in Dari."""
    n = newsroom
    before = stories(engine)
    page.goto("/")
    press(page, "g")
    expect(page).to_have_title("Merge · Khabar")
    page.keyboard.press("/")
    page.keyboard.type(str(n.herat))
    press(page, "Enter")
    assert current(page) == n.herat
    page.screenshot(path=SHOTS / "review-merge-dari.png", full_page=True)
    press(page, "g")
    assert f"/story/{n.kunduz}" in page.url
    assert stories(engine)[n.herat] == n.kunduz
    press(page, "s")
    page.keyboard.press("j")
    while current(page) != n.herat:
        page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("#said")).to_contain_text("chosen: 1 in all")
    page.screenshot(path=SHOTS / "review-split-dari.png", full_page=True)
    press(page, "a")
    assert stories(engine) == before
    press(page, "u")
    assert stories(engine)[n.herat] == n.kunduz
    press(page, "u")
    assert stories(engine) == before
    assert [row[1] for row in made(engine)] == ["merge", "split", "undo", "undo"]
