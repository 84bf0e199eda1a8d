"""Chooses what to fetch: new and changed addresses, newest first, and those whose last failure was of the moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, func, or_, select, update

from models.ledger import Discovery, Fetch
from models.outcome import PENDING, RETRY_NEXT_RUN
from spiders.kinds import when

FREE: Final = "refused:robots"
"""Decided without asking the article's page, so it is looked at again in every run: the rules may have changed."""
MOST_ATTEMPTS: Final = 10
PATIENT: Final = timedelta(hours=6)
"""A challenge is not answered by knocking; the next try waits."""
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


def choose(
    connection: Connection, outlet: str, now: datetime, budget: int, *, backfill: bool = False
) -> tuple[list[Due], list[int]]:
    """What to fetch now, newest first and at most `budget`, and the ids of what has to wait for the next run. What only
    a backfill named is left to backfills, and they take nothing else."""
    last_try = (
        select(Fetch.discovery_id, func.max(Fetch.fetched_at).label("at"))
        .where(Fetch.outlet == outlet, Fetch.kind == "article")
        .group_by(Fetch.discovery_id)
        .subquery()
    )
    held = Fetch.__table__.alias("held")
    rows = connection.execute(
        select(
            Discovery.id, Discovery.url, Discovery.hints, Discovery.attempts, Discovery.article_id, Discovery.fetch_id,
            Discovery.outcome, Discovery.first_seen_at, last_try.c.at, held.c.etag, held.c.last_modified,
        )
        .outerjoin(last_try, last_try.c.discovery_id == Discovery.id)
        .outerjoin(held, held.c.id == Discovery.fetch_id)
        .where(
            Discovery.outlet == outlet,
            Discovery.backfill.is_(backfill),
            or_(
                and_(Discovery.stage == "discovered", Discovery.outcome == PENDING),
                Discovery.outcome.in_(sorted(RETRY_NEXT_RUN | {FREE})),
            ),
            Discovery.attempts < MOST_ATTEMPTS,
        )
    ).all()  # fmt: skip
    ready = [row for row in rows if row.at is None or row.at + patience(row.outcome, row.attempts) <= now]
    # A retry waits behind what is new; within each, the newest comes first, and ties go by age in the ledger.
    ready.sort(key=lambda row: (row.outcome == PENDING, _published(row.hints), row.first_seen_at, row.id), reverse=True)
    due = [
        Due(row.id, row.url, row.hints, row.attempts, row.article_id, row.fetch_id, row.etag, row.last_modified)
        for row in ready
    ]
    return due[:budget], [one.id for one in due[budget:]]


def postpone(connection: Connection, ids: list[int]) -> None:
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


def _published(hints: dict[str, Any]) -> datetime:
    return when(hints.get("published")) or when(hints.get("modified")) or _EPOCH
