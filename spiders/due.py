"""Chooses what to fetch: new and changed addresses, newest first, then those whose last failure was of the moment, then
what the recheck plan asks for.

The ledger may hold any number of them. So the choice goes over them one by one and keeps numbers, and what a visit
needs is read when its turn comes.
"""

import asyncio
import heapq
from array import array
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, func, or_, select, update

from models.ledger import Discovery, Fetch
from models.outcome import DONE, MOST_ATTEMPTS, PENDING, RETRY_NEXT_RUN
from spiders.kinds import when
from spiders.polling import SLACK

FREE: Final = "refused:robots"
"""Decided without asking the article's page, so it is looked at again in every run: the rules may have changed."""
PATIENT: Final = timedelta(hours=6)
"""A challenge is not answered by knocking; the next try waits."""
AHEAD: Final = 50
"""Addresses of a host that are read from the ledger at once."""
_EPOCH: Final = datetime.min.replace(tzinfo=UTC)
_at_rest: Final = and_(Discovery.stage == "stored", Discovery.outcome == DONE)


@dataclass(frozen=True, slots=True)
class Due:
    """An address to fetch, with the validators of the copy that we hold."""

    id: int
    url: str
    url_key: str
    hints: dict[str, Any]
    attempts: int
    first_seen_at: datetime
    article_id: int | None
    fetch_id: int | None
    rechecks: int
    recheck: bool
    """No source says that it changed; the plan asks (recheck.py). Whatever comes, the article that we hold stays."""
    body_sha256: str | None
    etag: str | None
    last_modified: str | None


@dataclass(slots=True)
class Chosen:
    """Ids of discoveries: those to fetch now, host by host and newest first, and those that have to wait."""

    now: dict[str, "array[int]"] = field(default_factory=dict)
    later: "array[int]" = field(default_factory=lambda: array("q"))


def choose(connection: Connection, outlet: str, now: datetime, budget: int, *, backfill: bool = False) -> Chosen:
    """What to fetch now, newest first and at most `budget`, and what has to wait for the next run. What only a backfill
    named is left to backfills, and they take nothing else. Rechecks get what the others leave of the budget, and wait
    without a word."""
    rows = connection.execute(
        select(
            Discovery.id, Discovery.url, Discovery.attempts, Discovery.outcome, Discovery.first_seen_at,
            Discovery.hints["published"].as_string().label("published"),
            Discovery.hints["modified"].as_string().label("modified"),
            last_try().label("at"),
        )
        .where(Discovery.outlet == outlet, Discovery.backfill.is_(backfill), is_waiting(RETRY_NEXT_RUN | {FREE})),
        execution_options={"yield_per": 500},
    )  # fmt: skip
    chosen = Chosen()
    best: list[tuple[bool, datetime, datetime, int, str]] = []
    for row in rows:
        if rests(row.at, row.outcome, row.attempts, now):
            continue
        # A retry waits behind what is new; within each, the newest comes first, and ties go by age in the ledger.
        published = when(row.published) or when(row.modified) or _EPOCH
        one = (row.outcome == PENDING, published, row.first_seen_at, row.id, urlsplit(row.url).netloc)
        if len(best) < budget:
            heapq.heappush(best, one)
        else:
            chosen.later.append(heapq.heappushpop(best, one)[3])
    for *_, number, host in sorted(best, reverse=True):
        chosen.now.setdefault(host, array("q")).append(number)
    if not backfill and len(best) < budget:
        wanted = select(Discovery.id, Discovery.url).where(Discovery.outlet == outlet, recheck_is_due(now))
        newest = wanted.order_by(Discovery.first_seen_at.desc(), Discovery.id.desc()).limit(budget - len(best))
        for number, url in connection.execute(newest):
            chosen.now.setdefault(urlsplit(url).netloc, array("q")).append(number)
    return chosen


def last_try() -> ScalarSelect[datetime]:
    """When an address was last asked for as new or changed; an expression for a statement over discoveries."""
    asked = (Fetch.discovery_id == Discovery.id, Fetch.kind == "article")
    return select(func.max(Fetch.fetched_at)).where(*asked).scalar_subquery()


def is_waiting(retried: Collection[str]) -> ColumnElement[bool]:
    """The condition for an address that is new or changed, or whose outcome is one of `retried`: to be asked as soon as
    `patience` allows."""
    new = and_(Discovery.stage == "discovered", Discovery.outcome == PENDING)
    return and_(or_(new, Discovery.outcome.in_(sorted(retried))), Discovery.attempts < MOST_ATTEMPTS)


def recheck_is_due(now: datetime) -> ColumnElement[bool]:
    """The condition for an address whose recheck is due; nothing else is to be done for it."""
    return and_(Discovery.recheck_at <= now + SLACK, _at_rest, Discovery.backfill.is_(False))


def read_due(connection: Connection, ids: Sequence[int]) -> list[Due]:
    """The discoveries `ids`, in that order, with what a visit needs; those that are gone are left out."""
    held = Fetch.__table__.alias("held")
    rows = connection.execute(
        select(
            Discovery.id, Discovery.url, Discovery.url_key, Discovery.hints, Discovery.attempts,
            Discovery.first_seen_at, Discovery.article_id, Discovery.fetch_id, Discovery.rechecks,
            _at_rest.label("recheck"), held.c.body_sha256, held.c.etag, held.c.last_modified,
        )
        .outerjoin(held, held.c.id == Discovery.fetch_id)
        .where(Discovery.id.in_(ids))
    )  # fmt: skip
    found = {row.id: Due(*row) for row in rows}
    return [found[number] for number in ids if number in found]


class Queue:
    """The addresses of one host in their order, for any number of takers; few of them are in memory at a time."""

    def __init__(self, ids: Sequence[int], read: Callable[[Sequence[int]], Awaitable[list[Due]]]) -> None:
        self._ids, self._read = ids, read
        self._asked = 0
        self._ready: deque[Due] = deque()
        self._reading = asyncio.Lock()

    async def take(self) -> Due | None:
        """The next one; None when there is none left."""
        async with self._reading:
            while not self._ready and self._asked < len(self._ids):
                part = self._ids[self._asked : self._asked + AHEAD]
                self._asked += len(part)
                self._ready += await self._read(part)
            return self._ready.popleft() if self._ready else None

    def __len__(self) -> int:
        """How many nobody took."""
        return len(self._ready) + len(self._ids) - self._asked


def postpone(connection: Connection, ids: Sequence[int]) -> None:
    """Name why these wait: the run's budget is used up."""
    for start in range(0, len(ids), 400):
        connection.execute(
            update(Discovery)
            .where(Discovery.id.in_(ids[start : start + 400]), Discovery.outcome == PENDING)
            .values(outcome="refused:budget", detail="the run's request budget was used up")
        )


def rests(tried: datetime | None, outcome: str, attempts: int, now: datetime) -> bool:
    """Whether an address is still left alone after its last try. A try of the future is a wrong clock's, and no try."""
    return tried is not None and tried <= now < tried + patience(outcome, attempts)


def patience(outcome: str, attempts: int) -> timedelta:
    """How long after its last try an address is left alone: two tries at once, then 1, 2, 4 … at most 24 hours."""
    if outcome in (PENDING, "refused:budget", FREE):
        return timedelta(0)
    grown = timedelta(hours=min(2.0 ** (attempts - 2), 24.0)) if attempts > 1 else timedelta(0)
    return max(grown, PATIENT) if outcome == "refused:challenge" else grown
