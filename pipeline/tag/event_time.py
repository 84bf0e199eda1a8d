"""When the event was: "on Thursday", "۱۲ سرطان", understood against the publication time, never guessed."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import jdatetime

from pipeline.items import Stamp
from pipeline.tag.matching import fold
from pipeline.tag.vocabulary import read_yaml

Grain = Literal["day", "week", "month"]
KABUL = ZoneInfo("Asia/Kabul")


class EventDate(NamedTuple):
    """An ISO date and how exact it is; start and end are the folded span of the words."""

    iso: str
    precision: Grain
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The words of numbers.yml with their values, and the pattern that finds any of them."""

    relative: dict[str, int]
    weekly: dict[str, int]
    weekdays: dict[str, int]
    months: dict[str, int]
    solar: dict[str, int]
    pattern: re.Pattern[str]


def _table(lines: list[str]) -> dict[str, int]:
    table: dict[str, int] = {}
    for line in lines:
        words, _, value = line.rpartition("=")
        for word in words.split("|"):
            table[fold(word)] = int(value)
    return table


def _either(*tables: dict[str, int]) -> str:
    return "|".join(sorted({re.escape(word) for table in tables for word in table}, key=len, reverse=True))


@cache
def _calendar_words() -> _Calendar:
    data = read_yaml("numbers.yml")
    relative, weekly, weekdays, months, solar = (
        _table(data[key]) for key in ("relative", "weekly", "weekdays", "months", "solar")
    )
    month, ordinal = _either(months, solar), "(?:th|st|nd|rd|م|ام|می|مه|of|د)"
    pattern = re.compile(
        rf" (?:(?P<rel>{_either(relative)})|(?P<week>{_either(weekly)})"
        rf"|(?P<day1>\d{{1,2}})(?: ?{ordinal})? (?P<mon1>{month})(?: (?:سال )?(?P<year1>\d{{4}}))?"
        rf"|(?:د )?(?P<mon2>{month}) (?:په )?(?P<day2>\d{{1,2}}){ordinal}?(?:  ?(?P<year2>\d{{4}}))?"
        rf"|(?P<wd>{_either(weekdays)}))(?= )"
    )
    return _Calendar(relative, weekly, weekdays, months, solar, pattern)


def local_day(published: Stamp | None) -> date | None:
    """The day of publication in Kabul, or as claimed when only the day is known."""
    if published is None:
        return None
    return published.at.date() if published.precision == "day" else published.at.astimezone(KABUL).date()


def event_date(text: str, start: int, end: int, published: date | None) -> EventDate | None:
    """The first date in a folded stretch of text, or None. Without `published` only a full date counts."""
    for match in _calendar_words().pattern.finditer(text, max(0, start - 1), end):
        found = _understand(match, published)
        if found is not None:
            day, precision = found
            return EventDate(day.isoformat(), precision, match.start() + 1, match.end())
    return None


def _understand(match: re.Match[str], published: date | None) -> tuple[date, Grain] | None:
    if word := match["mon1"] or match["mon2"]:
        return _calendar(int(match["day1"] or match["day2"]), word, match["year1"] or match["year2"], published)
    if published is None:
        return None
    words = _calendar_words()
    if word := match["rel"]:
        return published + timedelta(days=words.relative[word]), "day"
    if match["week"]:
        return published - timedelta(days=7), "week"
    return published - timedelta(days=(published.weekday() - words.weekdays[match["wd"]]) % 7), "day"


def _calendar(day: int, month: str, year: str | None, published: date | None) -> tuple[date, Grain] | None:
    words = _calendar_words()
    solar = month in words.solar
    number = words.solar[month] if solar else words.months[month]
    years: list[int] = []
    if year:
        years = [int(year)]
    elif published is not None:
        this = jdatetime.date.fromgregorian(date=published).year if solar else published.year
        years = [this, this - 1]
    for candidate in years:
        try:
            found = jdatetime.date(candidate, number, day).togregorian() if solar else date(candidate, number, day)
        except ValueError:
            continue
        if year or (published is not None and found <= published + timedelta(days=1)):
            return (found, "day") if published is None or found <= published + timedelta(days=1) else None
    return None
