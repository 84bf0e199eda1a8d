"""Crawls several outlets in one process: starting one takes seconds of CPU, a quiet outlet a fraction of one."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from twisted.internet.error import ReactorNotRunning

from models.exits import Exit
from outlets import OutletError
from spiders.hosts import hosts_of
from spiders.report import write_report

logger = logging.getLogger(__name__)


class SideBySide:
    """The crawls of some outlets in one reactor. Each has its own run, lease, report and exit code; what goes wrong
    with one stops no other, and a signal stops all."""

    def __init__(self, process: AsyncCrawlerProcess, names: Sequence[str], arguments: Mapping[str, Any]) -> None:
        """`arguments` are the spiders' arguments; the settings of `process` say how many run at a time."""
        self.process, self.names, self.arguments = process, names, arguments
        self._most = process.settings.getint("KHABAR_OUTLETS_AT_ONCE")
        self._reports = process.settings.get("KHABAR_REPORTS") or ""
        self._exits: dict[str, int] = {}
        self._crawlers: dict[str, Crawler] = {}

    def start(self) -> int:
        """Crawl them all; the worst exit code. Runs the reactor, so it can be called once a process."""
        everything = asyncio.get_event_loop().create_task(self._crawl_all())
        everything.add_done_callback(_stop_reactor)
        self.process.start(stop_after_crawl=False)
        if everything.done() and not everything.cancelled() and (error := everything.exception()):
            raise error
        return max(self._exit_of(name) for name in self.names)

    async def _crawl_all(self) -> None:
        waiting = list(self.names)
        running: dict[asyncio.Task[None], frozenset[str]] = {}
        while waiting or running:
            for name in [*waiting]:
                if len(running) == self._most:
                    break
                hosts = self._hosts_of(name)
                if all(hosts.isdisjoint(busy) for busy in running.values()):
                    waiting.remove(name)
                    running[asyncio.ensure_future(self._crawl_one(name))] = hosts
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                del running[task]
                task.result()
            if Exit.INTERRUPTED in self._exits.values():
                waiting.clear()

    async def _crawl_one(self, name: str) -> None:
        try:
            crawler = self._crawlers[name] = self.process.create_crawler(name)
        except (KeyError, OutletError) as error:
            sentence = str(error.args[0])
            sys.stderr.write(f"khabar: {sentence}\n")
            await self._fail(name, sentence, Exit.CONFIG)
            return
        try:
            await self.process.crawl(crawler, **self.arguments)
        except Exception as error:  # a mistake of ours in what Scrapy sets up for a spider
            logger.exception("the crawl of %s broke", name)
            await self._fail(name, f"{type(error).__name__}: {error}", Exit.FAILED)
        self._exits.setdefault(name, self._exit_of(name))
        del self._crawlers[name]

    async def _fail(self, name: str, reason: str, code: Exit) -> None:
        self._exits[name] = code
        if self._reports:
            report = {"outlet": name, "state": "failed", "reason": reason, "exit_code": code}
            await asyncio.to_thread(write_report, Path(self._reports), report)

    def _hosts_of(self, name: str) -> frozenset[str]:
        """Hosts that a crawl asks: two outlets on one would together be twice as fast as its manners allow."""
        try:
            return hosts_of(self.process.spider_loader.load(name).outlet)  # type: ignore[attr-defined]
        except (KeyError, OutletError):
            return frozenset()

    def _exit_of(self, name: str) -> int:
        """INTERRUPTED for one that was not begun."""
        if name in self._exits:
            return self._exits[name]
        crawler = self._crawlers.get(name)
        return int(getattr(crawler.spider, "exit_code", Exit.FAILED)) if crawler else int(Exit.INTERRUPTED)


def _stop_reactor(_: object) -> None:
    from twisted.internet import reactor

    with contextlib.suppress(ReactorNotRunning):  # a signal has stopped it already
        reactor.stop()  # type: ignore[misc]
