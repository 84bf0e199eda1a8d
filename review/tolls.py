"""How many were killed and wounded, by week: for each story the lowest and the highest number of its own reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, Subquery, and_, func, select

from models.article import Article, ArticleVersion
from review.evidence import figures

TOLLED: Final = ("killed", "wounded")


@dataclass(frozen=True, slots=True)
class StoryToll:
    """What one story's own reports say, copies left out: the lowest and the highest number. None: no report says."""

    article_id: int
    title: str
    day: date
    killed: tuple[int, int] | None
    wounded: tuple[int, int] | None

    @property
    def says(self) -> str:
        """ "3–5 killed, 11 wounded"."""
        parts = (("killed", self.killed), ("wounded", self.wounded))
        return ", ".join(f"{figures(*toll)} {word}" for word, toll in parts if toll)


@dataclass(frozen=True, slots=True)
class WeekToll:
    """Tolls added up over the stories of seven days."""

    first: date
    last: date
    stories: tuple[StoryToll, ...]
    """Those that give a number, the deadliest first."""

    @property
    def killed(self) -> tuple[int, int]:
        """Lowest and highest sum."""
        return _sum(story.killed for story in self.stories)

    @property
    def wounded(self) -> tuple[int, int]:
        """Lowest and highest sum."""
        return _sum(story.wounded for story in self.stories)


def tolls(connection: Connection, news: Subquery, listed: Sequence[date]) -> tuple[WeekToll, ...]:
    """By seven days, the newest first; only whole weeks but for the oldest."""
    facts = ArticleVersion.facts
    killed, wounded = ((facts[f"{word}_low"].as_integer(), facts[f"{word}_high"].as_integer()) for word in TOLLED)
    rows = connection.execute(
        select(
            func.min(news.c.id),
            func.min(news.c.day),
            *(func.min(func.coalesce(low, high)) for low, high in (killed, wounded)),
            *(func.max(func.coalesce(high, low)) for low, high in (killed, wounded)),
        )
        .join(
            ArticleVersion,
            and_(ArticleVersion.article_id == news.c.id, ArticleVersion.version == news.c.version),
        )
        .where((news.c.copy_of + 0).is_(None), func.coalesce(*killed, *wounded).is_not(None))
        .group_by(news.c.story)
    ).all()
    titles = _titles(connection, [row[0] for row in rows])
    last = listed[-1]
    told = [
        StoryToll(lead, titles[lead], day, _range(killed_low, killed_high), _range(wounded_low, wounded_high))
        for lead, day, killed_low, wounded_low, killed_high, wounded_high in map(tuple, rows)
    ]

    def week_of(story: StoryToll) -> int:
        return (last - story.day).days // 7

    told.sort(key=lambda story: (week_of(story), -_top(story.killed), -_top(story.wounded), story.article_id))
    weeks = []
    for week, stories in groupby(told, key=week_of):
        end = last - timedelta(days=7 * week)
        weeks.append(WeekToll(max(listed[0], end - timedelta(days=6)), end, tuple(stories)))
    return tuple(weeks)


def _titles(connection: Connection, articles: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(
        select(Article.id, ArticleVersion.title)
        .join(
            ArticleVersion,
            and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version),
        )
        .where(Article.id.in_(articles))
    )
    return {row.id: row.title for row in rows}


def _range(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, max(low, high))


def _top(toll: tuple[int, int] | None) -> int:
    return toll[1] if toll else -1


def _sum(tolls: Iterable[tuple[int, int] | None]) -> tuple[int, int]:
    known = [toll for toll in tolls if toll]
    return sum(low for low, _ in known), sum(high for _, high in known)
