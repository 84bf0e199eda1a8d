"""When the event was: "on Thursday", "two days ago", "۱۲ سرطان", understood against the publication time; no guess."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import jdatetime

from pipeline.items import Stamp
from pipeline.tag.matching import fold
from pipeline.tag.numbers import number_words
from pipeline.tag.vocabulary import read_yaml

Grain = Literal["day", "week", "month"]
KABUL = ZoneInfo("Asia/Kabul")
# A date right behind a weekday ("on Monday, 3 June") says more than the weekday.
_BESIDE = 12


class EventDate(NamedTuple):
    """An ISO date and how exact it is; start and end are the folded span of the words. Of a week or month it is the
    first day that the words allow."""

    iso: str
    precision: Grain
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The words of numbers.yml with their values, and the pattern that finds any of them."""

    relative: dict[str, int]
    weekly: dict[str, int]
    monthly: dict[str, int]
    units: dict[str, int]
    weekdays: dict[str, int]
    last: frozenset[str]
    next: frozenset[str]
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


def _either(*tables: dict[str, int] | frozenset[str]) -> str:
    return "|".join(sorted({re.escape(word) for table in tables for word in table}, key=len, reverse=True))


@cache
def _calendar_words() -> _Calendar:
    data = read_yaml("numbers.yml")
    relative, weekly, monthly, units, weekdays, months, solar = (
        _table(data[key]) for key in ("relative", "weekly", "monthly", "units_ago", "weekdays", "months", "solar")
    )
    ago, last, following, inside = (
        frozenset(map(fold, data[key].split("|"))) for key in ("ago", "last", "next", "in_month")
    )
    month, ordinal = _either(months, solar), "(?:th|st|nd|rd|م|ام|می|مه|of|د)"
    shift = _either(last, following)
    pattern = re.compile(
        rf" (?:(?P<rel>{_either(relative)})|(?P<week>{_either(weekly)})|(?P<month>{_either(monthly)})"
        rf"|(?P<count>\d{{1,2}}|{_either(number_words())}) (?P<unit>{_either(units)}) (?:{_either(ago)})"
        rf"|(?P<day1>\d{{1,2}})(?: ?{ordinal})? (?:ماه )?(?P<mon1>{month})(?: (?:سال )?(?P<year1>\d{{4}}))?"
        rf"|(?:{_either(inside)}) (?:ماه |د )?(?P<mon3>{month})(?: (?:سال )?(?P<year3>\d{{4}}))?"
        r"(?! (?:په )?\d{1,2}[^\d])"
        rf"|(?:د )?(?P<mon2>{month}) (?:په )?(?P<day2>\d{{1,2}}){ordinal}?(?:  ?(?P<year2>\d{{4}}))?"
        rf"|(?:(?P<before>{shift}) )?(?P<wd>{_either(weekdays)})(?: (?P<behind>{shift}))?)(?= )"
    )
    return _Calendar(relative, weekly, monthly, units, weekdays, last, following, months, solar, pattern)


def local_day(published: Stamp | None) -> date | None:
    """The day of publication in Kabul, or as claimed when only the day is known."""
    if published is None:
        return None
    return published.at.date() if published.precision == "day" else published.at.astimezone(KABUL).date()


def event_date(text: str, start: int, end: int, published: date | None, lang: str = "en") -> EventDate | None:
    """The first date in a folded stretch of text, or None. Without `published` only a full date counts."""
    found: EventDate | None = None
    weekday = False
    for match in _calendar_words().pattern.finditer(text, max(0, start - 1), end):
        beside = weekday and (match["mon1"] or match["mon2"])
        if found is not None and not (beside and match.start() - found.end <= _BESIDE):
            return found
        understood = _understand(match, published, lang)
        if understood is None:
            continue
        day, precision = understood
        found = EventDate(day.isoformat(), precision, match.start() + 1, match.end())
        weekday = bool(match["wd"])
    return found


def _understand(match: re.Match[str], published: date | None, lang: str) -> tuple[date, Grain] | None:
    if word := match["mon1"] or match["mon2"]:
        return _calendar(int(match["day1"] or match["day2"]), word, match["year1"] or match["year2"], published)
    if word := match["mon3"]:
        found = _calendar(1, word, match["year3"], published)
        return (found[0], "month") if found else None
    if published is None:
        return None
    words = _calendar_words()
    if word := match["rel"]:
        return published + timedelta(days=words.relative[word]), "day"
    if word := match["week"]:
        monday = published - timedelta(days=published.weekday())
        return monday + timedelta(days=words.weekly[word]), "week"
    if word := match["month"]:
        return _first_of_month(published, words.monthly[word], solar=lang in ("fa", "ps")), "month"
    if word := match["unit"]:
        count = int(match["count"]) if match["count"].isdigit() else number_words()[match["count"]]
        unit = words.units[word]
        return published - timedelta(days=count * unit), "day" if unit == 1 else "week"
    shifts = {match["before"], match["behind"]}
    if shifts & words.next:
        return None  # it is still to come
    back = (published.weekday() - words.weekdays[match["wd"]]) % 7
    return published - timedelta(days=back or (7 if shifts & words.last else 0)), "day"


def _first_of_month(published: date, months: int, *, solar: bool) -> date:
    """The first day of the month that is `months` (0 or -1) away."""
    if solar:
        this = jdatetime.date.fromgregorian(date=published)
        year, month = (this.year, this.month + months) if this.month + months else (this.year - 1, 12)
        day: date = jdatetime.date(year, month, 1).togregorian()
        return day
    first = published.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1) if months else first


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
