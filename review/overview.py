"""What happened over the last days: stories by day, province, topic and actor, tolls, and how fast we were. Every
number counts what the queue lists behind its link: stories with a matching article of Afghanistan's security."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Subquery, and_, case, func, select

from models.article import AF_SECURITY, Article, ArticleTag, ArticleVersion
from models.coverage import first_days
from models.day import begins, day_of
from models.kabul_day import kabul_day
from models.outlet_day import BROKEN, OutletDay
from review.conditions import unindexed
from review.tolls import WeekToll, tolls

PERIODS: Final = (7, 28, 90)
"""Days that an overview may cover, the present one included."""
MOST: Final = 8
"""Topics and actors in a table."""
LAGS: Final = 5000
"""Articles that the lag is reckoned from: the newest."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day in Kabul."""

    day: date
    stories: int
    accepted: int
    """Of these: stories with an accepted article."""
    troubled: int
    """Outlets whose collection was broken then: the count is low."""


@dataclass(frozen=True, slots=True)
class Count:
    """Stories with one tag."""

    code: str
    label: str
    stories: int
    by_day: tuple[int, ...] = ()
    """For each day of the period; empty where only the sum is shown."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How long a step took: the median and the slowest tenth."""

    step: str
    articles: int
    half: timedelta | None
    """None without articles."""
    nine_tenths: timedelta | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The page's content."""

    stories: int
    days: tuple[DayCount, ...]
    """A story that goes on counts on each of its days."""
    provinces: Mapping[str, int]
    """ISO 3166-2 code -> stories that happened there."""
    topics: tuple[Count, ...]
    actors: tuple[Count, ...]
    weeks: tuple[WeekToll, ...]
    lags: tuple[Lag, ...]

    @property
    def first(self) -> date:
        """Of the period."""
        return self.days[0].day

    @property
    def last(self) -> date:
        """Of the period."""
        return self.days[-1].day


def overview(connection: Connection, now: datetime, days: int) -> Overview:
    """The last `days` days in Kabul, today included."""
    last = day_of(now)
    first = last - timedelta(days=days - 1)
    listed = [first + timedelta(days=number) for number in range(days)]
    news = _news(first, last).subquery()
    return Overview(
        connection.execute(select(func.count(news.c.story.distinct()))).scalar_one(),
        _by_day(connection, news, listed),
        {count.code: count.stories for count in _tagged(connection, news, "iso3166-2", event=True)},
        _over_time(connection, news, listed, "topic"),
        _tagged(connection, news, "actor")[:MOST],
        tolls(connection, news, listed),
        _lags(connection, news),
    )


def _news(first: date, last: date) -> Any:
    """(id, version, story, at, day, …) of the latest version of each article of Afghanistan's security."""
    at = Article.dated_at
    return select(
        Article.id, Article.latest_version.label("version"), Article.copy_of, Article.review_status,
        Article.outlet, Article.backfilled, Article.first_seen_at, Article.reviewed_at,
        func.coalesce(Article.story_id, -Article.id).label("story"),
        kabul_day(at).label("day"),
    ).where(
        Article.relevance + 0 >= AF_SECURITY,  # + 0: of three years' news the days leave less than the relevance
        at >= begins(first), at < begins(last + timedelta(days=1)),
    )  # fmt: skip


def _by_day(connection: Connection, news: Subquery, listed: Sequence[date]) -> tuple[DayCount, ...]:
    accepted = case((news.c.review_status == "accepted", news.c.story))
    rows = connection.execute(
        select(news.c.day, func.count(news.c.story.distinct()), func.count(accepted.distinct())).group_by(news.c.day)
    )
    counted = {day: (stories, taken) for day, stories, taken in rows}
    troubled: dict[date, int] = dict(
        connection.execute(
            select(OutletDay.day, func.count())
            .where(OutletDay.day.in_(listed), OutletDay.state.in_(BROKEN))
            .group_by(OutletDay.day)
        ).all()
    )
    return tuple(DayCount(day, *counted.get(day, (0, 0)), troubled.get(day, 0)) for day in listed)


def _with_tag(connection: Connection, news: Subquery, scheme: str) -> Any:
    return and_(
        ArticleTag.article_id == news.c.id, ArticleTag.version == news.c.version, ArticleTag.is_deleted.is_(False),
        unindexed(connection, ArticleTag.scheme) == scheme,  # by the article: a scheme's tags are those of three years
    )  # fmt: skip


def _tagged(connection: Connection, news: Subquery, scheme: str, *, event: bool = False) -> tuple[Count, ...]:
    """Stories by code, most first. `event`: only where it happened."""
    stories = func.count(news.c.story.distinct())
    query = (
        select(ArticleTag.code, func.max(ArticleTag.label), stories)
        .join(news, _with_tag(connection, news, scheme))
        .group_by(ArticleTag.code)
        .order_by(stories.desc(), ArticleTag.code)
    )
    if event:
        query = query.where(ArticleTag.role == "event")
    return tuple(Count(*row) for row in connection.execute(query))


def _over_time(connection: Connection, news: Subquery, listed: Sequence[date], scheme: str) -> tuple[Count, ...]:
    leading = _tagged(connection, news, scheme)[:MOST]
    rows = connection.execute(
        select(ArticleTag.code, news.c.day, func.count(news.c.story.distinct()))
        .join(news, _with_tag(connection, news, scheme))
        .where(ArticleTag.code.in_([count.code for count in leading]))
        .group_by(ArticleTag.code, news.c.day)
    )
    cells = {(code, day): stories for code, day, stories in rows}
    return tuple(
        Count(count.code, count.label, count.stories, tuple(cells.get((count.code, day), 0) for day in listed))
        for count in leading
    )


def _lags(connection: Connection, news: Subquery) -> tuple[Lag, ...]:
    """Of times that are known better than to the day, and of decisions that stand. What an outlet published before it
    was watched, or while nobody looked, says nothing of how fast we are."""
    watched = first_days(connection)
    rows = connection.execute(
        select(
            ArticleVersion.published_at, ArticleVersion.published_precision, news.c.outlet, news.c.first_seen_at,
            news.c.reviewed_at,
        )
        .join(news, and_(news.c.id == ArticleVersion.article_id, news.c.version == ArticleVersion.version))
        .where(news.c.backfilled.is_(False))
        .order_by(news.c.id.desc())
        .limit(LAGS)
    ).all()  # fmt: skip
    exact = [
        row
        for row in rows
        if row.published_at and row.published_precision in {"second", "minute"}
        and day_of(row.first_seen_at) > watched.get(row.outlet, date.min)
    ]  # fmt: skip
    seen = [row for row in exact if row.reviewed_at]
    return (
        _lag("from publication until we saw it", [row.first_seen_at - row.published_at for row in exact]),
        _lag("from then until it was reviewed", [r.reviewed_at - r.first_seen_at for r in rows if r.reviewed_at]),
        _lag("from publication until it was reviewed", [row.reviewed_at - row.published_at for row in seen]),
    )


def _lag(step: str, taken: list[timedelta]) -> Lag:
    taken.sort()
    if not taken:
        return Lag(step, 0, None, None)
    return Lag(step, len(taken), taken[(len(taken) - 1) // 2], taken[-(-9 * len(taken) // 10) - 1])
