"""What a site says of text and data mining in its /.well-known/tdmrep.json (TDMRep, W3C community group, 2024): manners
of a host, asked and kept like robots.txt. What a page says itself is read in pipeline/clean/rights.py.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http import Response

from models.session import engine
from spiders.hosts import recall, remember
from spiders.refused import Refused

KEPT: Final = timedelta(hours=24)
MOST: Final = 500 * 1024
"""Bytes of a file that are read, as of robots.txt; a longer one says nothing."""
SAID: Final[dict[str, str]] = {"tdmrep.json": "1"}
"""The word under which a fetch's headers carry a reservation of the site's file: spiders and pipeline meet only in the
ledger, and no header has a dot in its name."""
logger = logging.getLogger(__name__)


def rules_of(text: str) -> Protego | None:
    """The file's rules as those of a robots.txt, whose patterns its locations are: what is reserved is not allowed, and
    the longest pattern decides. None when it reserves nothing or cannot be read."""
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return None
    reserved: dict[str, bool] = {}
    for rule in found if isinstance(found, list) else ():
        where = rule.get("location") if isinstance(rule, dict) else None
        if isinstance(where, str) and where.startswith(("/", "*")) and not any(c.isspace() or c == "#" for c in where):
            reserved[where] = reserved.get(where, False) or rule.get("tdm-reservation") in (1, "1")
    if not any(reserved.values()):
        return None
    lines = [f"{'Disallow' if no else 'Allow'}: {where}" for where, no in reserved.items()]
    return Protego.parse("\n".join(["User-agent: *", *lines]))


class Reservations:
    """The files of a run's hosts, each asked at most once a day, conditionally, and only once a page of it came."""

    def __init__(self, ask: Callable[[Request, str], Awaitable[Response]]) -> None:
        self._ask = ask
        self._known: dict[str, asyncio.Task[Protego | None]] = {}

    async def of(self, url: str) -> dict[str, str]:
        """SAID when the site reserves `url`, else nothing. A file that cannot be had leaves the last one in force."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._known:
            self._known[origin] = asyncio.ensure_future(self._learn(origin, parts.netloc.lower()))
        rules = await asyncio.shield(self._known[origin])
        return {} if rules is None or rules.can_fetch(url, "*") else SAID

    async def _learn(self, origin: str, host: str) -> Protego | None:
        known, now = await recall(engine(), host), datetime.now(UTC)
        text = known.tdm_json or ""
        if known.tdm_fetched_at is None or now - known.tdm_fetched_at >= KEPT:
            since = format_datetime(known.tdm_fetched_at, usegmt=True) if text and known.tdm_fetched_at else None
            try:
                response = await self._ask(
                    Request(f"{origin}/.well-known/tdmrep.json", headers={"If-Modified-Since": since} if since else {}),
                    "tdm",
                )
            except Refused as refusal:
                if refusal.status not in (404, 410):
                    logger.info("tdmrep.json of %s cannot be had: %s", host, refusal.detail)
                    return rules_of(text)
                text = ""
            else:
                text = text if response.status == 304 else _text(response.body)
            await remember(engine(), host, tdm_json=text, tdm_fetched_at=now)
        return rules_of(text)


def _text(body: bytes) -> str:
    """The file, when it is one: many sites answer any address with a page."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").strip() if len(body) <= MOST else ""
    return text.replace("\x00", "") if text.startswith("[") else ""
