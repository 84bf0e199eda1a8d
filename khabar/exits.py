"""Turns the failures that we foresee into one sentence on standard error and their exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from models.exits import Exit


@contextmanager
def plain_exits() -> Iterator[None]:
    """An exception that carries an `exit_code` ends the process with it and with its sentence; any other is a mistake
    of ours and keeps its traceback."""
    try:
        yield
    except SystemExit as leaving:
        if leaving.code != Exit.INTERRUPTED:  # Typer takes Ctrl-C itself, and says nothing
            raise
        _leave(Exit.INTERRUPTED, "interrupted: the next run goes on from here")
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if code is None:
            raise
        _leave(code, str(error))


def _leave(code: int, sentence: str) -> None:
    typer.echo(f"khabar: {sentence}", err=True)
    sys.exit(code)
