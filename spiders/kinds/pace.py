"""What a feed says of how often it is worth asking: RSS 2.0's ttl, skipHours and skipDays, and the syndication module
of RSS 1.0 (web.resource.org/rss/1.0/modules/syndication), which WordPress writes into every feed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

ELEMENTS: Final = ("ttl", "skipHours", "skipDays", "updatePeriod", "updateFrequency")
_PERIODS: Final = {
    "hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30), "yearly": timedelta(days=365),
}  # fmt: skip
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_DIGITS: Final = 7


def pace(said: Mapping[str, list[str]]) -> dict[str, Any]:
    """The fields `every`, `skip_hours` and `skip_days` of a Listing from the words in each of ELEMENTS. Of two
    intervals the longer counts; what cannot be read says nothing, and a week without an open hour says nothing."""
    intervals = [timedelta(minutes=minutes) for minutes in map(_number, said.get("ttl", [])) if minutes]
    if "updatePeriod" in said or "updateFrequency" in said:
        period = _PERIODS.get("".join(said.get("updatePeriod", ["daily"])).lower())
        times = _number("".join(said.get("updateFrequency", ["1"])))
        if period and times:
            intervals.append(period / times)
    hours = {hour % 24 for word in said.get("skipHours", []) if (hour := _number(word)) is not None and hour <= 24}
    days = {_DAYS.index(word.lower()) for word in said.get("skipDays", []) if word.lower() in _DAYS}
    return {
        "every": max(intervals, default=None),
        "skip_hours": frozenset(hours) if len(hours) < 24 else frozenset(),
        "skip_days": frozenset(days) if len(days) < 7 else frozenset(),
    }


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS else None
