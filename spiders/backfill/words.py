"""Tells a person what a backfill came to. Imports nothing heavy."""

from collections.abc import Mapping
from typing import Any, Final

SHOWN: Final = 10
"""Days or addresses that a sentence names; the report has all of them."""


def backfill_sentence(told: Mapping[str, Any]) -> str:
    """The report's `backfill` in one line."""
    articles, parts = told["articles"], told["parts"]
    said = [f"{told['since']} to {told['until']}: {articles['named']} articles named, {articles['held']} held"]
    if told["state"] == "unfinished":
        said.append(
            f"unfinished, because {told['stopped_by']}: {articles['left']} pages and {parts['left']} addresses of "
            "sources left, and the same command goes on"
        )
    if number := sum(articles["refused"].values()):
        said.append(f"{number} refused")
    if empty := told["empty_days"]:
        more = f" and {len(empty) - SHOWN} more" if len(empty) > SHOWN else ""
        but = f" ({told['dayless']} articles have no day)" if told["dayless"] else ""
        said.append(f"{len(empty)} of {len(told['days'])} days brought nothing: {', '.join(empty[:SHOWN])}{more}{but}")
    if told["undated"]:
        said.append(f"{told['undated']} undated addresses left out")
    if parts["refused"]:
        said.append(f"{parts['refused']} addresses of sources could not be read")
    if told["skipped"]:
        said.append(f"{len(told['skipped'])} sources cannot go back")
    return "; ".join(said)
