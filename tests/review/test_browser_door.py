"""The door in a real Chromium: log in by keyboard, be led back, log out; an admin looks after accounts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from review import tokens
from tests.review.browser import open_page
from tests.review.logins import PASSWORD, account
from tests.review.newsroom import Newsroom
from tests.review.rows import NOW
from tests.review.test_browser import SHOTS, browser, decisions, press

__all__ = ["browser"]  # one Chromium, started as there

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("quick_hash"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A phone: what fits there fits anywhere. A wrong password is answered with 403."""
    with open_page(browser, address, ignore="403", viewport={"width": 390, "height": 844}) as made:
        yield made


def fits(page: Page, name: str) -> bool:
    """Nothing runs over the side; keeps a picture."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
    return bool(page.evaluate("document.documentElement.scrollWidth <= 390"))


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """By keyboard alone."""
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    press(page, "Enter")


def test_in_and_out_by_keyboard(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """A wrong password is told, the right one leads to the page that was asked for; after the log-out the browser shows
    nothing more, not even on its way back. The letters typed are no keys of the desk."""
    account(engine, "ana")
    page.goto(f"/articles/{newsroom.herat}?relevance=0.3")
    expect(page.locator("h1")).to_have_text("Log in")
    expect(page.locator("#name")).to_be_focused()
    assert fits(page, "review-login")
    log_in(page, "ana", "a wrong password")
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    assert page.url.endswith(f"/articles/{newsroom.herat}?relevance=0.3")
    expect(page.locator(".who")).to_contain_text("ana")
    press(page, "a")
    assert [row[1] for row in decisions(engine)] == ["accept"] * len(decisions(engine)) != []
    with page.expect_navigation():
        page.get_by_role("button", name="Log out").click()
    expect(page.locator("h1")).to_have_text("Log in")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Log in")


def test_one_looks_after_the_own_account(page: Page, engine: Engine) -> None:
    """Another password, with the browser's help; then out of every place."""
    account(engine, "ana", "reader")
    page.goto("/account")
    log_in(page, "ana")
    assert fits(page, "review-account")
    for field, value in (("old", PASSWORD), ("new", "another quiet river"), ("again", "another quiet river")):
        page.fill(f"#{field}", value)
    press(page, "Enter")
    expect(page.locator("main")).to_contain_text("logged in here only")
    with page.expect_navigation():
        page.click("text=Log out everywhere")
    log_in(page, "ana", "another quiet river")
    expect(page).to_have_title("Queue · Khabar")


def test_an_admin_looks_after_accounts(page: Page, engine: Engine) -> None:
    """Role, disabling and tokens by forms; never the own account."""
    account(engine, "ana", "admin")
    account(engine, "rahim", "reader")
    tokens.add(engine, "rahim", "reader", 9, "<b>board</b>", NOW)
    page.goto("/accounts")
    log_in(page, "ana")
    assert fits(page, "review-accounts")
    expect(page.locator("tbody tr").nth(0)).to_contain_text("yes, that is you")
    page.select_option("select", "reviewer")
    with page.expect_navigation():
        page.click("text=Set")
    expect(page.locator("select")).to_have_value("reviewer")
    with page.expect_navigation():
        page.get_by_role("button", name="Disable rahim").click()
    expect(page.get_by_role("button", name="Enable rahim")).to_be_visible()
    expect(page.locator("main")).to_contain_text("<b>board</b>")
    with page.expect_navigation():
        page.get_by_role("button", name="Revoke token 1").click()
    expect(page.locator("tbody").nth(1)).to_contain_text("revoked")


def test_who_only_reads_is_offered_nothing_else(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """A reader sees everything and no form that would be refused; the keys of reviewers do nothing, break nothing."""
    account(engine, "rahim", "reader")
    page.goto("/")
    log_in(page, "rahim")
    for path in ("/", f"/articles/{newsroom.kunduz}", f"/story/{newsroom.kunduz}", "/learning"):
        page.goto(path)
        assert page.locator("form[method=post]").count() == 1  # the log-out
        where = page.url
        for key in ("a", "r", "1", "e", "t", "n", "@", "f", "g", "s", "u", "Shift+A", "Escape"):
            page.keyboard.press(key)
        page.evaluate("new Promise(requestAnimationFrame)")
        assert page.url.split("#")[0] == where
    assert decisions(engine) == []
