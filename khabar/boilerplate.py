"""What `khabar outlets boilerplate` shows: the lines that recur on an outlet's recent pages, and which are cut."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection, func, select

from khabar.terminal import printable
from models.boilerplate import BoilerplateVersion, PagePrint, RecurringLine
from models.ledger import Discovery
from outlets import Outlet
from pipeline.clean.recurring import LEAST, LEAST_PAGES, SHARE
from pipeline.clean.text import fold
from pipeline.recent import newest

MOST = 160
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Figures are None for a line that only the outlet's file names."""

    text: str
    state: str
    """cut (learned), seen (recurs, and is not cut), or what the file says: kept by the file, cut by the file."""
    pages: int | None = None
    share: float | None = None
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Of one outlet. Version 0: nothing was learned yet."""

    outlet: str
    version: int
    made_at: datetime | None
    pages: int
    """How many of its pages are remembered."""
    lines: list[Line]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "outlet_id": self.outlet, "version": self.version, "made_at": self.made_at, "pages": self.pages,
            "lines": [asdict(line) for line in self.lines],
        }  # fmt: skip


def boilerplate(connection: Connection, outlet: Outlet) -> Boilerplate:
    """What is known of `outlet`, the most usual lines first."""
    learned = newest(connection, [outlet.name]).get(outlet.name)
    named = {fold(line): "cut by the file" for line in outlet.boilerplate.cut}
    named |= {fold(line): "kept by the file" for line in outlet.boilerplate.keep}
    cut = learned.folded if learned else frozenset()
    rows = connection.execute(
        select(RecurringLine.__table__, Discovery.url)
        .join(Discovery, Discovery.id == RecurringLine.example_id)
        .where(RecurringLine.outlet == outlet.name)
        .order_by(RecurringLine.share.desc(), RecurringLine.text)
    ).all()
    lines = []
    for row in rows:
        state = named.pop(fold(row.text), "cut" if fold(row.text) in cut else "seen")
        lines.append(
            Line(row.text, state, row.pages, row.share, row.first_seen_at, row.last_seen_at, row.url)
        )  # fmt: skip
    for text in (*outlet.boilerplate.keep, *outlet.boilerplate.cut):
        if fold(text) in named:
            lines.append(Line(text, named.pop(fold(text))))
    made_at = connection.execute(
        select(BoilerplateVersion.made_at)
        .where(BoilerplateVersion.outlet == outlet.name)
        .order_by(BoilerplateVersion.version.desc())
        .limit(1)
    ).scalar()
    pages = connection.execute(
        select(func.count()).select_from(PagePrint).where(PagePrint.outlet == outlet.name)
    ).scalar_one()
    return Boilerplate(outlet.name, learned.version if learned else 0, made_at, pages, lines)


def show(console: Console, found: Boilerplate) -> None:
    """For people."""
    made = f"version {found.version} of {found.made_at:%Y-%m-%d %H:%M} UTC" if found.made_at else "nothing learned yet"
    console.print(f"[bold]{found.outlet}[/bold]: {made}, from {found.pages} recent pages.")
    for line in found.lines:
        console.print(Text.assemble((f"\n  {line.state}: ", "bold"), printable(line.text)[:MOST]), soft_wrap=True)
        if line.pages is not None and line.share is not None and line.first_seen_at and line.last_seen_at:
            days = f"{line.first_seen_at:%Y-%m-%d} to {line.last_seen_at:%Y-%m-%d}"
            told = f"on {line.pages} pages ({line.share:.0%}), {days}"
            console.print(Text(f"    {told}, such as {printable(line.example or '')}", style="dim"), soft_wrap=True)
    if not found.lines:
        console.print(
            f"No line recurs. A line is cut from {LEAST} pages and {SHARE:.0%} of the pages in its language on, "
            f"of which there must be {LEAST_PAGES}.", soft_wrap=True,
        )  # fmt: skip
