"""The exit codes of `scrapy crawl`; the numbers are those of the khabar command."""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit status of a crawl means."""

    OK = 0
    FAILED = 1
    """The crawl ended, and an assertion does not hold or nothing could be reached. The output says which."""
    USAGE = 2
    CONFIG = 3
    """A setting (such as KHABAR_CONTACT) or the outlet file is missing or broken."""
    DATABASE = 4
    ARCHIVE = 5
    SUPERSEDED = 7
    INTERRUPTED = 130


BY_STATE = {"ok": Exit.OK, "failed": Exit.FAILED, "interrupted": Exit.INTERRUPTED, "superseded": Exit.SUPERSEDED}
