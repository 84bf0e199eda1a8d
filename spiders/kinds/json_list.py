"""Reads JSON Feed (jsonfeed.org 1.1), and lists of articles in a site's own JSON by the path that the outlet names."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin

from outlets import Outlet, Source
from spiders.kinds.listed import Listed, Listing, Unreadable, plain

_TITLES: Final = ("title", "headline", "name")
_PUBLISHED: Final = ("date_published", "published", "published_at", "publishedAt", "published_dt", "pubDate", "date")
_MODIFIED: Final = ("date_modified", "modified", "updated", "updated_at", "updatedAt")
_MOST_DEPTH: Final = 200


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The articles of a JSON answer. `source.link` is the path of their addresses, `items[].url` when not given; each
    `[]` goes through a list. Times may be texts or seconds since 1970. Raises Unreadable."""
    if not body.strip():
        raise Unreadable("refused:empty", "the answer has no content")
    try:
        data = json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable("refused:not_a_feed", "the answer is not JSON") from error
    path, _, key = (source.link or "items[].url").rpartition(".")
    items: list[Listed] = []
    for entry in _walk(data, path):
        address = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(address, str):
            continue
        if len(items) == source.max_items:
            return Listing(tuple(items), issues=("overflow",))
        items.append(_item(entry, urljoin(url, address), source))
    if not items and not any(isinstance(level, list) for level in _lists(data, path)):
        raise Unreadable("refused:not_a_feed", f"the JSON has no list at {path!r}")
    return Listing(tuple(items))


def _item(entry: dict[str, Any], address: str, source: Source) -> Listed:
    people = entry.get("authors") or [entry.get("author")]
    names = [p.get("name") if isinstance(p, dict) else p for p in (people if isinstance(people, list) else [people])]
    content = entry.get("content_html") or entry.get("content_text")
    return Listed(
        address,
        title=plain(next((entry[n] for n in _TITLES if isinstance(entry.get(n), str)), None)),
        published=_time(entry, _PUBLISHED),
        modified=_time(entry, _MODIFIED),
        authors=tuple(name for name in (plain(n) for n in names if isinstance(n, str)) if name)[:20],
        language=source.language,
        html=content if source.full_text and isinstance(content, str) else None,
    )


def _time(entry: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = entry.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**11:
            return datetime.fromtimestamp(value, UTC).isoformat()
    return None


def _walk(data: Any, path: str) -> Iterator[Any]:
    """Everything at `path`: names separated by dots, `[]` after one for each member of its list."""
    found = [data]
    for step in [part for part in path.split(".") if part][:_MOST_DEPTH]:
        name, each = step.removesuffix("[]"), step.endswith("[]")
        found = [level.get(name) for level in found if isinstance(level, dict)] if name else found
        if each:
            found = [member for level in found if isinstance(level, list) for member in level]
    yield from found


def _lists(data: Any, path: str) -> Iterator[Any]:
    yield from _walk(data, path.removesuffix("[]"))
