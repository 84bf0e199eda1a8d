"""Runs crawls as a subprocess, one outlet for the DAG task and many for the command: Scrapy's reactor starts once a
process, and a crawl must die with whoever asked for it. Imports nothing heavy."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from models.exits import Exit
from models.settings import settings
from outlets.watch import watched
from spiders.lifeline import die_with_parent

ROOT: Final = Path(__file__).parent.parent
GRACE: Final = 90.0
"""Seconds that a crawl may take to end after its time is up (a request lasts 30 s at most), before it is killed."""
logger = logging.getLogger(__name__)


def watched_outlets() -> list[str]:
    """The outlets of KHABAR_OUTLETS, for the DAG. Raises OutletError for an unknown name."""
    return watched(settings().outlets)


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """How a crawl ended. `report` is what spiders/report.py wrote; empty when the crawl did not come that far."""

    outlet: str
    state: str
    """ok, failed, interrupted or superseded."""
    reason: str | None
    exit_code: int
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """discovered, fetched, new, changed, pages, left."""
        return dict(self.report.get("counts") or {})

    @property
    def visits(self) -> dict[str, int]:
        """How many addresses ended with which outcome in this run."""
        return dict(self.report.get("visits") or {})

    @property
    def warnings(self) -> list[str]:
        """What was wrong without failing the run, a sentence each."""
        return list(self.report.get("warnings") or [])

    def summary(self) -> dict[str, Any]:
        """Plain types, small enough to hand from task to task."""
        return {
            "outlet": self.outlet,
            "state": self.state,
            "reason": self.reason,
            "run_id": self.report.get("run_id"),
            "counts": self.counts,
            "visits": self.visits,
            "requests": self.report.get("requests", 0),
            "warnings": self.warnings,
            **({"backfill": self.report["backfill"]} if "backfill" in self.report else {}),
        }


def crawl(
    outlet: str, *, log_path: Path | None = None, timeout: float = 3600.0, options: dict[str, str] | None = None
) -> CrawlResult:
    """`crawl_each` of one outlet."""
    [result] = crawl_each([outlet], log_path=log_path, timeout=timeout, options=options)
    return result


def crawl_each(
    outlets: Sequence[str],
    *,
    log_path: Path | None = None,
    timeout: float = 3600.0,
    options: dict[str, str] | None = None,
) -> Iterator[CrawlResult]:
    """Crawl the outlets, each once, in one process; each one's result as soon as it has ended. The log goes to
    `log_path`, else line by line to our logger.

    After `timeout` seconds an outlet's crawl stops by itself and leaves the rest to the next run; when none ends in
    that time, the process is killed. It is in our process group and dies with the calling thread, however that ends
    (PR_SET_PDEATHSIG, Linux): call from a thread that lives until the crawl is over. `options` are further Scrapy
    settings. Raises nothing for a failed crawl.
    """
    waiting = list(dict.fromkeys(outlets))
    with tempfile.TemporaryDirectory(prefix="khabar-crawl-") as folder:
        reports = Path(folder)
        given = {"KHABAR_REPORTS": folder, "KHABAR_SECONDS": str(timeout), **(options or {})}
        arguments = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        tail: list[str] = []
        with _log(log_path) as write, _child([*waiting, *arguments]) as child, _Watchdog(child, timeout) as watchdog:
            for line in child.stdout or ():
                write(line.rstrip("\n"))
                tail = [*tail[-4:], line.strip()]
                for path in reports.glob("*.json"):  # a crawl's last line comes after its report
                    if path.stem in waiting:
                        waiting.remove(path.stem)
                        watchdog.start_anew()
                        yield _result(path.stem, None, _read(path), tail)
            code = child.wait()
        for outlet in waiting:
            yield _result(outlet, code, _read(reports / f"{outlet}.json"), tail)


def backfill(
    outlets: Sequence[str], since: str, until: str, *, again: bool = False, log_path: Path | None = None,
    timeout: float = 3600.0, options: dict[str, str] | None = None,
) -> Iterator[CrawlResult]:  # fmt: skip
    """`crawl_each`, for what the outlets published on the days from `since` to `until` (YYYY-MM-DD, both included).

    What is left when the budget of a run is used up stands in `counts["left"]`: call it again. With `again` the sources
    are read anew. Days that cannot be filled end with exit code 2 and the sentence that says why.
    """
    span = {"KHABAR_SINCE": since, "KHABAR_UNTIL": until, "KHABAR_AGAIN": str(again), **(options or {})}
    return crawl_each(outlets, log_path=log_path, timeout=timeout, options=span)


class _Watchdog:
    """Kills the crawl when no outlet has ended for longer than one may take."""

    def __init__(self, child: "subprocess.Popen[str]", timeout: float) -> None:
        self._child, self._seconds = child, timeout + GRACE

    def __enter__(self) -> "_Watchdog":
        self._timer = self._started()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def start_anew(self) -> None:
        self._timer.cancel()
        self._timer = self._started()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, self._child.kill)
        timer.daemon = True
        timer.start()
        return timer


@contextlib.contextmanager
def _child(arguments: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """`scrapy crawl` with `arguments`; ended for good when the block is left, whatever made us leave it."""
    environment = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "spiders.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "PYTHONUNBUFFERED": "1",
    }
    child = subprocess.Popen(  # noqa: S603 (our own interpreter, and an outlet name that the command checks)
        [sys.executable, "-m", "scrapy", "crawl", *arguments],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", errors="replace", preexec_fn=die_with_parent(os.getpid()),
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()  # Scrapy ends the page at hand
            try:
                child.wait(timeout=4)  # less than the 5 s that Airflow leaves between SIGTERM and SIGKILL
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdout:
            child.stdout.close()


@contextlib.contextmanager
def _log(path: Path | None) -> Iterator[Callable[[str], None]]:
    if path is None:
        yield lambda line: logger.info("%s", line)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        yield lambda line: print(line, file=file, flush=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _result(outlet: str, code: int | None, report: dict[str, Any], tail: list[str]) -> CrawlResult:
    """Judged by the outlet's report, without one by the status `code` of the whole process."""
    if report:
        state, reason = str(report.get("state", "failed")), report.get("reason")
        return CrawlResult(outlet, state, str(reason) if reason else None, int(report["exit_code"]), report)
    code = int(Exit.FAILED) if code is None else code
    if code == Exit.INTERRUPTED:
        return CrawlResult(outlet, "interrupted", "stopped by a signal before it had begun", code)
    if code < 0:
        name = signal.Signals(-code).name
        reason = f"the crawl was ended by {name}; the next run goes on from here"
        return CrawlResult(outlet, "interrupted", reason, int(Exit.INTERRUPTED))
    said = next((line.removeprefix("khabar: ") for line in reversed(tail) if line.startswith("khabar: ")), None)
    last = said or next((line for line in reversed(tail) if line), None) or f"it ended with status {code}"
    return CrawlResult(outlet, "failed", last, code or int(Exit.FAILED))
