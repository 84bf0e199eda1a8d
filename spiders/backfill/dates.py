"""Says to which day a listed article belongs, by what its source states and by the dates that addresses carry."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final, Literal
from urllib.parse import parse_qsl, urlsplit

from outlets.dated import Period, month_of, year_of
from spiders.kinds import Listed, when

Where = Literal["in", "before", "after", "undated"]

_YEARS: Final = ("yyyy", "year", "yr", "y")
_MONTHS: Final = ("mm", "month", "mn", "m")
_DAYS: Final = ("dd", "day", "dy", "d")
_YEAR: Final = r"(?<!\d)((?:199|20\d)\d)"
_FULL: Final = re.compile(_YEAR + r"([-_/.]?)(\d\d)\2(\d\d)(?!\d)", re.ASCII)
_MONTH: Final = re.compile(_YEAR + r"(?:[-_/.]?(\d\d)|/(\d))(?!\d)", re.ASCII)
_ALONE: Final = re.compile(_YEAR + r"(?!\d)", re.ASCII)
_ARTICLE_DAY: Final = re.compile(
    r"/(?:((?:199|20\d)\d)([-/])(\d\d?)\2(\d\d?)(?!\d)|((?:199|20\d)\d)(\d\d)(\d\d)(?=(?:\d{4}|\d{6})?(?!\d)))",
    re.ASCII,
)
"""/2023/06/01/…, /2023-06-01…, /20230601/…, and /202306011234 with a time or a number behind the day."""
_ARTICLE_MONTH: Final = re.compile(r"/((?:199|20\d)\d)/(\d\d?)/", re.ASCII)
_BARE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Placed:
    """Whether an article belongs to a span. `day` is its day, when it belongs and something says which."""

    where: Where
    day: date | None = None


def place(listed: Listed, span: Period, part: Period | None, zone: tzinfo) -> Placed:
    """Where `listed` stands. The first of these decides that can: when it was published, the date in its address, the
    days that its `part` of the source holds, when it was changed: it was published no later, and mostly then."""
    if stated := day_of(listed.published, zone):
        return _compared(Period(stated, stated), span) or Placed("undated")
    changed = None if listed.restamped else day_of(listed.modified, zone)
    for period in (period_of_article(listed.url), part):
        if period and (placed := _compared(period, span)):
            if placed.where == "in" and placed.day is None and changed and _is_in(changed, period):
                return Placed("in", changed)
            return placed
    if changed and changed <= span.last:
        return Placed("in", changed) if changed >= span.first else Placed("before")
    return Placed("undated")


def day_of(stated: str | None, zone: tzinfo) -> date | None:
    """The day, where the outlet is, of a time as a source states it; a bare day is that day anywhere."""
    at = when(stated)
    if at is None or stated is None:
        return None
    return date.fromisoformat(stated.strip()) if _BARE.fullmatch(stated.strip()) else at.astimezone(zone).date()


def period_of_article(url: str) -> Period | None:
    """The day, or else the month, that an article's address carries."""
    path = urlsplit(url).path
    for match in _ARTICLE_DAY.finditer(path):
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
        if found := _period(year, month, day):
            return found
    return next((found for match in _ARTICLE_MONTH.finditer(path) if (found := _period(match[1], match[2]))), None)


def period_of_part(url: str) -> Period | None:
    """The days that a sitemap or page of a list holds, going by its address: sitemap_2023.xml, sitemap-2023-06.xml,
    ?yyyy=2023&mm=06&dd=01, date_start=20230601&date_end=20230630. None when it carries no date."""
    parts = urlsplit(url)
    query = {name.lower(): value for name, value in parse_qsl(parts.query)}
    year, month, day = (next((query[n] for n in names if n in query), None) for names in (_YEARS, _MONTHS, _DAYS))
    if year and (found := _period(year, month, day) or _period(year, month) or _period(year)):
        return found
    text = f"{parts.path}?{parts.query}"
    for periods in (_full_dates(text), _months(text), _years(text)):
        if known := list(periods):
            return Period(min(p.first for p in known), max(p.last for p in known))
    return None


def _full_dates(text: str) -> Iterator[Period]:
    for match in _FULL.finditer(text):
        if found := _period(match[1], match[3], match[4]):
            yield found


def _months(text: str) -> Iterator[Period]:
    for match in _MONTH.finditer(text):
        if found := _period(match[1], match[2] or match[3]):
            yield found


def _years(text: str) -> Iterator[Period]:
    for match in _ALONE.finditer(text):
        if found := _period(match[1]):
            yield found


def _period(year: str, month: str | None = None, day: str | None = None) -> Period | None:
    """None for what is no date, or none of the web's time."""
    try:
        if day is not None and month is not None:
            only = date(int(year), int(month), int(day))
            found = Period(only, only)
        else:
            found = month_of(int(year), int(month)) if month is not None else year_of(int(year))
    except ValueError:
        return None
    return found if 1990 <= found.first.year < 2100 else None


def _compared(period: Period, span: Period) -> Placed | None:
    """None when `period` lies in the span only in part: it does not decide."""
    if period.last < span.first:
        return Placed("before")
    if period.first > span.last:
        return Placed("after")
    if not period.within(span):
        return None
    return Placed("in", period.first if period.first == period.last else None)


def _is_in(day: date, period: Period) -> bool:
    return period.first <= day <= period.last
