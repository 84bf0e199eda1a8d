"""Joins addresses that differ in a session id only: a feed without guids whose links change at every reading would
bring every article anew, day after day."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, select

from models.ledger import Discovery
from models.outcome import PENDING
from spiders.discover import Found, known_keys

MOST: Final = 200
"""Addresses of one list that are looked up, each with a statement of its own."""
_DAY: Final = len("2026-03-02")


def rejoin(
    connection: Connection, outlet: str, source: str, found: Mapping[str, Found]
) -> tuple[dict[str, Found], int]:
    """`found` with the keys under which the ledger knows the same articles, and how many there were.

    The same are two addresses of one source and one path with the same title and the same moment (not only day) of
    publication, when the source gives its articles no identity of their own. Fewer signs would merge different articles
    of a site that tells them apart by ?id=.
    """
    doubtful = [key for key, one in found.items() if one.outcome == PENDING and "?" in key and _may_be_unstable(one)]
    known = known_keys(connection, outlet, doubtful)
    joined = dict(found)
    count = 0
    for key in [key for key in doubtful if key not in known][:MOST]:
        path = f"{key.partition('?')[0]}?"
        rows = connection.execute(
            select(Discovery.url_key, Discovery.hints).where(
                Discovery.outlet == outlet, Discovery.source == source,
                Discovery.url_key.startswith(path, autoescape=True),
            )
        )  # fmt: skip
        listed = found[key].listed
        same = [
            row.url_key
            for row in rows
            if row.hints.get("title") == listed.title and row.hints.get("published") == listed.published
        ]
        if same:
            count += 1
            joined.setdefault(min(same), replace(joined[key], key=min(same)))
            del joined[key]
    return joined, count


def _may_be_unstable(found: Found) -> bool:
    listed = found.listed
    return not listed.identified and bool(listed.title) and len(listed.published or "") > _DAY
