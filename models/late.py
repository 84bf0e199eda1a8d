"""Whether collection stands still: something fell due and no crawl has begun since. An hour in which nothing is due
starts none, so that silence alone says nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from models.ledger import SourceState

GRACE: Final = timedelta(hours=2)
"""An hourly run may miss a turn."""
LONGEST: Final = timedelta(hours=4)
"""A crawl that has been running for longer was killed: the hourly run ends it then, and waits for it until then."""


def late_since(connection: Connection, last: Mapping[str, Row[*tuple[Any, ...]]], now: datetime) -> datetime | None:
    """Since when something has been due and nothing was asked; None when all is well. `last`: watched outlet -> `state`
    and `started_at` of its last crawl; outlets that never had one are told of elsewhere."""
    asked = {name: now if _at_work(run, now) else run.started_at for name, run in last.items()}
    if not asked or now - max(asked.values()) <= GRACE:
        return None
    due = select(SourceState.outlet, SourceState.due_at).where(
        SourceState.outlet.in_(sorted(asked)), SourceState.due_at <= now - GRACE
    )
    found = [row.due_at for row in connection.execute(due) if row.due_at is not None and row.due_at > asked[row.outlet]]
    return min(found, default=None)


def _at_work(run: Row[*tuple[Any, ...]], now: datetime) -> bool:
    return bool(run.state == "running" and now - run.started_at < LONGEST)
