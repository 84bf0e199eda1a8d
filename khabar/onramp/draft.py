"""Drafts an outlet file from what was seen on its site. Nothing that was not seen is in it: who owns the outlet is for
a person to say."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from khabar.onramp.evidence import evidence
from khabar.onramp.explore import Explored, SiteError
from khabar.onramp.look import ArticleSeen, SourceSeen, address_of
from khabar.onramp.page import claimed_authors, claims_of
from khabar.onramp.zones import offset_of, zone_of
from models.exits import Exit
from outlets import Outlet
from outlets.schema import Politeness
from pipeline.clean import structured
from pipeline.clean.language import OURS, language_of
from pipeline.clean.names import kind_of
from pipeline.clean.text import fold

_SHARE: Final = 0.1
"""A language of fewer titles is a mistake of its detection more often than one of the outlet's."""
_SLACK: Final = 0.85
"""Assertions are set so far below what was seen: a healthy day has fewer articles than the best one."""

_SHOWN: Final = 3
"""Addresses of each sort that the file gives as examples."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the person says; None is to be found out."""

    ownership: str
    country: str
    name: str
    title: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The outlet, and which of its lines are guesses, a sentence each."""

    outlet: Outlet
    guesses: tuple[str, ...]


class Unknown(Exception):
    """A fact that the site does not tell and nobody gave. One sentence that says how to give it."""

    exit_code = Exit.USAGE


def draft(found: Explored, articles: Sequence[ArticleSeen], given: Given, lookback_days: int, now: datetime) -> Drafted:
    """The outlet as far as it is known. Raises SiteError when no article came out of the pages, Unknown when a fact is
    missing that only a person can give."""
    if found.articles is None or not any(one.is_done for one in articles):
        what = articles[0] if articles else None
        why = f"{what.seen.url}: {what.outcome}" if what else "no address of an article was found"
        raise SiteError(f"{found.site.url}: not one article could be read ({why})")
    names = _names(found, articles)
    title = given.title or (names[0] if names else found.site.heading or urlsplit(found.site.url).hostname or "")
    names = [name for name in dict.fromkeys([title, *names]) if name]
    offsets = _offsets(found, articles)
    zone = given.timezone or zone_of(given.country, offsets, now)
    if zone is None:
        raise Unknown(f"{given.country} has several time zones and no page names one: give --timezone, "
                      "such as Europe/Moscow")  # fmt: skip
    stamps = [one.article.published for one in articles if one.article and one.article.published]
    hijri = sum(stamp.calendar == "solar_hijri" for stamp in stamps)
    values: dict[str, Any] = {
        "name": given.name,
        "title": title,
        "home": found.site.url,
        "country": given.country,
        "ownership": given.ownership,
        "languages": _languages(found, articles),
        "timezone": zone,
        **({"calendar": "solar_hijri"} if hijri * 2 > len(stamps) else {}),
        "verified": True,
        "evidence": evidence(found, articles, now),
        "hosts": _hosts(found),
        "sources": [_source(seen, now) for seen in found.sources],
        "article_url": found.articles.pattern,
        "examples": _examples(found, articles),
        "house_bylines": _house(found, articles, names),
        "credits": [*names, (urlsplit(found.site.url).hostname or "").removeprefix("www.")],
        "politeness": {"delay_seconds": found.crawl_delay} if found.crawl_delay > Politeness().delay_seconds else {},
        "rights": {"store": "excerpt", "retention_days": 30},
        "assertions": _assertions(found, articles, lookback_days, now),
    }
    outlet = Outlet.model_validate({key: value for key, value in values.items() if value not in ([], {})})
    return Drafted(outlet, tuple(_guesses(found, given, names, offsets)))


def _guesses(found: Explored, given: Given, names: Sequence[str], offsets: Sequence[timedelta]) -> Iterator[str]:
    if not given.title and len(names) < 2 and not found.site.names:
        yield f"title: {names[0]!r} is only the title of the home page; nothing on the site names it"
    if not given.timezone and not offsets:
        yield "timezone: that of the country; no page and no source names an offset"
    if len(found.sources) < 2:
        yield "sources: nothing else was found that lists articles"


def _source(seen: SourceSeen, now: datetime) -> dict[str, Any]:
    language = {"language": seen.source.language} if seen.source.language in OURS else {}
    when = f"{now:%Y-%m}"
    return {"kind": seen.source.kind, "url": seen.source.url, **language, "grade": "P", "seen": when, "verified": True}


def _examples(found: Explored, articles: Sequence[ArticleSeen]) -> dict[str, list[str]]:
    """Articles that were read, and pages of the menus and home pages, which the pattern must go on telling apart."""
    matches = found.article_pattern.search
    read = dict.fromkeys(one.seen.url for one in articles if one.is_done and matches(one.seen.url))
    menu = [link.url for page in found.pages for link in page.links if link.in_menu]
    others = dict.fromkeys([*menu, *(page.url for page in found.pages), *(s.source.url for s in found.sources)])
    return {"articles": [*read][:_SHOWN], "others": [url for url in others if not matches(url)][:_SHOWN]}


def _names(found: Explored, articles: Sequence[ArticleSeen]) -> list[str]:
    """The site's names for itself, on its home pages and its articles."""
    claims = [claims for one in articles if (claims := _claims(one))]
    names = [*(n for page in found.pages for n in page.names), *(n for one in claims for n in one.site_names)]
    hosts = {fold(urlsplit(page.url).hostname or "") for page in found.pages}
    return [name for name in dict.fromkeys(names) if fold(name) not in hosts and len(name) <= 60]


