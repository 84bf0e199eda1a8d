"""What all commands share: how they print, how they end, and the options that mean the same everywhere."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

Names = Annotated[list[str] | None, typer.Argument(metavar="[OUTLET]...", help="Outlet names; none means all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print data instead of words.")]
console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
"""A file or pipe has no width: tables must not be squeezed into 80 columns there."""


def leave(code: int) -> None:
    """End the command with an exit status (models/exits.py)."""
    raise typer.Exit(code)


def print_json(data: Any) -> None:
    """One value on one line of standard output."""
    typer.echo(json.dumps(data, ensure_ascii=False, default=str))


def printable(text: str) -> str:
    """`text` from outside without what could move the cursor, colour or turn the line; half-spaces stay."""
    return "".join(c if c.isprintable() or c in "\u200c\u200d" else "\N{REPLACEMENT CHARACTER}" for c in text)
