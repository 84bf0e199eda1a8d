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
from pipeline.tag.numbers import number_words, number_words_of, unit_words
from pipeline.tag.spans import spans_in
from pipeline.tag.vocabulary import read_yaml

Grain = Literal["day", "week", "month"]
KABUL = ZoneInfo("Asia/Kabul")
# A date right behind a weekday ("on Monday, 3 June") says more than the weekday.
_BESIDE = 12
_SATURDAY_WEEKS = frozenset(("fa", "ps"))
"""Languages of countries where the week begins on Saturday."""
_WEEKEND = -2
_SPAN_REACH = 80
_SAID_REACH = {"ps": 3, "ur": 2}
"""Words behind a date among which the word of saying may be ("د چهارشنبې په ورځ وویل")."""


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
    ordinals: dict[str, int]
    one_unit: frozenset[str]
    said: tuple[str, ...]
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
    ordinals = _table(data["ordinals"]) | {
        stem + fold(ending): value
        for lang in ("fa", "ps")
        for word, value in number_words_of(lang).items()
        for stem in (word, word.rstrip("ه"))
        for ending in data["ordinal_endings"].split("|")
        if value <= 31
    }
    one_unit, said = (frozenset(map(fold, data[key].split("|"))) for key in ("one_unit", "said"))
    month, ordinal = _either(months, solar), "(?:th|st|nd|rd|م|ام|می|مه|of|د)"
    shift = _either(last, following)
    pattern = re.compile(
        rf" (?:(?P<rel>{_either(relative)})|(?P<week>{_either(weekly)})|(?P<month>{_either(monthly)})"
        rf"|(?P<iso>\d{{4}} \d\d \d\d)|(?P<dots>\d{{1,2}} \d{{1,2}} \d{{4}})"
        rf"|(?:(?P<count>\d{{1,2}}|a|{_either(number_words())}) )?(?P<unit>{_either(units)}) (?:{_either(ago)})"
        rf"|(?P<word1>{_either(ordinals)}) (?:ماه )?(?P<mon4>{month})"
        rf"|(?:د )?(?P<mon5>{month}) (?:په |میاشتې په )?(?P<word2>{_either(ordinals)})"
        rf"|(?P<day1>\d{{1,2}})(?: ?{ordinal})? (?:ماه )?(?P<mon1>{month})(?: (?:سال )?(?P<year1>\d{{4}}))?"
        rf"|(?:{_either(inside)}) (?:ماه |د )?(?P<mon3>{month})(?: (?:سال )?(?P<year3>\d{{4}}))?"
        r"(?! (?:په )?\d{1,2}[^\d])"
        rf"|(?:د )?(?P<mon2>{month}) (?:په )?(?P<day2>\d{{1,2}}){ordinal}?(?:  ?(?P<year2>\d{{4}}))?"
        rf"|(?:(?P<before>{shift}) )?(?P<wd>{_either(weekdays)})(?: (?P<behind>{shift}))?)(?= )"
    )
    return _Calendar(
        relative,
        weekly,
        monthly,
        units,
        weekdays,
        last,
        following,
        months,
        solar,
        ordinals,
        one_unit,
        tuple(said),
        pattern,
    )


def local_day(published: Stamp | None) -> date | None:
    """The day of publication in Kabul, or as claimed when only the day is known."""
    if published is None:
        return None
    return published.at.date() if published.precision == "day" else published.at.astimezone(KABUL).date()


