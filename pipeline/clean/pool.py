"""Warm cleaning processes with limits. A hostile page costs itself only: its process is ended and replaced, and the
page comes back named `quarantine:time_limit`, `quarantine:memory_limit` or `quarantine:crash`."""

import multiprocessing
import resource
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from types import ModuleType, TracebackType
from typing import Any

from pipeline.clean.stage import clean
from pipeline.items import Article, Page

SECONDS = 20.0
"""Wall-clock and processor seconds that one page may cost."""
MEBIBYTES = 512
"""Memory that one page may add to what its warm process holds before it."""
PAGES_PER_PROCESS = 2000
"""A process is replaced after so many pages, so that no leak of a library can add up."""
AHEAD = 2
"""Pages handed to a process at a time, so that it never waits for the next."""


def _work(pipe: Connection, mebibytes: int, seconds: float) -> None:
    """The child: cleans what comes through `pipe` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the run through the parent, not in the middle of a page
    while True:
        try:
            page = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(_guarded(page, mebibytes, seconds))
        except OSError:
            return  # the parent is gone


def _guarded(page: Page, mebibytes: int, seconds: float) -> Article:
    used = _address_space()
    limit = used + mebibytes * 1024 * 1024
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    spent = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(spent.ru_utime + spent.ru_stime + seconds) + 1, resource.RLIM_INFINITY)
    )
    try:
        return clean(page)
    except MemoryError:
        return Article(page.id, "quarantine:memory_limit", page.url)
    except Exception as error:  # the one place where any fault of any library ends: it costs this page only
        return Article(page.id, "quarantine:crash", page.url, issues=(f"crash:{type(error).__name__}",))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _address_space() -> int:
    """Bytes of address space in use now. Zero where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - read for every page
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


@contextmanager
def _without_main() -> Iterator[None]:
    """Hides the parent's main module from a starting child, which would otherwise import it: the command line, the
    scheduler or the test runner, a second or more for each child, and nothing of it is needed to clean a page."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    queue: deque[tuple[int, Page]] = field(default_factory=deque)
    since: float = 0.0
    done: int = 0


class CleanPool:
    """`with CleanPool(processes=2) as pool: for article in pool.clean_many(pages): ...`"""

    def __init__(
        self,
        processes: int = 1,
        *,
        seconds: float = SECONDS,
        mebibytes: int = MEBIBYTES,
        pages_per_process: int = PAGES_PER_PROCESS,
    ) -> None:
        self._context = multiprocessing.get_context(
            "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        )
        self._context.set_forkserver_preload(["pipeline.clean.warm"])
        self._count = max(1, processes)
        self._seconds = seconds
        self._mebibytes = mebibytes
        self._limit = pages_per_process
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "CleanPool":
        self._workers = [self._start() for _ in range(self._count)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            self._end(worker)
        self._workers = []

    def process_ids(self) -> list[int]:
        """The ids of the processes that clean now."""
        return [worker.process.pid for worker in self._workers if worker.process.pid]

    def clean_many(self, pages: Iterable[Page]) -> Iterator[Article]:
        """One article for each page, in the order of the pages."""
        if not self._workers:
            raise RuntimeError("a CleanPool works only inside its with block")
        source = enumerate(pages)
        waiting: dict[int, Article] = {}
        following = 0
        with self._lock:
            exhausted = False
            while True:
                while not exhausted and (worker := self._free(following, len(waiting))):
                    job = next(source, None)
                    if job is None:
                        exhausted = True
                    else:
                        self._give(worker, job)
                if not any(worker.queue for worker in self._workers):
                    return
                waiting.update(self._collect())
                while following in waiting:
                    yield waiting.pop(following)
                    following += 1

    def _free(self, following: int, waiting: int) -> _Worker | None:
        """The least loaded worker with room; none while too many finished pages wait behind a slow one."""
        if waiting > 50:
            return None
        worker = min(self._workers, key=lambda w: len(w.queue))
        return worker if len(worker.queue) < AHEAD else None

    def _give(self, worker: _Worker, job: tuple[int, Page]) -> None:
        if not worker.queue:
            worker.since = monotonic()
            if worker.done >= self._limit:
                self._replace(worker)
            self._send(worker, job[1])
        worker.queue.append(job)

    def _send(self, worker: _Worker, page: Page) -> None:
        worker.since = monotonic()
        try:
            worker.pipe.send(page)
        except (BrokenPipeError, OSError):
            self._replace(worker)
            worker.pipe.send(page)

    def _collect(self) -> dict[int, Article]:
        """Answers that are there, waiting for the first; a worker over its time or dead is replaced."""
        busy = [w for w in self._workers if w.queue]
        timeout = max(0.01, min(w.since + self._seconds for w in busy) - monotonic())
        ready = wait([w.pipe for w in busy], timeout)
        found: dict[int, Article] = {}
        for worker in busy:
            if worker.pipe in ready:
                position, page = worker.queue[0]
                try:
                    found[position] = worker.pipe.recv()
                    worker.done += 1
                except (EOFError, OSError):
                    found[position] = self._lost(worker, page)
                    self._replace(worker)
            elif monotonic() - worker.since >= self._seconds:
                position, page = worker.queue[0]
                found[position] = Article(page.id, "quarantine:time_limit", page.url)
                self._replace(worker)
            else:
                continue
            worker.queue.popleft()
            if worker.queue:
                if worker.done >= self._limit:
                    self._replace(worker)
                self._send(worker, worker.queue[0][1])
        return found

    def _lost(self, worker: _Worker, page: Page) -> Article:
        """What became of a page whose process died: SIGXCPU is the processor limit, SIGKILL the system's memory."""
        worker.process.join(5)
        code = worker.process.exitcode
        cause = {-signal.SIGXCPU: "time_limit", -signal.SIGKILL: "memory_limit"}.get(code or 0, "crash")
        return Article(page.id, f"quarantine:{cause}", page.url, issues=(f"exit:{code}",))

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        context: Any = self._context
        process = context.Process(
            target=_work, args=(theirs, self._mebibytes, self._seconds), daemon=True, name="khabar-clean"
        )
        with _without_main():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _replace(self, worker: _Worker) -> None:
        self._end(worker)
        fresh = self._start()
        worker.process, worker.pipe, worker.done = fresh.process, fresh.pipe, 0

    def _end(self, worker: _Worker) -> None:
        if worker.queue:
            worker.process.kill()  # it works on a page that nobody waits for any more
        worker.pipe.close()
        worker.process.join(1)
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join(5)
        worker.process.close()
