"""Runs and their fencing numbers: Airflow may start one task twice, and then only the newer may write."""

import os
import socket
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from models.exits import Exit
from models.run import Lease, Run
from models.session import DatabaseError, reading, writing
from models.settings import settings
from models.upsert import insert_or


class Superseded(Exception):
    """A newer run of the same work has begun: this one must stop, and has written nothing since."""

    exit_code = Exit.SUPERSEDED


class MixedDatabase(Exception):
    """Invented and real articles would come into one database. One sentence."""

    exit_code = Exit.CONFIG


@dataclass(frozen=True, slots=True)
class RunHandle:
    """A run that may write for `work` until a newer one begins."""

    run_id: int
    work: str
    fence: int

    def check(self, connection: Connection) -> None:
        """Raises Superseded when a newer run holds the lease. Holds off takers until this transaction ends."""
        if superseded := superseded_of(connection, [self]):
            raise superseded[self]


def superseded_of(connection: Connection, runs: Collection[RunHandle]) -> dict[RunHandle, Superseded]:
    """Those of `runs` that a newer run has taken over from, each with what to raise; takers of the others are held off
    until this transaction ends."""
    mine = Lease.work.in_([run.work for run in runs])
    rows = select(Lease.work, Lease.fence).where(mine).order_by(Lease.work).with_for_update(read=True)
    fences = dict(connection.execute(rows).all())
    return {
        run: Superseded(f"a newer run of {run.work} has begun; this one stops")
        for run in runs
        if fences[run.work] != run.fence
    }


def begin_run(on: Engine, kind: str, outlet: str = "") -> RunHandle:
    """`open_run` in a transaction of its own."""
    with writing(on) as connection:
        return open_run(connection, kind, outlet)


def open_run(connection: Connection, kind: str, outlet: str = "") -> RunHandle:
    """Take the lease of (kind, outlet) and open a run. Runs of the same work still open are marked interrupted."""
    work = f"{kind}:{outlet}" if outlet else kind
    now = datetime.now(UTC)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    taking = insert_or(connection, Lease).values(work=work, fence=1, holder=holder, taken_at=now)
    fence: int = connection.execute(
        taking.on_conflict_do_update(
            index_elements=["work"], set_={"fence": Lease.fence + 1, "holder": holder, "taken_at": now}
        ).returning(Lease.fence)
    ).scalar_one()
    connection.execute(
        update(Run)
        .where(Run.kind == kind, Run.outlet == outlet, Run.state == "running")
        .values(state="interrupted", finished_at=now, reason="ended without a word; the next run took over")
    )
    run_id: int = connection.execute(
        insert(Run)
        .values(kind=kind, outlet=outlet, replica=bool(settings().replica), state="running", started_at=now, stats={})
        .returning(Run.id)
    ).scalar_one()
    return RunHandle(run_id, work, fence)


def holds_replica(on: Engine) -> bool:
    """Whether the crawls in this database were a replica's."""
    with reading(on) as connection:
        return connection.execute(select(Run.id).where(Run.kind == "crawl", Run.replica).limit(1)).scalar() is not None


def check_origin(on: Engine, *, replica: bool) -> None:
    """Raises MixedDatabase when a crawl of live outlets would meet the demo's articles, or the other way round."""
    with reading(on) as connection:
        other = select(Run.id).where(Run.kind.in_(("crawl", "backfill")), Run.replica.is_(not replica)).limit(1)
        if connection.execute(other).scalar() is None:
            return
    holds = "real articles, and the demo's are invented" if replica else "the demo's invented articles"
    raise MixedDatabase(f"this database holds {holds}: give this run another one with KHABAR_DATABASE_URL")


def end_run(on: Engine, run: RunHandle, state: str, stats: dict[str, Any], reason: str | None = None) -> None:
    """`close_run` in a transaction of its own."""
    with writing(on) as connection:
        close_run(connection, run, state, stats, reason)


def end_badly(on: Engine, run: RunHandle, stats: dict[str, Any], error: BaseException) -> None:
    """Close the run that `error` ends: failed, or interrupted by a signal or Airflow's time limit. Where the database
    failed, the row stays running, and the next run of the work marks it."""
    state = "failed" if isinstance(error, Exception) else "interrupted"
    sentence = str(error) if hasattr(error, "exit_code") else f"{type(error).__name__}: {error}"
    if isinstance(error, KeyboardInterrupt | SystemExit):
        sentence = "stopped by a signal"
    with suppress(DatabaseError):
        end_run(on, run, state, stats, sentence[:500])


def close_run(
    connection: Connection, run: RunHandle, state: str, stats: dict[str, Any], reason: str | None = None
) -> None:
    """Close the run as ok or failed, with its statistics and the reason. Nothing happens when it was superseded."""
    connection.execute(
        update(Run)
        .where(Run.id == run.run_id, Run.state == "running")
        .values(state=state, reason=reason, stats=stats, finished_at=datetime.now(UTC))
    )
