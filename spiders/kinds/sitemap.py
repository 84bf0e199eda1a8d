"""Reads sitemaps, news sitemaps and sitemap indexes (sitemaps.org 0.9, Google News 0.9) as a stream."""

import heapq
from datetime import UTC, datetime, timedelta
from typing import Final

from lxml import etree

from outlets import Outlet, Source
from spiders.kinds.listed import Listed, Listing, plain, resolved, when
from spiders.kinds.xml import Reading, name_of

_ROOTS: Final = frozenset({"urlset", "sitemapindex"})
_ENTRIES: Final = ("url", "sitemap")
MOST_PARTS: Final = 50
"""Children of one index that are read, newest first."""
ENOUGH: Final = 10
"""Pages that make a common lastmod a habit of the software and not a coincidence."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def parse(body: bytes, url: str, source: Source, outlet: Outlet, now: datetime | None = None) -> Listing:
    """The newest source.max_items pages of a sitemap, or the children of an index, newest first. Raises Unreadable.

    Newest goes by the news date, else by lastmod; pages without either come last, in the file's order. What is dated
    more than a day after `now` (the clock's, when not given) counts as undated. A lastmod that is the same for all
    says nothing of a change.
    """
    latest = (now or datetime.now(UTC)) + timedelta(days=1)
    newest: list[tuple[datetime, int, dict[str, str]]] = []
    parts: list[tuple[datetime, int, dict[str, str]]] = []
    stamps: set[str | None] = set()
    pages = 0
    reading = Reading(body, _ROOTS, _ENTRIES)
    for number, element in enumerate(reading):
        known = _known(element)
        if "loc" not in known:
            continue
        at = _instant(known, latest)
        if name_of(element) == "sitemap":
            parts.append((at, -number, known))
            continue
        pages += 1
        if len(stamps) < 2:
            stamps.add(known.get("lastmod"))
        # A heap of the newest keeps a sitemap of 50 000 pages in the memory of max_items.
        (heapq.heappush if len(newest) < source.max_items else heapq.heappushpop)(newest, (at, -number, known))
    constant = pages >= ENOUGH and len(stamps) == 1 and None not in stamps
    reading.overflow = reading.overflow or pages > source.max_items
    children = {
        resolved(url, known["loc"]): known for _, _, known in sorted(parts, key=_place, reverse=True)[:MOST_PARTS]
    }
    return Listing(
        tuple(_page(known, url, source, latest, constant) for _, _, known in sorted(newest, key=_place, reverse=True)),
        parts=tuple(children),
        parts_changed={where: known["lastmod"] for where, known in children.items() if "lastmod" in known},
        issues=(*reading.issues(), *(["constant_lastmod"] if constant else [])),
    )


def _place(entry: tuple[datetime, int, dict[str, str]]) -> tuple[datetime, int]:
    return entry[:2]


def _page(known: dict[str, str], url: str, source: Source, latest: datetime, constant: bool) -> Listed:
    stated = {name: text for name, text in known.items() if (at := when(text)) is None or at <= latest}
    return Listed(
        resolved(url, known["loc"]),
        title=plain(known.get("title")),
        published=stated.get("publication_date"),
        modified=stated.get("lastmod"),
        language=source.language,
        restamped=constant,
    )


def _instant(known: dict[str, str], latest: datetime) -> datetime:
    """When the entry is from, for the order: what is stated and not in the future."""
    stated = (when(known.get("publication_date")), when(known.get("lastmod")))
    return next((at for at in stated if at and at <= latest), _NEVER)


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
