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

from models.lease import Superseded, end_run
from models.session import DatabaseError, engine, reading
from spiders.spider import OutletSpider
from spiders.verdict import Verdict

logger = logging.getLogger(__name__)
_ORDERLY = ("finished",)


class RunReport:
    """A Scrapy extension. The report's `state` is ok, failed, interrupted or superseded."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = crawler.settings.get("KHABAR_STATS_PATH") or ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RunReport":
        """For Scrapy."""
        made = cls(crawler)
        crawler.signals.connect(made.spider_closed, signal=signals.spider_closed)
        return made

    async def spider_closed(self, spider: OutletSpider, reason: str) -> None:
        """Judge, close, write, log one line."""
        verdict = await asyncio.to_thread(self._judge, spider, reason)
        report = self._report(spider, reason, verdict)
        self.crawler.stats.set_value("khabar/state", verdict.state)
        self.crawler.stats.set_value("khabar/error", type(spider.ended_by).__name__ if spider.ended_by else None)
        if spider.ledger is not None:
            ledger = spider.ledger
            try:
                told = ("counts", "sources", "visits", "requests", "warnings", *verdict.further)
                stats = {name: report[name] for name in told}
                await asyncio.to_thread(ledger.close)
                await asyncio.to_thread(end_run, engine(), ledger.run, verdict.state, stats, verdict.reason)
            except DatabaseError as error:
                logger.error("the run could not be closed: %s", error)
        if self.path:
            await asyncio.to_thread(write_json, Path(self.path), report)
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


def write_json(path: Path, value: Any) -> None:
    """`value` in the file `path`, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_text(json.dumps(value, default=str, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)
