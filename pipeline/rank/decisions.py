"""The standing decisions as examples: accepted ones, and those rejected for what the article is about. A duplicate, old
news, an opinion or a broken page says nothing about relevance."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, select

from models.article import Article, ArticleTag
from models.review import ReviewDecision
from pipeline.rank.features import TagKey

ABOUT: Final = ("not_afghanistan", "not_security")
"""Reasons of rejection that teach."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Example:
    """One decided article."""

    story: int
    """Copies of a text share it; they are never divided between training and judging."""
    by_rules: float
    tags: tuple[TagKey, ...]
    accepted: bool


def examples(connection: Connection) -> list[Example]:
    """Every decided article that teaches, in the order in which it was decided."""
    rows = connection.execute(
        select(
            Article.id,
            Article.story_id,
            Article.rule_relevance,
            Article.reviewed_version,
            Article.review_status,
        )
        .join(
            ReviewDecision,
            and_(
                ReviewDecision.article_id == Article.id,
                ReviewDecision.version == Article.reviewed_version,
                ReviewDecision.decided_at == Article.reviewed_at,
                ReviewDecision.action.in_(("accept", "reject")),
            ),
        )
        .where(
            (Article.review_status == "accepted")
            | and_(Article.review_status == "rejected", ReviewDecision.reason.in_(ABOUT))
        )
        .distinct()
        .order_by(Article.reviewed_at, Article.id)
        .add_columns(Article.reviewed_at)
    ).all()
    tags = dict(tags_of(connection, [(row.id, row.reviewed_version) for row in rows]))
    return [
        Example(row.story_id or -row.id, row.rule_relevance, tags.get(row.id, ()), row.review_status == "accepted")
        for row in rows
    ]


def tags_of(connection: Connection, versions: Sequence[tuple[int, int]]) -> Iterator[tuple[int, tuple[TagKey, ...]]]:
    """(article, its standing tags at that version) of each (article, version)."""
    wanted = dict(versions)
    for ids in _parts(list(wanted)):
        found: dict[int, list[TagKey]] = {article: [] for article in ids}
        for row in connection.execute(
            select(ArticleTag.article_id, ArticleTag.version, ArticleTag.scheme, ArticleTag.code, ArticleTag.role)
            .where(ArticleTag.article_id.in_(ids), ArticleTag.is_deleted.is_(False))
            .order_by(ArticleTag.id)
        ):
            if row.version == wanted[row.article_id]:
                found[row.article_id].append((row.scheme, row.code, row.role))
        yield from ((article, tuple(tags)) for article, tags in found.items())


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
