"""One thread writes for all crawls of this process, and whatever waits goes into one transaction: a commit costs a sync
to disk, and so many rows share it."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from models.lease import RunHandle, superseded_of
from models.session import DatabaseError, writing

T = TypeVar("T")
R = TypeVar("R")
MOST: Final = 200
"""Works in one transaction: it holds the write lock that the pipeline and other crawls wait for."""


@dataclass(slots=True)
class _Job:
    work: Callable[..., Any]
    """Of the connection, and of the rows where there is a `row`."""
    run: RunHandle | None
    answer: "asyncio.Future[Any]"
    row: Any = None
    result: Any = None
    error: Exception | None = None

    def settle(self) -> None:
        """In the loop of whoever waits, who may have been cancelled meanwhile."""
        if self.answer.done():
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.result)


class Writer:
    """Writes to one database. Who awaits `write` goes on when their rows are durable."""

    def __init__(self, on: Engine) -> None:
        self.on = on
        self._waiting: deque[_Job] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def write(self, work: Callable[[Connection], T], run: RunHandle | None = None) -> T:
        """The result of `work`, committed; works go in the order in which they came. With `run`, only while that run
        holds its lease. `work` may be called twice, so it changes nothing but the database. Raises what `work` raises,
        Superseded and DatabaseError."""
        result: T = await self._written(_Job(work, run, asyncio.get_running_loop().create_future()))
        return result

    async def write_row(self, work: Callable[[Connection, Sequence[R]], None], row: R, run: RunHandle) -> None:
        """As `write`, for work that many do at once: `work` is called with the rows of all that wait for it."""
        await self._written(_Job(work, run, asyncio.get_running_loop().create_future(), row))

    async def _written(self, job: _Job) -> Any:
        self._waiting.append(job)
        self._thread.submit(self._write_waiting)  # finds nothing when an earlier call has taken the job along
        return await job.answer

    def _write_waiting(self) -> None:
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < MOST:
            jobs.append(self._waiting.popleft())
        if not jobs:
            return
        try:
            self._commit(jobs)
        except DatabaseError as error:  # it would be the same for each
            for job in jobs:
                job.error = error
        except Exception:
            # One work is at fault, or met another writer in a circle: each by itself, so that it fails alone.
            for job in jobs:
                self._commit_alone(job)
        jobs[0].answer.get_loop().call_soon_threadsafe(_settle, jobs)

    def _commit_alone(self, job: _Job) -> None:
        try:
            self._commit([job])
        except Exception as error:
            job.error = error

    def _commit(self, jobs: list[_Job]) -> None:
        rows: dict[Callable[..., Any], list[Any]] = {}
        runs = {job.run for job in jobs if job.run is not None}
        with writing(self.on) as connection:
            superseded = superseded_of(connection, runs) if runs else {}
            for job in jobs:
                job.error = None
                if job.run in superseded:
                    job.error = superseded[job.run]
                elif job.row is not None:
                    rows.setdefault(job.work, []).append(job.row)
                else:
                    job.result = job.work(connection)
            for work, those in rows.items():
                work(connection, those)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()


@cache
def writer_of(on: Engine) -> Writer:
    """The one writer of this process to the database `on`."""
    return Writer(on)
