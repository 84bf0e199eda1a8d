"""A generated world of outlets: the same bytes for the same numbers, made when they are asked for, so that a world of
50 000 articles needs no memory. The text is nonsense of our own."""

import json
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

SHAPES: Final = ("feed and sitemap", "wordpress", "listing", "news sitemap")
"""What outlet N has is SHAPES[N % 4]; each has a feed of its latest articles besides."""
IN_FEED: Final = 30
SPAN: Final = timedelta(days=9)
"""From the oldest article to the newest, within any crawler's idea of recent."""
_ARTICLE: Final = re.compile(r"^/news/[a-z-]+-(\d+)/?$")
_WHO: Final = ("Council", "Farmers", "Traders", "Officials", "Teachers", "Engineers", "Drivers", "Residents")
_DOES: Final = ("discuss", "reopen", "repair", "demand", "inspect", "postpone", "celebrate", "question")
_WHAT: Final = ("bridge", "market", "canal", "school", "road", "clinic", "harvest", "bus line")
_WORDS: Final = (
    "bara",
    "deni",
    "figo",
    "luma",
    "neri",
    "pivo",
    "suta",
    "vel",
    "kiro",
    "haz",
    "jemo",
    "tolu",
    "of",
    "the",
    "and",
)

_PAGE: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} - {name}</title>
<link rel="canonical" href="{url}"><link rel="alternate" type="application/rss+xml" href="{home}feed/">
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="{at}"><script type="application/ld+json">{ld}</script>
<script>{script}</script></head><body><nav>{nav}</nav><main><article><h1>{title}</h1>
<p class="byline">By {author}</p><time datetime="{at}">{at}</time>{text}</article></main>
<aside>{nav}</aside><footer>{name} 2026</footer></body></html>"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers."""

    status: int
    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    etag: str = ""


@dataclass(slots=True)
class Site:
    """One outlet. Its articles are numbered from the oldest, 0, to the newest."""

    number: int
    articles: int
    first: datetime
    every: timedelta
    made: dict[tuple[str, int], Reply] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the outlet's file."""
        return f"outlet_{self.number:02}"

    @property
    def host(self) -> str:
        """Its host name, which no resolver knows."""
        return f"outlet{self.number:02}.test"

    @property
    def shape(self) -> str:
        """How it announces its articles."""
        return SHAPES[self.number % len(SHAPES)]

    @property
    def home(self) -> str:
        """The home page's address."""
        return f"http://{self.host}/"

    def at(self, article: int) -> datetime:
        """When the article was published."""
        return self.first + self.every * article

    def title(self, article: int) -> str:
        """Its title, unlike every other of the outlet."""
        who, does, what = _TITLES[(article * 37 + self.number * 11) % len(_TITLES)]
        return f"{who} {does} {what} for the {article + 2}th time"

    def path(self, article: int) -> str:
        """Its path."""
        who, does, what = _TITLES[(article * 37 + self.number * 11) % len(_TITLES)]
        return f"/news/{who}-{does}-{what.replace(' ', '-')}-{article}".lower()

    def url(self, article: int) -> str:
        """Its address."""
        return f"http://{self.host}{self.path(article)}"

    def newest(self, most: int) -> range:
        """The latest articles, newest first."""
        return range(self.articles - 1, max(-1, self.articles - 1 - most), -1)


class World:
    """All outlets and what their one server answers."""

    def __init__(self, outlets: int, articles: int, now: datetime) -> None:
        """`articles` is how many each of the `outlets` has; the latest is an hour older than `now`."""
        every = SPAN / max(1, articles)
        first = now.replace(microsecond=0) - timedelta(hours=1) - every * (articles - 1)
        self.sites = [Site(number, articles, first, every) for number in range(outlets)]
        self._by_host = {site.host: site for site in self.sites}

    def write_outlets(self, folder: Path) -> list[str]:
        """An outlet file each below `folder`; their names."""
        place = folder / "zz"
        place.mkdir(parents=True, exist_ok=True)
        for site in self.sites:
            (place / f"{site.name}.yml").write_text(json.dumps(_outlet(site)), encoding="utf-8")  # JSON is YAML
        return [site.name for site in self.sites]

    def kind(self, path: str) -> str:
        """article, robots, or list for all that leads to articles."""
        bare = path.partition("?")[0]
        return "article" if _ARTICLE.match(bare) else "robots" if bare == "/robots.txt" else "list"

    def reply(self, host: str, target: str) -> Reply:
        """The answer to a request for `target`, a path with its query."""
        site = self._by_host.get(host)
        if site is None:
            return Reply(404)
        path, _, query = target.partition("?")
        if found := _ARTICLE.match(path):
            number = int(found[1])
            known = number < site.articles and site.path(number) == path.rstrip("/")
            return Reply(200, _page(site, number), etag=f'"a{number}"') if known else Reply(404)
        key = (target, site.articles)
        if key not in site.made:
            if len(site.made) > 50:
                site.made.clear()
            site.made[key] = _listed(site, path, query)
        return site.made[key]


_TITLES: Final = list(product(_WHO, _DOES, _WHAT))


