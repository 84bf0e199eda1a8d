"""A WordPress host: one blog per language, each with feed, REST, Yoast sitemaps, listings and article pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from khabar.replica.addresses import KABUL
from khabar.replica.article import Article
from khabar.replica.log import RequestKind
from khabar.replica.reply import RSS, XML, Reply
from khabar.replica.sites.base import Query, Site, newest_change, pages_in, render, slice_of, whole
from khabar.replica.sites.wordpress_rest import rest

FEED_SIZE = 10
LISTING_SIZE = 10
_FEED = re.compile(r"^(?:category/([a-z-]+)/)?feed/$")
_LISTING = re.compile(r"^(?:category/([a-z-]+)/)?(?:page/(\d+)/)?$")


@dataclass(frozen=True, slots=True)
class Blog:
    """One language of the host: the folder it lives in ("" is the root) and its names."""

    folder: str
    language: str
    name: str
    locale: str


@dataclass(frozen=True)
class WordPress(Site):
    """`template` is the theme; `feed` False means that the host took its feeds away (410)."""

    host: str
    blogs: tuple[Blog, ...]
    template: str
    listing: str
    house: str
    """The byline of articles without a named author."""
    server: str = "nginx"
    feed: bool = True
    zone: tzinfo = KABUL

    def answer(self, path: str, query: Query, articles: Sequence[Article]) -> Reply | None:
        blog, rest_of = self._blog(path)
        mine = [article for article in articles if article.language == blog.language]
        if rest_of.startswith("wp-json/") or rest_of == "wp-json":
            return rest(self, blog, rest_of.removeprefix("wp-json").strip("/"), query, mine)
        if rest_of.endswith(".xml"):
            return self._sitemap(blog, rest_of, mine)
        if not path.endswith("/"):
            return self._with_slash(path, query, articles)
        if rest_of == "" and query.get("p"):
            found = next((a for a in mine if str(a.number) == query["p"]), None)
            return Reply(status=301, headers={"Location": found.url}) if found else None
        if match := _FEED.match(rest_of):
            return self._feed(blog, match[1], query, mine)
        if match := _LISTING.match(rest_of):
            return self._listing(blog, match[1], whole(match[2] or "1", 0), mine)
        article = next((a for a in mine if a.path == path), None)
        return self.page(article, self.template, articles, blog=blog) if article else None

    def kind(self, path: str) -> RequestKind:
        rest_of = self._blog(path)[1]
        if _FEED.match(rest_of) or rest_of.endswith("feed"):
            return "feed"
        if rest_of.startswith("wp-json"):
            return "rest"
        if "sitemap" in rest_of:
            return "sitemap"
        if rest_of.startswith("wp-"):
            return "other"
        return "listing" if _LISTING.match(rest_of) else "article"

    def home(self, blog: Blog) -> str:
        """The blog's front page."""
        return f"https://{self.host}/{blog.folder}"

    def blog_of(self, article: Article) -> Blog:
        """The blog on which the article stands."""
        return next(blog for blog in self.blogs if blog.language == article.language)

    def _blog(self, path: str) -> tuple[Blog, str]:
        for blog in self.blogs:
            if blog.folder and path.startswith(f"/{blog.folder}"):
                return blog, path.removeprefix(f"/{blog.folder}")
        return next(blog for blog in self.blogs if not blog.folder), path.removeprefix("/")

    def _with_slash(self, path: str, query: Query, articles: Sequence[Article]) -> Reply | None:
        if any(article.path == path for article in articles):  # Khaama's /persian/archives/N has no slash
            article = next(a for a in articles if a.path == path)
            return self.page(article, self.template, articles, blog=self.blog_of(article))
        if self.answer(f"{path}/", query, articles) is None:
            return None
        return Reply(status=301, headers={"Location": f"https://{self.host}{path}/"})

    def _feed(self, blog: Blog, section: str | None, query: Query, articles: Sequence[Article]) -> Reply | None:
        if not self.feed:
            return Reply(b"Gone", status=410, type="text/plain; charset=UTF-8")
        chosen = [a for a in articles if section in (None, a.section)]
        shown = slice_of(chosen, whole(query.get("paged", "1"), 0), FEED_SIZE)
        if not shown:
            return None
        address = f"{self.home(blog)}{f'category/{section}/' if section else ''}feed/"
        body = render("wp_feed.xml.j2", site=self, blog=blog, articles=shown, address=address)
        return Reply(body, type=RSS, modified=newest_change(chosen))

    def _listing(self, blog: Blog, section: str | None, page: int, articles: Sequence[Article]) -> Reply | None:
        chosen = [a for a in articles if section in (None, a.section)]
        shown = slice_of(chosen, page, LISTING_SIZE)
        if not shown:
            return None
        last = pages_in(chosen, LISTING_SIZE)
        path = f"{self.home(blog)}{f'category/{section}/' if section else ''}"
        return Reply(render(self.listing, site=self, blog=blog, articles=shown, page=page, last=last, base=path,
                            section=section))  # fmt: skip

    def _sitemap(self, blog: Blog, name: str, articles: Sequence[Article]) -> Reply | None:
        there = [article for article in articles if article.kind != "soft_404"]
        modified = newest_change(there)
        if name == "sitemap.xml":
            return Reply(status=301, headers={"Location": f"{self.home(blog)}sitemap_index.xml"})
        if name == "sitemap_index.xml":
            parts = [f"{self.home(blog)}{part}-sitemap.xml" for part in ("post", "category")]
            body = render("sitemap_index.xml.j2", parts=parts, modified=modified, yoast=True, host=self.host)
        elif name == "post-sitemap.xml":
            pages = [(a.url, a.modified) for a in sorted(there, key=lambda a: a.modified)]
            body = render("sitemap.xml.j2", pages=pages, yoast=True, host=self.host)
        elif name == "category-sitemap.xml":
            sections = sorted({a.section for a in there})
            pages = [(f"{self.home(blog)}category/{s}/", max(a.modified for a in there if a.section == s))
                     for s in sections]  # fmt: skip
            body = render("sitemap.xml.j2", pages=pages, yoast=True, host=self.host)
        else:
            return None
        return Reply(body, type=XML, modified=modified, headers={"X-Robots-Tag": "noindex, follow"})
