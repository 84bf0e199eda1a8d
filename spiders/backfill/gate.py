"""Keeps a backfill and the daily run out of each other's way: no outlet is asked by both at once, so that together
they cannot be faster than its manners allow (I8)."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from models.ledger import HostState
from models.run import Lease, Run
from outlets import Outlet
from spiders.ask import Answer, Asker
from spiders.hosts import is_paused
from spiders.ledger import Ledger
from spiders.pause import IN_RUN
from spiders.refused import Refused
from spiders.robots import rules_of

LONGEST_RUN: Final = timedelta(minutes=65)
"""A run that began earlier and is still open was killed: a crawl stops by itself after an hour (spiders/crawl.py)."""
LOOK: Final = 2.0
"""Seconds between two looks whether the daily run has ended."""
logger = logging.getLogger(__name__)


def is_running(connection: Connection, work: str, outlet: str, now: datetime) -> bool:
    """Whether a run of this kind is at work on the outlet."""
    open_run = (
        select(Lease.holder)
        .join(Run, (Run.kind == work) & (Run.outlet == outlet))
        .where(Lease.work == f"{work}:{outlet}", Run.state == "running")
        .where(Run.started_at > now - LONGEST_RUN, Run.started_at < now + LONGEST_RUN)  # or a wrong clock wrote it
    )
    holder = connection.execute(open_run.limit(1)).scalar()
    return holder is not None and not _is_dead(holder)


def _is_dead(holder: str) -> bool:
    """Whether the process that took a lease was one of this machine and is gone; nobody waits for a killed run."""
    host, _, number = holder.rpartition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def pace(connection: Connection, hosts: Collection[str], least: float) -> float:
    """Seconds between two requests to one of `hosts`: `least`, or the longest Crawl-delay that they asked for."""
    asked = select(HostState.robots_status, HostState.robots_txt).where(
        HostState.host.in_(sorted(hosts)), HostState.robots_status.is_not(None)
    )
    said = connection.execute(asked).all()
    return max([least, *(rules_of(row.robots_status or 200, row.robots_txt or "").delay() for row in said)])


async def let_backfill_step_aside(ledger: Ledger, outlet: Outlet) -> None:
    """For a daily run that has just begun. A backfill asks nothing from now on, but its last request may be waiting out
    the host's delay, and ours must come a delay after that."""

    def look(connection: Connection) -> float:
        if not is_running(connection, "backfill", outlet.name, datetime.now(UTC)):
            return 0.0
        return pace(connection, outlet.all_hosts, outlet.politeness.delay_seconds)

    if delay := await ledger.read(look):
        await asyncio.sleep(2 * delay)


@dataclass(slots=True, kw_only=True)
class PatientAsker(Asker):
    """Asks nothing while the outlet's daily run is at work, and keeps to the pauses that hosts ask of other runs."""

    ledger: Ledger
    delay: float
    """Seconds between two requests to a host, by the outlet file; 0 where nothing is waited for."""
    deadline: float
    """When the run's time is up (monotonic seconds)."""

    async def ask(self, url: str, headers: dict[str, str] | None = None, **meta: Any) -> Answer:
        """As Asker, once the way is free; a refusal when it is not in time."""
        if not meta.get("robots"):  # which is asked within another request
            refusal = await self._wait(urlsplit(url).netloc.lower())
            if refusal is not None:
                return Answer(url, datetime.now(UTC), 0.0, refusal=refusal)
        return await Asker.ask(self, url, headers, **meta)

    async def _wait(self, host: str) -> Refused | None:
        waited = False
        while True:
            running, until = await self.ledger.read(lambda c: self._look(c, host))
            left = (until - datetime.now(UTC)).total_seconds() if until else 0.0
            if left > IN_RUN and until:
                detail = f"{host} asked us to wait until {until:%Y-%m-%d %H:%M} UTC"
                return Refused("refused:rate_limited", detail, asked=False)
            if not running and left <= 0:
                break
            if time.monotonic() >= self.deadline:
                return Refused("refused:budget", "the outlet's daily run was at work all the time", asked=False)
            if not waited:
                why = "the daily run is at work" if running else f"{host} asked for a pause"
                logger.info("%s: the backfill waits: %s", self.ledger.outlet, why)
            waited = True
            await asyncio.sleep(min(LOOK, max(self.delay, 0.2)))
        if waited and self.delay:  # the daily run's last request may have been a moment ago
            await asyncio.sleep(await self.ledger.read(lambda c: pace(c, {host}, self.delay)))
        return None

    def _look(self, connection: Connection, host: str) -> tuple[bool, datetime | None]:
        """Whether the daily run is at work, and until when the host asked us to wait."""
        now = datetime.now(UTC)
        paused = select(HostState.wait_until).where(HostState.host == host, is_paused(now))
        return is_running(connection, "crawl", self.ledger.outlet, now), connection.execute(paused).scalar()
