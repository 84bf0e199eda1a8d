"""The zone in which a page was written, where a claim hides it behind UTC: its day is the one that readers saw."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from pipeline.clean.dates import Reader
from pipeline.items import Stamp

_OFFSET = re.compile(rb":\d\d:\d\d(?:\.\d{1,6})? ?([+-])(\d\d):?(\d\d)(?![\d:])")
_STATED = re.compile(r"(?:Z|UTC|GMT|[+\-−]\s?\d{1,2}:?\d\d)\s*$", re.I)
QUARTER = timedelta(minutes=15)
CLOSE = timedelta(minutes=2)
"""Claims nearer than this mean one moment: pages round to minutes."""


def localised(
    stamp: Stamp, reader: Reader, claims: Iterable[Stamp], seen: Stamp | None, day: date | None, body: bytes
) -> Stamp:
    """The same instant in the zone in which the page was written: the outlet's zone, an offset that another claim gives
    for the instant, the one between it and the clock that readers see, the one in which it falls on the `day` that
    the page or its address puts it on, or the one offset of all times in `body` where the page shows no date.
    Unchanged where `stamp` tells its zone or nothing does. The instant moves only when it was in no zone and another
    claim has the same clock in one."""
    if stamp.at.utcoffset() != timedelta(0):
        return stamp
    if reader.zone is not None:
        return replace(stamp, at=stamp.at.astimezone(reader.zone))
    zoned = [other.at for other in (*claims, *([seen] if seen else [])) if other.at.utcoffset()]
    for other in zoned:
        if abs(other - stamp.at) < CLOSE:
            return replace(stamp, at=stamp.at.astimezone(other.tzinfo))
    if not _STATED.search(stamp.raw):
        for other in zoned:
            if abs(other.replace(tzinfo=UTC) - stamp.at) < CLOSE:
                return replace(stamp, at=stamp.at.replace(tzinfo=other.tzinfo))
    if seen and seen.precision in ("second", "minute") and not seen.at.utcoffset():
        ahead = round((seen.at.replace(second=0) - stamp.at.replace(second=0)) / QUARTER) * QUARTER
        exact = abs(seen.at - stamp.at - ahead) < CLOSE
        if exact and ahead and timedelta(hours=-12) <= ahead <= timedelta(hours=14):
            return replace(stamp, at=stamp.at.astimezone(timezone(ahead)))
    if day and abs((day - stamp.at.date()).days) == 1:
        return replace(stamp, at=stamp.at.astimezone(_nearest(stamp.at, day)))
    if not seen and not day and (zone := _only_offset(body)):
        local = stamp.at.astimezone(zone)  # it can be off by an hour, being of another season; so only for the day
        return replace(stamp, at=local) if local.date() != stamp.at.date() else stamp
    return stamp


def _nearest(at: datetime, day: date) -> timezone:
    """The whole-hour zone nearest to UTC in which the instant `at` falls on `day`, the day before or after in UTC."""
    midnight = datetime.combine(at.date(), datetime.min.time(), UTC)
    if day < at.date():
        hours = -(int((at - midnight) / timedelta(hours=1)) + 1)
    else:
        hours = int((midnight + timedelta(days=1) - at - timedelta(seconds=1)) / timedelta(hours=1)) + 1
    return timezone(timedelta(hours=hours)) if -12 <= hours <= 14 else UTC


def _only_offset(body: bytes) -> timezone | None:
    """The zone of the times in the page's source that tell one other than UTC. None when they tell several or none."""
    found = {match.groups() for match in _OFFSET.finditer(body)} - {(b"+", b"00", b"00"), (b"-", b"00", b"00")}
    if len(found) != 1:
        return None
    [(sign, hours, minutes)] = found
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(ahead if sign == b"+" else -ahead) if ahead <= timedelta(hours=14) else None
