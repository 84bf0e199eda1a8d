"""What the exit status of every process of ours means: the command, a crawl, a run of the DAGs. Imports nothing heavy,
because it is the first thing that a command loads."""

from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """Each kind of failure has its own number; an exception that ends a process carries its one as `exit_code`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIG = 3
    DATABASE = 4
    ARCHIVE = 5
    PORT = 6
    SUPERSEDED = 7
    INTERRUPTED = 130


MEANING: Final = {
    Exit.OK: "everything held",
    Exit.FAILED: "the work was done and something failed: an outlet, an assertion; the output says which",
    Exit.USAGE: "the command line is wrong",
    Exit.CONFIG: "a setting or an outlet file is missing or broken",
    Exit.DATABASE: "the database cannot be used: not set up, newer than the code, unreachable, read-only, full",
    Exit.ARCHIVE: "the archive of raw pages cannot be written or read",
    Exit.PORT: "the address to listen on is not to be had, or not safe without accounts, TLS or a trusted proxy",
    Exit.SUPERSEDED: "a newer run of the same work took over",
    Exit.INTERRUPTED: "interrupted; the next run goes on from there",
}
