"""What an hourly run asks. One look into the ledger, so that an hour in which nothing is due starts no crawl at all."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from models.ledger import Discovery, HostState, SourceState
from models.outcome import RETRY_NEXT_RUN
from models.session import check_schema, engine, reading
from outlets import Outlet, OutletError
from outlets.load import survey
from spiders.crawl import watched_outlets
from spiders.due import is_waiting, last_try, recheck_is_due, rests
from spiders.hosts import hosts_of, is_paused
from spiders.kinds import first_address
from spiders.polling import is_due


def agenda(*, everything: bool = False) -> list[list[str]]:
    """The watched outlets to crawl now, all of them with `everything`; together those that share a host, which is to be
    asked by one process. One whose file is broken is always among them: its crawl says what is wrong. Raises
    OutletError for an unknown name in KHABAR_OUTLETS, and DatabaseError."""
    names = set(watched_outlets())
    found = {name: outlet for name, outlet in survey() if name in names}
    sound = {name: outlet for name, outlet in found.items() if isinstance(outlet, Outlet)}
    check_schema(engine())
    if not everything:
        broken = {name for name, outlet in found.items() if isinstance(outlet, OutletError)}
        with reading(engine()) as connection:
            names = broken | due_outlets(connection, sound, datetime.now(UTC))
    return together({name: hosts_of(sound[name]) if name in sound else frozenset() for name in sorted(names)})


def due_outlets(connection: Connection, outlets: Mapping[str, Outlet], now: datetime) -> set[str]:
    """Those of `outlets` that have a source due, or a retry or recheck and a host that does not ask us to wait. A due
    source of a waiting host counts: its crawl asks nothing, but says so, where leaving it out would be silence (I6)."""
    due = {name for name, at in sources_due(connection, outlets).items() if is_due(at, now)}
    closed = set(connection.execute(select(HostState.host).where(is_paused(now))).scalars())
    rest = {name for name in outlets.keys() - due if not hosts_of(outlets[name]) <= closed}
    return due | _with_retries(connection, rest, now) | _with_rechecks(connection, rest, now)


def sources_due(connection: Connection, outlets: Mapping[str, Outlet]) -> dict[str, datetime | None]:
    """When the first source of each outlet is due; None for one that has a source which was never asked."""
    rows = connection.execute(
        select(SourceState.outlet, SourceState.url, SourceState.due_at).where(SourceState.due_at.is_not(None))
    )
    planned = {(row.outlet, row.url): row.due_at for row in rows}
    first: dict[str, datetime | None] = {}
    for name, outlet in outlets.items():
        times = [planned.get((name, first_address(source)[:1024])) for source in outlet.sources]
        asked = [at for at in times if at is not None]
        first[name] = min(asked) if len(asked) == len(times) else None
    return first


def _with_retries(connection: Connection, names: Iterable[str], now: datetime) -> set[str]:
    rows = connection.execute(
        select(Discovery.outlet, Discovery.outcome, Discovery.attempts, last_try().label("at")).where(
            Discovery.outlet.in_(sorted(names)), Discovery.backfill.is_(False), is_waiting(RETRY_NEXT_RUN)
        ),
        execution_options={"yield_per": 500},
    )
    return {row.outlet for row in rows if not rests(row.at, row.outcome, row.attempts, now)}


def _with_rechecks(connection: Connection, names: Iterable[str], now: datetime) -> set[str]:
    where = (Discovery.outlet.in_(sorted(names)), recheck_is_due(now))
    return set(connection.execute(select(Discovery.outlet).where(*where).distinct()).scalars())


def together(hosts: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """The names in groups, so that no two groups share a host; in the order of the first name of each."""
    groups: list[tuple[list[str], frozenset[str]]] = []
    for name, own in hosts.items():
        near = [group for group in groups if not own.isdisjoint(group[1])]
        groups = [group for group in groups if group not in near]
        groups.append((sorted([name, *(one for names, _ in near for one in names)]), own.union(*(h for _, h in near))))
    return sorted(names for names, _ in groups)
