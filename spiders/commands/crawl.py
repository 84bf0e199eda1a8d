"""`scrapy crawl NAME` with an exit status that tells what happened; Scrapy's own ends with 0 whatever came."""

import argparse
import sys

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from models.exits import Exit
from models.lease import MixedDatabase, check_origin
from models.session import DatabaseError, check_schema, engine
from models.settings import settings
from outlets import OutletError
from spiders.identity import contact_problem

BY_STATE = {"ok": Exit.OK, "failed": Exit.FAILED, "interrupted": Exit.INTERRUPTED, "superseded": Exit.SUPERSEDED}


class Command(ScrapyCrawl):
    """Crawl one outlet."""

    def short_desc(self) -> str:
        """For `scrapy --help`."""
        return "Crawl an outlet, by name"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check what a crawl needs, crawl, and set the exit status (models/exits.py)."""
        if len(args) != 1:
            raise UsageError("give the name of one outlet")
        if problem := contact_problem(settings()):
            _leave(Exit.CONFIG, problem)
        try:
            check_schema(engine())
            check_origin(engine(), replica=bool(settings().replica))
        except (DatabaseError, MixedDatabase) as error:
            _leave(error.exit_code, str(error))
        try:
            crawler = self._create_crawler(args[0])
        except KeyError as error:
            _leave(Exit.CONFIG, str(error.args[0]))
        except OutletError as error:
            _leave(Exit.CONFIG, str(error))
        if self.crawler_process is None:
            raise UsageError("Scrapy made no crawler process")
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        state = crawler.stats.get_value("khabar/state") if crawler.stats else None
        by_error = {"DatabaseError": Exit.DATABASE, "ArchiveError": Exit.ARCHIVE}
        error_name = crawler.stats.get_value("khabar/error") if crawler.stats else None
        self.exitcode = int(by_error.get(str(error_name), BY_STATE.get(str(state), Exit.FAILED)))


def _leave(code: Exit, sentence: str) -> None:
    sys.stderr.write(f"khabar: {sentence}\n")
    sys.exit(code)
