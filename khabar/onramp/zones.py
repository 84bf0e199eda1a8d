"""Which time zone and country an outlet works in, as far as its address and the times on its pages tell."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_OFFSET: Final = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?([+-])(\d\d):?(\d\d)$")
_NO_COUNTRY: Final = frozenset({"ai", "cc", "co", "fm", "gg", "io", "is", "ly", "me", "nu", "pw", "to", "tv", "ws"})
"""Top-level domains of countries that are sold as words."""


def country_of(url: str) -> str | None:
    """The country of the site's top-level domain, ISO 3166-1 alpha-2; None for .com and the like."""
    top = (urlsplit(url).hostname or "").rpartition(".")[2].lower()
    code = {"uk": "gb"}.get(top, top)
    return code.upper() if code.upper() in _zones() and top not in _NO_COUNTRY else None


def is_country(code: str) -> bool:
    """Whether the tz database knows the country."""
    return code in _zones()


def offset_of(stated: str) -> timedelta | None:
    """The distance to UTC that a time as it stands on a page names; None for none, and for UTC itself, which sites
    write whatever their zone."""
    match = _OFFSET.search(stated.strip())
    if match is None or not (found := timedelta(hours=int(match[2]), minutes=int(match[3]))):
        return None
    return -found if match[1] == "-" else found


def zone_of(country: str, offsets: Iterable[timedelta], now: datetime) -> str | None:
    """The country's zone; of several the first in the tz database that has one of the `offsets` at `now`. None when
    that leaves a choice."""
    zones = _zones().get(country.upper(), [])
    if len(zones) == 1:
        return zones[0]
    seen = set(offsets)
    return next((zone for zone in zones if now.astimezone(ZoneInfo(zone)).utcoffset() in seen), None)


@cache
def _zones() -> dict[str, list[str]]:
    """Country to its zones, in the order of the tz database's zone.tab."""
    found: dict[str, list[str]] = {}
    for row in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            country, _, zone = row.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return found
