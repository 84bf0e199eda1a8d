"""Afghanistan International: pages drawn from Next.js data, no date but the one in the address."""

import json
import re
from collections.abc import Sequence
from datetime import UTC

from markupsafe import Markup

from khabar.replica.addresses import KABUL
from khabar.replica.article import Article
from khabar.replica.log import RequestKind
from khabar.replica.reply import RSS, Reply
from khabar.replica.sites.base import Query, Site, newest_change, pages_in, render, slice_of, whole

FEED_SIZE = 30
LISTING_SIZE = 24
_LISTING = re.compile(r"^/(?:(en|ps)/)?(?:(allnews)/?)?$")
_FEED = re.compile(r"^/(?:(en|ps)/)?feed/?$")


class Afintl(Site):
    """The one host: Dari at the root, English in /en/, Pashto in /ps/."""

    host = "www.afintl.com"
    server = "Vercel"
    zone = UTC
    desk = KABUL

    def answer(self, path: str, query: Query, articles: Sequence[Article]) -> Reply | None:
        if match := _FEED.match(path):
            chosen = [a for a in articles if a.language == (match[1] or "fa")]
            body = render("afintl_feed.xml.j2", site=self, articles=chosen[:FEED_SIZE], language=match[1] or "fa")
            return Reply(body, type=RSS, modified=newest_change(chosen))
        if match := _LISTING.match(path):
            language = match[1] or "fa"
            chosen = [a for a in articles if a.language == language]
            page = whole(query.get("page", "1"), 1)
            shown = slice_of(chosen, page, LISTING_SIZE)
            data = {"items": [{"id": a.path.rsplit("/", 1)[1], "title": a.title, "href": a.path} for a in shown]}
            last = pages_in(chosen, LISTING_SIZE)
            body = render("afintl_listing.html.j2", site=self, articles=shown, language=language, page=page, last=last,
                          next_data=next_data("/[lang]/allnews", language, data))  # fmt: skip
            return Reply(body)
        article = next((a for a in articles if a.path == path), None)
        if article is None:
            return None
        blocks = [{"type": "paragraph", "text": text} for text in article.paragraphs]
        shown_data = {"id": path.rsplit("/", 1)[1], "title": article.title, "lead": article.summary, "body": blocks}
        drawn_from = next_data("/[lang]/[id]", article.language, {"article": shown_data})
        return self.page(article, "afintl.html.j2", articles, next_data=drawn_from)

    def kind(self, path: str) -> RequestKind:
        if _FEED.match(path):
            return "feed"
        return "listing" if _LISTING.match(path) else "article"


def next_data(page: str, language: str, props: object) -> Markup:
    """The JSON that Next.js leaves in its pages; "<" is escaped so that no text can end the script."""
    data = {"props": {"pageProps": props, "__N_SSG": True}, "page": page, "query": {"lang": language},
            "buildId": "q7wJ0xkPz", "isFallback": False, "gsp": True, "locale": language}  # fmt: skip
    return Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - escaped just here
