"""Reads lists of articles in a site's own JSON, by the paths that the outlet file names."""

from typing import Any, Final

from outlets import Outlet, Source
from spiders.kinds.json_text import dig, load, members, text, time
from spiders.kinds.listed import Listed, Listing, Unreadable, plain, resolved
from spiders.kinds.pages import next_page

_LINK: Final = "items[].url"
_TITLES: Final = ("title", "headline", "name")
_PUBLISHED: Final = ("date_published", "published", "published_at", "publishedAt", "published_dt", "pubDate", "date")
_MODIFIED: Final = ("date_modified", "modified", "updated", "updated_at", "updatedAt")


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The articles of a JSON answer. `source.link` is the path of their addresses, in which each `[]` goes through a
    list; `source.title` and `source.date` are paths within the list's members. Times may be texts, seconds or
    milliseconds. Raises Unreadable, also when there is a list but no address in it."""
    data = load(body)
    path = source.link or _LINK
    inner = path.rpartition("[]")
    entries = list(members(data, inner[0] + inner[1]))
    items = [_item(entry, inner[2], url, source) for entry in entries if text(dig(entry, inner[2]))]
    if entries and not items:
        raise Unreadable("refused:not_a_feed", f"the JSON's list has no address at {path!r}")
    if not entries and not any(isinstance(one, list) for one in members(data, inner[0])):
        raise Unreadable("refused:not_a_feed", f"the JSON has no list at {path!r}")
    said = dig(data, source.next) if source.next else None
    more = next_page(source, url, len(entries), str(said) if isinstance(said, str | int) else None)
    overflow = ("overflow",) if len(items) > source.max_items else ()
    return Listing(tuple(items[: source.max_items]), more=more, issues=overflow)


def _item(entry: Any, path: str, url: str, source: Source) -> Listed:
    near = dig(entry, path.rpartition(".")[0])  # the object that holds the address holds the rest, as a rule
    near = near if isinstance(near, dict) else {}
    title = dig(entry, source.title) if source.title else first(near, _TITLES)
    date = dig(entry, source.date) if source.date else first(near, _PUBLISHED)
    return Listed(
        resolved(url, str(dig(entry, path)).strip()),
        title=plain(text(title)),
        published=time(date),
        modified=time(first(near, _MODIFIED)),
        authors=authors(near),
        language=source.language,
        html=text(first(near, ("content_html", "content_text"))) if source.full_text else None,
    )


def first(entry: dict[str, Any], names: tuple[str, ...]) -> Any:
    """The first usable text or number that `entry` has under one of `names`."""
    return next((entry[name] for name in names if text(entry.get(name)) or time(entry.get(name))), None)


def authors(entry: dict[str, Any]) -> tuple[str, ...]:
    """Names under `authors` or `author`, as texts or as objects with a `name`; at most twenty."""
    given = entry.get("authors") or entry.get("author") or []
    people = given if isinstance(given, list) else [given]
    names = (plain(text(person.get("name") if isinstance(person, dict) else person)) for person in people)
    return tuple(dict.fromkeys(name for name in names if name))[:20]
