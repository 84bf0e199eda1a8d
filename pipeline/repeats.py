"""One page at many addresses: a site that is down, a consent page, a call to subscribe, with status 200 and nothing in
it that gives it away. Told from an item that an outlet runs at several addresses by what those promised."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, distinct, func, select

from models.ledger import Discovery, Fetch
from models.outcome import DONE
from pipeline.items import Article
from pipeline.recent import Recent

SAME_BODY: Final = 3
"""From this many different promises on, one answer to all of them is no coincidence."""
SAMPLE: Final = 100
"""Addresses of one body that are looked at: more tell nothing new."""
REFUSED: Final = "refused:identical_body"


def promise(hints: Mapping[str, Any], url_key: str) -> str:
    """What an address promised before its page was read: the headline that a source gave it, else itself."""
    return hints.get("title") or url_key


def repeated_bodies(connection: Connection, bodies: Collection[str]) -> dict[tuple[str, str], int]:
    """(outlet, body) -> number of addresses, for those of `bodies` that came for different promises of the outlet."""
    addresses = func.count(distinct(Fetch.discovery_id))
    article = Fetch.kind.in_(("article", "recheck"))
    rows = connection.execute(
        select(Fetch.outlet, Fetch.body_sha256, addresses)
        .where(Fetch.body_sha256.in_(bodies), article)
        .group_by(Fetch.outlet, Fetch.body_sha256)
        .having(addresses >= SAME_BODY)
    ).all()
    found: dict[tuple[str, str], int] = {}
    for outlet, body, number in rows:
        shown = connection.execute(
            select(Discovery.hints, Discovery.url_key)
            .join(Fetch, Fetch.discovery_id == Discovery.id)
            .where(Fetch.body_sha256 == body, Fetch.outlet == outlet, article)
            .order_by(Discovery.id)
            .limit(SAMPLE)
        )
        if body and len({promise(hints, url_key) for hints, url_key in shown}) >= SAME_BODY:
            found[outlet, body] = number
    return found


def without_twins(articles: dict[str, Article], recent: Recent) -> None:
    """Refuse the articles of a batch whose text other addresses gave too, in it or lately. Their pages are remembered,
    but teach nothing."""
    found = {id: recent.promises(int(id)) for id, article in articles.items() if article.outcome == DONE}
    for id, promises in found.items():
        if promises >= SAME_BODY:
            articles[id] = replace(articles[id], outcome=REFUSED, issues=(f"one text for {promises} addresses",))
            recent.teach_nothing(int(id))
