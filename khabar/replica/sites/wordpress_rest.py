"""The part of the WordPress REST interface that a reader of news needs: posts, categories, users, and their errors."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from khabar.replica.article import Article
from khabar.replica.reply import JSON, Reply
from khabar.replica.sites.base import Query, newest_change, pages_in, render, slice_of, whole

if TYPE_CHECKING:
    from khabar.replica.sites.wordpress import Blog, WordPress

_ABSENT = frozenset({"soft_404", "challenge", "robots"})
"""Kinds that the interface does not give away, so that only their pages decide what becomes of them."""
_MOST_PER_PAGE = 100


def rest(site: "WordPress", blog: "Blog", route: str, query: Query, articles: Sequence[Article]) -> Reply | None:
    """The reply to `route` below wp-json, such as "wp/v2/posts"."""
    posts = [article for article in articles if article.kind not in _ABSENT]
    sections = sorted({article.section for article in posts})
    if route == "":
        home = site.home(blog).rstrip("/")
        routes = {f"/wp/v2/{name}": {"methods": ["GET"]} for name in ("posts", "categories")}
        about = {"name": blog.name, "url": home, "home": home, "gmt_offset": "4.5", "timezone_string": "Asia/Kabul"}
        return _json({**about, "namespaces": ["oembed/1.0", "wp/v2"], "routes": routes})
    if route == "wp/v2/posts":
        return _posts(site, blog, query, posts, sections)
    if route.startswith("wp/v2/posts/"):
        found = next((a for a in posts if str(a.number) == route.rsplit("/", 1)[1]), None)
        if found is None:
            return _error("rest_post_invalid_id", "Invalid post ID.", 404)
        return _json(_post(site, blog, found, sections, query), modified=found.modified)
    if route == "wp/v2/categories":
        return _json([{"id": index + 2, "count": sum(a.section == s for a in posts), "name": s.capitalize(),
                       "slug": s, "link": f"{site.home(blog)}category/{s}/", "taxonomy": "category"}
                      for index, s in enumerate(sections)])  # fmt: skip
    return _error("rest_no_route", "No route was found matching the URL and request method.", 404)


def _posts(site: "WordPress", blog: "Blog", query: Query, posts: Sequence[Article], sections: Sequence[str]) -> Reply:
    size, page = whole(query.get("per_page", "10"), 0), whole(query.get("page", "1"), 0)
    if not 1 <= size <= _MOST_PER_PAGE:
        return _error("rest_invalid_param", "Invalid parameter(s): per_page", 400)
    if page < 1:
        return _error("rest_invalid_param", "Invalid parameter(s): page", 400)
    try:
        chosen = [a for a in posts if _wanted(a, query, site.zone, sections)]
    except ValueError:
        return _error("rest_invalid_param", "Invalid parameter(s): after", 400)
    if query.get("orderby") == "modified":
        chosen.sort(key=lambda a: (a.modified, a.id), reverse=True)
    if query.get("order") == "asc":
        chosen.reverse()
    last = pages_in(chosen, size)
    if page > max(last, 1):
        return _error("rest_post_invalid_page_number",
                      "The page number requested is larger than the number of pages available.", 400)  # fmt: skip
    shown = slice_of(chosen, page, size)
    headers = {"X-WP-Total": str(len(chosen)), "X-WP-TotalPages": str(last), "Allow": "GET"}
    base = f"{site.home(blog)}wp-json/wp/v2/posts?per_page={size}&page="
    links = [f'<{base}{page - 1}>; rel="prev"'] if page > 1 else []
    links += [f'<{base}{page + 1}>; rel="next"'] if page < last else []
    if links:
        headers["Link"] = ", ".join(links)
    return _json([_post(site, blog, a, sections, query) for a in shown], headers, newest_change(chosen))


def _wanted(article: Article, query: Query, zone: tzinfo, sections: Sequence[str]) -> bool:
    """Whether the filters of the query let the article through. Raises ValueError for a time that is none."""
    for name, stamp in (("after", article.published), ("before", article.published),
                        ("modified_after", article.modified), ("modified_before", article.modified)):  # fmt: skip
        if name in query:
            limit = datetime.fromisoformat(query[name].replace(" ", "+"))
            limit = limit if limit.tzinfo else limit.replace(tzinfo=zone)
            if not (stamp > limit if name.endswith("after") else stamp < limit):
                return False
    if "categories" in query:
        return str(sections.index(article.section) + 2) in query["categories"].split(",")
    if "slug" in query:
        return article.slug == query["slug"]
    return True


def _post(site: "WordPress", blog: "Blog", article: Article, sections: Sequence[str], query: Query) -> dict[str, Any]:
    author = article.authors[0] if article.authors else site.house
    number = 2 + sum(author.encode()) % 97
    post: dict[str, Any] = {
        "id": article.number,
        "date": _local(article.published, site.zone), "date_gmt": _local(article.published, UTC),
        "guid": {"rendered": f"{site.home(blog)}?p={article.number}"},
        "modified": _local(article.modified, site.zone), "modified_gmt": _local(article.modified, UTC),
        "slug": article.slug, "status": "publish", "type": "post", "link": article.url,
        "title": {"rendered": article.title},
        "content": {"rendered": render("wp_body.html.j2", article=article, site=site).decode(), "protected": False},
        "excerpt": {"rendered": f"<p>{article.summary}</p>\n", "protected": False},
        "author": number, "featured_media": 0, "comment_status": "closed", "format": "standard", "tags": [],
        "categories": [sections.index(article.section) + 2],
    }  # fmt: skip
    if "_embed" in query:
        post["_embedded"] = {"author": [{"id": number, "name": author, "link": f"{site.home(blog)}author/{number}/"}]}
    if "_fields" in query:
        wanted = {name.split(".")[0] for name in query["_fields"].split(",")}
        post = {name: value for name, value in post.items() if name in wanted}
    return post


def _local(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _json(value: Any, headers: Mapping[str, str] | None = None, modified: datetime | None = None) -> Reply:
    body = json.dumps(value, ensure_ascii=False).encode("utf-8")
    return Reply(body, type=JSON, headers=headers or {}, modified=modified)


def _error(code: str, message: str, status: int) -> Reply:
    body = json.dumps({"code": code, "message": message, "data": {"status": status}}).encode()
    return Reply(body, status=status, type=JSON)
