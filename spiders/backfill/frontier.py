"""Which addresses a backfill reads for its span, kept in the database: what is left of them is where the next run goes
on (I1)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, or_, select, update
from w3lib.url import add_or_replace_parameters

from models.backfill import BackfillPart
from models.ledger import Discovery
from models.outcome import MOST_ATTEMPTS, PENDING, RETRY_NEXT_RUN
from models.upsert import insert_or
from outlets import Outlet, Source
from outlets.dated import Period, addresses
from spiders.due import FREE, is_waiting
from spiders.kinds import MOST_TELLING, wordpress

MOST_URL: Final = 1024
"""Characters of a part's address; the longest index entry of PostgreSQL holds no more in UTF-8."""
PAGED: Final = ("listing", "browser", "json")
"""Kinds of lists that begin today, and may go on over pages."""
_AGAIN: Final = sorted(RETRY_NEXT_RUN | {FREE})
_TO_READ: Final = or_(
    BackfillPart.outcome == PENDING,
    BackfillPart.outcome.in_(_AGAIN) & (BackfillPart.attempts < MOST_ATTEMPTS),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One address to read. `period` is the days that it holds, as far as known."""

    url: str
    source: str
    level: int = 0
    period: Period | None = None


def seeds(outlet: Outlet, span: Period) -> tuple[list[Part], dict[str, str]]:
    """Where reading begins, the most telling source first; and why the other sources are left out, by address."""
    found: list[Part] = []
    paged: list[Part] = []
    skipped: dict[str, str] = {}
    for source in sorted(outlet.sources, key=lambda s: MOST_TELLING.index(s.kind)):
        if source.archive:
            found += [Part(url, source.url, period=period) for url, period in addresses(source.archive, span)]
        elif source.kind == "wordpress":
            found.append(Part(first_page(source, span), source.url))
        elif source.kind in ("sitemap", "news_sitemap"):
            found.append(Part(source.url, source.url))
        elif source.page or source.next:
            paged.append(Part(source.url, source.url))
        else:
            skipped[source.url] = f"a {source.kind} names only what is new"
    if found:  # from today back to the span is a long way, which is gone only where no other leads there
        why = "its pages begin today, and another source has an archive"
        skipped |= {part.source: why for part in paged}
    return found or paged, skipped


def first_page(source: Source, span: Period) -> str:
    """The first page of a WordPress site's posts of `span`, newest first. It asks for a day more on each side: which
    zone a time without one is in differs between its versions, and each post says when it was published."""
    wanted = {
        "orderby": "date",
        "after": f"{_next(span.first, -2)}T23:59:59",
        "before": f"{_next(span.last, 2)}T00:00:00",
    }
    return add_or_replace_parameters(wordpress.first_page(source), wanted)


def prepare(connection: Connection, outlet: str, span: Period, parts: Iterable[Part], *, again: bool) -> list[Part]:
    """Enter the parts that are new, and give all that are still to be read, in order. With `again` everything is."""
    if again:
        connection.execute(delete(BackfillPart).where(*_of(outlet, span)))
    enter_parts(connection, outlet, span, parts)
    return to_read(connection, outlet, span)


def to_read(connection: Connection, outlet: str, span: Period) -> list[Part]:
    """The parts that are still to be read, in order: new ones, and those that failed for the moment."""
    columns = (BackfillPart.url, BackfillPart.source, BackfillPart.level, BackfillPart.first, BackfillPart.last)
    rows = connection.execute(select(*columns).where(*_of(outlet, span), _TO_READ).order_by(BackfillPart.id))
    return [
        Part(url, source, level, Period(first, last) if first and last else None)
        for url, source, level, first, last in rows
    ]


def enter_parts(connection: Connection, outlet: str, span: Period, parts: Iterable[Part]) -> None:
    """New rows for those of `parts` that the span does not have yet."""
    rows = [
        {
            "outlet": outlet, "since": span.first, "until": span.last, "source": part.source, "url": part.url,
            "level": part.level, "first": part.period and part.period.first, "last": part.period and part.period.last,
        }
        for part in parts
    ]  # fmt: skip
    for start in range(0, len(rows), 400):
        connection.execute(insert_or(connection, BackfillPart).on_conflict_do_nothing(), rows[start : start + 400])


def settle(
    connection: Connection, outlet: str, span: Period, part: Part, at: datetime, *, tried: bool, **said: Any
) -> None:
    """Note what became of a part, and whether it was asked."""
    connection.execute(
        update(BackfillPart)
        .where(*_of(outlet, span), BackfillPart.url == part.url)
        .values(read_at=at, attempts=BackfillPart.attempts + int(tried), **said)
    )


def rows_of(connection: Connection, outlet: str, span: Period) -> Sequence[Any]:
    """Every part of the span, with all its columns."""
    return connection.execute(select(BackfillPart.__table__).where(*_of(outlet, span)).order_by(BackfillPart.id)).all()


def parts_left(connection: Connection, outlet: str, span: Period) -> int:
    """How many parts a next run would read."""
    asked = select(func.count()).select_from(BackfillPart).where(*_of(outlet, span), _TO_READ)
    return int(connection.execute(asked).scalar_one())


def fates(connection: Connection, ids: Sequence[int]) -> Counter[str]:
    """What became of these discoveries: held (we have a page of it), left (for a next backfill), or the outcome."""
    found: Counter[str] = Counter()
    for start in range(0, len(ids), 400):
        rows = connection.execute(
            select(
                Discovery.fetch_id, Discovery.outcome, (Discovery.backfill & is_waiting(RETRY_NEXT_RUN)).label("waits")
            ).where(Discovery.id.in_(ids[start : start + 400]))
        )
        found.update("held" if row.fetch_id else "left" if row.waits else row.outcome for row in rows)
    return found


def _of(outlet: str, span: Period) -> tuple[Any, ...]:
    return (BackfillPart.outlet == outlet, BackfillPart.since == span.first, BackfillPart.until == span.last)


def _next(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)
