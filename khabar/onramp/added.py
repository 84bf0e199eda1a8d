"""Tells the person what a new outlet's file says, what of it to look at twice, and how to go on."""

from collections.abc import Iterable
from typing import Any

import typer

from khabar.onramp.new import Added
from khabar.onramp.record import Recorded
from outlets.check import check


def added_as_json(added: Added) -> dict[str, Any]:
    """Plain values."""
    return {
        "outlet": added.outlet.name,
        "file": str(added.path),
        "pages": [str(page.page) for page in added.pages],
        "expectations": [str(page.expectations) for page in added.pages],
        "doubts": [*doubts(added), *(words for page in added.pages for words in differences(page))],
        "evidence": added.outlet.evidence,
    }


def doubts(added: Added) -> list[str]:
    """What a reviewer must look at, a sentence each: what was guessed, and what the check finds."""
    folder = added.path.parents[1]
    found = [*added.guesses, *(f"{finding.key}: {finding.sentence}" for finding in check([added.outlet.name], folder))]
    if len(added.pages) < len(added.outlet.languages):
        found.append(f"pages: {len(added.pages)} recorded for {len(added.outlet.languages)} languages")
    return found


def next_commands(name: str) -> list[str]:
    """What a contributor runs once the file is read, in the order of CONTRIBUTING.md."""
    return [
        f"khabar outlets check {name}",
        f"khabar crawl {name}",
        "khabar outlets table",
        f"pytest tests/outlets -k {name}",
    ]


def differences(page: Recorded) -> list[str]:
    """What a recorded page does not prove, a sentence each."""
    return [f"{page.page.name}: scrubbed, it is cleaned differently: {words}" for words in page.differences]


def show_recorded(pages: Iterable[Recorded]) -> None:
    """Which pages were recorded, in words, to standard output."""
    for page in pages:
        typer.echo(f"Recorded {page.page} and what is expected of it, {page.expectations.name}.")
        for sentence in differences(page):
            typer.echo(f"Look at {sentence}")


def show_added(added: Added) -> None:
    """In words, to standard output."""
    name = added.outlet.name
    typer.echo(f"Wrote {added.path}:")
    for sentence in added.outlet.evidence:
        typer.echo(f"  {sentence}")
    show_recorded(added.pages)
    for sentence in doubts(added):
        typer.echo(f"Look at {sentence}")
    typer.echo("Next: read the file and the expectations, then")
    for command in next_commands(name):
        typer.echo(f"  {command}")
