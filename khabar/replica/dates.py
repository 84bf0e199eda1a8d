"""Writes a date as each outlet's pages and each language's prose write it, the Solar Hijri calendar included."""

import re
from datetime import date, datetime, timedelta, tzinfo
from email.utils import format_datetime

import jdatetime

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه", "شنبه", "یک‌شنبه"),
    # Pashto and Russian prose needs the day in the case that follows "on".
    "ps": ("د دوشنبې", "د سه‌شنبې", "د چهارشنبې", "د پنجشنبې", "د جمعې", "د شنبې", "د یکشنبې"),
    "ru": ("в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"),
}
_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
           "ноября", "декабря"),
    # Solar Hijri months as Afghanistan names them (Iran's names differ).
    "fa": ("حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت"),
    "ps": ("وری", "غویی", "غبرګولی", "چنګاښ", "زمری", "وږی", "تله", "لړم", "لیندۍ", "مرغومی", "سلواغه", "کب"),
}  # fmt: skip
_EASTERN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_MARK = re.compile(r"\{(weekday|date|full_date|month|year)(?:-(\d+))?\}")


def eastern(text: str) -> str:
    """`text` with the digits of Dari and Pashto."""
    return text.translate(_EASTERN_DIGITS)


def hijri(day: date, language: str) -> str:
    """`day` in the Solar Hijri calendar: "۱۲ سرطان ۱۴۰۵"."""
    solar = jdatetime.date.fromgregorian(date=day)
    return eastern(f"{solar.day} {_MONTHS[language][solar.month - 1]} {solar.year}")


def weekday(day: date, language: str) -> str:
    """The day of the week as prose of that language uses it after "on"."""
    return _WEEKDAYS[language][day.weekday()]


def full_date(day: date, language: str) -> str:
    """Day, month and year: "November 12, 2026", "12 ноября 2026", "۲۱ عقرب ۱۴۰۵"."""
    if language in ("fa", "ps"):
        return hijri(day, language)
    if language == "ru":
        return f"{day.day} {_MONTHS['ru'][day.month - 1]} {day.year}"
    return f"{_MONTHS['en'][day.month - 1]} {day.day}, {day.year}"


def short_date(day: date, language: str) -> str:
    """Day and month without the year."""
    whole = full_date(day, language)
    return whole.split(",")[0] if language == "en" else whole.rsplit(" ", 1)[0]


def month(day: date, language: str) -> str:
    """The name of the month."""
    parts = short_date(day, language).split(" ")
    return parts[0] if language == "en" else " ".join(parts[1:])


def fill(text: str, day: date, language: str) -> str:
    """`text` with marks such as {weekday}, {date-1} or {full_date} written out for `day` (minus N days)."""

    def written(mark: re.Match[str]) -> str:
        then = day - timedelta(days=int(mark[2] or 0))
        year = full_date(then, language).rsplit(" ", 1)[1]
        return {
            "weekday": weekday(then, language), "date": short_date(then, language), "year": year,
            "full_date": full_date(then, language), "month": month(then, language),
        }[mark[1]]  # fmt: skip

    return _MARK.sub(written, text)


def rfc822(at: datetime, zone: tzinfo) -> str:
    """The date of RSS 2.0: "Tue, 24 Nov 2026 10:00:00 +0430"."""
    return format_datetime(at.astimezone(zone))


def iso(at: datetime, zone: tzinfo) -> str:
    """ISO 8601 with the offset, to the second."""
    return at.astimezone(zone).isoformat(timespec="seconds")
