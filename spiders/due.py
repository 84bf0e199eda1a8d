"""Chooses what to fetch: new and changed addresses, newest first, and those whose last failure was of the moment.

The ledger may hold any number of them. So the choice goes over them one by one and keeps numbers, and what a visit
needs is read when its turn comes.
"""

import asyncio
import heapq
from array import array
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, and_, func, or_, select, update

from models.ledger import Discovery, Fetch
from models.outcome import MOST_ATTEMPTS, PENDING, RETRY_NEXT_RUN
from spiders.kinds import when

FREE: Final = "refused:robots"
"""Decided without asking the article's page, so it is looked at again in every run: the rules may have changed."""
PATIENT: Final = timedelta(hours=6)
"""A challenge is not answered by knocking; the next try waits."""
AHEAD: Final = 50
"""Addresses of a host that are read from the ledger at once."""
_EPOCH: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """An address to fetch, with the validators of the copy that we hold."""

    id: int
    url: str
    hints: dict[str, Any]
    attempts: int
    article_id: int | None
    fetch_id: int | None
    etag: str | None
    last_modified: str | None


@dataclass(slots=True)
class Chosen:
    """Ids of discoveries: those to fetch now, host by host and newest first, and those that have to wait."""

    now: dict[str, "array[int]"] = field(default_factory=dict)
    later: "array[int]" = field(default_factory=lambda: array("q"))


def choose(connection: Connection, outlet: str, now: datetime, budget: int, *, backfill: bool = False) -> Chosen:
    """What to fetch now, newest first and at most `budget`, and what has to wait for the next run. What only a backfill
    named is left to backfills, and they take nothing else."""
    last_try = (
        select(func.max(Fetch.fetched_at))
        .where(Fetch.discovery_id == Discovery.id, Fetch.kind == "article")
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            Discovery.id, Discovery.url, Discovery.attempts, Discovery.outcome, Discovery.first_seen_at,
            Discovery.hints["published"].as_string().label("published"),
            Discovery.hints["modified"].as_string().label("modified"),
            last_try.label("at"),
        )
        .where(
            Discovery.outlet == outlet,
            Discovery.backfill.is_(backfill),
            or_(
                and_(Discovery.stage == "discovered", Discovery.outcome == PENDING),
                Discovery.outcome.in_(sorted(RETRY_NEXT_RUN | {FREE})),
            ),
            Discovery.attempts < MOST_ATTEMPTS,
        ),
        execution_options={"yield_per": 500},
    )  # fmt: skip
    chosen = Chosen()
    best: list[tuple[bool, datetime, datetime, int, str]] = []
    for row in rows:
        if row.at is not None and row.at + patience(row.outcome, row.attempts) > now:
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
    return chosen


def read_due(connection: Connection, ids: Sequence[int]) -> list[Due]:
    """The discoveries `ids`, in that order, with what a visit needs; those that are gone are left out."""
    held = Fetch.__table__.alias("held")
    rows = connection.execute(
        select(
            Discovery.id, Discovery.url, Discovery.hints, Discovery.attempts, Discovery.article_id, Discovery.fetch_id,
            held.c.etag, held.c.last_modified,
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


def patience(outcome: str, attempts: int) -> timedelta:
    """How long after its last try an address is left alone: two tries at once, then 1, 2, 4 … at most 24 hours."""
    if outcome in (PENDING, "refused:budget", FREE):
        return timedelta(0)
    grown = timedelta(hours=min(2.0 ** (attempts - 2), 24.0)) if attempts > 1 else timedelta(0)
    return max(grown, PATIENT) if outcome == "refused:challenge" else grown
