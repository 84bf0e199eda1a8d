"""Day, month and year as people write them: month names of twenty languages, Solar Hijri, relative times."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jdatetime
import yaml

Calendar = Literal["gregorian", "solar_hijri"]

_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩०१२३४५६७८९")}
_FILE = Path(__file__).parent.parent / "data" / "months.yml"
_LETTERS = r"[^\W\d_]"


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day that was read, and how it was counted there."""

    day: date
    calendar: Calendar
    span: tuple[int, int]


class NotADay(ValueError):
    """The words claim a day that no calendar has, such as 30 February. The argument names the issue."""


def ascii_digits(text: str) -> str:
    """`text` with Persian, Arabic-Indic and Devanagari digits as 0-9, and with joiners and bidi marks left out."""
    return text.translate(_DIGITS).replace("\u200c", " ").replace("\u200f", "").replace("\u200e", "")


@cache
def _names() -> tuple[dict[str, tuple[Calendar, int]], frozenset[str], dict[str, Any]]:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    months: dict[str, tuple[Calendar, int]] = {}
    for calendar in ("gregorian", "solar_hijri"):
        for names in data[calendar].values():
            for number, entry in enumerate(names, 1):
                for name in [entry] if isinstance(entry, str) else entry:
                    months.setdefault(
                        _fold(name), ("solar_hijri" if calendar == "solar_hijri" else "gregorian", number)
                    )
    return months, frozenset(_fold(n) for n in data["lunar_hijri"]), data["relative"]


def _fold(name: str) -> str:
    return name.casefold().replace("ي", "ی").replace("ك", "ک").replace("ى", "ی").replace("ۍ", "ی")


@cache
def _written() -> re.Pattern[str]:
    months, lunar, _ = _names()
    names = "|".join(sorted({re.escape(n) for n in (*months, *lunar)}, key=len, reverse=True))
    return re.compile(
        rf"(?<!\d)(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|-?го)?\.?\s*(?:de\s+|of\s+|del\s+|د\s+)?(?<!{_LETTERS})(?P<m1>{names})(?!{_LETTERS})\.?,?\s*(?:de\s+|del\s+|of\s+|'|,\s*)?(?P<y1>\d{{4}})"
        rf"|(?<!{_LETTERS})(?P<m2>{names})(?!{_LETTERS})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\.?,?\s+(?P<y2>\d{{4}})"
        rf"|(?P<y3>\d{{4}})\.?\s+(?:کال\s+د\s+)?(?<!{_LETTERS})(?P<m3>{names})(?!{_LETTERS})\.?\s+(?P<d3>\d{{1,2}})"
        rf"|(?<!:)(?P<d4>\d{{1,2}})[-/\s](?P<m4>{names})[-/\s](?P<y4>\d{{4}}|\d\d(?!\d)))"
        rf"(?!\d)",
        re.I,
    )


_LETTER = re.compile(_LETTERS)
_NUMBERS = re.compile(r"\d{4}|\d\d[-/\s]\D{3,9}[-/\s]\d\d|\d\D{3,9}\d")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_YMD = re.compile(r"(?<!\d)(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<![\d.])(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d|\.\d)")


def find_day(text: str, *, order: str = "ymd", calendar: Calendar = "gregorian") -> Day | None:
    """The first day written in `text` (digits already ASCII). Raises NotADay when it cannot be: `bad_date`,
    `lunar_date` (the Lunar Hijri calendar differs by country) or `ambiguous_date` (03/04/2024 with `order` ymd)."""
    folded = _fold(text)
    found: list[tuple[int, int, int | None, str | int, int, Calendar | None]] = []
    match = _written().search(folded) if _LETTER.search(folded) and _NUMBERS.search(folded) else None
    if match:
        n = next(i for i in "1234" if match[f"m{i}"])
        year = int(match[f"y{n}"])
        found.append((*match.span(), year + 2000 if year < 100 else year, match[f"m{n}"], int(match[f"d{n}"]), None))
    for pattern in (_YMD, _CJK):
        if other := pattern.search(folded):
            year, month, day = (
                int(other[1]),
                int(other[3 if pattern is _YMD else 2]),
                int(other[4 if pattern is _YMD else 3]),
            )
            found.append((*other.span(), year, month, day, None))
    if found:
        start, end, year_, month_, day_, _ = min(found, key=lambda f: f[0])
        return Day(*_build(year_ or 0, month_, day_, calendar), (start, end))
    if match := _DMY.search(folded):
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        first_is_day = _day_first(one, two, match[2], order)
        return Day(*_build(year, two if first_is_day else one, one if first_is_day else two, calendar), match.span())
    return None


