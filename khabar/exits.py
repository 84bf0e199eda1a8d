"""The exit codes, in one place: each kind of failure has its own, and its sentence goes to standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer
from pydantic import ValidationError

from khabar.prepare import NoContact
from models.archive import ArchiveError
from models.lease import Superseded
from models.session import DatabaseError
from outlets import OutletError


class Exit(IntEnum):
    """What a command's exit status means."""

    OK = 0
    """Everything held."""
    FAILED = 1
    """The work was done and something failed: an outlet, an assertion, a rule. The output says which."""
    USAGE = 2
    """The command line is wrong."""
    CONFIG = 3
    """A setting or an outlet file is missing or broken."""
    DATABASE = 4
    """The database cannot be used: not set up, newer than the code, unreachable, read-only, full."""
    ARCHIVE = 5
    """The archive of raw pages cannot be written."""
    PORT = 6
    """The address to listen on is not to be had."""
    SUPERSEDED = 7
    """A newer run of the same work took over."""
    INTERRUPTED = 130
    """Ctrl-C or a termination signal. The next run goes on where this one stopped."""


@contextmanager
def plain_exits() -> Iterator[None]:
    """Turns the failures that we foresee into one sentence and their exit code."""
    try:
        yield
    except (OutletError, NoContact) as error:
        _leave(Exit.CONFIG, str(error))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "KHABAR_" + "_".join(str(part) for part in first["loc"]).upper()
        _leave(Exit.CONFIG, f"the setting {name} is wrong: {first['msg']}")
    except DatabaseError as error:
        _leave(Exit.DATABASE, str(error))
    except ArchiveError as error:
        _leave(Exit.ARCHIVE, str(error))
    except Superseded as error:
        _leave(Exit.SUPERSEDED, str(error))
    except SystemExit as leaving:
        if leaving.code != Exit.INTERRUPTED:  # Typer takes Ctrl-C itself, and says nothing
            raise
        _leave(Exit.INTERRUPTED, "interrupted: the next run goes on from here")


def _leave(code: Exit, sentence: str) -> None:
    typer.echo(f"khabar: {sentence}", err=True)
    sys.exit(code)
