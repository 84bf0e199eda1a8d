"""Draws the weekly sample and reads its answers: what share of the news that the queue never showed first was of
Afghanistan's security after all, and how many rejections a second look takes back."""

import hashlib
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select

from models.article import AF_SECURITY, Article
from models.day import begins, day_of
from models.review import ReviewDecision
from models.sample import KINDS, SampledArticle
from review.interval import Share

SIZE: Final = 50
"""Articles of a kind in a week."""
WEEKS: Final = 8
"""Weeks on the page."""


@dataclass(frozen=True, slots=True)
class Week:
    """What one week's samples tell."""

    week: date
    missed: Share
    """Of the looked at "untagged": accepted after all."""
    untagged: int
    """Articles of the week that they stand for."""
    taken_back: Share
    """Of the looked at "rejected": accepted at second look."""
    drawn: int
    caught: int
    """Stories' own articles of the week that were accepted and that the queue showed."""

    @property
    def looked_at(self) -> int:
        """Of the drawn."""
        return self.missed.whole + self.taken_back.whole

    @property
    def recall(self) -> tuple[float, float, float] | None:
        """Share of the week's relevant articles that the queue showed: estimate, lowest, highest; None before anything
        was looked at."""
        if not self.missed.whole:
            return None
        by = (self.missed.value or 0.0, self.missed.high, self.missed.low)
        estimate, low, high = (self._recall(share) for share in by)
        return estimate, low, high

    def _recall(self, share: float) -> float:
        relevant = self.caught + share * self.untagged
        return self.caught / relevant if relevant else 1.0


def monday(day: date) -> date:
    """Of the last whole week before `day`."""
    return day - timedelta(days=day.weekday() + 7)


def draw(connection: Connection, now: datetime, by: str) -> int:
    """Draw the samples of the last whole week; the same week gives the same articles. How many; 0 when they are drawn
    already, or the week had none."""
    week = monday(day_of(now))
    if connection.execute(select(SampledArticle.article_id).where(SampledArticle.week == week).limit(1)).first():
        return 0
    rows = []
    for kind in KINDS:
        ids = connection.execute(select(Article.id).where(*_population(week, kind))).scalars().all()
        chosen = heapq.nsmallest(SIZE, ids, key=lambda article: _lot(week, article))
        rows += [
            {"week": week, "kind": kind, "article_id": article, "drawn_of": len(ids), "drawn_at": now, "drawn_by": by}
            for article in chosen
        ]
    if rows:
        connection.execute(insert(SampledArticle), rows)
    return len(rows)


def weeks(connection: Connection) -> list[Week]:
    """The last sampled weeks, the newest first."""
    listed = connection.execute(
        select(SampledArticle.week).distinct().order_by(SampledArticle.week.desc()).limit(WEEKS)
    ).scalars()
    return [_read(connection, week) for week in listed.all()]


def _read(connection: Connection, week: date) -> Week:
    answered = dict.fromkeys(KINDS, (0, 0))
    for kind, looked, accepted in _answers(connection, week):
        answered[kind] = (accepted, looked)
    drawn = {
        kind: (count, of)
        for kind, count, of in connection.execute(
            select(SampledArticle.kind, func.count(), func.max(SampledArticle.drawn_of))
            .where(SampledArticle.week == week)
            .group_by(SampledArticle.kind)
        )
    }
    caught = connection.execute(
        select(func.count()).select_from(Article).where(*_of_week(week), _shown(), Article.review_status == "accepted")
    ).scalar_one()
    return Week(
        week, Share(*answered["untagged"]), drawn.get("untagged", (0, 0))[1], Share(*answered["rejected"]),
        sum(count for count, _ in drawn.values()), caught,
    )  # fmt: skip


def _answers(connection: Connection, week: date) -> Iterator[Any]:
    """(kind, looked at, accepted) by the last decision after the drawing."""
    last = (
        select(
            SampledArticle.kind,
            SampledArticle.article_id,
            func.max(ReviewDecision.id).label("decision"),
        )
        .join(
            ReviewDecision,
            and_(
                ReviewDecision.article_id == SampledArticle.article_id,
                ReviewDecision.decided_at >= SampledArticle.drawn_at,
                ReviewDecision.action.in_(("accept", "reject", "undo")),
            ),
        )
        .where(SampledArticle.week == week)
        .group_by(SampledArticle.kind, SampledArticle.article_id)
        .subquery()
    )
    yield from connection.execute(
        select(
            last.c.kind,
            func.count(),
            func.count().filter(ReviewDecision.action == "accept"),
        )
        .join(ReviewDecision, ReviewDecision.id == last.c.decision)
        .where(ReviewDecision.action != "undo")
        .group_by(last.c.kind)
    )


def _of_week(week: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Article.first_seen_at >= begins(week),
        Article.first_seen_at < begins(week + timedelta(days=7)),
        Article.copy_of.is_(None),
    )


def _shown() -> ColumnElement[bool]:
    return Article.relevance >= AF_SECURITY


def _population(week: date, kind: str) -> tuple[ColumnElement[bool], ...]:
    if kind == "untagged":
        return (*_of_week(week), ~_shown(), Article.review_status == "new")
    return (*_of_week(week), Article.review_status == "rejected")


def _lot(week: date, article: int) -> bytes:
    """The order in which articles are drawn: by hash, so that it can be done again and nobody can choose."""
    return hashlib.sha256(f"{week}:{article}".encode()).digest()
