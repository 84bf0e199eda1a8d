"""A real headless Chromium, watched: whatever a page tries that it should not is written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = Path("/usr/bin/chromium")

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


def launch(playwright: Playwright) -> Browser:
    """The machine's Chromium."""
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)


class Watch:
    """What a page did that no page of ours may do: dialogs, errors, policy violations, requests to other hosts."""

    def __init__(self, page: Page, ignore: str = "409") -> None:
        self.seen: list[str] = []
        self.ignore = f"status of {ignore}"
        page.on("dialog", lambda dialog: (self.seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.seen.append(f"error {error}"))
        page.on("console", self._console)
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and self.ignore not in message.text:
            self.seen.append(f"console {message.text}")

    def _request(self, request: Any) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            self.seen.append(f"request {request.url}")


@contextmanager
def open_page(browser: Browser, address: str, *, ignore: str = "409", **context: Any) -> Iterator[Page]:
    """A page in a context of its own. At the end nothing may have happened that `Watch` looks for; answers with the
    status `ignore` are meant."""
    made = browser.new_context(base_url=address, **context)
    made.set_default_timeout(15_000)
    page = made.new_page()
    watch = Watch(page, ignore)
    try:
        yield page
        assert watch.seen == []
    finally:
        made.close()
