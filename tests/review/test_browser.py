"""The desk in a real headless Chromium: every key, both directions of writing, and hostile text that stays text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine, select

from models.article import Article
from models.review import ReviewDecision
from models.session import reading
from tests.conftest import ROOT, need
from tests.review.browser import CHROMIUM, launch, open_page
from tests.review.newsroom import NASTY, Newsroom, fill
from tests.review.test_coverage import drop

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
"""What the browser does is the same on both databases; the tests over HTTP run on both."""

SHOTS = ROOT / "var" / "screenshots"
"""Where the screenshots go; what stands there is never part of the repository."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of this file."""
    need(CHROMIUM.exists(), "Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        made = launch(playwright)
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A desktop page that has done nothing it may not at the end."""
    with open_page(browser, address, viewport={"width": 1280, "height": 900}) as made:
        yield made


def current(page: Page) -> int:
    """The article id of the card that has the focus."""
    name = page.evaluate("document.activeElement.closest('.card')?.id ?? 'card-0'")
    return int(name.removeprefix("card-"))


def decisions(engine: Engine) -> list[tuple[int, str, str | None]]:
    with reading(engine) as connection:
        rows = connection.execute(
            select(ReviewDecision.article_id, ReviewDecision.action, ReviewDecision.reason).order_by(ReviewDecision.id)
        )
        return [tuple(row) for row in rows]


def press(page: Page, key: str) -> None:
    """A key that makes a request: waits for the page that comes of it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_the_queue_by_keyboard(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """One key for an easy card; the next card is always ready; everything can be taken back."""
    n = newsroom
    page.goto("/")
    assert current(page) == n.kunduz
    page.keyboard.press("j")
    assert current(page) == n.herat
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert current(page) == n.kunduz
    press(page, "a")
    assert current(page) == n.herat
    expect(page.locator(".banner")).to_be_in_viewport()
    assert [row[0] for row in decisions(engine)] == [n.kunduz, n.kunduz_copy, n.kunduz_ru]
    page.keyboard.press("r")
    expect(page.locator(f"#card-{n.herat} .reasons")).to_be_visible()
    press(page, "3")
    assert decisions(engine)[-1] == (n.herat, "reject", "old_news")
    assert current(page) == n.khost
    press(page, "u")
    assert current(page) == n.herat
    press(page, "u")
    assert current(page) == n.kunduz
    assert [row[1] for row in decisions(engine)[4:]] == ["undo"] * 4
    with reading(engine) as connection:
        assert set(connection.execute(select(Article.review_status)).scalars()) == {"new"}


def test_open_an_article_and_go_back(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """Enter opens, j goes on to the next story, q returns to the same card; a decides there as well."""
    page.goto("/?relevance=0.3")
    page.keyboard.press("j")
    press(page, "Enter")
    assert page.url.endswith(f"/articles/{newsroom.herat}?relevance=0.3")
    press(page, "j")
    assert page.url.endswith(f"/articles/{newsroom.khost}?relevance=0.3")
    press(page, "q")
    assert current(page) == newsroom.khost
    press(page, "Enter")
    press(page, "a")
    assert decisions(engine) == [(newsroom.khost, "accept", None)]
    assert current(page) == newsroom.daesh


def test_keys_of_another_layout(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """The keys are places: they work while a Persian or Russian layout is on, and never inside the search."""
    page.goto("/")
    key = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', code: '%s', bubbles: true}))"
    page.evaluate(key % ("ت", "KeyJ"))
    assert current(page) == newsroom.herat
    page.evaluate(key % ("л", "KeyK"))
    assert current(page) == newsroom.kunduz
    page.keyboard.press("/")
    page.keyboard.type("a r 3 cricket u")
    expect(page.locator("#q")).to_have_value("a r 3 cricket u")
    page.keyboard.press("Escape")
    assert current(page) == newsroom.kunduz
    page.keyboard.press("Control+a")
    assert decisions(engine) == []
    page.keyboard.press("/")
    page.keyboard.type("cricket")
    press(page, "Enter")
    assert page.locator(".card").count() == 1
    assert current(page) == newsroom.cricket


def test_a_key_held_down_decides_once_a_page(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """What is typed while the next page loads is not for the old one: no conflict, nothing decided twice."""
    page.goto("/")
    with page.expect_navigation():
        for _ in range(5):
            page.keyboard.press("a")
    page.wait_for_load_state()
    articles = [row[0] for row in decisions(engine)]
    assert len(articles) == len(set(articles))
    expect(page.locator("h1")).to_have_text("New and changed")


def test_the_help_and_escape(page: Page, newsroom: Newsroom) -> None:
    """? shows every key, ? or Esc hides it; Esc also closes the reasons."""
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("j")  # not for the queue while the help is open
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_hidden()
    assert current(page) == newsroom.kunduz
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(page.locator(f"#card-{newsroom.kunduz} .reasons")).to_be_hidden()
    assert current(page) == newsroom.kunduz


def test_two_tabs_collide(page: Page, engine: Engine, newsroom: Newsroom) -> None:
    """The slower tab sees what the other did, and can decide again from there."""
    page.goto(f"/articles/{newsroom.takhar}")
    other = page.context.new_page()
    other.goto(f"/articles/{newsroom.takhar}")
    press(other, "a")
    page.keyboard.press("r")
    press(page, "2")
    expect(page.locator("h1")).to_have_text("Changed since you looked")
    assert "local accepted version 1" in page.locator("main").inner_text()
    page.locator(".card").focus()
    page.keyboard.press("r")
    press(page, "2")
    assert decisions(engine) == [(newsroom.takhar, "accept", None), (newsroom.takhar, "reject", "not_security")]


def test_without_scripts_nothing_is_lost(browser: Browser, address: str, engine: Engine, newsroom: Newsroom) -> None:
    """Open, see the words of a tag, accept, reject with a reason, undo, filter: links and forms alone."""
    with open_page(browser, address, java_script_enabled=False) as page:
        page.goto("/")
        page.click(f"#card-{newsroom.kunduz} .g-actor .chip >> nth=0")
        assert page.url.endswith("#evidence")
        assert page.inner_text("#evidence") == "Islamic State Khorasan"
        page.click("text=Queue")
        page.click(f"#card-{newsroom.kunduz} .accept")
        assert page.url.endswith(f"#card-{newsroom.herat}")
        page.click(f"#card-{newsroom.herat} .reject summary")
        page.click(f"#card-{newsroom.herat} .reasons >> text=Opinion")
        page.click("#undo button")
        page.select_option("#f-province", "AF-KHO")
        page.click(".filters button")
        assert page.locator(".card").count() == 1
        page.click("text=Keys")
        assert "next card" in page.inner_text("main")
    assert [row[1] for row in decisions(engine)] == ["accept", "accept", "accept", "reject", "undo"]


def test_right_to_left_lies_right(page: Page, newsroom: Newsroom) -> None:
    """Dari and Pashto are set from right to left with their own letters, Russian from left to right."""
    direction = "e => getComputedStyle(e).direction"
    for article, expected in ((newsroom.herat, "rtl"), (newsroom.khost, "rtl"), (newsroom.kunduz_ru, "ltr")):
        page.goto(f"/articles/{article}")
        assert page.eval_on_selector("h1", direction) == expected
        assert page.eval_on_selector(".prose p", direction) == expected
    page.goto("/")
    title = page.locator(f"#card-{newsroom.herat} h3 a").bounding_box()
    card = page.locator(f"#card-{newsroom.herat}").bounding_box()
    assert title is not None
    assert card is not None
    assert title["x"] + title["width"] > card["x"] + card["width"] - 40
    # The evidence lies where its words are: the last letter of the title is left of the first.
    marks = page.locator(f"#card-{newsroom.herat} h3 mark")
    first, last = marks.nth(0).bounding_box(), marks.nth(1).bounding_box()
    assert first is not None
    assert last is not None
    assert last["x"] < first["x"]


def test_evidence_is_seen(page: Page, newsroom: Newsroom) -> None:
    """A mark has a colour of its own and its reason in a tooltip; the chosen tag's words get the focus."""
    page.goto(f"/articles/{newsroom.kunduz}")
    colours = page.eval_on_selector_all("article mark", "m => m.map(e => getComputedStyle(e).backgroundImage)")
    assert len(set(colours)) >= 4  # places, topics, actors, tolls, sources
    assert "none" not in colours
    page.click(".g-topic .chip >> nth=0")
    expect(page.locator("#evidence")).to_be_focused()
    expect(page.locator("#evidence")).to_be_in_viewport()
    assert "bombing.device@1" in (page.get_attribute("#evidence", "title") or "")


def test_hostile_text_runs_nothing(page: Page, engine: Engine) -> None:
    """XSS sweep: no dialog, no error, no policy violation, no outside request on any page with hostile text in it."""
    newsroom = fill(engine, nasty=True)
    page.goto("/")
    for title, article in zip(NASTY, newsroom.nasty, strict=True):
        expect(page.locator(f"#title-{article}")).to_have_text(" ".join(title.split()))
        page.goto(f"/articles/{article}?tag=1")
        page.hover("article mark >> nth=0")
        page.goto("/?status=all&q=" + title.replace("%", "%25").replace("&", "%26").replace("#", "%23")[:150])
        expect(page).to_have_title("Queue · Khabar")
        page.goto("/")
    assert page.locator("[href^='javascript:']").count() == 0
    assert page.locator(".top").is_visible()


def test_hostile_addresses_stay_text(page: Page, engine: Engine) -> None:
    """XSS sweep of the coverage: titles, details and addresses of dropped pages are text, and only http is a link."""
    newsroom = fill(engine, nasty=True)
    drop(engine, [*NASTY, "انفجار در هرات"])
    drop(engine, list(NASTY), outcome="refused:scheme", url="javascript:alert(5)//<img src=x onerror=alert(6)>")
    assert newsroom.nasty
    page.goto("/coverage")
    page.click("text=TASS")
    expect(page).to_have_title("TASS · Coverage · Khabar")
    expect(page.locator(".drops .title")).to_have_count(2 * len(NASTY) + 1)
    assert page.locator("[href^='javascript:']").count() == 0
    dari = page.locator(".drops .title", has_text="انفجار")
    assert dari.evaluate("e => getComputedStyle(e).unicodeBidi") in ("isolate", "plaintext")
    press(page, "j")
    expect(page.locator(".list-head p")).to_contain_text("Sun 1 Mar 2026")
    press(page, "q")
    expect(page).to_have_title("Coverage · Khabar")
    press(page, "q")
    expect(page).to_have_title("Queue · Khabar")


def test_screenshots(browser: Browser, address: str, engine: Engine, newsroom: Newsroom) -> None:
    """The pages at desktop, phone and 200 % zoom, light and dark: nothing runs over the side."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    desktop, phone = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
    drop(engine, ["Blast in Kunduz kills three", "انفجار در هرات جان دو تن را گرفت", "Взрыв в Кундузе"])
    views = [
        ("review-queue", "/", desktop, "light", 1), ("review-queue-dark", "/", desktop, "dark", 1),
        ("review-queue-phone", "/", phone, "light", 2),
        ("review-queue-zoom", "/", {"width": 640, "height": 430}, "light", 2),
        ("review-article", f"/articles/{newsroom.kunduz}", desktop, "light", 1),
        ("review-article-dari", f"/articles/{newsroom.herat}", desktop, "light", 1),
        ("review-article-phone", f"/articles/{newsroom.khost}", phone, "dark", 2),
        ("review-overview", "/overview", {"width": 1280, "height": 1300}, "light", 1),
        ("review-overview-phone", "/overview", phone, "dark", 2),
        ("review-coverage", "/coverage", desktop, "light", 1),
        ("review-coverage-phone", "/coverage", phone, "light", 2),
        ("review-coverage-outlet", "/coverage/tass", desktop, "light", 1),
        ("review-coverage-outlet-phone", "/coverage/tass", phone, "dark", 2),
    ]  # fmt: skip
    for name, url, viewport, scheme, scale in views:
        with open_page(browser, address, viewport=viewport, color_scheme=scheme, device_scale_factor=scale) as page:
            page.goto(url)
            path = SHOTS / f"{name}.png"
            page.screenshot(path=path)
            assert Path(path).stat().st_size > 10_000
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
