"""The commands under `khabar outlets`: look at the outlet files, add one, hold them against the live sites."""

import sys
from pathlib import Path
from typing import Annotated, get_args

import typer

from khabar.terminal import AsJson, Names, console, leave, print_json
from models.exits import Exit

outlets_app = typer.Typer(help="Look at the outlet files, add one, hold them against the sites.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--outlets", help="Folder of the outlet files; ours when not given.")]

Pages = Annotated[Path | None, typer.Option(help="Folder of the recorded pages; the tests' when not given.")]


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
def outlets_check(
    names: Names = None,
    live: Annotated[
        bool | None,
        typer.Option("--live/--offline", help="Ask the sites; not given: when outlets are named and we may ask."),
    ] = None,
    outlets: Folder = None,
    as_json: AsJson = False,
) -> None:
    """What is wrong with or unproven in the outlet files, and whether the sites are as they say; the worst first.

    Exit 1 when a site is under its assertions, 3 for a broken file.
    """
    from dataclasses import asdict
    from datetime import UTC, datetime

    from khabar.prepare import require_contact
    from models.settings import settings
    from outlets import Outlet
    from outlets.check import check
    from outlets.load import FOLDER, survey
    from spiders.identity import contact_problem

    folder = outlets or FOLDER
    findings = check(names or None, folder)
    if live:
        require_contact()
    problem = contact_problem(settings())
    if live or (live is None and names and not problem):
        from khabar.onramp.live import check_live, merged

        broken = {finding.outlet for finding in findings if finding.level == "error"}
        known = [
            o for n, o in survey(folder) if (not names or n in names) and isinstance(o, Outlet) and n not in broken
        ]
        findings = merged(findings, check_live(known, settings().lookback_days, datetime.now(UTC)))
    elif live is None and names:
        typer.echo(f"khabar: only the files were checked: {problem}", err=True)
    for finding in findings:
        if as_json:
            print_json(asdict(finding))
        else:
            typer.echo(f"{finding.level:<10} {finding.outlet}: {finding.key}: {finding.sentence}")
    if not findings and not as_json:
        typer.echo("Every outlet file is sound and verified.")
    levels = {finding.level for finding in findings}
    leave(Exit.CONFIG if "error" in levels else Exit.FAILED if "failed" in levels else Exit.OK)


@outlets_app.command("new")
def outlets_new(
    url: Annotated[str, typer.Argument(help="The site's home page.")],
    ownership: Annotated[str | None, typer.Option(help="Who stands behind it; no site tells.")] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 code, such as AF; else by the address.")] = None,
    name: Annotated[str | None, typer.Option(help="The outlet's name everywhere; else by the address.")] = None,
    title: Annotated[str | None, typer.Option(help="The name that readers know; else as the site says.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as Asia/Kabul; else by country and pages.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write the file anew if it exists.")] = False,
    outlets: Folder = None,
    pages: Pages = None,
    as_json: AsJson = False,
) -> None:
    """Probe a site; write its outlet file, ready to be reviewed, and a recorded page for the tests."""
    from khabar.onramp.added import added_as_json, show_added
    from khabar.onramp.draft import Given
    from khabar.onramp.new import add, check_country, check_ownership, check_zone, home_of, name_of
    from khabar.onramp.record import PAGES
    from khabar.onramp.zones import country_of
    from khabar.prepare import require_contact
    from outlets.load import FOLDER
    from outlets.schema import Ownership

    home = home_of(url)
    called = name or name_of(home)
    owner = ownership or _asked("--ownership", f"who stands behind it ({', '.join(get_args(Ownership))})")
    where = country or country_of(home) or _asked("--country", "its country's ISO 3166-1 code, such as AF")
    given = Given(check_ownership(owner), check_country(where), called, title, check_zone(timezone))
    require_contact()
    added = add(home, given, outlets or FOLDER, pages or PAGES, force=force)
    if as_json:
        print_json(added_as_json(added))
    else:
        show_added(added)


@outlets_app.command("record")
def outlets_record(
    name: Annotated[str, typer.Argument(help="The outlet's name.")],
    url: Annotated[str | None, typer.Argument(help="An article of it; else the newest in each language.")] = None,
    outlets: Folder = None,
    pages: Pages = None,
) -> None:
    """Record an article page of an outlet that has its file, scrubbed, for the tests."""
    from khabar.onramp.added import show_recorded
    from khabar.onramp.new import record_known
    from khabar.onramp.record import PAGES
    from khabar.prepare import require_contact
    from outlets import load
    from outlets.load import FOLDER

    outlet = load(name, outlets or FOLDER)
    require_contact()
    show_recorded(record_known(outlet, url, pages or PAGES))


@outlets_app.command("boilerplate")
def outlets_boilerplate(
    name: Annotated[str, typer.Argument(help="The outlet's name.")],
    as_json: AsJson = False,
) -> None:
    """Lines that recur on an outlet's recent pages: what is cut, how usual each is, and where one stands."""
    from khabar.boilerplate import boilerplate, show
    from models.session import check_schema, engine, reading
    from outlets import load

    outlet = load(name)
    check_schema(engine())
    with reading() as connection:
        found = boilerplate(connection, outlet)
    if as_json:
        print_json(found.as_json())
    else:
        show(console, found)


def _asked(option: str, question: str) -> str:
    """What the person at the terminal answers; without one, a sentence that says which option is missing."""
    from khabar.onramp.new import CannotAdd

    if not sys.stdin.isatty():
        raise CannotAdd(f"give {option}: {question}")
    return str(typer.prompt(question[0].upper() + question[1:]))


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