def _day_first(one: int, two: int, separator: str, order: str) -> bool:
    if one > 12 or one == two:
        return True
    if two > 12:
        return False
    if order == "dmy" or separator == ".":
        return True
    if order == "mdy":
        return False
    raise NotADay("ambiguous_date")


def _build(year: int, month: str | int, day: int, calendar: Calendar) -> tuple[date, Calendar]:
    months, lunar, _ = _names()
    if isinstance(month, str):
        if month in lunar and month not in months:
            raise NotADay("lunar_date")
        kind, number = months[month]
    else:
        number = month
        kind = "solar_hijri" if 1300 <= year <= 1450 else "gregorian"
    if kind == "gregorian" and 1300 <= year <= 1450:
        raise NotADay("lunar_date")
    if calendar == "solar_hijri" and isinstance(month, int) and year < 100:
        kind = "solar_hijri"
    try:
        if kind == "solar_hijri":
            if not 1300 <= year <= 1450:
                raise NotADay("bad_date")
            return jdatetime.date(year, number, day).togregorian(), "solar_hijri"
        return date(year, number, day), "gregorian"
    except ValueError as error:
        raise NotADay("bad_date") from error


@cache
def _relative() -> re.Pattern[str]:
    *_, words = _names()
    units = {u: "|".join(re.escape(w) for w in sorted(ws, key=len, reverse=True)) for u, ws in words["units"].items()}
    unit = "|".join(f"(?P<{u}>{names})" for u, names in units.items())
    numbers = "|".join(re.escape(w) for w in (*words["one"], *words["two"]))
    before = "|".join(re.escape(w) for w in words["before"])
    after = "|".join(re.escape(w) for w in words["after"])
    return re.compile(
        rf"(?:(?<!\w)(?P<b>{before})\s+)?(?<!\w)(?:(?P<n>\d{{1,3}})|(?P<w>{numbers}))?\s*(?<!{_LETTERS})(?:{unit})(?!\w)(?:\s+(?P<a>{after})(?!\w))?",
        re.I,
    )


@cache
def _named_day() -> re.Pattern[str]:
    *_, words = _names()
    today, yesterday = ("|".join(re.escape(w) for w in words[k]) for k in ("today", "yesterday"))
    return re.compile(rf"(?<!\w)(?:(?P<t>{today})|(?P<y>{yesterday}))(?!\w)", re.I)


def find_relative(text: str, fetched_at: datetime) -> tuple[datetime, Literal["hour", "day"]] | None:
    """ "2 hours ago", "вчера", "دو ساعت پیش" against `fetched_at`: the instant and how exact it can be."""
    *_, words = _names()
    if len(text) > 200:
        return None
    for match in _relative().finditer(text.casefold()):
        if not (match["a"] or match["b"]) or (not (match["n"] or match["w"]) and not match["b"]):
            continue
        number = int(match["n"]) if match["n"] else 2 if match["w"] in words["two"] else 1
        unit = next(u for u in ("minute", "hour", "day", "week") if match[u])
        if unit in ("minute", "hour"):
            past = fetched_at - timedelta(**{f"{unit}s": number})
            return past.replace(minute=0, second=0, microsecond=0) if unit == "hour" else past.replace(
                second=0, microsecond=0
            ), "hour"
        return fetched_at - timedelta(days=number * (7 if unit == "week" else 1)), "day"
    if named := _named_day().search(text.casefold()):
        return fetched_at - timedelta(days=1 if named["y"] else 0), "day"
    return None
