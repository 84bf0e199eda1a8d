"""Looks at one source or one article of a site: asks it politely and says what is there. Drafting an outlet file and
checking one both rest on it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from models.outcome import DONE
from outlets import Outlet, Source
from outlets.urls import BadUrl, normalise, url_key
from pipeline.clean.language import language_of
from pipeline.clean.pool import CleanPool
from pipeline.items import Article, Hints, Page
from spiders.discover import without_trackers
from spiders.kinds import PARSERS, Listed, Unreadable, first_address, when
from spiders.prober import Prober, Seen
from spiders.sources import ENDLESS

PARTS: Final = 10
"""Children of a sitemap index that are read at most."""
ENOUGH: Final = 50
"""Addresses that show well enough what an index holds; no further child is asked."""
_TELLING_PART: Final = re.compile(r"news|post|article|story|stories", re.I)
_NEWS: Final = b"schemas/sitemap-news/"
_SURE: Final = 0.8
"""Share of a source's titles in one language from which on the source counts as written in it."""
AHEAD: Final = timedelta(minutes=10)
"""Clocks of outlets run a little fast; a time further in the future is a mistaken zone."""


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """What a source answered."""

    source: Source
    seen: Seen
    outcome: str
    detail: str | None = None
    items: tuple[Listed, ...] = ()
    issues: tuple[str, ...] = ()
    parts: int = 0
    """Children of a sitemap index; at most PARTS of them were read."""
    is_news: bool = False
    """A sitemap with the namespace of news sitemaps."""

    @property
    def reads(self) -> bool:
        """Whether it is what it says: readable, and with something in it."""
        return self.outcome == DONE and bool(self.items)

    @property
    def newest(self) -> datetime | None:
        """The latest time that it states."""
        return max((at for item in self.items if (at := when(item.published or item.modified))), default=None)

    def young(self, now: datetime, days: int) -> list[Listed]:
        """What a crawl would enter: of kinds that reach back for years, only what is dated within `days` or undated."""
        if self.source.kind not in ENDLESS:
            return list(self.items)
        stated = [(item, [at for text in (item.published, item.modified) if (at := when(text))]) for item in self.items]
        return [item for item, times in stated if not times or max(times) >= now - timedelta(days=days)]


def look_at_source(prober: Prober, source: Source) -> SourceSeen:
    """Ask `source` once, and the most telling children of a sitemap index."""
    seen = prober.ask(first_address(source))
    if not seen.answered:
        return SourceSeen(source, seen, seen.outcome, seen.detail)
    try:
        listing = PARSERS[source.kind](seen.body, seen.final_url, source, prober.outlet)
    except Unreadable as error:
        return SourceSeen(source, seen, error.outcome, error.detail)
    items, is_news = list(listing.items), _NEWS in seen.body
    outcome, detail = DONE, None
    for part in sorted(listing.parts, key=lambda url: not _TELLING_PART.search(url))[:PARTS]:
        if len(items) >= ENOUGH:
            break
        child = prober.ask(part)
        if not child.answered:
            outcome, detail = (child.outcome, f"{part}: {child.detail}") if not items else (outcome, detail)
            continue
        try:
            items += PARSERS[source.kind](child.body, child.final_url, source, prober.outlet).items
        except Unreadable as error:
            outcome, detail = (error.outcome, f"{part}: {error.detail}") if not items else (outcome, detail)
        is_news = is_news or _NEWS in child.body
    if items:
        outcome, detail = DONE, None
    return SourceSeen(source, seen, outcome, detail, tuple(items), listing.issues, len(listing.parts), is_news)


@dataclass(frozen=True, slots=True)
class ArticleSeen:
    """An article page and what the clean stage makes of it."""

    listed: Listed
    seen: Seen
    article: Article | None = None
    """None when there was no page."""

    @property
    def outcome(self) -> str:
        """Of the request, or of cleaning."""
        return self.article.outcome if self.article else self.seen.outcome

    @property
    def is_done(self) -> bool:
        """Whether an article came out."""
        return self.outcome == DONE


def look_at_article(prober: Prober, pool: CleanPool, outlet: Outlet, listed: Listed, url: str) -> ArticleSeen:
    """Ask for the page at `url` and clean it as the pipeline would, with what the source said of it as hints."""
    seen = prober.ask(url)
    if not seen.answered:
        return ArticleSeen(listed, seen)
    hints = Hints(listed.title, listed.published, listed.modified, listed.authors, listed.language)
    return ArticleSeen(listed, seen, clean_page(pool, page_of(seen, outlet, hints)))


def page_of(seen: Seen, outlet: Outlet, hints: Hints | None = None) -> Page:
    """What was seen, for the clean stage."""
    return Page(seen.url, seen.final_url, seen.body, seen.headers, seen.at, outlet, hints or Hints())


def clean_page(pool: CleanPool, page: Page) -> Article:
    """`page` cleaned within the limits of the pool."""
    (article,) = pool.clean_many([page])
    return article


def address_of(listed: Listed) -> str | None:
    """The address as a crawl would fetch it, without campaign parameters; None when it is none."""
    try:
        url = normalise(listed.url)
        return without_trackers(url, url_key(url))
    except (BadUrl, ValueError):
        return None


def language_of_titles(items: Iterable[Listed]) -> str | None:
    """The language of nearly all titles; None when they are too short, too few or mixed."""
    found = Counter(code for item in items if item.title and (code := language_of(item.title)[0]))
    if not found:
        return None
    code, count = found.most_common(1)[0]
    return code if count >= _SURE * found.total() else None


def newest_of_each(sources: Iterable[SourceSeen], pattern: re.Pattern[str], most: int) -> dict[str, Listed]:
    """Up to `most` addresses that match the article `pattern`: the newest of each source in turn."""
    queues = [newest_first(seen.items) for seen in sources]
    chosen: dict[str, Listed] = {}
    while any(queues) and len(chosen) < most:
        for queue in queues:
            while queue and len(chosen) < most:
                listed = queue.pop(0)
                url = address_of(listed)
                if url and url not in chosen and pattern.search(url):
                    chosen[url] = listed
                    break
    return chosen


def newest_first(items: Iterable[Listed]) -> list[Listed]:
    """By the time that their source states; undated ones last, in their order."""
    long_ago = datetime.min.replace(tzinfo=UTC)
    return sorted(items, key=lambda item: when(item.published or item.modified) or long_ago, reverse=True)
