"""The outlets as a table: what we watch, and how well each fact is proven."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from outlets import Outlet
from outlets.load import survey


def outlet_rows() -> list[dict[str, Any]]:
    """One plain row per outlet file; a broken one has `error` instead of facts."""
    return [
        _row(found) if isinstance(found, Outlet) else {"name": name, "error": str(found)} for name, found in survey()
    ]


def _row(outlet: Outlet) -> dict[str, Any]:
    return {
        "name": outlet.name,
        "title": outlet.title,
        "country": outlet.country,
        "ownership": outlet.ownership,
        "languages": outlet.languages,
        "verified": outlet.verified,
        "sources": [
            {"kind": source.kind, "url": source.url, "grade": source.grade, "verified": source.verified}
            for source in outlet.sources
        ],
    }


def show_outlet_rows(console: Console, rows: list[dict[str, Any]]) -> None:
    """A table for people."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in ("outlet", "country", "ownership", "languages", "sources and their evidence"):
        table.add_column(name, no_wrap=name != "sources and their evidence")
    for row in rows:
        if "error" in row:
            table.add_row(row["name"], Text(row["error"], style="red"))
            continue
        grades: dict[str, str] = {}
        for source in row["sources"]:
            grades[source["kind"]] = grades.get(source["kind"], "") + source["grade"]
        sources = ", ".join(f"{kind} {letters}" for kind, letters in grades.items())
        table.add_row(row["name"], row["country"], row["ownership"], " ".join(row["languages"]), sources)
    console.print(table)
    console.print("[dim]Evidence for each source: P probed, F seen in a saved page, L listed, G guessed.[/dim]")
