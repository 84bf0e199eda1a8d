"""Runs the DAGs in a child process and shows how far they are, by looking where the truth is: in the database."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from models.ledger import Discovery
from models.run import Run
from models.session import reading
from spiders.lifeline import die_with_parent

LOOK_EVERY = 0.5
"""Seconds between two looks."""

GRACE = 6
"""Seconds that an interrupted run has to end by itself."""


def run_dags(var: Path, names: list[str], environment: Mapping[str, str], console: Console) -> dict[str, str]:
    """DAG id -> state of one run of each DAG, with the settings in `environment` on top of this process's. Empty when
    Airflow itself could not start; `var`/run.log then holds the reason."""
    with reading() as connection:
        before = connection.execute(select(func.coalesce(func.max(Run.id), 0))).scalar_one()
    log = var / "run.log"
    with log.open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "khabar.once"],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            preexec_fn=die_with_parent(os.getpid()),
        )
        try:
            _follow(child, before, names, console)
            output, _ = child.communicate()
        except BaseException:
            _end(child)
            raise
    lines = [line.split() for line in output.decode().splitlines()]
    return {words[1]: words[2] for words in lines if len(words) == 3 and words[0] == "state"}


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Airflow takes a Ctrl-C for the failure of one task and goes on with the next: it gets a moment to let the task
    at hand end well, and then ends."""
    child.terminate()
    try:
        child.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _follow(child: "subprocess.Popen[bytes]", before: int, names: list[str], console: Console) -> None:
    columns = (
        TextColumn("{task.description:<44}"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        collecting = progress.add_task("starting Airflow", total=len(names), note="")
        processing = progress.add_task("process: clean, dedupe, tag, store", total=None, note="", visible=False)
        while child.poll() is None:
            time.sleep(LOOK_EVERY)
            with reading() as connection:
                crawls = connection.execute(
                    select(Run.outlet, Run.state).where(Run.id > before, Run.kind == "crawl").order_by(Run.id)
                ).all()
                worked = connection.execute(select(Run.id).where(Run.id > before, Run.kind == "process")).all()
                waiting, done = connection.execute(
                    select(
                        func.count().filter(Discovery.stage == "fetched"),
                        func.count().filter(Discovery.stage.in_(["cleaned", "stored"])),
                    )
                ).one()
            if crawls:
                ended = sum(state != "running" for _, state in crawls)
                current = "done" if ended == len(names) else crawls[-1].outlet
                progress.update(collecting, description=f"collect: {current}", completed=ended)
                progress.update(collecting, note=f"{ended} of {len(names)} outlets")
            if worked:
                progress.update(processing, visible=True, total=waiting + done, completed=done, note=f"{done} pages")
