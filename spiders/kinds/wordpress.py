"""Reads a WordPress site's list of posts through its REST interface, latest change first: an edit of an old article
comes up on the first page, where a feed would hide it."""

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from outlets import Outlet, Source
from spiders.kinds.json_text import load
from spiders.kinds.listed import Listed, Listing, Unreadable, plain

PER_PAGE: Final = 100
"""The most that WordPress gives (developer.wordpress.org/rest-api/using-the-rest-api/pagination)."""


def first_page(source: Source) -> str:
    """The address of the first page: only the fields that we read, latest change first."""
    fields = ["id", "link", "date_gmt", "modified_gmt", "title", *(["content"] if source.full_text else [])]
    order = {"per_page": str(PER_PAGE), "orderby": "modified", "order": "desc", "_fields": ",".join(fields)}
    return _with(source.url, order)


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The posts of one page. `more` is the next page, given while pages are full. Raises Unreadable."""
    posts = load(body)
    if not isinstance(posts, list):
        code = posts.get("code") if isinstance(posts, dict) else None
        raise Unreadable("refused:not_a_feed", f"the answer is not a list of posts (code {str(code)[:60]!r})")
    items = tuple(_post(post, source) for post in posts if isinstance(post, dict))
    asked = dict(parse_qsl(urlsplit(url).query))
    page = int(asked.get("page", "1")) if asked.get("page", "1").isdigit() else 1
    full = len(posts) >= PER_PAGE and page * PER_PAGE < source.max_items
    return Listing(items, more=_with(url, {"page": str(page + 1)}) if full else None)


def _post(post: dict[str, Any], source: Source) -> Listed:
    return Listed(
        url=post["link"] if isinstance(post.get("link"), str) else "",
        title=plain(_rendered(post.get("title"))),
        published=_utc(post.get("date_gmt")),
        modified=_utc(post.get("modified_gmt")),
        language=source.language,
        html=_rendered(post.get("content")) if source.full_text else None,
    )


def _rendered(value: Any) -> str | None:
    text = value.get("rendered") if isinstance(value, dict) else value
    return text if isinstance(text, str) else None


def _utc(value: Any) -> str | None:
    """WordPress's *_gmt times carry no zone; the name says it."""
    if not isinstance(value, str) or not value or value.startswith("0000"):
        return None
    return value if value.endswith("Z") or "+" in value else f"{value}Z"


def _with(url: str, changes: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **changes}
    return urlunsplit(parts._replace(query=urlencode(query, safe=",")))
