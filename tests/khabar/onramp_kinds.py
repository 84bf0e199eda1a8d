"""Invented sites of one kind each for the on-ramp: its sources, its dates, its claims about itself."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Final
from xml.sax.saxutils import escape

import jdatetime

from tests.khabar.onramp_sites import KABUL, Story, page, words
from tests.spiders.hostile import HostileServer, http

MOSCOW: Final = timezone(timedelta(hours=3))
_HIJRI: Final = "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت".split()  # noqa: SIM905 (a text of words)
_RUSSIAN: Final = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Kind:
    """A site, and what `khabar outlets new` is to find out about it."""

    host: str
    title: str
    language: str
    country: str
    timezone: str
    sources: tuple[str, ...]
    """The kinds that it has: feed, news_sitemap; every one has a list of its articles on the home page."""
    path: str
    """Of an article, with {number} and {slug}."""
    shown: Callable[[datetime], str]
    """The time on the page, as its readers see it."""
    linked: bool = False
    """Whether its pages have JSON-LD."""
    system: str | None = None
    encoding: str = "utf-8"
    robots: str | None = None
    calendar: str = "gregorian"

    @property
    def home(self) -> str:
        return f"https://{self.host}/"

    @property
    def name(self) -> str:
        """As the on-ramp calls it when nobody says otherwise."""
        return self.host.removeprefix("www.").rpartition(".")[0].replace(".", "_").replace("-", "_")

    def url(self, story: Story) -> str:
        """The address of one of its articles."""
        slug = "-".join(words("en", story.number, 6))
        return f"https://{self.host}{self.path.format(number=48_100 + story.number, slug=slug)}"


def hijri(at: datetime) -> str:
    """۱۲ سنبله ۱۴۰۵ - ۱۴:۰۵, in Kabul."""
    day = jdatetime.datetime.fromgregorian(datetime=at.astimezone(KABUL).replace(tzinfo=None))
    text = f"{day.day} {_HIJRI[day.month - 1]} {day.year} - {day.hour:02}:{day.minute:02}"
    return text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


def russian(at: datetime) -> str:
    """12 августа 2026, 14:05, in Moscow."""
    day = at.astimezone(MOSCOW)
    return f"{day.day} {_RUSSIAN[day.month - 1]} {day.year}, {day:%H:%M}"


def english(at: datetime) -> str:
    """August 12, 2026 14:05, in Kabul."""
    return f"{at.astimezone(KABUL):%B %d, %Y %H:%M}"


def machine(at: datetime) -> str:
    """An element <time> for machines."""
    return f"<time datetime='{at.astimezone(KABUL).isoformat()}'>{english(at)}</time>"


KINDS: Final = (
    Kind("newsmap.example", "Newsmap Daily", "en", "AF", "Asia/Kabul", ("news_sitemap",), "/story/{number}/{slug}",
         english, linked=True, robots="User-agent: *\nDisallow: /admin\nSitemap: https://newsmap.example/sitemaps/news.xml\n"),
    Kind("listing.example", "Listing Gazette", "en", "AF", "Asia/Kabul", (), "/{slug}-{number}/", machine),
    Kind("www.rozgar.example", "روزگار کابل", "fa", "AF", "Asia/Kabul", ("feed",), "/fa/news/{number}/", hijri,
         calendar="solar_hijri"),
    Kind("vesti-azia.example", "Вести Азии", "ru", "RU", "Europe/Moscow", ("feed",), "/{number}-{slug}.html", russian,
         system="DataLife Engine", encoding="windows-1251"),
)  # fmt: skip


def stories(kind: Kind, now: datetime) -> list[Story]:
    """What the site has, the newest first."""
    return [Story(kind.language, n, now) for n in range(15)]


def serve(server: HostileServer, kind: Kind, now: datetime) -> list[Story]:
    """The whole site on `server`."""
    own = stories(kind, now)
    menu = "<nav><ul><li><a href='/world/'>World</a></li><li><a href='/about/'>About us</a></li></ul></nav>"
    # The site's name is a heading on every page, as many themes have it.
    head = f"<header><h1 class='logo'><a href='/'>{kind.title}</a></h1>{menu}</header>"
    foot = f"<footer><p>© 2019-{now.year} {kind.title}</p></footer>"
    made = f"<meta name='generator' content='{kind.system}'>" if kind.system else ""
    feed = "<link rel='alternate' type='application/rss+xml' href='/rss.xml'>" if "feed" in kind.sources else ""
    links = "".join(f"<div class='card'><a href='{kind.url(s)}'>{s.title}</a></div>" for s in own)
    put = server.pages
    put[f"/{kind.host}/"] = _page(kind, f"<title>{kind.title}</title>{made}{feed}", f"{head}<main>{links}</main>{foot}")
    if kind.robots:
        put[f"/{kind.host}/robots.txt"] = http(kind.robots.encode(), type="text/plain")
    if "feed" in kind.sources:
        put[f"/{kind.host}/rss.xml"] = _feed(kind, own)
    if "news_sitemap" in kind.sources:
        put[f"/{kind.host}/sitemaps/news.xml"] = _news(kind, own)
    for story in own:
        body = "".join(f"<p>{text}</p>" for text in story.paragraphs)
        article = (
            f"<article><h2>{story.title}</h2><div class='meta'>{kind.shown(story.at)}</div><div>{body}</div></article>"
        )
        claims = _claims(kind, story) if kind.linked else ""
        put[f"/{kind.host}{kind.url(story).split(kind.host)[1]}"] = _page(
            kind, f"<title>{story.title} | {kind.title}</title>{made}{claims}", f"{head}<main>{article}</main>{foot}"
        )
    return own


def _page(kind: Kind, head: str, body: str) -> bytes:
    if kind.encoding == "utf-8":
        return page(head, body, kind.language)
    text = f"<html lang='{kind.language}'><head><meta charset='{kind.encoding}'>{head}</head><body>{body}</body></html>"
    return http(text.encode(kind.encoding, "xmlcharrefreplace"), type="text/html")


def _claims(kind: Kind, story: Story) -> str:
    claims = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title,
        "datePublished": story.at.astimezone(KABUL).isoformat(), "author": {"@type": "Person", "name": story.author},
        "publisher": {"@type": "Organization", "name": kind.title},
    }  # fmt: skip
    return f"<script type='application/ld+json'>{json.dumps(claims, ensure_ascii=False)}</script>"


def _feed(kind: Kind, own: list[Story]) -> bytes:
    zone = MOSCOW if kind.language == "ru" else KABUL
    items = "".join(
        f"<item><title>{s.title}</title><link>{escape(kind.url(s))}</link>"
        f"<pubDate>{format_datetime(s.at.astimezone(zone))}</pubDate></item>"
        for s in own
    )
    text = f'<rss version="2.0"><channel><title>{kind.title}</title>{items}</channel></rss>'
    return http(text.encode(), type="application/rss+xml")


def _news(kind: Kind, own: list[Story]) -> bytes:
    rows = "".join(
        f"<url><loc>{kind.url(s)}</loc><news:news><news:publication><news:name>{kind.title}</news:name>"
        f"<news:language>{kind.language}</news:language></news:publication><news:publication_date>"
        f"{s.at.isoformat()}</news:publication_date><news:title>{s.title}</news:title></news:news></url>"
        for s in own
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return http(f'<?xml version="1.0"?><urlset {spaces}>{rows}</urlset>'.encode(), type="application/xml")
