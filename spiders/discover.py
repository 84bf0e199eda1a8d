"""Enters what sources list into the ledger: one row for each address, whatever becomes of it (I1), and no second one
when it is listed again (I2)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Connection, Row, and_, select, update

from models.ledger import Discovery
from models.outcome import ADDRESS_REFUSALS, PENDING
from models.upsert import insert_or
from outlets import Outlet
from outlets.urls import BadUrl, is_trap, normalise
from spiders.address import refuse_address
from spiders.kinds import Listed, when
from spiders.refused import Refused

T = TypeVar("T")
CHUNK: Final = 400
"""Keys in one statement; SQLite takes 32 766 parameters, PostgreSQL plans shorter lists better."""


@dataclass(frozen=True, slots=True)
class Found:
    """A listed address, judged."""

    key: str
    url: str
    listed: Listed
    outcome: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a source's list did to the ledger."""

    listed: int = 0
    new: int = 0
    changed: int = 0


def judge(items: Iterable[Listed], outlet: Outlet) -> dict[str, Found]:
    """Each listed address once, by its key, the first listing winning. Pure."""
    found: dict[str, Found] = {}
    for listed in items:
        one = _judge(listed, outlet)
        found.setdefault(one.key, one)
    return found


def _judge(listed: Listed, outlet: Outlet) -> Found:
    try:
        if urlsplit(listed.url).scheme.lower() not in ("http", "https"):
            raise Refused("refused:scheme", "the address is neither http nor https", asked=False)
        url = normalise(listed.url)
        key = outlet.url_key(url)
        url = without_trackers(url, key)
        if is_trap(url):
            raise Refused("refused:bad_url", "the path goes in circles or too deep", asked=False)
        refuse_address(url, outlet)
        if not outlet.article_pattern.search(url):
            raise Refused("refused:not_article", "the address does not match the outlet's article pattern", asked=False)
    except (BadUrl, ValueError) as error:
        return _unusable(listed, Refused("refused:bad_url", str(error), asked=False))
    except Refused as refused:
        if refused.outcome in ("refused:scheme", "refused:bad_url"):
            return _unusable(listed, refused)
        return Found(key, url, listed, refused.outcome, refused.detail)
    return Found(key, url, listed, PENDING, None)


def without_trackers(url: str, key: str) -> str:
    """`url` without the parameters that are not part of its identity `key`: outlets need not be told that a campaign
    of theirs worked, and article patterns need not know of it."""
    return urlunsplit(urlsplit(url)._replace(query=urlsplit(f"https://{key}").query)) if "~" not in key else url


def _unusable(listed: Listed, refused: Refused) -> Found:
    """An address without identity is known by its hash; it is kept as readable text only."""
    digest = hashlib.sha256(listed.url.encode(errors="surrogatepass")).hexdigest()
    shown = "".join(c if c.isprintable() else "\ufffd" for c in listed.url[:2000])
    return Found(f"unusable:{digest[:40]}", shown, listed, refused.outcome, refused.detail)


def known_keys(connection: Connection, outlet: str, keys: Sequence[str]) -> set[str]:
    """Those of `keys` that the ledger has."""
    return set(ids_of(connection, outlet, keys))


def ids_of(connection: Connection, outlet: str, keys: Sequence[str]) -> dict[str, int]:
    """The rows of those of `keys` that the ledger has."""
    known: dict[str, int] = {}
    for part in _chunks(keys):
        where = (Discovery.outlet == outlet, Discovery.url_key.in_(part))
        known.update(
            (key, number) for key, number in connection.execute(select(Discovery.url_key, Discovery.id).where(*where))
        )
    return known


def enter(
    connection: Connection, outlet: str, source: str, found: dict[str, Found], run_id: int, now: datetime, *,
    backfill: bool = False,
) -> Tally:  # fmt: skip
    """Insert the new ones, note changes of the known ones, and touch `last_seen_at` of all. Keys go in order, so that
    two writers on PostgreSQL cannot wait for each other in a circle.

    A backfill leaves the daily run's addresses untouched; the daily run makes a backfill's its own.
    """
    keys = sorted(found)
    rows: dict[str, Row[Any]] = {}
    for part in _chunks(keys):
        wanted = (
            Discovery.id, Discovery.url_key, Discovery.source, Discovery.hints, Discovery.outcome, Discovery.backfill,
        )  # fmt: skip
        where = (Discovery.outlet == outlet, Discovery.url_key.in_(part))
        rows |= {row.url_key: row for row in connection.execute(select(*wanted).where(*where))}
    fresh = [
        {**_new_row(found[key], outlet, source, run_id, now), "backfill": backfill} for key in keys if key not in rows
    ]
    entering = insert_or(connection, Discovery)
    entering = entering.on_conflict_do_update(  # the daily run and a backfill may meet a new address at the same time
        index_elements=["outlet", "url_key"],
        set_={"backfill": and_(Discovery.backfill, entering.excluded.backfill)},
    )
    for batch in _chunks(fresh):
        connection.execute(entering, batch)
    changed = 0
    ours = {key: row for key, row in rows.items() if row.backfill or not backfill}
    for key in sorted(ours):
        columns = _changes(ours[key], found[key], source)
        if ours[key].backfill and not backfill:
            columns["backfill"] = False
        if columns:
            changed += columns.get("stage") == "discovered"
            connection.execute(update(Discovery).where(Discovery.id == ours[key].id).values(**columns))
    for ids in _chunks([row.id for row in ours.values()]):
        connection.execute(update(Discovery).where(Discovery.id.in_(ids)).values(last_seen_at=now))
    return Tally(len(keys), len(fresh), changed)


def hint_hash(hints: dict[str, Any]) -> str:
    """SHA-256 of what the sources say of an article's content: its title and when it was modified."""
    said = json.dumps([hints.get("title"), hints.get("modified")], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _new_row(found: Found, outlet: str, source: str, run_id: int, now: datetime) -> dict[str, Any]:
    hints = found.listed.hints()
    return {
        "outlet": outlet, "url_key": found.key, "url": found.url, "first_seen_at": now, "last_seen_at": now,
        "source": source, "hints": hints, "hint_sha256": hint_hash(hints), "stage": "discovered",
        "outcome": found.outcome, "detail": found.detail, "run_id": run_id,
    }  # fmt: skip


def _changes(row: Row[Any], found: Found, source: str) -> dict[str, Any]:
    """The columns to set on a known row: better hints, and the way back to the start when its content changed."""
    old, new = row.hints, found.listed.hints()
    html = new.pop("html", None)  # was archived when the article was new, and is needed again only when it changed
    merged = {**new, **old}
    due = False
    if source == row.source and new.get("title") and new["title"] != old.get("title"):
        # Only the source that named it first decides: others word titles differently, day after day.
        merged["title"], due = new["title"], "title" in old
    later, before = when(new.get("modified")), when(old.get("modified"))
    if later and (before is None or later > before):
        merged["modified"], due = new["modified"], due or (before is not None and not found.listed.restamped)
    if due and html:
        merged["html"] = html
    columns: dict[str, Any] = {"hints": merged, "hint_sha256": hint_hash(merged)} if merged != old else {}
    if found.outcome != PENDING and row.outcome in ADDRESS_REFUSALS and row.outcome != found.outcome:
        columns |= {"outcome": found.outcome, "detail": found.detail}
    lifted = found.outcome == PENDING and row.outcome in ADDRESS_REFUSALS
    if lifted or (due and found.outcome == PENDING):
        columns |= {"stage": "discovered", "outcome": PENDING, "detail": None, "attempts": 0}
    return columns


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
