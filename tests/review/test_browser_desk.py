"""Two reviewers at one desk, and a ticket from the key to its closing, in a real Chromium."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.review.browser import open_page
from tests.review.logins import PASSWORD, account
from tests.review.newsroom import Newsroom
from tests.review.test_browser import SHOTS, browser, press
from tests.review.test_browser_work import made

__all__ = ["browser"]  # one Chromium, started as there

pytestmark = [
    pytest.mark.browser, pytest.mark.usefixtures("quick_hash"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]  # fmt: skip


def enter(page: Page, name: str) -> None:
    page.goto("/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_two_reviewers_at_one_desk(browser: Browser, address: str, engine: Engine, newsroom: Newsroom) -> None:
    """ana rests on a card: ben is told, by eye and by ear; ben decides all the same, and ana sees what ben did."""
    n = newsroom
    for name in ("ana", "ben"):
        account(engine, name)
    with open_page(browser, address) as ana, open_page(browser, address) as ben:
        enter(ana, "ana")
        enter(ben, "ben")
        with ana.expect_response("**/looking"):
            ana.goto(f"/articles/{n.takhar}")
        with ben.expect_response("**/looking"):
            ben.goto(f"/articles/{n.takhar}")
        expect(ben.locator(".looking")).to_have_text("ana is looking at this")
        ben.keyboard.press("@")
        assert ben.locator("#assign-to-people option").evaluate_all("o => o.map(e => e.value)") == ["ben", "ana"]
        ben.keyboard.press("Escape")
        press(ben, "f")
        press(ben, "a")
        ana.keyboard.press("r")
        press(ana, "2")
        expect(ana.locator("h1")).to_have_text("Changed since you looked")
        expect(ana.locator("main")).to_contain_text("ben accepted version 1")
        expect(ana.locator("main")).to_contain_text("ben flagged version 1")
        ana.screenshot(path=SHOTS / "review-conflict.png")
    assert [row[1] for row in made(engine)] == ["flag", "accept"]


def test_a_ticket_by_key(browser: Browser, address: str, engine: Engine, newsroom: Newsroom) -> None:
    """r 6 on a Dari card opens a ticket on its outlet: it stands above the queue, and a person closes it."""
    with open_page(browser, address, viewport={"width": 1280, "height": 860}) as page:
        page.goto(f"/#card-{newsroom.herat}")
        page.keyboard.press("r")
        press(page, "6")
        expect(page.locator(".ticketed")).to_have_text("1 open ticket on 1 outlet whose pages are read wrongly.")
        page.click(".ticketed a")
        expect(page.locator(".ticket h2")).to_contain_text("Khaama Press")
        assert page.eval_on_selector(".ticket td a", "e => getComputedStyle(e).direction") == "rtl"
        page.screenshot(path=SHOTS / "review-tickets.png")
        page.fill("[name=outcome]", "body selector repaired")
        press(page, "Enter")
        expect(page.locator(".empty")).to_have_text("No ticket is open.")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        press(page, "q")
        expect(page).to_have_title("Queue · Khabar")
