"""Closes the run in the database and writes its report as JSON, for whoever started the crawl as a subprocess."""

import asyncio
import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from models.exits import Exit
from models.lease import Superseded, close_run
from models.session import DatabaseError, engine, reading
from spiders.spider import OutletSpider
from spiders.verdict import Verdict
from spiders.writer import writer_of

logger = logging.getLogger(__name__)
_ORDERLY = ("finished",)
_EXITS = {"ok": Exit.OK, "failed": Exit.FAILED, "interrupted": Exit.INTERRUPTED, "superseded": Exit.SUPERSEDED}


class RunReport:
    """A Scrapy extension. The report's `state` is ok, failed, interrupted or superseded."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.folder = crawler.settings.get("KHABAR_REPORTS") or ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RunReport":
        """For Scrapy."""
        made = cls(crawler)
        crawler.signals.connect(made.spider_closed, signal=signals.spider_closed)
        return made

    async def spider_closed(self, spider: OutletSpider, reason: str) -> None:
        """Judge, close, write, log one line."""
        verdict = await asyncio.to_thread(self._judge, spider, reason)
        spider.exit_code = int(getattr(spider.ended_by, "exit_code", _EXITS[verdict.state]))
        report = self._report(spider, reason, verdict)
        if spider.ledger is not None:
            run = spider.ledger.run
            told = ("counts", "sources", "visits", "requests", "warnings", *verdict.further)
            stats = {name: report[name] for name in told}
            try:  # behind all that the run still writes
                await writer_of(engine()).write(lambda c: close_run(c, run, verdict.state, stats, verdict.reason))
            except DatabaseError as error:
                logger.error("the run could not be closed: %s", error)
        if self.folder:
            await asyncio.to_thread(write_report, Path(self.folder), report)
        level = logging.INFO if verdict.state == "ok" else logging.ERROR
        logger.log(level, "%s: %s%s", spider.name, verdict.state, f": {verdict.reason}" if verdict.reason else "")

    def _judge(self, spider: OutletSpider, reason: str) -> Verdict:
        error = spider.ended_by
        if isinstance(error, Superseded):
            return Verdict("superseded", str(error), (), {})
        if error is not None:
            sentence = str(error) or type(error).__name__
            ours = not isinstance(error, DatabaseError) and type(error).__module__.split(".")[0] != "models"
            return Verdict("failed", f"{type(error).__name__}: {sentence}" if ours else sentence, (), {})
        if reason == "shutdown":
            return Verdict("interrupted", "stopped by a signal; the next run goes on from here", (), {})
        try:
            with reading(engine()) as connection:
                verdict = spider.judge(connection, datetime.now(UTC))
        except DatabaseError as failure:
            return Verdict("failed", str(failure), (), {})
        if reason not in _ORDERLY:
            return Verdict("failed", f"the crawl was ended early: {reason}", verdict.warnings, verdict.counts)
        return verdict

    def _report(self, spider: OutletSpider, reason: str, verdict: Verdict) -> dict[str, Any]:
        return {
            "outlet": spider.name,
            "run_id": spider.ledger.run.run_id if spider.ledger else None,
            "state": verdict.state,
            "reason": verdict.reason,
            "exit_code": spider.exit_code,
            "error": type(spider.ended_by).__name__ if spider.ended_by else None,
            "finish_reason": reason,
            "warnings": list(verdict.warnings),
            "counts": verdict.counts,
            "sources": [report.summary() for report in spider.reports],
            "visits": dict(spider.visits),
            "requests": spider.asker.requests if spider.asker else 0,
            **verdict.further,
            "stats": self.crawler.stats.get_stats(),
        }


def write_report(folder: Path, report: dict[str, Any]) -> None:
    """The report of one outlet as NAME.json in `folder`, whole or not at all."""
    path = folder / f"{report['outlet']}.json"
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    folder.mkdir(parents=True, exist_ok=True)
    temporary.write_text(json.dumps(report, default=str, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)