def event_date(
    text: str, start: int, end: int, published: date | None, lang: str = "en", kept: str = ""
) -> EventDate | None:
    """The first date in a folded stretch of text, or None; the day of a report ("said on Monday") only if no other is
    told. Without `published` only a full date counts; one in digits (2024-07-01, 01.07.2024) needs the text as it is
    written, one character before the folded one."""
    found: EventDate | None = None
    reported: EventDate | None = None
    weekday = False
    for match in _calendar_words().pattern.finditer(text, max(0, start - 1), end):
        beside = (weekday and (match["mon1"] or match["mon2"])) or (match["wd"] and found and found.precision == "week")
        if found is not None and not (beside and match.start() - found.end <= _BESIDE):
            return found
        if not _is_date(match, text, kept) or _in_span(match, text, start, end, lang):
            continue
        understood = _understand(match, published, lang)
        if understood is None:
            continue
        day, precision = understood
        if found and found.precision == "week" and match["wd"]:  # "last week, on Thursday"
            first = date.fromisoformat(found.iso)
            day = first + timedelta(days=(_calendar_words().weekdays[match["wd"]] - first.weekday()) % 7)
        one = EventDate(day.isoformat(), precision, match.start() + 1, match.end())
        if found is None and _of_report(match, text, lang):
            reported = reported or one
            continue
        found, weekday = one, bool(match["wd"])
    return found or reported


def _is_date(match: re.Match[str], text: str, kept: str) -> bool:
    """Whether digits stand as a date is written, and no unit follows ("police may 5 times")."""
    if match["iso"] or match["dots"]:
        mark = "-" if match["iso"] else "."
        written = kept[match.start() : match.end() - 1]
        return written.count(mark) == 2 and len(written.split(mark)) == 3
    if match["mon2"]:
        return text[match.end() + 1 : match.end() + 16].split(" ")[0] not in unit_words()
    return bool(match["count"]) or match["unit"] is None or match["unit"] in _calendar_words().one_unit


def _in_span(match: re.Match[str], text: str, start: int, end: int, lang: str) -> bool:
    """Whether a week or month is part of a span of time ("in the past three months")."""
    if not (match["week"] or match["month"] or match["mon3"]):
        return False
    around = max(start, match.start() - _SPAN_REACH), min(end, match.end() + _SPAN_REACH)
    return any(low < match.end() and match.start() + 1 < high for low, high in spans_in(text, *around, lang))


def _of_report(match: re.Match[str], text: str, lang: str) -> bool:
    """Whether a word of saying stands right before a date or right behind it: it is the day of the report."""
    said = _calendar_words().said
    before = text[max(0, match.start() - 24) : match.start()].split(" ")[-2:] if lang in ("en", "ru") else ()
    after = text[match.end() + 1 : match.end() + 16].split(" ")[: _SAID_REACH.get(lang, 1)]
    return any(word.startswith(said) for word in (*before, *after) if word)


def _understand(match: re.Match[str], published: date | None, lang: str) -> tuple[date, Grain] | None:
    if word := match["mon1"] or match["mon2"]:
        return _calendar(int(match["day1"] or match["day2"]), word, match["year1"] or match["year2"], published)
    if word := match["mon3"]:
        found = _calendar(1, word, match["year3"], published)
        return (found[0], "month") if found else None
    words = _calendar_words()
    if word := match["mon4"] or match["mon5"]:
        return _calendar(words.ordinals[match["word1"] or match["word2"]], word, None, published)
    if digits := match["iso"] or match["dots"]:
        parts = [int(part) for part in digits.split()]
        return _full(parts if match["iso"] else parts[::-1], published)
    if published is None:
        return None
    if word := match["rel"]:
        return published + timedelta(days=words.relative[word]), "day"
    if word := match["week"]:
        since = (published.weekday() + (2 if lang in _SATURDAY_WEEKS else 0)) % 7
        shift = words.weekly[word] + (7 if words.weekly[word] == _WEEKEND and since > 4 else 0)  # on a Sunday: this one
        return published + timedelta(days=shift - since), "week"
    if word := match["month"]:
        return _first_of_month(published, words.monthly[word], solar=lang in ("fa", "ps")), "month"
    if word := match["unit"]:
        counted = match["count"] or "a"
        count = 1 if counted == "a" else int(counted) if counted.isdigit() else number_words()[counted]
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


def _full(parts: list[int], published: date | None) -> tuple[date, Grain] | None:
    """The day of a year, month and day in digits, if there is one and it is not yet to come."""
    year, month, day = parts
    try:
        found = jdatetime.date(year, month, day).togregorian() if year < 1500 else date(year, month, day)
    except ValueError:
        return None
    return (found, "day") if published is None or found <= published + timedelta(days=1) else None


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
