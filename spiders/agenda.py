"""Which outlets have something to be asked now. One look into the ledger, so that an hour in which nothing is due costs
no crawl at all."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from models.ledger import Discovery, HostState, SourceState
from models.outcome import RETRY_NEXT_RUN
from models.session import check_schema, engine, reading
from outlets import Outlet, OutletError
from outlets.load import survey
from spiders.due import is_waiting, last_try, patience, recheck_is_due
from spiders.hosts import hosts_of
from spiders.kinds import first_address
from spiders.polling import is_due


def agenda(*, everything: bool = False) -> list[list[str]]:
    """The names of the outlets to crawl now, all of them with `everything`, together those that share a host: it is to
    be asked by one process. An outlet whose file is broken is always among them, because its crawl says what is wrong.
    Raises DatabaseError."""
    found = dict(survey())
    sound = {name: outlet for name, outlet in found.items() if isinstance(outlet, Outlet)}
    check_schema(engine())
    if everything:
        names: Collection[str] = found
    else:
        with reading(engine()) as connection:
            due = due_outlets(connection, sound, datetime.now(UTC))
        names = due | {name for name, outlet in found.items() if isinstance(outlet, OutletError)}
    return together({name: hosts_of(sound[name]) if name in sound else frozenset() for name in sorted(names)})


def due_outlets(connection: Connection, outlets: Mapping[str, Outlet], now: datetime) -> set[str]:
    """Those of `outlets` that have a source, a retry or a recheck due, and a host that does not ask us to wait."""
    waiting = select(HostState.host).where(HostState.wait_until > now)
    closed = set(connection.execute(waiting).scalars())
    open_ = {name for name, outlet in outlets.items() if not hosts_of(outlet) <= closed}
    due = {name for name in open_ if _has_due_source(connection, outlets[name], now)}
    return due | _with_retries(connection, open_ - due, now) | _with_rechecks(connection, open_ - due, now)


def _has_due_source(connection: Connection, outlet: Outlet, now: datetime) -> bool:
    where = (SourceState.outlet == outlet.name, SourceState.due_at.is_not(None))
    rows = connection.execute(select(SourceState.url, SourceState.due_at).where(*where))
    planned = {row.url: row.due_at for row in rows}
    return any(is_due(planned.get(first_address(source)[:1024]), now) for source in outlet.sources)


def _with_retries(connection: Connection, names: Iterable[str], now: datetime) -> set[str]:
    rows = connection.execute(
        select(Discovery.outlet, Discovery.outcome, Discovery.attempts, last_try().label("at")).where(
            Discovery.outlet.in_(sorted(names)), Discovery.backfill.is_(False), is_waiting(RETRY_NEXT_RUN)
        ),
        execution_options={"yield_per": 500},
    )
    return {row.outlet for row in rows if row.at is None or row.at + patience(row.outcome, row.attempts) <= now}


def _with_rechecks(connection: Connection, names: Iterable[str], now: datetime) -> set[str]:
    where = (Discovery.outlet.in_(sorted(names)), recheck_is_due(now))
    return set(connection.execute(select(Discovery.outlet).where(*where).distinct()).scalars())


def together(hosts: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The names in groups, so that no two groups share a host; by the first name of each."""
    groups: list[tuple[list[str], frozenset[str]]] = []
    for name, own in hosts.items():
        near = [group for group in groups if not own.isdisjoint(group[1])]
        groups = [group for group in groups if group not in near]
        groups.append((sorted([name, *(one for names, _ in near for one in names)]), own.union(*(h for _, h in near))))
    return sorted(names for names, _ in groups)
