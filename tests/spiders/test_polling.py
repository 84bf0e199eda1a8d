"""When a source is asked again, told from its own history and its own word (I8: no more often than it pays)."""

from datetime import UTC, datetime, timedelta

import pytest

from spiders.polling import FIRST, LONGEST, SHORTEST, SLACK, is_due, next_due, next_interval, next_morning

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
"""A Wednesday."""
HOUR = timedelta(hours=1)


def after(history: str, every: timedelta | None = None) -> timedelta:
    """The interval after polls that brought something (x), nothing (-), or failed (!)."""
    interval: timedelta | None = None
    for poll in history:
        interval = next_interval(interval, None if poll == "!" else poll == "x", every)
    assert interval is not None
    return interval


def test_the_interval_follows_what_polls_bring() -> None:
    """Busy sources are asked every quarter of an hour, silent ones once a day, and both come back."""
    assert after("x") == after("-") == FIRST
    assert after("x" * 10) == SHORTEST
    assert after("-" * 30) == LONGEST
    assert after("-" * 30 + "x" * 4) < 2 * HOUR
    assert SHORTEST < after("x---" * 20) < 2 * HOUR
    assert after("x" * 10 + "-" * 8) < 2 * HOUR  # a night's silence does not cost the morning
    assert after("x!!!") == 8 * HOUR
    assert after("x" * 10 + "!!!") == 2 * HOUR
    assert after("!" * 10) == LONGEST


def test_a_source_is_not_asked_more_often_than_it_says() -> None:
    """ttl and sy:updatePeriod, but once a day in any case."""
    assert after("x" * 10, timedelta(hours=2)) == timedelta(hours=2)
    assert after("x" * 10, timedelta(minutes=5)) == SHORTEST
    assert after("x", timedelta(days=30)) == LONGEST


@pytest.mark.parametrize(
    ("interval", "hours", "days", "expected"),
    [
        (HOUR, (), (), NOW + HOUR),
        (HOUR, (10,), (), NOW.replace(hour=11, minute=0)),
        (HOUR, (10, 11, 12), (), NOW.replace(hour=13, minute=0)),
        (HOUR, (9,), (), NOW + HOUR),
        (HOUR, (), (2,), NOW.replace(day=5, hour=0, minute=0)),
        (HOUR, (0, 10), (2,), NOW.replace(day=5, hour=1, minute=0)),
        (HOUR, tuple(range(1, 24)), (), NOW.replace(day=5, hour=0, minute=0)),
        (LONGEST, (), (), NOW.replace(day=5, hour=1, minute=0)),
        (LONGEST, (1,), (3,), NOW.replace(day=5, hour=1, minute=0)),
    ],
)
def test_the_next_time(interval: timedelta, hours: tuple[int, ...], days: tuple[int, ...], expected: datetime) -> None:
    """After the interval, not in skipped hours and days; everything is due at 01:00 UTC, whatever it says (I6)."""
    assert next_due(NOW, interval, hours, days) == expected


def test_the_morning() -> None:
    """The next one, never the present one, so that a run at that very time plans a day ahead."""
    assert next_morning(NOW.replace(hour=0, minute=59)) == NOW.replace(hour=1, minute=0)
    assert next_morning(NOW.replace(hour=1, minute=0)) == NOW.replace(day=5, hour=1, minute=0)


def test_what_is_due() -> None:
    """What was never asked; and what an hourly run would miss by seconds."""
    assert is_due(None, NOW)
    assert is_due(NOW + SLACK, NOW)
    assert not is_due(NOW + SLACK + timedelta(seconds=1), NOW)
