"""Two invented sites for the on-ramp on a raw server: one on WordPress in two languages, one of its own make."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import yaml

from outlets import Source
from spiders.kinds import first_address
from tests.spiders.hostile import HostileServer, http

KABUL = timezone(timedelta(hours=4, minutes=30))
BLOG = "https://kohistan.example.org"
PLAIN = "https://plain.example.net"
_WORDS = Path(__file__).parents[2] / "khabar" / "onramp" / "filler.yml"


@cache
def _lexicon() -> dict[str, list[str]]:
    data = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {language: words.split() for language, words in data["words"].items()}


def words(language: str, seed: int, count: int) -> list[str]:
    """The same words for the same seed."""
    return random.Random(f"{language}{seed}").choices(_lexicon()[language], k=count)  # noqa: S311 (no secret)


def sentences(language: str, seed: int) -> list[str]:
    """Five paragraphs of nonsense in the language."""
    return [" ".join(words(language, seed * 10 + n, 40)).capitalize() + "." for n in range(5)]


class Story:
    """One article of a site, `age` hours old."""

    def __init__(self, language: str, number: int, now: datetime) -> None:
        self.language, self.number = language, number
        self.at = (now - timedelta(hours=3 * number + 2)).replace(microsecond=0)
        self.title = " ".join(words(language, number, 8)).capitalize()
        self.paragraphs = sentences(language, number)
        self.author = "Zarlasht Totakhel" if number % 2 else "Kohistan Post"

    @property
    def path(self) -> str:
        if self.language == "fa":
            return f"/fa/{'-'.join(words('en', self.number + 500, 6))}/"
        return f"/{'-'.join(words('en', self.number, 6))}/"


def page(head: str, body: str, language: str = "en", **headers: str) -> bytes:
    """An HTML answer."""
    text = f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    return http(text.encode(), headers=headers)


def rss(stories: list[Story], base: str, title: str) -> bytes:
    """An RSS 2.0 answer."""
    items = "".join(
        f"<item><title>{s.title}</title><link>{base}{path_of(s, base)}?utm_source=rss</link>"
        f"<dc:creator>{s.author}</dc:creator><pubDate>{format_datetime(s.at)}</pubDate></item>"
        for s in stories
    )
    text = f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{title}</title>{items}</channel></rss>'
    return http(text.encode(), type="application/rss+xml")


def path_of(story: Story, base: str) -> str:
    """Where a site has a story."""
    return story.path if base == BLOG else f"/news/{48_000 + story.number}.html"


def blog(server: HostileServer, now: datetime) -> list[Story]:
    """WordPress: REST and feed for each language, a sitemap index named in robots.txt, JSON-LD on every page."""
    host = BLOG.removeprefix("https://")
    stories = [Story("en", n, now) for n in range(12)] + [Story("fa", n, now) for n in range(12)]
    put = server.pages
    menu = "".join(
        f'<li><a href="{BLOG}/{p}/">{p}</a></li>' for p in ("about-us", "contact", "category/afghanistan", "fa")
    )
    for folder, language in (("", "en"), ("fa/", "fa")):
        own = [s for s in stories if s.language == language]
        links = "".join(f'<h2><a href="{BLOG}{s.path}">{s.title}</a></h2>' for s in own)
        head = (
            f"<title>Kohistan Post</title><link rel='https://api.w.org/' href='{BLOG}/{folder}wp-json/'>"
            f"<link rel='alternate' type='application/rss+xml' href='{BLOG}/{folder}feed/'>"
            f"<link rel='alternate' type='application/rss+xml' href='{BLOG}/{folder}comments/feed/'>"
            "<meta property='og:site_name' content='Kohistan Post'>"
        )
        put[f"/{host}/{folder}"] = page(head, f"<header><nav><ul>{menu}</ul></nav></header>{links}", language)
        put[f"/{host}/{folder}feed/"] = rss(own, BLOG, "Kohistan Post")
        rest = first_address(Source(kind="wordpress", url=f"{BLOG}/{folder}wp-json/wp/v2/posts"))
        posts = [
            {"id": s.number, "link": f"{BLOG}{s.path}", "title": {"rendered": s.title},
             "date_gmt": f"{s.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
             "modified_gmt": f"{s.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"}
            for s in own
        ]  # fmt: skip
        put["/" + rest.removeprefix("https://")] = http(json.dumps(posts).encode(), type="application/json")
    put[f"/{host}/robots.txt"] = http(
        f"User-agent: *\nCrawl-delay: 4\nSitemap: {BLOG}/sitemap_index.xml\n".encode(), type="text/plain"
    )
    put[f"/{host}/sitemap_index.xml"] = _xml(
        "sitemapindex", "".join(f"<sitemap><loc>{BLOG}/{n}-sitemap.xml</loc></sitemap>" for n in ("post", "category"))
    )
    put[f"/{host}/post-sitemap.xml"] = _xml(
        "urlset", "".join(f"<url><loc>{BLOG}{s.path}</loc><lastmod>{s.at.isoformat()}</lastmod></url>" for s in stories)
    )
    put[f"/{host}/category-sitemap.xml"] = _xml("urlset", f"<url><loc>{BLOG}/category/afghanistan/</loc></url>")
    for story in stories:
        put[f"/{host}{story.path}"] = _post(story)
    return stories


def _post(story: Story) -> bytes:
    at = story.at.astimezone(KABUL).isoformat()
    kind = "Person" if story.author != "Kohistan Post" else "Organization"
    claims = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title, "datePublished": at,
        "author": {"@type": kind, "name": story.author},
        "publisher": {"@type": "Organization", "name": "Kohistan Post"},
        "mainEntityOfPage": f"{BLOG}{story.path}",
    }  # fmt: skip
    head = (
        f"<title>{story.title} - Kohistan Post</title><link rel='canonical' href='{BLOG}{story.path}'>"
        f"<meta property='og:title' content='{story.title}'><meta property='og:site_name' content='Kohistan Post'>"
        f"<script type='application/ld+json'>{json.dumps(claims, ensure_ascii=False)}</script>"
        f"<script>var secret = 'not for tests';</script>"
    )
    body = "".join(f"<p>{text}</p>" for text in story.paragraphs)
    return page(
        head,
        f"<header><nav><a href='/'>Home</a></nav></header><article class='post'><h1>{story.title}</h1>"
        f"<div class='byline'>By <a rel='author' href='/author/x/'>{story.author}</a></div>"
        f"<div class='entry-content'>{body}</div></article><footer><p>© Kohistan Post</p></footer>",
        story.language,
    )


def plain(server: HostileServer, now: datetime) -> list[Story]:
    """Its own CMS: an undeclared feed, numbered pages, dates in visible text only, no robots.txt and no sitemap."""
    host = PLAIN.removeprefix("https://")
    stories = [Story("en", n, now) for n in range(15)]
    links = "".join(f'<p><a href="{path_of(s, PLAIN)}">{s.title}</a></p>' for s in stories)
    menu = "<nav><a href='/world.html'>World</a> <a href='/about.html'>About us</a></nav>"
    server.pages[f"/{host}/"] = page("<title>Home | The Plain</title>", f"<header>{menu}</header>{links}")
    server.pages[f"/{host}/rss.xml"] = rss(stories, PLAIN, "The Plain")
    for story in stories:
        text = "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)
        day = story.at.astimezone(KABUL).strftime("%d %B %Y - %H:%M")
        body = f"<header>{menu}</header><h1>{story.title}</h1><div class='date'>{day}</div><div id='text'>{text}</div>"
        server.pages[f"/{host}{path_of(story, PLAIN)}"] = page(f"<title>{story.title} | The Plain</title>", body)
    return stories


def _xml(root: str, body: str) -> bytes:
    text = f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</{root}>'
    return http(text.encode(), type="application/xml")


def original_words(stories: list[Story]) -> Iterator[str]:
    """Runs of four words of the sites' own text."""
    for story in stories:
        for paragraph in story.paragraphs:
            parts = paragraph.lower().rstrip(".").split()
            yield from (" ".join(parts[n : n + 4]) for n in range(0, len(parts) - 4, 4))
