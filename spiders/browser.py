"""Shows a page in Chromium, for outlets whose links or texts only scripts bring.

The browser has no network of its own: the page is downloaded before it starts, and what its scripts ask for comes
through our own handler (page_parts.py).
"""

import asyncio
import contextlib
import logging
import os
import resource
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response

from models.settings import settings
from spiders.page_parts import MOST_BYTES, Download, PageParts
from spiders.refused import Refused

if TYPE_CHECKING:
    from playwright.async_api import Page
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

RENDER: Final = "render"
"""In a request's meta: show the page, and wait until this CSS selector matches ("" for nothing in particular)."""
LONGEST: Final = 30.0
"""Seconds for one page, from its request to the browser to its text."""
_PATIENCE: Final = 10_000
"""Milliseconds that the selector, and then the end of all requests, are waited for; what is there by then counts."""
MOST_MEMORY: Final = 2 * 1024**3
"""Bytes of data of each of the browser's processes; a plain page needs a tenth."""
_OF_THE_SHELL: Final = ("ETag", "Last-Modified", "Content-Type")
"""Headers that speak of the page before its scripts ran: it may be the same while they bring something new."""
ARGUMENTS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no name and no address leads anywhere
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--block-new-web-contents",  # no windows beside the page
    "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--mute-audio",
)  # fmt: skip


def missing() -> str | None:
    """Why no page can be shown here, in one sentence with the remedy; None when one can."""
    if find_spec("scrapy_playwright") is None:
        return "a browser is needed, and scrapy-playwright is not installed: pip install 'khabar[browser]'"
    if chromium() is None:
        return "a browser is needed, and Chromium is not found: apt-get install chromium, or set KHABAR_CHROMIUM"
    return None


def chromium() -> str | None:
    """The path of Chromium."""
    if settings().chromium:
        return shutil.which(settings().chromium)
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def launch_options() -> dict[str, Any]:
    """How Chromium is started, for scrapy-playwright. Its sandbox needs a user who is not root."""
    return {
        "executable_path": chromium(),
        "args": [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        "handle_sigint": False, "handle_sigterm": False, "handle_sighup": False,  # Scrapy ends the page at hand first
    }  # fmt: skip


def refuse_all(_: object) -> bool:
    """For scrapy-playwright: whatever reaches its own way to the network goes no further."""
    return True


class Browser:
    """The Chromium of one crawl, started by the first page that needs it."""

    def __init__(self, crawler: Crawler, download: Download) -> None:
        """`download` is how a request is answered without a browser."""
        self._crawler, self._download = crawler, download
        self._handler: ScrapyPlaywrightDownloadHandler | None = None
        self._longest = crawler.settings.getfloat("KHABAR_RENDER_SECONDS", LONGEST)
        self._starting = asyncio.Lock()
        self._numbers = count(1)

    async def show(self, request: Request, response: Response) -> Response:
        """`response` to `request` with the text that it has after its scripts ran, in UTF-8. Raises Refused."""
        from playwright.async_api import Error
        from scrapy_playwright.page import PageMethod

        parts = PageParts(self._crawler, self._download, response)
        name = f"page {next(self._numbers)}"
        meta = {
            "playwright": True,
            "playwright_context": name,
            "playwright_context_kwargs": {
                "user_agent": self._crawler.settings["USER_AGENT"],
                "service_workers": "block",
                "accept_downloads": False,
            },
            "playwright_page_init_callback": lambda page, _: page.route("**/*", parts.serve),
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            "playwright_page_methods": [PageMethod(_settle, str(request.meta[RENDER]))],
        }
        try:
            handler = await self._started()
            async with asyncio.timeout(self._longest):
                made = await handler.download_request(Request(response.url, dont_filter=True, meta=meta))
        except TimeoutError as error:
            raise Refused(
                "refused:scripts", f"the page's scripts did not end within {self._longest:.0f} seconds"
            ) from error
        except Error as error:
            raise Refused(
                "refused:scripts", f"the browser gave the page up: {error.message.splitlines()[0]}"
            ) from error
        finally:
            await self._leave(name)
        headers = response.headers.copy()
        for name_of in _OF_THE_SHELL:
            headers.pop(name_of, None)
        headers["Content-Type"] = "text/html; charset=utf-8"
        body = made.text.encode("utf-8", "replace")
        return HtmlResponse(response.url, response.status, headers, body, request=request, encoding="utf-8")

    async def close(self) -> None:
        """End Chromium."""
        if self._handler is not None:
            await self._handler.close()

    async def _started(self) -> "ScrapyPlaywrightDownloadHandler":
        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

        async with self._starting:
            if self._handler is None:
                logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # its warnings are refusals here
                handler = ScrapyPlaywrightDownloadHandler(self._crawler)
                with _bounded_children():
                    await handler._launch()  # it waits for a signal that has gone by
                    await handler._maybe_launch_browser()
                self._handler = handler
            return self._handler

    async def _leave(self, name: str) -> None:
        """Close the page with all that it keeps. A browser that cannot even do that is ended; the next page starts
        another one."""
        handler = self._handler
        wrapper = handler.context_wrappers.pop(name, None) if handler else None
        if handler is None or wrapper is None:
            return
        try:
            async with asyncio.timeout(5):
                await wrapper.context.close()
        except Exception:
            self._handler = None
            with contextlib.suppress(Exception):
                await handler.close()


async def _settle(page: "Page", selector: str) -> None:
    """Wait for what the outlet's file names, then until the page asks for nothing more. Raises Refused."""
    from playwright.async_api import TimeoutError as PlaywrightTimeout

    with contextlib.suppress(PlaywrightTimeout):
        if selector:
            await page.wait_for_selector(selector, state="attached", timeout=_PATIENCE)
        await page.wait_for_load_state("networkidle", timeout=_PATIENCE)
    if await page.evaluate("document.documentElement.outerHTML.length") > MOST_BYTES:
        raise Refused("refused:too_large", "the page is larger than 16 MiB after its scripts ran")


@contextlib.contextmanager
def _bounded_children() -> Iterator[None]:
    """Processes that are started meanwhile, and theirs, get no more than MOST_MEMORY each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    least = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (least, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
