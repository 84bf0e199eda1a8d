"""What `khabar coverage` shows: how far the addresses of a day came at every outlet, or an outlet's days, or every
address that an outlet lost on a day and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from khabar.terminal import printable
from models.coverage import DAYS, STEPS, Day, Drops, day_of_all, days_of_one, drops, newest_day, parse_day, say
from models.day import KABUL, day_of
from outlets.load import OutletError, paths, unknown

STYLES = {"ok": "green", "quiet": "cyan"}
"""Of a diagnosis; the broken ones are red, and what is not known dim."""
MOST = 100
"""Characters of a title or detail that are shown."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was asked for."""

    today: date
    day: date | None
    """None when nothing was ever counted, or when all of an outlet's last days are meant."""
    days: list[Day]
    outlet: str | None = None
    dropped: list[Drops] | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        made: dict[str, Any] = {
            "outlet_id": self.outlet, "day": self.day and self.day.isoformat(),
            "is_complete": self.day and self.day < self.today, "days": [day.as_json() for day in self.days],
        }  # fmt: skip
        return made if self.dropped is None else {**made, "drops": [reason.as_json() for reason in self.dropped]}


def coverage(
    connection: Connection, watched: Collection[str], outlet: str | None, day: str | None, now: datetime, most: int
) -> Coverage:
    """All outlets on a day (the last that was counted), the last days of one, or one with what it lost on a day: of
    each reason at most `most` addresses. Raises OutletError and BadDay."""
    today = day_of(now)
    chosen = parse_day(day, today) if day else None
    last = newest_day(connection, outlet)
    if outlet and last is None and outlet not in paths():
        raise OutletError(unknown(outlet, list(paths())))
    if outlet is None:
        chosen = chosen or last
        return Coverage(today, chosen, day_of_all(connection, chosen, watched) if chosen else [])
    if chosen:
        found = drops(connection, outlet, chosen, most)
        return Coverage(today, chosen, days_of_one(connection, outlet, chosen, 1), outlet, found)
    return Coverage(today, None, days_of_one(connection, outlet, last) if last else [], outlet)


def show(console: Console, found: Coverage) -> None:
    """For people."""
    if not found.days:
        what = f"{found.outlet} was never collected" if found.outlet else "Nothing has been collected yet"
        console.print(f"{what}: there is nothing to count.")
        return
    if found.dropped is not None:
        _show_day(console, found, found.days[0], found.dropped)
        return
    title = f"{found.outlet}, the last {DAYS} days" if found.outlet else say(found.days[0].day, found.today)
    console.print(f"[bold]{title}[/bold]")
    _show_table(console, found)
    for day in found.days:
        if day.state != "ok" and day.figures is not None:
            name = _name(found, day)
            console.print(Text(f"  {name}: {printable(day.reason)}", style=style(day)), soft_wrap=True)
    again = f"khabar coverage {found.outlet or 'OUTLET'} --day {found.days[0].day}"
    console.print(f"[dim]`{again}` lists what was dropped, with the reasons.[/dim]")


def style(day: Day) -> str:
    """The colour of a diagnosis."""
    return "red" if day.is_broken else STYLES.get(day.state or "", "dim")


def _show_table(console: Console, found: Coverage) -> None:
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("day" if found.outlet else "outlet", no_wrap=True)
    for name in (*STEPS.values(), "dropped", "waiting", "usual"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("diagnosis", no_wrap=True)
    for day in found.days:
        figures = [*(day.figures[name] if day.figures else None for name in STEPS), day.dropped, day.waiting]
        usual = "–".join(map(str, day.expected)) if day.expected else ""
        told = Text(day.words, style=style(day))
        table.add_row(_name(found, day), *("–" if n is None else str(n) for n in figures), usual, told)
    console.print(table)


def _name(found: Coverage, day: Day) -> str:
    return f"{day.day:%a} {day.day}" if found.outlet else day.outlet


def _show_day(console: Console, found: Coverage, day: Day, dropped: list[Drops]) -> None:
    console.print(Text(f"{day.outlet} on {say(day.day, found.today)}: {day.words}", style="bold"), soft_wrap=True)
    console.print(Text(f"  {printable(day.reason)}", style=style(day)), soft_wrap=True)
    if day.figures is not None:
        steps = " → ".join(f"{words} {day.figures[name]}" for name, words in STEPS.items())
        at = f", counted at {day.counted_at.astimezone(KABUL):%H:%M} in Kabul" if day.counted_at else ""
        console.print(f"  {steps}; {day.dropped} dropped, {day.waiting} waiting{at}", soft_wrap=True)
    now = sum(reason.number for reason in dropped)
    if day.dropped is not None and now != day.dropped:
        console.print(f"  The ledger has moved on since then: {now} are dropped now.")
    for reason in dropped:
        heading = Text.assemble((f"\n{reason.stage}: {reason.reason}", "bold"), f"  {reason.number}  {reason.words}")
        console.print(heading, soft_wrap=True)
        for drop in reason.first:
            more = [drop.title, drop.detail, f"copy of article {drop.copy_of}" if drop.copy_of else None]
            told = " · ".join(printable(one)[:MOST] for one in more if one)
            again = "; asked again" if drop.will_retry else ""
            console.print(Text.assemble(f"  {printable(drop.url)}", (f"  {told}{again}", "dim")), soft_wrap=True)
        if (rest := reason.number - len(reason.first)) > 0:
            console.print(f"  … and {rest} more; --most shows more, v1_coverage_drops all of them")
    if not dropped:
        console.print("  Nothing was dropped.")
