"""When a source is worth asking again, from how often it brought something: a busy one every quarter of an hour, a
silent one once a day. Pure; the state of a source is its last interval, into which its whole history is folded."""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from typing import Final

SHORTEST: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=24)
FIRST: Final = timedelta(hours=1)
"""The interval of a source without a history."""
SOONER, LATER, FAILED = 0.5, 1.25, 2.0
"""What a poll that brought something, one that did not, and one that failed make of the interval. Where every fourth
poll brings something the interval stays; after a silent night it is still short enough for the morning; after three
failures it is hours."""
MORNING: Final = time(1, 0, tzinfo=UTC)
"""05:30 in Kabul: at this time everything is due, so that the analyst's day begins with the whole picture."""
SLACK: Final = timedelta(minutes=10)
"""What is due so soon is due now: a source of an hourly run must not miss its turn by the seconds that a run takes."""


def next_interval(before: timedelta | None, brought: bool | None, every: timedelta | None = None) -> timedelta:
    """The interval after a poll that `brought` something new or changed, or did not; None for one that failed. `before`
    is the one until then; `every` is what the source says itself (ttl, sy:updatePeriod): it is not asked more often."""
    factor = FAILED if brought is None else SOONER if brought else LATER
    grown = before * factor if before else FIRST
    return min(max(grown, SHORTEST, every or SHORTEST), LONGEST)


def next_due(
    now: datetime, interval: timedelta, skip_hours: Collection[int] = (), skip_days: Collection[int] = ()
) -> datetime:
    """When to ask next: after `interval`, outside the hours (UTC) and days (0 is Monday) in which the source asks to be
    left alone, and the next morning at the latest, whatever it asks."""
    due, morning = now + interval, next_morning(now)
    while due < morning and (due.hour in skip_hours or due.weekday() in skip_days):
        due = due.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(due, morning)


def next_morning(now: datetime) -> datetime:
    """The first MORNING after `now`, which is in UTC."""
    today = datetime.combine(now.date(), MORNING)
    return today if now < today else today + timedelta(days=1)


def is_due(due_at: datetime | None, now: datetime) -> bool:
    """Whether it is time. What has no time yet was never asked, and no plan of a right clock reaches over a day."""
    return due_at is None or due_at <= now + SLACK or due_at > now + LONGEST
