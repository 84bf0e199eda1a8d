"""Runs a crawler as a user would, in a process of its own, and weighs it: wall and CPU seconds, and the most memory
that it and its children held at one time."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

ROOT: Final = Path(__file__).parent.parent
LOOK_EVERY: Final = 0.05


@dataclass(frozen=True, slots=True)
class Weighed:
    """A run of a crawler and what the server saw of it."""

    status: int
    wall: float
    cpu: float
    megabytes: float
    """Resident memory of the process tree at its peak; pages that processes share are counted once each."""
    seen: dict[str, int]
    """See crawl_server.py: requests by kind, and articles served."""


class Server:
    """The local server of a generated world."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, what: str) -> dict[str, int]:
        """The log after a command: log, clear or publish?outlets=N."""
        with urllib.request.urlopen(f"{self.url}/-/{what}", timeout=30) as answer:  # noqa: S310 (our own server)
            found: dict[str, int] = json.load(answer)
        return found

    def weigh(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, limit: float) -> Weighed:
        """Run `command` in `folder`, for `limit` seconds at most; its output goes to crawl.log there."""
        self.ask("clear")
        began, most = time.monotonic(), 0.0
        with (folder / "crawl.log").open("ab") as log:
            child = psutil.Popen(command, env={**os.environ, **environment}, cwd=folder, stdout=log, stderr=log)
            cpu: dict[int, float] = {}
            while child.poll() is None:
                most = max(most, _look(child, cpu))
                if time.monotonic() - began > limit:
                    for one in [*child.children(recursive=True), child]:
                        one.kill()
                time.sleep(LOOK_EVERY)
        return Weighed(child.wait(), time.monotonic() - began, sum(cpu.values()), most / 2**20, self.ask("log"))


def _look(child: psutil.Process, cpu: dict[int, float]) -> float:
    """Note the CPU seconds of each process of the tree; bytes that they hold together."""
    held = 0.0
    try:
        tree = [child, *child.children(recursive=True)]
    except psutil.Error:
        return held
    for one in tree:
        try:
            with one.oneshot():
                times, held = one.cpu_times(), held + one.memory_info().rss
                cpu[one.pid] = times.user + times.system
        except psutil.Error:
            continue
    return held


@contextmanager
def server(outlets: int, articles: int) -> Iterator[Server]:
    """A running server of a world of its own."""
    command = [sys.executable, str(ROOT / "benchmarks/crawl_server.py"), str(outlets), str(articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None  # noqa: S101 (we asked for a pipe)
        try:
            yield Server(int(running.stdout.readline()))
        finally:
            running.terminate()
