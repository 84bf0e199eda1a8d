"""Tolls and dates of our own labelled sentences: how often exactly what a sentence says comes out."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from pipeline.items import Stamp, TagInput
from pipeline.tag.stage import tag

FOLDER = Path(__file__).parent / "afghan_facts"
PUBLISHED = "2024-07-04T12:00Z"
_TOLLS = ("killed", "wounded", "detained")
_NONE = [None, None, None]
Row = dict[str, Any]


def wrong(rows: Sequence[Row]) -> dict[str, list[bool]]:
    """By figure, in the order of the rows that have a label for it: whether what came out is not that label."""
    found: dict[str, list[bool]] = {"date": [], "toll": []}
    for row in rows:
        published = row.get("published", PUBLISHED)
        stamp = Stamp(datetime.fromisoformat(published), "second", "text", published)
        facts = tag(TagInput(row["id"], "", row["text"], row["language"], stamp)).facts
        if "date" in row:
            found["date"].append(facts.event_date != row["date"])
            continue
        told = {one: [getattr(facts, f"{one}_{bound}") for bound in ("low", "best", "high")] for one in _TOLLS}
        found["toll"].append(told != {one: row[one] or _NONE for one in _TOLLS})
    return found


def measure(rows: Sequence[Row]) -> dict[str, float]:
    """The share of sentences whose toll, or date, is exactly right; `n` of them."""
    return {"n": len(rows), **{figure: 1 - fmean(missed) for figure, missed in wrong(rows).items() if missed}}
