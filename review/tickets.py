"""Tickets on outlets: a reviewer who rejects an article as read wrongly opens one, and a person closes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, and_, func, insert, select, update

from models.article import Article, ArticleVersion
from models.review import OutletTicket
from models.session import writing
from review.outlet_faces import Face
from review.times import Shown, instant

CLOSED_SHOWN: Final = 50
"""Closed tickets on the page, the latest first."""
TAKEN_BACK: Final = "the rejection was taken back"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One article that was read wrongly."""

    article_id: int
    title: str
    language: str | None
    opened_by: str
    opened: Shown
    closed_by: str
    closed: Shown
    outcome: str


@dataclass(frozen=True, slots=True)
class OfOutlet:
    """The tickets of one outlet, the oldest first. `upto` is the last of them: closing leaves out what came since."""

    outlet: Face
    tickets: Sequence[Ticket]
    upto: int


def open_for(connection: Connection, article: Row[Any], decision: int, by: str, at: datetime) -> None:
    """A ticket for the article that `decision` rejected."""
    connection.execute(
        insert(OutletTicket).values(
            outlet=article.outlet, article_id=article.id, decision_id=decision, opened_by=by, opened_at=at
        )
    )


def take_back(connection: Connection, decision: int, by: str, at: datetime) -> None:
    """Close the ticket that `decision` opened, if it did and nobody closed it."""
    mine = (OutletTicket.decision_id == decision, OutletTicket.closed_at.is_(None))
    connection.execute(update(OutletTicket).where(*mine).values(closed_by=by, closed_at=at, outcome=TAKEN_BACK))


def close(on: Engine, outlet: str, upto: int, outcome: str, by: str, at: datetime) -> int:
    """Close the open tickets of `outlet` up to the id `upto`; how many these were."""
    mine = (OutletTicket.outlet == outlet, OutletTicket.id <= upto, OutletTicket.closed_at.is_(None))
    with writing(on) as connection:
        done = connection.execute(update(OutletTicket).where(*mine).values(closed_by=by, closed_at=at, outcome=outcome))
        return done.rowcount


def open_counts(connection: Connection) -> dict[str, int]:
    """How many tickets are open, by outlet; outlets without one are left out."""
    t = OutletTicket
    rows = connection.execute(select(t.outlet, func.count()).where(t.closed_at.is_(None)).group_by(t.outlet))
    return {row[0]: row[1] for row in rows}


def open_tickets(connection: Connection, outlets: Mapping[str, Face]) -> list[OfOutlet]:
    """Every open ticket, by outlet; the outlet with most of them first."""
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(_listed().where(OutletTicket.closed_at.is_(None)).order_by(OutletTicket.id)):
        found.setdefault(row.outlet, []).append(row)
    return [
        OfOutlet(outlets.get(name, Face(name, name)), [_ticket(row) for row in rows], rows[-1].id)
        for name, rows in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def closed_tickets(connection: Connection, outlets: Mapping[str, Face]) -> list[tuple[Face, Ticket]]:
    """The latest closed ones."""
    last = _listed().where(OutletTicket.closed_at.is_not(None)).order_by(OutletTicket.closed_at.desc(), OutletTicket.id)
    rows = connection.execute(last.limit(CLOSED_SHOWN))
    return [(outlets.get(row.outlet, Face(row.outlet, row.outlet)), _ticket(row)) for row in rows]


def _listed() -> Any:
    latest = and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version)
    return (
        select(OutletTicket.__table__, ArticleVersion.title, ArticleVersion.language)
        .join(Article, Article.id == OutletTicket.article_id)
        .join(ArticleVersion, latest)
    )


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(
        row.article_id, row.title, row.language, row.opened_by, instant(row.opened_at), row.closed_by or "",
        instant(row.closed_at), row.outcome or "",
    )  # fmt: skip
