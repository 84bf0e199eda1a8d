"""TASS on tass.com (English) and tass.ru (Russian): its own CMS, one long feed, numbered news sitemaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from khabar.replica.addresses import MOSCOW
from khabar.replica.article import Article
from khabar.replica.log import RequestKind
from khabar.replica.reply import XML, Reply
from khabar.replica.sites.base import Query, Site, newest_change, render, slice_of

FEED_SIZE = 100
SITEMAPS = 10
_SITEMAP = re.compile(r"^/sitemap/sitemap_news(\d)\.xml$")
_SECTION = re.compile(r"^/[a-z-]+/?$")
SECTIONS = {
    "en": {"world": "World", "politics": "Russian Politics & Diplomacy", "defense": "Military & Defense",
           "economy": "Business & Economy", "society": "Society & Culture", "emergencies": "Emergencies"},
    "ru": {"mezhdunarodnaya-panorama": "Международная панорама", "politika": "Политика",
           "armiya-i-opk": "Армия и ОПК", "ekonomika": "Экономика и бизнес", "sport": "Спорт",
           "proisshestviya": "Происшествия", "obschestvo": "Общество", "kultura": "Культура"},
}  # fmt: skip


@dataclass(frozen=True)
class Tass(Site):
    """One of the two hosts; `name` is the agency's name in `language`."""

    host: str
    language: str
    name: str
    server: str = "nginx"
    zone = MOSCOW

    def answer(self, path: str, query: Query, articles: Sequence[Article]) -> Reply | None:
        sections = SECTIONS[self.language]
        if path == "/rss/v2.xml":
            body = render("tass_feed.xml.j2", site=self, articles=articles[:FEED_SIZE], sections=sections)
            return Reply(body, type="application/xml; charset=UTF-8", modified=newest_change(articles))
        if path == "/sitemap.xml":
            parts = [f"https://{self.host}/sitemap/sitemap_news{index}.xml" for index in range(SITEMAPS)]
            body = render("sitemap_index.xml.j2", parts=parts, modified=newest_change(articles), yoast=False,
                          host=self.host)  # fmt: skip
            return Reply(body, type=XML, modified=newest_change(articles))
        if match := _SITEMAP.match(path):
            there = [a for a in articles if a.number % SITEMAPS == int(match[1])]
            body = render("tass_sitemap.xml.j2", site=self, articles=there)
            return Reply(body, type=XML, modified=newest_change(there))
        if path == "/" or (_SECTION.match(path) and path.strip("/") in sections):
            section = path.strip("/")
            shown = slice_of([a for a in articles if section in ("", a.section)], 1, 30)
            return Reply(render("tass_listing.html.j2", site=self, articles=shown, sections=sections))
        article = next((a for a in articles if a.path == path), None)
        if article is None:
            return None
        return self.page(article, "tass.html.j2", articles, section=sections[article.section], sections=sections)

    def kind(self, path: str) -> RequestKind:
        if path.startswith("/rss/"):
            return "feed"
        if path.startswith("/sitemap"):
            return "sitemap"
        return "listing" if path == "/" or _SECTION.match(path) else "article"


TASS_COM = Tass("tass.com", "en", "TASS")
TASS_RU = Tass("tass.ru", "ru", "ТАСС")
