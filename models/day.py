"""The analyst's day: midnight to midnight in Kabul. Afghanistan has kept UTC+04:30 without summer time since 1945, so a
fixed offset is exact, and SQL can say it too."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

KABUL_OFFSET: Final = timedelta(hours=4, minutes=30)
KABUL: Final = timezone(KABUL_OFFSET, "Kabul")


def day_of(at: datetime) -> date:
    """The day in Kabul that the aware time `at` falls on."""
    return at.astimezone(KABUL).date()


def begins(day: date) -> datetime:
    """The first instant of `day` in Kabul, in UTC; it ends where the next one begins."""
    return datetime.combine(day, time(), KABUL).astimezone(UTC)
