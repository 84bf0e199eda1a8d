"""The commands of the tag stage: the filter with its explanation, the rules' own test, and doing it again."""

import sys
from typing import Annotated

import typer

from khabar.terminal import AsJson, leave, print_json
from models.exits import Exit

rules_app = typer.Typer(help="Look at the tagging rules.", no_args_is_help=True)


class NoSuchRule(ValueError):
    """What was asked to be done again does not exist. One sentence."""

    exit_code = Exit.USAGE


@rules_app.command("test")
def rules_test() -> None:
    """Try every rule on the examples and counter-examples in its file. Exit 1 when one does not hold."""
    from pipeline.tag.rules import check

    problems = check()
    for problem in problems:
        typer.echo(problem)
    if not problems:
        typer.echo("Every rule holds on its examples and counter-examples.")
    leave(Exit.FAILED if problems else Exit.OK)


def tag(
    explain: Annotated[bool, typer.Option("--explain", help="Say why, for people, instead of JSON.")] = False,
) -> None:
    """Filter: articles to places, topics, actors and facts with their evidence, a JSON object a line.

    In: id, title, text, language, published, outlet. With --explain each tag is told with its rule, the version, the
    words with their offsets, and what the rule must and must not match.
    """
    from khabar.filters import run_filter
    from khabar.tag_reasons import explain_lines
    from pipeline.tag.json_lines import tag_input_from_json, tagged_to_json
    from pipeline.tag.stage import tag as tag_one

    if explain:
        for line in explain_lines(sys.stdin.buffer):
            typer.echo(line)
        return
    run_filter(sys.stdin.buffer, sys.stdout.buffer, lambda row: tag_one(tag_input_from_json(row)), iter, tagged_to_json)


def reprocess(
    stage: Annotated[str, typer.Option(help="Only `tag` can be done again so far.")] = "tag",
    rule: Annotated[str, typer.Option(metavar="ID", help="Only what this rule touches: bombing.device.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tag the stored texts again whose tags older rules gave, without fetching. What still holds stays as it is.

    Decisions are not touched, and only rows that say something else get a new change number. Safe to repeat.
    """
    from difflib import get_close_matches

    from models.session import check_schema, engine
    from outlets import Outlet
    from outlets.load import survey
    from pipeline.reprocess import reprocess as again
    from pipeline.tag.rules import cards

    if stage != "tag":
        raise NoSuchRule(f"only the stage tag can be done again, not {stage!r}")
    wanted = rule.partition("@")[0]
    if wanted and wanted not in cards():
        like = get_close_matches(wanted, cards(), n=3)
        raise NoSuchRule(f"there is no rule {wanted!r}" + (f"; did you mean {', '.join(like)}?" if like else ""))
    check_schema()
    usable = {name: outlet for name, outlet in survey() if isinstance(outlet, Outlet)}
    done = again(engine(), usable, rule=wanted or None, dry_run=dry_run)
    if as_json:
        print_json(done.as_json())
        return
    tags = ", ".join(f"{done.tags[kind]} {kind}" for kind in ("added", "changed", "removed"))
    would = "would change" if dry_run else "changed"
    typer.echo(f"{done.looked_at} articles looked at, {done.articles} {would}: tags {tags}; facts of {done.facts}.")
    for name, count in done.rules.most_common(10):
        typer.echo(f"  {count:>6}  {name}")
