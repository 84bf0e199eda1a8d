"""Writes the ledger's rows of one run, and only while the run holds its lease, so that a run which was thought dead can
spoil nothing (I1, I2)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from models import outcome as outcomes
from models.lease import RunHandle
from models.ledger import Discovery, Fetch, SourceState
from models.session import reading
from models.upsert import insert_or
from spiders.ask import Answer
from spiders.writer import writer_of

T = TypeVar("T")
KEPT_HEADERS: Final = (
    "content-type", "content-language", "last-modified", "link", "server", "cf-mitigated", "x-robots-tag",
    "tdm-reservation", "tdm-policy", "retry-after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit of an address writes: the columns that it sets there, and the row of its request if one went
    out."""

    discovery_id: int
    columns: Mapping[str, Any]
    fetch: dict[str, Any] | None = None
    holds: bool = False
    """The request's body, or its validators, are what we hold of the address from now on."""


def kept_headers(answer: Answer) -> dict[str, str]:
    """The headers of an answer that later stages read."""
    return {name: value for name in KEPT_HEADERS if (value := answer.header(name))}


class Ledger:
    """The ledger as one run writes it. Nothing here holds up downloads: writes and reads happen in other threads."""

    def __init__(self, on: Engine, run: RunHandle, outlet: str) -> None:
        self.on, self.run, self.outlet = on, run, outlet

    async def write(self, work: Callable[[Connection], T]) -> T:
        """The result of `work`, committed for this run (see Writer.write). Raises Superseded, DatabaseError."""
        return await writer_of(self.on).write(work, self.run)

    async def enter(self, visit: Visit) -> None:
        """Write what a visit brought. Raises Superseded, DatabaseError."""
        await writer_of(self.on).write_row(enter_visits, visit, self.run)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """The result of `work`, which only reads."""

        def in_transaction() -> T:
            with reading(self.on) as connection:
                return work(connection)

        return await asyncio.to_thread(in_transaction)

    def add_fetch(self, connection: Connection, kind: str, answer: Answer, **more: Any) -> None:
        """Log a request. `more` overrides columns."""
        connection.execute(insert(Fetch).values(self.fetch_row(kind, answer, **more)))

    def fetch_row(self, kind: str, answer: Answer, **more: Any) -> dict[str, Any]:
        """The row that a request leaves. `more` overrides columns."""
        response, refusal = answer.response, answer.refusal
        tries = f" ({answer.tries} tries)" if answer.tries > 1 else ""
        row: dict[str, Any] = {
            "outlet": self.outlet,
            "kind": kind,
            "url": answer.url,
            "final_url": response.url if response is not None else None,
            "fetched_at": answer.at,
            "status": answer.status,
            "outcome": refusal.outcome if refusal else "not_modified" if answer.status == 304 else outcomes.DONE,
            "detail": f"{refusal.detail}{tries}" if refusal else tries.strip(" ()") or None,
            "body_bytes": len(response.body) if response is not None else None,
            "headers": kept_headers(answer),
            "etag": answer.header("ETag"),
            "last_modified": answer.header("Last-Modified"),
            "seconds": answer.seconds,
            "run_id": self.run.run_id,
        } | more
        outcomes.check(row["outcome"])
        return row

    def source_state(self, connection: Connection, url: str) -> SourceState | None:
        """What the source at `url` said last; detached."""
        columns = SourceState.__table__.columns
        where = (SourceState.outlet == self.outlet, SourceState.url == url[:1024])
        row = connection.execute(select(*columns).where(*where)).one_or_none()
        return SourceState(**row._mapping) if row else None

    def keep_source_state(self, connection: Connection, url: str, **said: Any) -> None:
        """Keep what the source said; what is not given stays as it was."""
        outcomes.check(said["outcome"])
        values = {"outlet": self.outlet, "url": url[:1024], **said}
        statement = insert_or(connection, SourceState).values(**values)
        connection.execute(statement.on_conflict_do_update(index_elements=["outlet", "url"], set_=said))


def enter_visits(connection: Connection, visits: Sequence[Visit]) -> None:
    """Write visits in as few statements as there are sorts of them."""
    visits = sorted(visits, key=lambda visit: visit.discovery_id)  # one order for all writers
    columns = (*Fetch.__table__.columns.keys(),)
    rows = [{name: visit.fetch.get(name) for name in columns if name != "id"} for visit in visits if visit.fetch]
    insertion = insert(Fetch).returning(Fetch.id, sort_by_parameter_order=True)
    numbers = iter(connection.execute(insertion, rows).scalars().all() if rows else ())
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for visit in visits:
        number = next(numbers) if visit.fetch else None
        values = {**visit.columns, **({"fetch_id": number} if visit.holds else {})}
        outcomes.check(values.get("outcome", outcomes.PENDING))
        changes.setdefault((*values,), []).append(
            {"of": visit.discovery_id, **{f"new_{k}": v for k, v in values.items()}}
        )
    for names, each in changes.items():
        new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        connection.execute(update(Discovery).where(Discovery.id == bindparam("of")).values(new), each)
