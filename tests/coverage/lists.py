"""Feeds, sitemaps, listings, REST lists and pages of the invented outlets, with what can be wrong in them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Final

from khabar.replica.reply import HTML, JSON, RSS, XML
from tests.coverage.world import Shape, Story

WORDPRESS_TIME: Final = "%Y-%m-%dT%H:%M:%S"
SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


def feed(shape: Shape, listed: list[Story], dates: bool) -> bytes:
    """RSS with the newest 15."""
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>https://{shape.host}{one.path}</link>"
        + (f"<pubDate>{format_datetime(one.published)}</pubDate>" if dates else "") + "</item>"
        for one in listed[:15]
    )  # fmt: skip
    return f'<rss version="2.0"><channel><title>{shape.name}</title>{items}</channel></rss>'.encode()


def sitemap(shape: Shape, listed: list[Story], dates: bool) -> bytes:
    """The newest 60."""
    urls = "".join(
        f"<url><loc>https://{shape.host}{one.path}</loc>"
        + (f"<lastmod>{one.published.isoformat()}</lastmod>" if dates else "") + "</url>"
        for one in listed[:60]
    )  # fmt: skip
    return f'<urlset xmlns="{SITEMAP}">{urls}</urlset>'.encode()


def listing(shape: Shape, listed: list[Story], dates: bool) -> bytes:
    """A page with links to the newest 20."""
    links = "".join(f'<li><a href="{one.path}">{escape(one.title)}</a></li>' for one in listed[:20])
    return f"<!doctype html><html><head><title>Latest</title></head><body><ul>{links}</ul></body></html>".encode()


def posts(shape: Shape, listed: list[Story], dates: bool) -> bytes:
    """WordPress's list of the newest 40."""
    found = []
    for one in listed[:40]:
        at = one.published.strftime(WORDPRESS_TIME)
        post = {"id": one.number, "link": f"https://{shape.host}{one.path}", "title": {"rendered": escape(one.title)}}
        found.append({**post, "date_gmt": at, "modified_gmt": at} if dates else post)
    return json.dumps(found).encode()


LISTS: Final[dict[str, Callable[[Shape, list[Story], bool], bytes]]] = {
    "feed": feed, "sitemap": sitemap, "news_sitemap": sitemap, "listing": listing, "wordpress": posts,
}  # fmt: skip
TYPES: Final = {"feed": RSS, "sitemap": XML, "news_sitemap": XML, "listing": HTML, "wordpress": JSON}


def page(shape: Shape, story: Story, what: str, now: datetime) -> bytes:
    """An article's page. `what` is the fault on it, "" for none: dates_* is about its time, drift_* its layout."""
    title = "" if what == "drift_title" else escape(story.title)
    when = {
        "dates_gone": None,
        "dates_future": story.published + timedelta(days=400),
        "dates_old": datetime(2019, 1, 1, 4, 30, tzinfo=UTC),
        "dates_same": now.replace(hour=0, minute=11, second=0, microsecond=0),
    }.get(what, story.published)
    author = "" if what == "drift_author" else story.author
    shown = story.paragraphs[:1] if what == "drift_short" else story.paragraphs
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in shown)
    if what == "drift_script":
        title, author = "", ""
        body = "<div id='app'></div><noscript>You need to enable JavaScript.</noscript>"
    inner = _by_class(title, when, author, body, what) if shape.selectors else _by_tag(title, author, body)
    head = "" if shape.selectors else _metadata(title, when, author)
    direction = "rtl" if story.language == "fa" else "ltr"
    return (
        f'<!doctype html><html lang="{story.language}" dir="{direction}"><head><meta charset="utf-8"><title>{title}'
        f"</title>{head}</head><body><nav><a href='/'>Home</a></nav>{inner}<footer>Contact</footer></body></html>"
    ).encode()


def _by_class(title: str, when: datetime | None, author: str, body: str, what: str) -> str:
    """What only the outlet file's selectors understand; `drift_selector_NAME` renames one of its classes."""
    names = {name: name for name in ("story", "headline", "when", "who")}
    if what.startswith("drift_selector_"):
        names[what.rpartition("_")[2]] = "x1"
    stamp = f'<span class="{names["when"]}">{when.isoformat()}</span>' if when else ""
    who = f'<span class="{names["who"]}">{author}</span>' if author else ""
    return f'<h1 class="{names["headline"]}">{title}</h1>{who}{stamp}<div class="{names["story"]}">{body}</div>'


def _by_tag(title: str, author: str, body: str) -> str:
    who = f"<p class=byline>By {author}</p>" if author else ""
    return f"<article><h1>{title}</h1>{who}{body}</article>" if title or author else body


def _metadata(title: str, when: datetime | None, author: str) -> str:
    stamp = f'<meta property="article:published_time" content="{when.isoformat()}">' if when else ""
    return f'<meta property="og:title" content="{title}"><meta name="author" content="{author}">{stamp}'