def _claims(one: ArticleSeen) -> structured.Structured | None:
    return claims_of(one.seen.body, one.seen.headers, one.seen.final_url)


def _languages(found: Explored, articles: Sequence[ArticleSeen]) -> list[str]:
    """Most written first: those of a fair share of the titles, of whole sources, and of read articles that agree."""
    titles = Counter(language_of(i.title)[0] for s in found.sources for i in s.items if i.title and len(i.title) >= 25)
    read = Counter(one.article.language for one in articles if one.article and one.article.language)
    whole = {s.source.language for s in found.sources}
    least = _SHARE * titles.total()
    known = [code for code, count in titles.most_common() if code and (count >= least or code in whole)]
    known = known or [code for code, _ in read.most_common()] or [found.site.language or ""]
    if not (ours := [code for code in known if code in OURS]):
        raise SiteError(f"{found.site.url}: its language ({known[0] or 'unknown'}) is not one that Khabar reads")
    return ours


def _hosts(found: Explored) -> list[str]:
    """The hosts of its articles, but that of the home page."""
    hosts = {urlsplit(url).hostname or "" for url in found.addresses if found.article_pattern.search(url)}
    return sorted(hosts - {urlsplit(found.site.url).hostname or "", ""})


def _offsets(found: Explored, articles: Sequence[ArticleSeen]) -> list[timedelta]:
    stated = [one.article.published.raw for one in articles if one.article and one.article.published]
    stated += [text for s in found.sources for item in s.items[:20] if (text := item.published)]
    counted = Counter(offset for text in stated if (offset := offset_of(text)))
    return [offset for offset, _ in counted.most_common(1)]


def _house(found: Explored, articles: Sequence[ArticleSeen], names: Sequence[str]) -> list[str]:
    """The site's own names, and bylines that are organisations: they stand where an author would and are none."""
    said = Counter(name for s in found.sources for item in s.items for name in item.authors)
    for claims in (claims for one in articles if (claims := _claims(one))):
        said.update(claimed_authors(claims))
    own = {fold(name) for name in names}
    desks = [name for name, count in said.most_common() if count > 1 and kind_of(name, set(), own) == "organisation"]
    return list(dict.fromkeys([*names, *(name for name in desks[:5] if fold(name) not in own)]))


def _assertions(found: Explored, articles: Sequence[ArticleSeen], days: int, now: datetime) -> dict[str, Any]:
    young = [item for s in found.sources for item in s.young(now, days)]
    addresses = {a for item in young if (a := address_of(item)) and found.article_pattern.search(a)}
    done = sum(one.is_done for one in articles) / len(articles)
    fetched = min(len(addresses), Politeness().max_requests) * done
    cleaned = [one.article for one in articles if one.is_done and one.article]
    shares = {
        "title": sum(bool(a.title) for a in cleaned) / len(cleaned),
        "published": sum(a.published is not None for a in cleaned) / len(cleaned),
        "authors": sum(bool(a.authors) for a in cleaned) / len(cleaned),
        "language": sum(a.language is not None for a in cleaned) / len(cleaned),
    }
    return {
        "min": {"discovered": _below(len(young)), "fetched": _below(fetched)},
        "fill": {name: round(share * _SLACK, 2) for name, share in shares.items() if share > 0.5},
    }


def _below(seen: float) -> int:
    return max(1, math.floor(seen * _SLACK))
