"""`scrapy crawl NAME…` with an exit status that tells what happened; Scrapy's own ends with 0 whatever came, and takes
one name only."""

import argparse
import sys

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from models.exits import Exit
from models.lease import MixedDatabase, check_origin
from models.session import DatabaseError, check_schema, engine
from models.settings import settings
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
        self.exitcode = SideBySide(self.crawler_process, list(dict.fromkeys(args)), opts.spargs).start()


def _leave(code: Exit, sentence: str) -> None:
    sys.stderr.write(f"khabar: {sentence}\n")
    sys.exit(code)
