"""Reads sitemaps, news sitemaps and sitemap indexes (sitemaps.org 0.9, Google News 0.9) as a stream."""

import heapq
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from outlets import Outlet, Source
from spiders.kinds.listed import Listed, Listing, plain, when
from spiders.kinds.xml import broke_off, name_of, stream

_ROOTS: Final = frozenset({"urlset", "sitemapindex"})
_ENTRIES: Final = frozenset({"url", "sitemap"})
MOST_PARTS: Final = 50
"""Children of one index that are read, newest first."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The newest source.max_items pages of a sitemap, or the children of an index, newest first. Raises Unreadable.

    Newest goes by the news date, else by lastmod; pages without either come last, in the file's order.
    """
    newest: list[tuple[datetime, int, Listed]] = []
    parts: list[tuple[datetime, int, str]] = []
    issues: list[str] = []
    for number, element in enumerate(stream(body, _ROOTS, _ENTRIES)):
        known = _known(element)
        if "loc" not in known:
            continue
        where = urljoin(url, known["loc"])
        at = when(known.get("publication_date") or known.get("lastmod")) or _NEVER
        if name_of(element) == "sitemap":
            parts.append((at, -number, where))
            continue
        listed = Listed(
            where,
            title=plain(known.get("title")),
            published=known.get("publication_date"),
            modified=known.get("lastmod"),
            language=source.language,
        )
        # A heap of the newest keeps a sitemap of 50 000 pages in the memory of max_items.
        (heapq.heappush if len(newest) < source.max_items else heapq.heappushpop)(newest, (at, -number, listed))
        if number == source.max_items:
            issues.append("overflow")
    if broke_off(body):
        issues.append("truncated")
    children = tuple(where for _, _, where in sorted(parts, reverse=True)[:MOST_PARTS])
    return Listing(tuple(listed for _, _, listed in sorted(newest, reverse=True)), parts=children, issues=tuple(issues))


def _known(element: etree._Element) -> dict[str, str]:
    """The texts of an entry by name; those of news:news win over images' and videos'."""
    known: dict[str, str] = {}
    for child in element:
        name = name_of(child)
        if name == "news":
            for part in child:
                if part.text and part.text.strip():
                    known[name_of(part)] = part.text.strip()
        elif name in ("loc", "lastmod") and child.text and child.text.strip():
            known[name] = child.text.strip()
    return known
