"""`scrapy crawl NAME…` with an exit status that tells what happened; Scrapy's own ends with 0 whatever came, and takes
one name only."""

import argparse
import contextlib
import sys
from datetime import UTC, datetime

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings as ScrapySettings

from models.exits import Exit
from models.lease import MixedDatabase, check_origin
from models.session import DatabaseError, check_schema, engine
from models.settings import settings
from outlets import OutletError
from spiders.backfill.span import BadSpan, check_over, parse_span
from spiders.identity import contact_problem
from spiders.side_by_side import SideBySide


class Command(ScrapyCrawl):
    """Crawl outlets."""

    def syntax(self) -> str:
        """For `scrapy crawl --help`."""
        return "[options] <outlet>..."

    def short_desc(self) -> str:
        """For `scrapy --help`."""
        return "Crawl outlets, by name"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """`-a since=2023-06-01 -a until=2023-06-30` makes it a backfill; `-a again=1` reads the sources anew. Settings
        carry them, because they choose the spider."""
        super().process_options(args, opts)
        said = {name: opts.spargs.pop(name) for name in ("since", "until", "again") if name in opts.spargs}
        settings: ScrapySettings = self.settings  # type: ignore[assignment]
        settings.setdict({f"KHABAR_{name.upper()}": value for name, value in said.items()}, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check what a crawl needs, crawl, and set the exit status (models/exits.py): the worst of the outlets'."""
        if not args:
            raise UsageError("give the name of an outlet")
        if problem := contact_problem(settings()):
            _leave(Exit.CONFIG, problem)
        try:
            check_schema(engine())
            check_origin(engine(), replica=bool(settings().replica))
        except (DatabaseError, MixedDatabase) as error:
            _leave(error.exit_code, str(error))
        if not isinstance(self.crawler_process, AsyncCrawlerProcess):
            raise UsageError("the crawl needs the asyncio reactor (TWISTED_REACTOR)")
        try:
            self._check_span(self.crawler_process, args)
        except BadSpan as error:
            _leave(error.exit_code, str(error))
        self.exitcode = SideBySide(self.crawler_process, list(dict.fromkeys(args)), opts.spargs).start()

    def _check_span(self, process: AsyncCrawlerProcess, names: list[str]) -> None:
        """Raises BadSpan for a backfill whose days cannot be filled."""
        since, until = (process.settings.get(name) or "" for name in ("KHABAR_SINCE", "KHABAR_UNTIL"))
        if not since and not until:
            return
        span = parse_span(since, until)
        for name in names:
            with contextlib.suppress(KeyError, OutletError):  # its own crawl says so
                check_over(span, process.spider_loader.load(name).outlet, datetime.now(UTC))  # type: ignore[attr-defined]


def _leave(code: Exit, sentence: str) -> None:
    sys.stderr.write(f"khabar: {sentence}\n")
    sys.exit(code)
