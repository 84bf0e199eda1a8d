"""What a filter asks of an article, and where else than in the queue's order the articles that have it can be found."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, and_, exists, func, literal_column, select, type_coerce

from models.article import Article, ArticleTag
from models.day import begins
from models.review import ReviewDecision
from models.sample import SampledArticle
from models.search_query import has_words, with_words
from review.filters import Filter

Articles = type[Article]


def conditions(
    connection: Connection, wanted: Filter, of: Articles, hits: CTE | None = None, *, in_order: bool = False
) -> list[ColumnElement[bool]]:
    """What an article of `of` (the table or an alias) must have. `hits` are those with the words, when a statement asks
    for them more than once. `in_order`: the articles are read as the queue's index has them."""
    asked = partial(unindexed, connection) if in_order else _as_it_is
    return [
        *_of_status(wanted, of), *_of_columns(wanted, of, asked).values(),
        *(_tagged(scheme, code, of) for scheme, code in _tags(wanted)),
        *([of.id.in_(_sampled(wanted.sample))] if wanted.sample else []),
        *([has_words(connection, of.id, wanted.q, hits=hits)] if wanted.q else []),
    ]  # fmt: skip


def ways(connection: Connection, wanted: Filter) -> dict[str, Select[Any]]:
    """Each filter's articles (`id`), as an index of its own gives them: at least those that meet it."""
    found = {name: select(Article.id).where(one) for name, one in _of_columns(wanted, Article).items()}
    found["status"] = select(Article.id).where(*_of_status(wanted, Article)[:1])
    for scheme, code in _tags(wanted):
        found[scheme] = select(ArticleTag.article_id.label("id")).where(
            ArticleTag.scheme == scheme, ArticleTag.code == code, ArticleTag.is_deleted.is_(False)
        )
    if wanted.own:
        who, since = wanted.own
        found["decided"] = select(ReviewDecision.article_id.label("id")).where(
            ReviewDecision.reviewer == who, ReviewDecision.decided_at >= since
        )
    if wanted.sample:
        found["sample"] = _sampled(wanted.sample)
    if wanted.q:
        found["q"] = with_words(connection, wanted.q)
    return found


def _of_status(wanted: Filter, of: Articles) -> list[ColumnElement[bool]]:
    if wanted.status == "all":
        return []
    if wanted.status == "open":
        return [of.waits()]
    if wanted.status in ("new", "past"):
        return [of.review_status == "new", of.backfilled.is_(wanted.status == "past")]
    return [of.review_status == wanted.status]


def _as_it_is(column: Any) -> Any:
    return column


def unindexed(connection: Connection, column: Any) -> Any:
    """The column, such that SQLite does not go by an index of it, read all that it has and sort; PostgreSQL knows how
    many rows there are of each value, and would not if it were hidden so."""
    if connection.dialect.name != "sqlite":
        return column
    return type_coerce(column.op("||")(literal_column("''")), column.type)


def _of_columns(
    wanted: Filter, of: Articles, asked: Callable[[Any], Any] = _as_it_is
) -> dict[str, ColumnElement[bool]]:
    unresolved = ((wanted.new, wanted.new_since), (wanted.ownership, wanted.owned), (wanted.decided, wanted.own))
    if any(said and meant is None for said, meant in unresolved):
        raise ValueError("a filter must be resolved for its reader first: review/meant.py")
    found: dict[str, ColumnElement[bool]] = {}
    if wanted.outlet:
        found["outlet"] = asked(of.outlet) == wanted.outlet
    if wanted.owned is not None:
        found["ownership"] = asked(of.outlet).in_(wanted.owned)
    if wanted.language:
        found["language"] = asked(of.language) == wanted.language
    if wanted.assigned:
        found["assigned"] = of.assigned_to == wanted.assigned
    if wanted.flagged:
        found["flagged"] = of.flagged.is_(True)
    if wanted.relevance:
        found["relevance"] = of.relevance >= wanted.relevance
    if wanted.new_since:
        found["new"] = asked(of.content_changed_at) > wanted.new_since
    if wanted.own:
        found["decided"] = and_(of.reviewed_by == wanted.own[0], of.reviewed_at >= wanted.own[1])
    if wanted.since:
        found["since"] = of.dated_at >= begins(wanted.since)
    if wanted.until:
        found["until"] = of.dated_at < begins(wanted.until + timedelta(days=1))
    return found


def _tags(wanted: Filter) -> list[tuple[str, str]]:
    asked = (("topic", wanted.topic), ("iso3166-2", wanted.province), ("actor", wanted.actor))
    return [(scheme, code) for scheme, code in asked if code]


def _sampled(kind: str) -> Select[Any]:
    last = select(func.max(SampledArticle.week)).where(SampledArticle.kind == kind).scalar_subquery()
    drawn = (SampledArticle.kind == kind, SampledArticle.week == last)
    return select(SampledArticle.article_id.label("id")).where(*drawn)


def _tagged(scheme: str, code: str, of: Articles) -> ColumnElement[bool]:
    return exists().where(
        ArticleTag.article_id == of.id,
        ArticleTag.version == of.latest_version,
        ArticleTag.is_deleted.is_(False),
        ArticleTag.scheme == scheme,
        ArticleTag.code == code,
    )
