"""Which other stories may tell of the same event: near in time, and where it happened."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, select

from models.article import Article, ArticleTag

NEAR: Final = timedelta(days=3)
MOST: Final = 8
"""Candidates that are offered."""
LOOKED_AT: Final = 3000
"""Reports on either side in time that are looked at, the nearest (I7)."""
COMPARED: Final = 300
"""Of those that share a place, as many are compared further."""

_TAG: Final = and_(
    ArticleTag.article_id == Article.id, ArticleTag.version == Article.latest_version, ArticleTag.is_deleted.is_(False)
)
_PLACE: Final = and_(ArticleTag.scheme == "iso3166-2", ArticleTag.role == "event")
_TOPIC: Final = ArticleTag.scheme == "topic"


def candidates(connection: Connection, story: int) -> list[int]:
    """The leads of the stories most like `story` by shared provinces (topics, where it has none), then topics, within
    three days of it; of equals the nearest in time. At most MOST."""
    times = list(connection.execute(select(Article.dated_at).where(Article.story_id == story)).scalars())
    mine = _codes(connection, story)
    kind = _PLACE if mine[_PLACE] else _TOPIC
    if not times or not mine[kind]:
        return []
    middle = sorted(times)[len(times) // 2]
    rows: list[Any] = []
    for side, order in (
        (Article.dated_at.between(min(times) - NEAR, middle), Article.dated_at.desc()),
        (and_(Article.dated_at > middle, Article.dated_at <= max(times) + NEAR), Article.dated_at),
    ):
        near = select(Article.id).where(side).order_by(order).limit(LOOKED_AT).subquery()
        shared = select(Article.id, Article.story_id, Article.copy_of, Article.dated_at)
        shared = shared.join(near, near.c.id == Article.id)
        shared = shared.join(ArticleTag, and_(_TAG, kind, ArticleTag.code.in_(mine[kind]))).distinct()
        # Copies are left out here: with that in the query SQLite would begin at the index of what is no copy.
        rows += [row for row in connection.execute(shared) if row.story_id != story and row.copy_of is None]
    rows.sort(key=lambda row: (_away(row.dated_at, times), row.id))
    rows = rows[:COMPARED]
    common = _common(connection, [row.id for row in rows], mine)
    best: dict[int, tuple[int, float, int]] = {}
    for row in rows:
        rank = (-common.get(row.id, 0), _away(row.dated_at, times), row.id)
        best[row.story_id] = min(rank, best.get(row.story_id, rank))
    return [lead for _, _, lead in sorted(best.values())[:MOST]]


def _codes(connection: Connection, story: int) -> dict[ColumnElement[bool], frozenset[str]]:
    """The codes of each kind. Chosen here: asked for one scheme, SQLite walks over all its tags."""
    articles = connection.execute(select(Article.id, Article.latest_version).where(Article.story_id == story)).all()
    latest = {row.id: row.latest_version for row in articles}
    asked = select(
        ArticleTag.article_id, ArticleTag.version, ArticleTag.scheme, ArticleTag.role, ArticleTag.code
    ).where(ArticleTag.article_id.in_(latest), ArticleTag.is_deleted.is_(False))
    tags = [row for row in connection.execute(asked) if row.version == latest[row.article_id]]
    return {
        _PLACE: frozenset(row.code for row in tags if (row.scheme, row.role) == ("iso3166-2", "event")),
        _TOPIC: frozenset(row.code for row in tags if row.scheme == "topic"),
    }


def _common(
    connection: Connection, articles: list[int], mine: dict[ColumnElement[bool], frozenset[str]]
) -> dict[int, int]:
    """How much each article shares: a province counts as three topics."""
    found: dict[int, int] = {}
    for kind, weight in ((_PLACE, 3), (_TOPIC, 1)):
        asked = select(Article.id, ArticleTag.code).join(ArticleTag, _TAG).where(Article.id.in_(articles), kind)
        shared: Iterable[Any] = connection.execute(asked.where(ArticleTag.code.in_(mine[kind])).distinct())
        for article, _ in shared:
            found[article] = found.get(article, 0) + weight
    return found


def _away(at: datetime, times: list[datetime]) -> float:
    return min(abs((at - time).total_seconds()) for time in times)
