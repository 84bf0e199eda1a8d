"""Times as they are known: UTC and Kabul side by side, never more exact than the claim, unknown ones said so (I5)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

KABUL: Final = ZoneInfo("Asia/Kabul")


@dataclass(frozen=True, slots=True)
class Shown:
    """A time for the reader. A time known to the day only has `text` and nothing else."""

    text: str
    """In UTC with its clock time, or the bare day, or "unknown"."""
    kabul: str = ""
    machine: str = ""
    """For the datetime attribute."""
    note: str = ""
    """What the reader should know of its exactness."""


UNKNOWN: Final = Shown("unknown")


def instant(at: datetime | None) -> Shown:
    """A time that we took ourselves, to the minute."""
    return UNKNOWN if at is None else _clock(at, "")


def claimed(at: datetime | None, local: str | None, precision: str | None, calendar: str | None = None) -> Shown:
    """A time that an outlet claims. `local` is the claim in its own zone, exactly as precise as it was made."""
    if at is None:
        return UNKNOWN
    note = "given as a Solar Hijri date" if calendar == "solar_hijri" else ""
    if precision == "day" or (precision not in {"second", "minute", "hour"}):
        day = _day(local) or at.date()
        return Shown(_date(day), machine=day.isoformat(), note=_join("day only", note))
    if precision == "hour":
        return _clock(at, _join("to the hour", note), about="about ")
    return _clock(at, note)


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if at is None:
        return "never"
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now" if minutes >= -1 else "in the future"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def _clock(at: datetime, note: str, about: str = "") -> Shown:
    """To the minute; the machine's form has the seconds."""
    utc, kabul = at.astimezone(UTC), at.astimezone(KABUL)
    there = kabul.strftime("%H:%M")
    if kabul.date() != utc.date():
        there = f"{_date(kabul.date(), year=False)} {there}"
    machine = utc.isoformat(timespec="seconds").replace("+00:00", "Z")
    return Shown(f"{_date(utc.date())} {about}{utc.strftime('%H:%M')} UTC", f"{about}{there} Kabul", machine, note)


def _date(day: date, *, year: bool = True) -> str:
    return f"{day.day} {day.strftime('%b %Y' if year else '%b')}"


def _day(local: str | None) -> date | None:
    try:
        return date.fromisoformat((local or "")[:10])
    except ValueError:
        return None


def _join(*notes: str) -> str:
    return ", ".join(note for note in notes if note)


OVERDUE: Final = timedelta(hours=26)
"""A daily run that is two hours late is worth a look; less is only a slow day."""
