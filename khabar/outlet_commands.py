"""The commands under `khabar outlets`: look at the outlet files."""

from typing import Annotated

import typer

from khabar.terminal import AsJson, Names, console, leave, print_json
from models.exits import Exit

outlets_app = typer.Typer(help="Look at the outlet files.", no_args_is_help=True)


@outlets_app.command("list")
def outlets_list(as_json: AsJson = False) -> None:
    """Every outlet with its sources. A broken file is shown as such; exit 3 then."""
    from khabar.outlet_table import outlet_rows, show_outlet_rows

    rows = outlet_rows()
    if as_json:
        for row in rows:
            print_json(row)
    else:
        show_outlet_rows(console, rows)
    leave(Exit.CONFIG if any("error" in row for row in rows) else Exit.OK)


@outlets_app.command("check")
def outlets_check(names: Names = None, as_json: AsJson = False) -> None:
    """What is wrong with or unproven in the outlet files, the unverified first. Exit 3 for a broken file."""
    from dataclasses import asdict

    from outlets.check import check

    findings = check(names or None)
    for finding in findings:
        if as_json:
            print_json(asdict(finding))
        else:
            typer.echo(f"{finding.level:<10} {finding.outlet}: {finding.key}: {finding.sentence}")
    if not findings and not as_json:
        typer.echo("Every outlet file is sound and verified.")
    leave(Exit.CONFIG if any(finding.level == "error" for finding in findings) else Exit.OK)


@outlets_app.command("table")
def outlets_table(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when OUTLETS.md is stale.")] = False,
) -> None:
    """Write OUTLETS.md from the outlet files."""
    from khabar.outlet_page import PAGE, RENEW, current, is_fresh

    if check:
        fresh = is_fresh()
        typer.echo(f"{PAGE.name} is up to date." if fresh else f"{PAGE.name} is stale: `{RENEW}` renews it.")
        leave(Exit.OK if fresh else Exit.FAILED)
    PAGE.write_text(current(), encoding="utf-8")
    typer.echo(f"{PAGE.name} is written.")