def _outlet(site: Site) -> dict[str, Any]:
    kinds = {
        "feed and sitemap": ("sitemap", "sitemap.xml"), "wordpress": ("wordpress", "wp-json/wp/v2/posts"),
        "listing": ("listing", "latest/"), "news sitemap": ("news_sitemap", "news-sitemap.xml"),
    }  # fmt: skip
    kind, path = kinds[site.shape]
    most = max(2000, site.articles + 100)
    return {
        "name": site.name, "title": site.name.replace("_", " ").title(), "home": site.home, "country": "AF",
        "ownership": "independent", "languages": ["en"], "timezone": "Asia/Kabul", "verified": True,
        "sources": [
            {"kind": kind, "url": f"{site.home}{path}", "max_items": most, "grade": "P", "verified": True},
            {"kind": "feed", "url": f"{site.home}feed/", "grade": "P", "verified": True},
        ],
        "article_url": rf"^http://{re.escape(site.host)}/news/[a-z-]+-\d+$",
        "politeness": {"max_requests": most}, "assertions": {"min": {"discovered": 1, "fetched": 1}},
    }  # fmt: skip


def _listed(site: Site, path: str, query: str) -> Reply:
    xml, state = "application/xml; charset=utf-8", f'"n{site.articles}"'
    everything = site.newest(site.articles)
    match site.shape, path:
        case _, "/robots.txt":
            named = {"wordpress": "sitemap.xml", "feed and sitemap": "sitemap.xml", "news sitemap": "news-sitemap.xml"}
            line = f"Sitemap: {site.home}{named[site.shape]}\n" if site.shape in named else ""
            return Reply(200, f"User-agent: *\nDisallow: /admin/\n{line}".encode(), "text/plain", '"robots"')
        case _, "/feed/":
            return Reply(200, _feed(site).encode(), "application/rss+xml; charset=utf-8", state)
        case "feed and sitemap" | "wordpress", "/sitemap.xml":
            entries = "".join(
                f"<url><loc>{site.url(n)}</loc><lastmod>{_iso(site.at(n))}</lastmod></url>" for n in everything
            )
            return Reply(200, f'<urlset xmlns="{_SITEMAP}">{entries}</urlset>'.encode(), xml, state)
        case "news sitemap", "/news-sitemap.xml":
            entries = "".join(
                f"<url><loc>{site.url(n)}</loc><n:news><n:publication><n:name>{site.name}</n:name><n:language>en</n:language>"
                f"</n:publication><n:publication_date>{_iso(site.at(n))}</n:publication_date>"
                f"<n:title>{site.title(n)}</n:title></n:news></url>"
                for n in everything
            )
            return Reply(200, f'<urlset xmlns="{_SITEMAP}" xmlns:n="{_NEWS}">{entries}</urlset>'.encode(), xml, state)
        case "wordpress", "/wp-json/wp/v2/posts":
            page = int((re.search(r"(?:^|&)page=(\d+)", query) or ["", "1"])[1])
            posts = [
                {"id": n, "link": site.url(n), "title": {"rendered": site.title(n)}, "date_gmt": _iso(site.at(n))[:19],
                 "modified_gmt": _iso(site.at(n))[:19]}
                for n in everything[(page - 1) * 100 : page * 100]
            ]  # fmt: skip
            beyond = page > 1 and not posts
            return Reply(400 if beyond else 200, json.dumps(posts).encode(), "application/json", state)
        case "listing", "/latest/":
            return Reply(200, _links_page(site, everything).encode(), etag=state)
        case _, "/":
            return Reply(200, _links_page(site, site.newest(IN_FEED)).encode(), etag=state)
    return Reply(404)


_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _feed(site: Site) -> str:
    items = "".join(
        f"<item><title>{site.title(n)}</title><link>{site.url(n)}</link><guid>{site.url(n)}</guid>"
        f"<pubDate>{site.at(n):%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{_sentence(n)}</description></item>"
        for n in site.newest(IN_FEED)
    )
    head = f"<title>{site.name}</title><link>{site.home}</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'


def _links_page(site: Site, articles: range) -> str:
    links = "".join(f'<li><a href="{site.path(n)}">{site.title(n)}</a></li>' for n in articles)
    head = f'<title>{site.name}</title><link rel="alternate" type="application/rss+xml" href="{site.home}feed/">'
    return f"<!DOCTYPE html><html lang=en><head>{head}</head><body><ul>{links}</ul></body></html>"


def _page(site: Site, n: int) -> bytes:
    """About 30 KB, as news pages are: a tenth of it text."""
    at, title = _iso(site.at(n)), site.title(n)
    author = f"{_WHO[n % 8].rstrip('s')} Writer"
    paragraphs = "".join(
        f"<p>{' '.join(_sentence(n * 31 + 7 * p + s + site.number) for s in range(3))}</p>" for p in range(12)
    )
    ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": at,
        "author": author,
    }
    return _PAGE.format(
        title=title, name=site.name, url=site.url(n), home=site.home, at=at, ld=json.dumps(ld), script=_script(),
        nav=_nav(site.number), author=author, text=paragraphs,
    ).encode()  # fmt: skip


@cache
def _sentences() -> list[str]:
    rnd = random.Random(1)  # noqa: S311 (the same in every run)
    return [" ".join(rnd.choice(_WORDS) for _ in range(14)).capitalize() + f" ({n})." for n in range(997)]


def _sentence(n: int) -> str:
    return _sentences()[n % 997]


@cache
def _script() -> str:
    rnd = random.Random(2)  # noqa: S311 (the same in every run)
    return ";".join(f"var v{n}={rnd.getrandbits(60)}" for n in range(400))


@cache
def _nav(number: int) -> str:
    return "".join(
        f'<a href="/section/{number}-{n}/" class="item menu-item menu-item-{n}">Section {n}</a>' for n in range(60)
    )
