"""The words of a diagnosis: sources by what they are, times by the clock in Kabul, shares as counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from models.day import KABUL
from outlets import Outlet
from outlets.languages import LANGUAGES
from pipeline.coverage.facts import Reading

KINDS: Final = {
    "feed": "feed", "news_sitemap": "news sitemap", "sitemap": "sitemap", "listing": "listing page",
    "wordpress": "WordPress list", "json": "JSON list", "browser": "page in the browser",
}  # fmt: skip


def names(outlet: Outlet, readings: Iterable[Reading]) -> dict[str, str]:
    """Address of a source -> what to call it: its kind, with language or path where the kind alone is not enough."""
    languages = {source.url: source.language for source in outlet.sources}
    found: dict[str, str] = {}
    listed = list(readings)
    kinds = Counter(KINDS.get(one.kind, one.kind) for one in listed)
    for one in listed:
        kind = KINDS.get(one.kind, one.kind)
        language = languages.get(one.url)
        found[one.url] = f"{LANGUAGES[language]} {kind}" if kinds[kind] > 1 and language else kind
    twice = {name for name, number in Counter(found.values()).items() if number > 1}
    return {
        url: f"{name} {urlsplit(url).hostname}{urlsplit(url).path}" if name in twice else name
        for url, name in found.items()
    }


def moment(at: datetime, today: date) -> str:
    """A time on Kabul's clock: `04:10`, `Tue 04:10`, or with its date when it is a week or more before `today`."""
    there = at.astimezone(KABUL)
    if there.date() == today:
        return there.strftime("%H:%M")
    if today - there.date() < timedelta(days=7):
        return there.strftime("%a %H:%M")
    return there.strftime(f"%a {there.day} %b %H:%M")


def listing(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def many(number: int, one: str, more: str | None = None) -> str:
    """`1 article`, `3 articles`."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def short(drops: Mapping[str, int]) -> str:
    """The commonest of these reasons by its short name: `challenge`, `status 403`."""
    commonest = max(drops, key=lambda name: drops[name], default="")
    return commonest.rpartition(":")[2].replace("_", " ")
