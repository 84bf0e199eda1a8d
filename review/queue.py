"""Which stories the queue shows and in which order: the most relevant first, of these the newest, page by page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, literal, or_, select, tuple_

from models.article import Article, ArticleTag, ArticleVersion
from models.base import Utc
from models.day import begins
from models.place import Place
from models.sample import SampledArticle
from review.filters import Cursor, Filter

PAGE: Final = 20
COUNT_UP_TO: Final = 1000
"""Counting further would cost more than anyone reads."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue: the leads' ids, where the next page begins, and how many stories there are in all."""

    leads: tuple[int, ...]
    following: Cursor | None
    count: int
    """At most COUNT_UP_TO + 1."""


def page(connection: Connection, wanted: Filter, size: int = PAGE) -> Page:
    """The page of `wanted` that begins after its cursor."""
    leads = _leads(wanted).subquery()
    rows = _after(connection, leads, wanted.after, size + 1)
    count = connection.execute(
        select(func.count()).select_from(select(leads.c.id).limit(COUNT_UP_TO + 1).subquery())
    ).scalar_one()
    shown = rows[:size]
    following = Cursor(shown[-1].relevance, shown[-1].at, shown[-1].id) if len(rows) > size else None
    return Page(tuple(row.id for row in shown), following, count)


def next_lead(connection: Connection, wanted: Filter, after: Cursor) -> int | None:
    """The lead after a place in the queue, which need not be in the queue (any more) itself."""
    rows = _after(connection, _leads(wanted).subquery(), after, 1)
    return rows[0].id if rows else None


def _after(connection: Connection, leads: Any, after: Cursor | None, limit: int) -> list[Row[Any]]:
    order = (leads.c.relevance, leads.c.at, leads.c.id)
    query = select(*order).order_by(*(column.desc() for column in order)).limit(limit)
    if after:
        place = (literal(after.relevance), literal(after.at, Utc()), literal(after.article_id))
        query = query.where(tuple_(*order) < tuple_(*place))
    return list(connection.execute(query))


def _leads(wanted: Filter) -> Select[Any]:
    """(id, relevance, at) of the lead of every story with a matching article: the most relevant text of its own among
    those that match, the earliest of equals."""
    place_in_story = func.row_number().over(
        partition_by=func.coalesce(Article.story_id, -Article.id),
        order_by=[case((Article.copy_of.is_(None), 0), else_=1), Article.relevance.desc(), Article.id],
    )
    matching = (
        select(
            Article.id,
            Article.relevance,
            _at().label("at"),
            place_in_story.label("place"),
        )
        .join(
            ArticleVersion,
            and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version),
        )
        .where(*_conditions(wanted))
        .subquery()
    )
    return select(matching.c.id, matching.c.relevance, matching.c.at).where(matching.c.place == 1)


def _at() -> ColumnElement[Any]:
    return func.coalesce(ArticleVersion.published_at, Article.first_seen_at)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status == "open":
        found.append(Article.waits())
    elif wanted.status in ("new", "past"):
        found += [Article.review_status == "new", Article.backfilled.is_(wanted.status == "past")]
    elif wanted.status != "all":
        found.append(Article.review_status == wanted.status)
    if wanted.outlet:
        found.append(Article.outlet == wanted.outlet)
    if wanted.language:
        found.append(ArticleVersion.language == wanted.language)
    if wanted.sample:
        found.append(_sampled(wanted.sample))
    if wanted.since:
        found.append(_at() >= begins(wanted.since))
    if wanted.until:
        found.append(_at() < begins(wanted.until + timedelta(days=1)))
    if wanted.relevance:
        found.append(Article.relevance >= wanted.relevance)
    for scheme, code in (("topic", wanted.topic), ("iso3166-2", wanted.province), ("actor", wanted.actor)):
        if code:
            found.append(_tagged(scheme, code))
    if wanted.q:
        found.append(_contains(wanted.q))
    return found


def _sampled(kind: str) -> ColumnElement[bool]:
    last = select(func.max(SampledArticle.week)).where(SampledArticle.kind == kind).scalar_subquery()
    return exists().where(
        SampledArticle.article_id == Article.id, SampledArticle.kind == kind, SampledArticle.week == last
    )


def _tagged(scheme: str, code: str) -> ColumnElement[bool]:
    return exists().where(
        ArticleTag.article_id == Article.id,
        ArticleTag.version == Article.latest_version,
        ArticleTag.is_deleted.is_(False),
        ArticleTag.scheme == scheme,
        ArticleTag.code == code,
    )


def _contains(q: str) -> ColumnElement[bool]:
    """`q` as it stands, in title or text: % and _ are letters like others. SQLite folds the case of ASCII letters
    only, so the usual spellings of a Cyrillic word are asked for as well."""
    spellings = dict.fromkeys((q, q.lower(), q.capitalize(), q.title(), q.upper()) if not q.isascii() else (q,))
    fields = (ArticleVersion.title, ArticleVersion.text)
    return or_(*(field.icontains(spelling, autoescape=True) for spelling in spellings for field in fields))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer, as (code, label) each."""

    provinces: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]
    actors: tuple[tuple[str, str], ...]


def choices(connection: Connection) -> Choices:
    """The provinces, and the topics and actors that some article has."""
    provinces = connection.execute(select(Place.iso, Place.name_en).order_by(Place.name_en))
    tags = connection.execute(
        select(ArticleTag.scheme, ArticleTag.code, func.max(ArticleTag.label))
        .where(ArticleTag.scheme.in_(["topic", "actor"]), ArticleTag.is_deleted.is_(False))
        .group_by(ArticleTag.scheme, ArticleTag.code)
    ).all()
    by_scheme = {
        scheme: tuple(sorted(((code, label) for kind, code, label in tags if kind == scheme), key=lambda c: c[1]))
        for scheme in ("topic", "actor")
    }
    return Choices(tuple((iso, name) for iso, name in provinces), by_scheme["topic"], by_scheme["actor"])
