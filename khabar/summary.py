"""Tells a person what a run found, refused, brought together and tagged."""

from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from khabar.coverage import style
from khabar.report import Report, explain
from khabar.terminal import printable
from spiders.backfill.words import backfill_sentence
from spiders.crawl import CrawlResult

STATES = {"ok": "green", "failed": "red", "interrupted": "yellow", "running": "cyan", "never run": "dim"}

TAGS = 6
"""Tags shown of an item: the main place, then the most certain."""


def show_outlets(console: Console, report: Report) -> None:
    """One line per outlet, then the sentences of each that is not well."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name, justify in (
        ("outlet", "left"), ("crawl", "left"), ("diagnosis", "left"), ("found", "right"), ("done", "right"),
        ("left", "right"), ("refused", "right"), ("kept", "right"), ("copies", "right"),
    ):  # fmt: skip
        table.add_column(name, justify=justify, no_wrap=True, overflow="fold")  # type: ignore[arg-type]
    for outlet in report.outlets:
        refused = sum(n for outcome, n in outlet.outcomes.items() if outcome.startswith(("refused", "quarantine")))
        table.add_row(
            outlet.outlet,
            Text(outlet.state, style=STATES.get(outlet.state, "")),
            Text(outlet.diagnosis.words, style=style(outlet.diagnosis)) if outlet.diagnosis else "–",
            *(
                str(number)
                for number in (
                    outlet.discovered,
                    outlet.outcomes.get("done", 0),
                    outlet.outcomes.get("pending", 0),
                    refused,
                    outlet.articles,
                    outlet.copies,
                )
            ),
        )
    console.print(table)
    for outlet in report.outlets:
        if outlet.reason and outlet.state != "ok":
            console.print(Text(f"  {outlet.outlet}: {outlet.reason}", style="red"), soft_wrap=True)
        told = outlet.diagnosis
        if told and told.state not in (None, "ok"):
            sentence = f"  {outlet.outlet}: {told.words}: {printable(told.reason)}"
            console.print(Text(sentence, style=style(told)), soft_wrap=True)
    for sentence in _silences(report):
        console.print(Text(f"  {sentence}; does the scheduler run?", style="red"), soft_wrap=True)
    if report.process_reason:
        console.print(
            Text(f"  processing {report.process_state}: {report.process_reason}", style="red"), soft_wrap=True
        )


def _silences(report: Report) -> list[str]:
    """What should have run and did not; one sentence where that is all of collection."""
    silent = {outlet.outlet: at for outlet in report.outlets if (at := outlet.silent_since)}
    said = [f"{name}: not asked since {_minute(at)}" for name, at in silent.items()]
    if report.late_since:
        said = [f"nothing is being collected: due since {_minute(report.late_since)}"]
    if report.process_silent_since:
        said.append(f"processing: not run since {_minute(report.process_silent_since)}")
    return said


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def crawl_sentence(result: CrawlResult) -> str:
    """How one crawl ended, in one line."""
    if result.state != "ok":
        return f"{result.outlet}: {result.state}: {result.reason}"
    if told := result.report.get("backfill"):
        return f"{result.outlet}: ok: {backfill_sentence(told)}; {result.counts['pages']} pages fetched"
    counts = result.counts
    return (
        f"{result.outlet}: ok: {counts['discovered']} listed, {counts['new']} new, {counts['changed']} changed, "
        f"{counts['pages']} pages fetched, {counts['left']} left for the next run"
    )


def show_refusals(console: Console, report: Report) -> None:
    """Each reason with its number, in words."""
    if not report.refusals:
        return
    console.print("\n[bold]Refused, by reason[/bold]")
    for outcome, count in report.refusals.items():
        console.print(Text(f"  {count:>4}  {outcome:<22} {explain(outcome)}"), soft_wrap=True)


def show_top(console: Console, report: Report) -> None:
    """The most relevant items with their tags."""
    if not report.top:
        return
    console.print(f"\n[bold]The {len(report.top)} most relevant items[/bold]")
    for item in report.top:
        console.print(Text.assemble((f"  {item.relevance:.2f}  ", "bold"), (item.title, "")), soft_wrap=True)
        when = item.published or "time unknown"
        console.print(Text(f"        {item.outlet} · {item.language or '?'} · {when}", style="dim"))
        console.print(Text(f"        {' · '.join(item.tags[:TAGS])}", style="cyan"), soft_wrap=True)


def show_totals(console: Console, report: Report) -> None:
    """The run's figures in one sentence each."""
    console.print(
        f"\n{report.articles} articles in {report.stories} stories ({report.copies} are copies of another outlet's "
        f"text), {report.tags} tags with their evidence; {report.waiting_for_review} wait for review.",
        soft_wrap=True,
    )
