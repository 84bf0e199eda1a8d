"""axe-core, in a real Chromium, over every page: nobody is kept out who listens, magnifies or does not see colours."""

from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import Engine

from review import tokens
from tests.review.browser import open_page
from tests.review.logins import account, log_in
from tests.review.newsroom import Newsroom
from tests.review.rows import NOW
from tests.review.test_browser import browser

__all__ = ["browser"]  # one Chromium, started as there

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("quick_hash", "database_url"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

GRAVE = {"serious", "critical"}
ONLY = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def faults(found: dict[str, Any]) -> list[str]:
    """What is grave: rule, where, and what to do."""
    return [
        f"{each['impact']} {each['id']}: {node['html'][:120]} — {node['failureSummary'][:160]}"
        for each in found["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everybody(
    browser: Browser, address: str, client: httpx.Client, engine: Engine, newsroom: Newsroom, scheme: str
) -> None:
    """No serious or critical fault by WCAG 2.2 AA, in both colour schemes. Its own script is let past our policy."""
    log_in(client, engine, "ana", "admin")
    account(engine, "rahim", "reader")
    tokens.add(engine, "rahim", "reader", 9, "dashboard", NOW)
    item = {"item": f"{newsroom.takhar}.1.0", "action": "accept"}
    assert client.post("/decisions", data=item).status_code == 303
    n = newsroom
    broken = {"item": f"{newsroom.cricket}.1.0", "reason": "extraction_broken"}
    assert client.post("/decisions", data=broken).status_code == 303
    paths = [
        "/", "/?status=all&q=Kunduz", "/?status=accepted", f"/articles/{n.kunduz}?tag=1", f"/articles/{n.herat}",
        f"/articles/{n.takhar}", f"/story/{n.kunduz}", f"/story/{n.kunduz}/merge",
        f"/story/{n.kunduz}/split", "/overview", "/coverage", "/coverage/tass", "/tickets", "/learning", "/help",
        "/account", "/accounts", "/nothing-here", "/login",
    ]  # fmt: skip
    found: dict[str, list[str]] = {}
    viewport = {"width": 1280, "height": 900}
    with open_page(browser, address, viewport=viewport, color_scheme=scheme, bypass_csp=True, ignore="404") as page:
        page.context.add_cookies([{"name": "khabar", "value": client.cookies["khabar"], "url": address}])
        for path in paths[:: 1 if scheme == "light" else 3]:  # colours alone differ: a third shows them all
            if path == "/login":
                page.context.clear_cookies()
            page.goto(path)
            if grave := faults(Axe().run(page, options=ONLY).response):
                found[path] = grave
    assert not found, "\n".join(f"{path}: {fault}" for path, those in found.items() for fault in those)


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    """The test above can fail: a picture without words, a field without a name, grey on grey."""
    bad = (
        '<html lang="en"><title>x</title><img src="data:,"><input><p style="color:#999;background:#aaa">hardly seen</p>'
    )
    page = browser.new_page()
    page.set_content(bad)
    said = " ".join(faults(Axe().run(page, options=ONLY).response))
    page.close()
    assert all(rule in said for rule in ("image-alt", "label", "color-contrast"))
