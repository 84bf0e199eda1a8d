"""Reads JSON Feed (jsonfeed.org, versions 1.0 and 1.1), which answers where a feed is expected."""

from typing import Any, Final

from outlets import Outlet, Source
from spiders.kinds.json_list import authors
from spiders.kinds.json_text import load, text
from spiders.kinds.listed import Listed, Listing, Unreadable, misdated, plain, resolved

_VERSION: Final = "jsonfeed.org/version/1"


def looks_like_one(body: bytes) -> bool:
    """Whether `body` is an object of JSON rather than XML."""
    return body[:100].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The items of the feed. `more` is its next_url. Raises Unreadable."""
    data = load(body)
    if _VERSION not in str(data.get("version")) or not isinstance(data.get("items"), list):
        raise Unreadable("refused:not_a_feed", "the answer is JSON, but no JSON Feed")
    items = [_item(entry, url, source) for entry in data["items"][: source.max_items] if isinstance(entry, dict)]
    overflow = ("overflow",) if len(data["items"]) > source.max_items else ()
    more = text(data.get("next_url"))
    return Listing(
        tuple(items), more=resolved(url, more) if more else None, issues=(*overflow, *misdated(items, outlet))
    )


def _item(entry: dict[str, Any], url: str, source: Source) -> Listed:
    """`url` is the article's page; an `id` that is an address stands in for it, as a permanent guid does in RSS."""
    number = text(entry.get("id"))
    address = text(entry.get("url")) or (number if number and number.startswith("http") else None)
    return Listed(
        resolved(url, address) if address else "",
        title=plain(text(entry.get("title"))),
        published=text(entry.get("date_published")),
        modified=text(entry.get("date_modified")),
        authors=authors(entry),
        language=source.language,
        html=(text(entry.get("content_html")) or text(entry.get("content_text"))) if source.full_text else None,
        identified=number is not None,
    )
