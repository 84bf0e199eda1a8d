"""What hosts told us about manners, kept over runs: their robots.txt, how long they asked us to wait, and for how many
runs they have answered nothing."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Engine, and_, select

from models.ledger import HostState
from models.session import reading
from models.upsert import insert_or
from outlets import Outlet
from spiders.writer import writer_of

LONGEST: Final = timedelta(hours=24)
"""A host that asks us to wait for longer is asked again after a day. A pause that reaches further was noted by a clock
that was wrong, and so was an answer of the future: neither counts, or both would hold until that time comes."""


@dataclass(frozen=True, slots=True)
class Host:
    """What we know of a host."""

    robots_txt: str | None = None
    robots_status: int | None = None
    robots_etag: str | None = None
    robots_last_modified: str | None = None
    robots_fetched_at: datetime | None = None
    tdm_json: str | None = None
    tdm_fetched_at: datetime | None = None
    wait_until: datetime | None = None
    failed_runs: int = 0


def hosts_of(outlet: Outlet) -> frozenset[str]:
    """Every host that a crawl of `outlet` asks, lower case."""
    return outlet.all_hosts | {(urlsplit(source.url).hostname or "").lower() for source in outlet.sources}


def is_paused(now: datetime) -> ColumnElement[bool]:
    """The condition for a host that asks us to wait."""
    return and_(HostState.wait_until > now, HostState.wait_until <= now + LONGEST)


def read_host(on: Engine, host: str) -> Host:
    """What the host said last; an empty Host when it is new."""
    columns = [getattr(HostState, name) for name in Host.__dataclass_fields__]
    with reading(on) as connection:
        row = connection.execute(select(*columns).where(HostState.host == host)).one_or_none()
    return _by_a_right_clock(Host(*row), datetime.now(UTC)) if row else Host()


def _by_a_right_clock(said: Host, now: datetime) -> Host:
    def kept(at: datetime | None, latest: datetime) -> datetime | None:
        return at if at is None or at <= latest else None

    return replace(
        said,
        wait_until=kept(said.wait_until, now + LONGEST),
        robots_fetched_at=kept(said.robots_fetched_at, now),
        tdm_fetched_at=kept(said.tdm_fetched_at, now),
    )


async def recall(on: Engine, host: str) -> Host:
    """`read_host`, without holding up downloads."""
    return await asyncio.to_thread(read_host, on, host)


async def remember(on: Engine, host: str, **said: Any) -> None:
    """Keep what the host said; what is not given stays as it was."""

    def write(connection: Connection) -> None:
        statement = insert_or(connection, HostState).values(host=host, **said)
        connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=said))

    await writer_of(on).write(write)
