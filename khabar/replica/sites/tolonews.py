"""TOLOnews: Drupal with a mixed-language root feed, language feeds, and listings of ten a page counted from 0."""

import re
from collections.abc import Sequence

from khabar.replica.addresses import KABUL
from khabar.replica.article import Article
from khabar.replica.log import RequestKind
from khabar.replica.reply import RSS, Reply
from khabar.replica.sites.base import Query, Site, newest_change, pages_in, render, slice_of, whole

FEED_SIZE = 30
LISTING_SIZE = 10
_FEED = re.compile(r"^/(?:(fa|ps)/)?rss\.xml$")
_LISTING = re.compile(r"^/(?:(fa|ps)/)?(?:(afghanistan|business|world|sport|science|arts)(?:/all)?)?/?$")
_DRUPAL = {"X-Generator": "Drupal 8 (https://www.drupal.org)", "X-Content-Type-Options": "nosniff"}


class Tolonews(Site):
    """The one host; it has no sitemap that anyone saw."""

    host = "tolonews.com"
    server = "Apache"
    zone = KABUL

    def answer(self, path: str, query: Query, articles: Sequence[Article]) -> Reply | None:
        if path == "/rss":
            return Reply(status=301, headers={"Location": f"https://{self.host}/rss.xml"})
        if match := _FEED.match(path):
            chosen = [a for a in articles if match[1] in (None, a.language)]
            body = render("tolonews_feed.xml.j2", site=self, articles=chosen[:FEED_SIZE], language=match[1])
            return Reply(body, type=RSS, modified=newest_change(chosen), headers=_DRUPAL)
        if match := _LISTING.match(path):
            language, section = match[1] or "en", match[2]
            chosen = [a for a in articles if a.language == language and section in (None, a.section)]
            page = whole(query.get("page", "0"), 0)
            shown = slice_of(chosen, page + 1, LISTING_SIZE)  # a page too far is empty and 200, as Drupal's are
            body = render("tolonews_listing.html.j2", site=self, articles=shown, language=language, page=page,
                          last=pages_in(chosen, LISTING_SIZE) - 1, path=path)  # fmt: skip
            return Reply(body, headers=_DRUPAL)
        article = next((a for a in articles if a.path == path), None)
        return self.page(article, "tolonews.html.j2", articles) if article else None

    def kind(self, path: str) -> RequestKind:
        if path == "/rss" or path.endswith("rss.xml"):
            return "feed"
        return "listing" if _LISTING.match(path) else "article"
