"""How each outlet forms the address of an article; the shapes are those of the real outlets."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

KABUL = ZoneInfo("Asia/Kabul")
MOSCOW = ZoneInfo("Europe/Moscow")
_NUMBERS_START = datetime(2020, 1, 1, tzinfo=UTC)
STEP_SECONDS = 100
"""Two articles of one host are at least so far apart, so that numbers made of the time are unique."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an article stands, and the number by which its outlet's CMS knows it."""

    host: str
    path: str
    number: int
    slug: str


@dataclass(frozen=True, slots=True)
class House:
    """What all articles of an outlet share: the time zone its desk works in and the shape of its addresses."""

    zone: tzinfo
    place: Callable[[str, str, str, int, datetime], tuple[str, str]]
    """(language, section, slug, number, published) to host and path."""


def slug_of(title: str) -> str:
    """The title as WordPress puts it into an address: lower-case ASCII words joined by hyphens, at most ten."""
    words = re.findall(r"[a-z0-9]+", title.lower().replace("'", "").replace("’", ""))
    return "-".join(words[:10])


def number_of(published: datetime) -> int:
    """A number that grows with time and differs for articles at least STEP_SECONDS apart."""
    return int((published - _NUMBERS_START).total_seconds()) // STEP_SECONDS


def address(outlet: str, language: str, section: str, slug: str, published: datetime) -> Address:
    """The address of an article of `outlet`. Raises KeyError for an outlet that the replica does not have."""
    number = number_of(published)
    host, path = HOUSES[outlet].place(language, section, slug, number, published)
    return Address(host, path, number, slug)


def _khaama(language: str, section: str, slug: str, number: int, published: datetime) -> tuple[str, str]:
    blog = {"fa": "persian", "ps": "pashto"}.get(language)
    return "www.khaama.com", f"/{blog}/archives/{number}" if blog else f"/{slug}-{number}/"


def _tass(language: str, section: str, slug: str, number: int, published: datetime) -> tuple[str, str]:
    return ("tass.ru" if language == "ru" else "tass.com"), f"/{section}/{number}"


def _tolonews(language: str, section: str, slug: str, number: int, published: datetime) -> tuple[str, str]:
    return "tolonews.com", f"/{prefix(language)}{section}-{number}"


def _pajhwok(language: str, section: str, slug: str, number: int, published: datetime) -> tuple[str, str]:
    return "pajhwok.com", f"/{prefix(language)}{published.astimezone(KABUL):%Y/%m/%d}/{slug}/"


def _amu(language: str, section: str, slug: str, number: int, published: datetime) -> tuple[str, str]:
    return "amu.tv", f"/{prefix(language)}{number}/"


def _afintl(language: str, section: str, slug: str, number: int, published: datetime) -> tuple[str, str]:
    tenth = (published.hour * 3600 + published.minute * 60 + published.second) // 10
    start = "" if language == "fa" else f"{language}/"
    return "www.afintl.com", f"/{start}{published:%Y%m%d}{tenth:04d}"


def prefix(language: str) -> str:
    """The folder of a language where English is at the root."""
    return "" if language == "en" else f"{language}/"


HOUSES: dict[str, House] = {
    "khaama_press": House(KABUL, _khaama),
    "tass": House(MOSCOW, _tass),
    "tolonews": House(KABUL, _tolonews),
    "pajhwok": House(KABUL, _pajhwok),
    "amu_tv": House(KABUL, _amu),
    "afghanistan_international": House(KABUL, _afintl),
}
