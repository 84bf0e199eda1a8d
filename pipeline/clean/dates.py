"""Claimed times with precision, calendar and basis. What cannot be known is None with an issue, never a guess."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from pipeline.clean.calendars import Calendar, NotADay, ascii_digits, find_day, find_relative
from pipeline.items import Precision, Stamp

EARLIEST = date(1990, 1, 1)
"""Older stamps are zero dates, not news."""
LATEST_YEAR = 2200
"""Later ones are ends of time, and sums with them overflow."""
FUTURE_LIMIT = timedelta(hours=36)
"""How far after the fetch a claim may lie: zones differ by up to a day, clocks by a little."""
RAW_LIMIT = 200

_ISO = re.compile(
    r"^\s*(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)(?:[T\s,]+(?P<H>\d{1,2}):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<z>Z|UTC|GMT|[A-Z]{2,5}|(?:GMT|UTC)?\s*[+\-−]\s?\d{1,2}(?::?\d\d)?(?::\d\d)?)?\s*(?:\[[\w/]+\])?\s*$",
    re.I,
)
_EPOCH = re.compile(r"^\s*(-?\d{9,13})\s*$")
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<H>[01]?\d|2[0-9])[:.h](?P<M>\d\d)(?::(?P<S>\d\d))?(?![\d:])\s*(?P<ap>[ap]\.?\s?m\b\.?|ق\.?ظ|ب\.?ظ)?\s*(?:Uhr\s*)?"
    r"\(?(?P<z>(?:GMT|UTC)\s*[+\-−]\s?\d{1,2}(?::?\d\d)?|[+\-−]\d\d:?\d\d|(?-i:[A-Z]{2,4})\b)?",
    re.I,
)
_OFFSET = re.compile(r"^(?:GMT|UTC)?\s*([+\-−])\s?(\d{1,2})(?::?(\d\d))?", re.I)
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "CET": 60, "MEZ": 60, "WEST": 60, "CEST": 120, "MESZ": 120,
    "EET": 120,
    "EEST": 180, "MSK": 180, "МСК": 180, "EST": -300, "EDT": -240, "CDT": -300, "MDT": -360, "MST": -420,
    "PST": -480, "PDT": -420, "PKT": 300, "AFT": 270, "IRST": 210, "JST": 540, "KST": 540, "HKT": 480,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Understands written times the way one outlet's pages mean them."""

    zone: tzinfo | None = None
    """Zone of times that carry none. None means UTC with the issue `zone_assumed`."""
    order: str = "ymd"
    calendar: Calendar = "gregorian"
    fetched_at: datetime | None = None
    issues: list[str] = field(default_factory=list)

    def read(self, raw: str | int | float | None, basis: str) -> Stamp | None:
        """The time that `raw` claims. None, with an issue, when it claims none that can be true."""
        if raw is None or isinstance(raw, bool) or raw == "":
            return None
        text = ascii_digits(str(raw)[:RAW_LIMIT]).strip()
        try:
            stamp = self._machine(text, basis) or self._human(text, basis)
        except NotADay as error:
            self._note(str(error))
            return None
        except (ValueError, OverflowError):
            self._note("bad_date")
            return None
        return self._plausible(stamp)

    def _plausible(self, stamp: Stamp | None) -> Stamp | None:
        if stamp is None:
            return None
        if stamp.at.date() < EARLIEST or stamp.at.year > LATEST_YEAR:
            self._note("bad_date")
            return None
        if self.fetched_at and stamp.at > self.fetched_at + FUTURE_LIMIT:
            self._note("future_date")
            return None
        return stamp

    def _machine(self, text: str, basis: str) -> Stamp | None:
        if match := _ISO.match(text):
            year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
            claimed = find_day(f"{year:04}-{month:02}-{day:02}", calendar=self.calendar)
            if claimed is None:
                raise NotADay("bad_date")
            return self._stamp(claimed.day, match, basis, text, claimed.calendar)
        if match := _EPOCH.match(text):
            number = int(match[1])
            seconds = number / 1000 if abs(number) >= 10**11 else number
            at = datetime.fromtimestamp(seconds, UTC)
            return Stamp(at.replace(microsecond=0), "second", basis, text)
        if re.match(r"^(?:\w{3},\s*)?\d{1,2}\s\w{3}\s\d{2,4}\s\d", text):
            try:
                at = parsedate_to_datetime(re.sub(r"\b(?:GMT|UTC)([+-]\d{1,2}):(\d\d)$", r"\1\2", text))
            except ValueError as error:
                raise NotADay("bad_date") from error
            if at.tzinfo is None:
                return self._local(at.date(), at.time(), "second", basis, text, "gregorian")
            return Stamp(at, "second", basis, text)
        return None

    def _human(self, text: str, basis: str) -> Stamp | None:
        claimed = find_day(text, order=self.order, calendar=self.calendar)
        if claimed is None:
            relative = find_relative(text, self.fetched_at) if self.fetched_at else None
            if relative is None:
                return None
            at, precision = relative
            local = at.astimezone(self.zone or UTC)
            clock = _CLOCK.search(text)
            if precision == "day":
                if clock and int(clock["H"]) < 24:
                    return self._stamp(local.date(), clock, basis, text, "gregorian")
                local = local.replace(hour=0, minute=0, second=0, microsecond=0)
            return Stamp(local, precision, basis, text)
        start, end = claimed.span
        rest = text[:start] + " " * (end - start) + text[end:]
        return self._stamp(claimed.day, _CLOCK.search(rest), basis, text, claimed.calendar)

    def _stamp(self, day: date, match: re.Match[str] | None, basis: str, raw: str, calendar: Calendar) -> Stamp:
        if match is None or match["H"] is None:
            return self._local(day, None, "day", basis, raw, calendar)
        hour, minute, second = int(match["H"]), int(match["M"]), int(match["S"] or 0)
        half = (match.groupdict().get("ap") or "").casefold()
        if half:
            hour = hour % 12 + (12 if half.startswith(("p", "ب")) else 0)
        if hour == 24 and minute == second == 0:
            day, hour = day + timedelta(days=1), 0
        if hour > 23 or minute > 59 or second > 60:
            raise NotADay("bad_date")
        clock = time(hour, minute, min(second, 59))
        precision: Precision = "second" if match["S"] else "minute"
        if "T" in raw.upper() or ":" in raw:
            precision = "day" if clock == time(0) and match["S"] else precision  # a day, written as its midnight
        offset = _offset(match["z"])
        if offset is not None:
            at = datetime.combine(day, clock, timezone(timedelta(minutes=offset)))
            return Stamp(at, precision, basis, raw, calendar)
        return self._local(day, clock, precision, basis, raw, calendar)

    def _local(
        self, day: date, clock: time | None, precision: Precision, basis: str, raw: str, calendar: Calendar
    ) -> Stamp:
        zone = self.zone or UTC
        at = datetime.combine(day, clock or time(0), zone)
        if clock is not None and self.zone is None and precision != "day":
            self._note("zone_assumed")
        if isinstance(zone, ZoneInfo) and at.astimezone(UTC).astimezone(zone).replace(fold=0) != at.replace(fold=0):
            self._note("dst_gap")
            return Stamp(datetime.combine(day, time(0), zone), "day", basis, raw, calendar)
        return Stamp(at, "day" if clock is None else precision, basis, raw, calendar)

    def _note(self, issue: str) -> None:
        if issue not in self.issues:
            self.issues.append(issue)


def _offset(zone: str | None) -> int | None:
    """Minutes east of UTC. None for none and for letters that are not a zone we know."""
    if not zone:
        return None
    if match := _OFFSET.match(zone.strip()):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return (minutes if match[1] == "+" else -minutes) if minutes < 24 * 60 else None
    return _ZONES.get(zone.strip().upper())
