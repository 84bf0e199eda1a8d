"""How a story came in: what was published when, what was edited, and what was decided, in the order of time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from models.article import ArticleVersion
from models.review import ReviewDecision
from review.article import said_in
from review.difference import summary
from review.labels import ACTIONS, REASONS
from review.outlet_faces import Face
from review.times import Shown, claimed, instant

MOST: Final = 100
"""Rows shown; a story of a hundred happenings is read from its end."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened at a known time."""

    order: datetime
    at: Shown
    words: str
    about: Face
    article_id: int
    detail: str = ""


def moments(connection: Connection, members: Sequence[Any], outlets: Mapping[str, Face]) -> list[Moment]:
    """Publications, later versions and decisions of the articles `members`, oldest first, at most the last MOST."""
    faces = {row.id: outlets.get(row.outlet, Face(row.outlet, row.outlet)) for row in members}
    found = [
        Moment(
            row.published_at, claimed(row.published_at, row.published_local, row.published_precision),
            "republished it" if row.copy_of else "published", faces[row.id], row.id, row.title,
        )
        for row in members if row.published_at
    ]  # fmt: skip
    found += _versions(connection, faces)
    found += _decisions(connection, faces)
    return sorted(found, key=lambda one: one.order)[-MOST:]


def _versions(connection: Connection, faces: Mapping[int, Face]) -> Iterable[Moment]:
    v = ArticleVersion
    rows = connection.execute(
        select(v.article_id, v.version, v.fetched_at, v.changes).where(v.article_id.in_(faces), v.version > 1)
    )
    for row in rows:
        words = f"version {row.version} seen"
        yield Moment(
            row.fetched_at, instant(row.fetched_at), words, faces[row.article_id], row.article_id, summary(row.changes)
        )


def _decisions(connection: Connection, faces: Mapping[int, Face]) -> Iterable[Moment]:
    table = ReviewDecision.__table__
    for row in connection.execute(select(table).where(table.c.article_id.in_(faces))):
        words = f"{ACTIONS.get(row.action, row.action)} by {row.reviewer}"
        detail = REASONS.get(row.reason or "", row.reason or "") or said_in(row)
        yield Moment(row.decided_at, instant(row.decided_at), words, faces[row.article_id], row.article_id, detail)
