"""The main job from end to end: collect and process once with the real DAGs, against replica or live outlets."""

import os
import time
from datetime import UTC, datetime

from rich.console import Console

from khabar.prepare import prepare
from khabar.replica import Replica, kept_epoch
from khabar.report import report
from khabar.summary import show_outlets, show_refusals, show_top, show_totals
from khabar.watch import run_dags
from khabar.watched import stand_ins, watched_here
from models.exits import Exit
from models.lease import check_origin
from models.session import engine, reading
from models.settings import settings


def demo(console: Console) -> Exit:
    """Run everything once against a replica of the outlets that lives as long as this call."""
    with Replica(kept_epoch(settings().var)) as replica:
        console.print(f"The replica of the outlets listens at {replica.url}.")
        status = run(console, {"KHABAR_REPLICA": replica.url}, stand_ins())
        asked = len(replica.requests(kind="article"))
    console.print(f"This run asked the outlets for {asked} article page{'' if asked == 1 else 's'}.")
    if status == Exit.OK:
        console.print("\nNext: [bold]make review[/bold] opens the queue in the browser.")
    return status


def run(console: Console, environment: dict[str, str] | None = None, names: list[str] | None = None) -> Exit:
    """Run the DAGs once over the outlets `names` (default: the watched ones) and tell what came of it. FAILED when an
    outlet or an assertion failed."""
    prepare()
    check_origin(engine(), replica=bool((environment or {}).get("KHABAR_REPLICA") or settings().replica))
    names = watched_here() if names is None else names
    started = time.monotonic()
    states = run_dags(settings().var, names, {**(environment or {}), "KHABAR_OUTLETS": ",".join(names)}, console)
    with reading() as connection:
        found = report(connection, names, datetime.now(UTC))
    show_outlets(console, found)
    show_refusals(console, found)
    show_top(console, found)
    show_totals(console, found)
    failed = [dag_id for dag_id, state in states.items() if state != "success"]
    if not states:
        console.print(f"[red]Airflow did not start; {settings().var / 'run.log'} says why.[/red]")
    for dag_id in failed:
        console.print(f"[red]The DAG {dag_id} failed; {settings().var / 'run.log'} has its log.[/red]")
    console.print(f"Took {time.monotonic() - started:.0f} s on {os.cpu_count()} cores.")
    return Exit.OK if states and not failed else Exit.FAILED
