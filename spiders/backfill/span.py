"""Which days a backfill may ask for, and what is wrong with the others, in one sentence. Imports nothing heavy."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from models.exits import Exit
from outlets import Outlet
from outlets.dated import Period

MOST_DAYS: Final = 366
"""Days of one backfill: its report names every one of them."""
EARLIEST: Final = date(1995, 1, 1)
"""News on the web is no older."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class BadSpan(ValueError):
    """The days asked for cannot be filled. One sentence."""

    exit_code = Exit.USAGE


def parse_span(since: str, until: str) -> Period:
    """The days from `since` to `until` (YYYY-MM-DD), both included. Raises BadSpan."""
    span = Period(_day(since, "from"), _day(until, "to"))
    if span.first > span.last:
        raise BadSpan(f"the span ends before it begins: from {span.first} to {span.last}")
    if span.first < EARLIEST:
        raise BadSpan(f"from {span.first}: no outlet's archive reaches back before {EARLIEST}")
    days = (span.last - span.first).days + 1
    if days > MOST_DAYS:
        raise BadSpan(f"the span has {days} days, and a backfill takes at most {MOST_DAYS}: split it")
    return span


def check_over(span: Period, outlet: Outlet, now: datetime) -> None:
    """Raises BadSpan unless the span's days are over where the outlet is: today is the daily run's."""
    today = now.astimezone(ZoneInfo(outlet.timezone)).date()
    if span.last >= today:
        raise BadSpan(
            f"{span.last} is not over yet at {outlet.title} ({outlet.timezone}): a backfill ends on "
            f"{today - timedelta(days=1)} at the latest, and the daily run collects what is newer"
        )


def days_of(span: Period) -> Iterator[date]:
    """Every day of the span."""
    day = span.first
    while day <= span.last:
        yield day
        day += timedelta(days=1)


def _day(text: str, name: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadSpan(f"{name} {text[:40]!r} is not a day such as 2023-06-01") from None
