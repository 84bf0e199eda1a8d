"""How many were killed and wounded, by week, as the events have it (models/event.py): lowest, best and highest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, Subquery, and_, func, select

from models.article import Article, ArticleVersion
from models.event import Event
from review.evidence import figures

NAMED: Final = 10
"""Stories of a week that are named, the deadliest; the others are a number."""


@dataclass(frozen=True, slots=True)
class Toll:
    """Low, best and high; best is None where the newest report gives a range only."""

    low: int
    best: int | None
    high: int

    @property
    def says(self) -> str:
        """ "3–5"."""
        return figures(self.low, self.high)


@dataclass(frozen=True, slots=True)
class StoryToll:
    """What the event of one story says. None: no report says."""

    story_id: int
    title: str
    killed: Toll | None
    wounded: Toll | None

    @property
    def says(self) -> str:
        """ "3–5 killed, 11 wounded"."""
        parts = (("killed", self.killed), ("wounded", self.wounded))
        return ", ".join(f"{toll.says} {word}" for word, toll in parts if toll)


@dataclass(frozen=True, slots=True)
class WeekToll:
    """Tolls added up over the stories of seven days."""

    first: date
    last: date
    number: int
    """Stories that give a number."""
    killed: Toll
    wounded: Toll
    stories: tuple[StoryToll, ...]
    """The deadliest of them, at most NAMED."""


def tolls(connection: Connection, news: Subquery, listed: Sequence[date]) -> tuple[WeekToll, ...]:
    """By seven days, the newest first; only whole weeks but for the oldest. A story counts in the week of its first
    report among `news`, by which the days before count it too."""
    counted = (Event.killed_low, Event.killed_high, Event.wounded_low, Event.wounded_high)
    began = select(news.c.story, func.min(news.c.id).label("lead"), func.min(news.c.day).label("day"))
    of = began.group_by(news.c.story).subquery()
    rows = connection.execute(
        select(
            of.c.lead, of.c.day, Event.story_id, Event.killed_low, Event.killed_best, Event.killed_high,
            Event.wounded_low, Event.wounded_best, Event.wounded_high,
        )
        .join(Event, Event.story_id == of.c.story)
        .where(Event.is_deleted.is_(False), func.coalesce(*counted).is_not(None))
    ).all()  # fmt: skip
    last = listed[-1]
    told = [((last - row.day).days // 7, row.lead, row.story_id, _toll(*row[3:6]), _toll(*row[6:9])) for row in rows]
    told.sort(key=lambda one: (one[0], -_top(one[3]), -_top(one[4]), one[2]))
    weeks = [(week, list(stories)) for week, stories in groupby(told, key=lambda one: one[0])]
    titles = _titles(connection, [one[1] for _, stories in weeks for one in stories[:NAMED]])
    return tuple(
        WeekToll(
            max(listed[0], last - timedelta(days=7 * week + 6)), last - timedelta(days=7 * week), len(stories),
            _sum(one[3] for one in stories), _sum(one[4] for one in stories),
            tuple(StoryToll(story, titles[lead], *both) for _, lead, story, *both in stories[:NAMED]),
        )
        for week, stories in weeks
    )  # fmt: skip


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


def _toll(low: int | None, best: int | None, high: int | None) -> Toll | None:
    known = [number for number in (low, best, high) if number is not None]
    return Toll(min(known), best, max(known)) if known else None


def _top(toll: Toll | None) -> int:
    return toll.high if toll else -1


def _sum(tolls: Iterable[Toll | None]) -> Toll:
    """Of what is known; where a story has no best number, the sum has none."""
    known = [toll for toll in tolls if toll]
    bests = [toll.best for toll in known]
    best = None if None in bests else sum(number for number in bests if number is not None)
    return Toll(sum(toll.low for toll in known), best, sum(toll.high for toll in known))
