"""What hosts told us about manners, kept over runs: their robots.txt and how long they asked us to wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from models.ledger import HostState
from models.session import reading, writing
from models.upsert import insert_or


@dataclass(frozen=True, slots=True)
class Host:
    """What we know of a host."""

    robots_txt: str | None = None
    robots_status: int | None = None
    robots_etag: str | None = None
    robots_fetched_at: datetime | None = None
    wait_until: datetime | None = None


def recall(on: Engine, host: str) -> Host:
    """What the host said last; an empty Host when it is new."""
    columns = [getattr(HostState, name) for name in Host.__dataclass_fields__]
    with reading(on) as connection:
        row = connection.execute(select(*columns).where(HostState.host == host)).one_or_none()
    return Host(*row) if row else Host()


def remember(on: Engine, host: str, **said: Any) -> None:
    """Keep what the host said; what is not given stays as it was."""
    with writing(on) as connection:
        statement = insert_or(connection, HostState).values(host=host, **said)
        connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=said))
