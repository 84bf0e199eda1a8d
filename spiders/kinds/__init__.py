"""The kinds of places where outlets announce their articles: each a pure parser from bytes to what is listed there."""

from collections.abc import Callable, Mapping
from typing import Final

from outlets import Outlet, Source
from spiders.kinds import feed, json_list, listing, sitemap, wordpress
from spiders.kinds.listed import Listed, Listing, NoLinks, Unreadable, when

Parser = Callable[[bytes, str, Source, Outlet], Listing]
"""(body, address that answered, source, outlet) to what is listed. Raises Unreadable."""

PARSERS: Final[Mapping[str, Parser]] = {
    "feed": feed.parse,
    "wordpress": wordpress.parse,
    "news_sitemap": sitemap.parse,
    "sitemap": sitemap.parse,
    "listing": listing.parse,
    "browser": listing.parse,
    "json": json_list.parse,
}

MOST_TELLING: Final = ("wordpress", "news_sitemap", "json", "sitemap", "feed", "listing", "browser")
"""Sources are read in this order: the first that names an article decides when it counts as changed, and the front
ones say when it was modified."""


def first_address(source: Source) -> str:
    """Where reading a source begins."""
    return wordpress.first_page(source) if source.kind == "wordpress" else source.url


__all__ = ["MOST_TELLING", "PARSERS", "Listed", "Listing", "NoLinks", "Parser", "Unreadable", "first_address", "when"]
