"""Writers beside the pipeline: a batch may hold the change counter and want an article that we hold, so we give way."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from models.session import DatabaseError, writing

Made = TypeVar("Made")
_SIGNS: Final = {"40P01", "40001", "55P03"}
"""PostgreSQL's deadlock, serialization failure and lock time-out."""


def give_way(on: Engine, work: Callable[[Connection], Made], tries: int = 6) -> Made:
    """Run `work` in a transaction. On PostgreSQL we give way before the deadlock check (after 1 s) would end the batch,
    and try again. Raises DatabaseError when it never came through."""
    for attempt in range(tries):
        try:
            with writing(on) as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SET LOCAL lock_timeout = '600ms'"))
                return work(connection)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _SIGNS:
                raise
            time.sleep(0.05 * (attempt + 1))
    raise DatabaseError("the database is busy with a run: nothing was written, try again in a moment")
