"""Which other stories may tell of the same event: near in time, and where it happened."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from models.article import Article, ArticleTag, ArticleVersion

NEAR: Final = timedelta(days=3)
MOST: Final = 8
"""Candidates that are offered."""
LOOKED_AT: Final = 3000
"""Tags of other reports that are compared (I7)."""

_LATEST: Final = and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version)
_TAG: Final = and_(
    ArticleTag.article_id == Article.id, ArticleTag.version == Article.latest_version, ArticleTag.is_deleted.is_(False)
)
_AT: Final = func.coalesce(ArticleVersion.published_at, Article.first_seen_at)


def candidates(connection: Connection, story: int) -> list[int]:
    """The leads of the stories most like `story` by shared provinces and topics, within three days of it; of equals the
    nearest in time. At most MOST."""
    mine = Article.story_id == story
    tags = connection.execute(
        select(ArticleTag.scheme, ArticleTag.code).join(Article, _TAG).where(mine, _tells()).distinct()
    ).all()
    times = list(
        connection.execute(select(_AT).select_from(Article).join(ArticleVersion, _LATEST).where(mine)).scalars()
    )
    if not tags or not times:
        return []
    codes = {code for _, code in tags}
    rows: Sequence[Any] = connection.execute(
        select(Article.story_id, Article.id, ArticleTag.scheme, ArticleTag.code, _AT.label("at"))
        .join(ArticleVersion, _LATEST)
        .join(ArticleTag, _TAG)
        .where(
            ArticleVersion.published_at.between(min(times) - NEAR, max(times) + NEAR),
            Article.story_id != story,
            Article.copy_of.is_(None),
            _tells(),
            ArticleTag.code.in_(codes),
        )
        .order_by(ArticleVersion.published_at.desc())
        .limit(LOOKED_AT)
    ).all()
    shared: Counter[int] = Counter()
    told: dict[int, set[tuple[str, str]]] = {}
    lead: dict[int, int] = {}
    away: dict[int, float] = {}
    for row in rows:
        if (row.scheme, row.code) not in told.setdefault(row.story_id, set()):
            shared[row.story_id] += 3 if row.scheme == "iso3166-2" else 1
        told[row.story_id].add((row.scheme, row.code))
        lead[row.story_id] = min(row.id, lead.get(row.story_id, row.id))
        distance = min(abs((row.at - time).total_seconds()) for time in times)
        away[row.story_id] = min(distance, away.get(row.story_id, distance))
    best = sorted(shared, key=lambda one: (-shared[one], away[one], one))[:MOST]
    return [lead[one] for one in best]


def _tells() -> Any:
    """What says where and what: the province in which it happened, and the topics."""
    return (ArticleTag.scheme == "topic") | ((ArticleTag.scheme == "iso3166-2") & (ArticleTag.role == "event"))
