"""The command `khabar`: thin, every verb calls one function of the package that does it."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from khabar.exits import plain_exits
from khabar.outlet_commands import outlets_app
from khabar.tag_commands import reprocess, rules_app, tag
from khabar.terminal import AsJson, Names, console, leave, print_json
from khabar.user_commands import users_app
from models.exits import MEANING, Exit

EXITS = "Exit codes:\n\n" + "\n".join(f"* {code.value}: {meaning}" for code, meaning in MEANING.items())

app = typer.Typer(
    help=f"Khabar (خبر): watches the outlets that report on Afghanistan's security.\n\n{EXITS}",
    rich_markup_mode="markdown",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(outlets_app, name="outlets")
app.add_typer(users_app, name="users")
app.add_typer(rules_app, name="rules")
app.command("tag")(tag)
app.command("reprocess")(reprocess)


def main() -> None:
    """Entry point of the console script."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    with plain_exits():
        app()


@app.command()
def init() -> None:
    """Set up or migrate the database and its reference rows. Safe to repeat."""
    from khabar.prepare import prepare
    from models.settings import settings

    prepare()
    typer.echo(f"The database {_safe_address(settings().database_url)} is ready.")


def _safe_address(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)


@app.command()
def crawl(
    names: Names = None,
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="Backfill: the first day, 2023-06-01.")] = "",
    until: Annotated[str, typer.Option("--to", metavar="DAY", help="Backfill: the last day, 2023-06-30.")] = "",
    again: Annotated[bool, typer.Option("--again", help="Backfill: read the sources anew, also those read.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch what the outlets published since the last run, or on the days --from … --to. Exit 1 when an outlet failed.

    A backfill that needs more requests than the outlet allows in a run ends with what is left, and exit 0: give the
    same command again to go on.
    """
    from khabar.backfill import check_backfill
    from khabar.prepare import require_contact
    from khabar.summary import crawl_sentence
    from khabar.watched import watched_here
    from models.session import check_schema
    from outlets import load
    from spiders.crawl import backfill, crawl_each

    asked = [load(name) for name in names or ()]  # an unknown or broken one is reported before anything is fetched
    is_backfill = bool(since or until or again)
    if is_backfill:
        check_backfill(since, until, asked)
    check_schema()
    require_contact()
    worst = 0
    wanted = names or watched_here()
    for result in backfill(wanted, since, until, again=again) if is_backfill else crawl_each(wanted):
        worst = max(worst, result.exit_code)
        if as_json:
            print_json(result.summary())
        else:
            typer.echo(crawl_sentence(result))
    leave(worst)


@app.command()
def process(as_json: AsJson = False) -> None:
    """Clean, dedupe, tag and store every fetched page. Exit 1 when an outlet is under its assertions."""
    from pipeline.process import process_all

    done = process_all()
    if as_json:
        print_json({**done.as_stats(), "failures": done.failures})
    else:
        typer.echo(
            f"{sum(done.outcomes.values())} pages: {done.new_articles} new articles, {done.new_versions} new versions, "
            f"{done.copies} copies, {sum(n for o, n in done.outcomes.items() if o != 'done')} refused."
        )
        for sentence in done.failures:
            typer.echo(f"khabar: {sentence}", err=True)
    leave(Exit.FAILED if done.failures else Exit.OK)


@app.command()
def run() -> None:
    """Collect and process once, with the real Airflow DAGs, against the live outlets."""
    from khabar.demo import run as run_once
    from khabar.prepare import require_contact

    require_contact()
    leave(run_once(console))


@app.command()
def demo() -> None:
    """Collect and process once, with the real Airflow DAGs, against a local replica of the outlets."""
    from khabar.demo import demo as run_demo

    leave(run_demo(console))


@app.command()
def status(as_json: AsJson = False) -> None:
    """What each outlet's last crawl found and its diagnosis, the troubled first.

    Exit 1 when a last crawl or the last processing failed or is over a day ago, something has been due for two hours
    and no crawl began, or the diagnosis of an outlet is that something is broken: what an alarm asks.
    """
    from datetime import UTC, datetime

    from khabar.report import report
    from khabar.summary import show_outlets, show_refusals, show_totals
    from khabar.watched import watched_here
    from models.session import check_schema, reading

    check_schema()
    names = watched_here()
    with reading() as connection:
        # nobody is shown the top here, and to find it takes a sort of all articles
        found = report(connection, names, datetime.now(UTC), top=5 if as_json else 0)
    if as_json:
        print_json(found.as_json())
    else:
        show_outlets(console, found)
        show_refusals(console, found)
        show_totals(console, found)
    leave(Exit.FAILED if found.is_troubled else Exit.OK)


@app.command()
def coverage(
    outlet: Annotated[str | None, typer.Argument(metavar="[OUTLET]", help="An outlet's name; none means all.")] = None,
    day: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="A day in Kabul; else the last.")] = None,
    most: Annotated[int, typer.Option(min=0, help="Addresses shown of each reason.")] = 20,
    as_json: AsJson = False,
) -> None:
    """How far the addresses of a day came at every outlet, and the diagnosis, the troubled first.

    With an outlet its last 14 days; with an outlet and a day every reason for which an address was dropped.
    """
    from datetime import UTC, datetime

    from khabar.coverage import coverage as look
    from khabar.coverage import show
    from khabar.watched import watched_here
    from models.session import check_schema, reading

    check_schema()
    watched = watched_here()
    with reading() as connection:
        found = look(connection, watched, outlet, day, datetime.now(UTC), most)
    if as_json:
        print_json(found.as_json())
    else:
        show(console, found)


@app.command()
def review(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8080,
    cert: Annotated[Path | None, typer.Option("--tls-cert", help="Certificate chain (PEM), to serve over TLS.")] = None,
    key: Annotated[Path | None, typer.Option("--tls-key", help="The certificate's key (PEM).")] = None,
) -> None:
    """Serve the review queue. Ctrl-C ends it.

    On this machine alone nobody logs in until there is an account. Other machines are served only with accounts and
    TLS, or behind a proxy that KHABAR_REVIEW_PROXIES names; otherwise exit 6.
    """
    from khabar.watched import watched_here
    from models.session import check_schema
    from review.outlet_faces import watched
    from review.serve import serve

    check_schema()
    watched_here()  # a wrong name is said now, not on every page
    serve(host, port, lambda: watched(watched_here()), cert=cert, key=key)


@app.command()
def learn(
    forget: Annotated[bool, typer.Option("--forget", help="Go back to what the rules alone say.")] = False,
    as_json: AsJson = False,
) -> None:
    """Learn from the decisions what is relevant; used only when it is better on decisions that were held out."""
    from khabar.learn import forget_now, learn_now

    sentence, data = forget_now() if forget else learn_now()
    if as_json:
        print_json(data)
    else:
        typer.echo(sentence)


@app.command()
def explain(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The article's number or its address.")],
    as_json: AsJson = False,
) -> None:
    """Why an article is a copy, of whom and why that one leads; and why it is in its story."""
    from khabar.explain import explained, show
    from models.session import check_schema, engine, reading

    check_schema(engine())
    with reading() as connection:
        found = explained(connection, article)
    if as_json:
        print_json(found)
    else:
        show(console, found)


@app.command()
def clean(processes: Annotated[int, typer.Option(min=1, max=64, help="Cleaning processes.")] = 1) -> None:
    """Filter: pages to articles, a JSON object a line.

    In: id, url, html (text) or html_base64 (bytes) or path; optional headers, outlet, fetched_at.
    """
    from khabar.filters import run_filter
    from pipeline.clean.json_lines import article_to_json, page_from_json
    from pipeline.clean.pool import CleanPool

    with CleanPool(processes) as pool:
        run_filter(sys.stdin.buffer, sys.stdout.buffer, page_from_json, pool.clean_many, article_to_json)


@app.command()
def dedupe() -> None:
    """Filter: articles to copies and stories, a JSON object a line.

    In: id, url, title, text, published, language, outlet.
    """
    from khabar.filters import run_filter, same
    from pipeline.dedupe.json_lines import dedupe_lines

    run_filter(sys.stdin.buffer, sys.stdout.buffer, same, dedupe_lines, same)


if __name__ == "__main__":
    main()
