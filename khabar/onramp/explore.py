"""Finds a site's sources: what it declares first, then what sites of its kind have, then what most sites have. Every
address that was tried is remembered with what came of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urljoin, urlsplit

from protego import Protego

from khabar.onramp.look import SourceSeen, address_of, language_of_titles, look_at_source
from khabar.onramp.pattern import Induced, induce
from khabar.onramp.site import FOLDERS, Link, Site, read_site
from models.exits import Exit
from outlets import Outlet, Source
from outlets.schema import Assertions, Politeness
from spiders.identity import PRODUCT
from spiders.prober import Prober, Seen

MOST_ROOTS: Final = 5
"""Home pages of other languages that are looked at."""
MOST_FEEDS: Final = 8
"""Declared feeds that are looked at on one page; the rest are those of sections."""
_FEED_LINK: Final = re.compile(r"/(?:rss|feeds?|atom)(?:/|$)|\.(?:rss|atom)$|(?:rss|feed|atom)[\w.-]*\.xml$", re.I)
FEEDS: Final = ("feed/", "rss.xml", "rss", "feed.xml", "atom.xml", "index.xml", "feed.json")
SITEMAPS: Final = ("sitemap.xml", "sitemap_index.xml", "news-sitemap.xml", "sitemap-news.xml", "wp-sitemap.xml")
POSTS: Final = "wp/v2/posts"
ENOUGH_LINKS: Final = 5
"""A page with fewer links to articles is no list of them."""
HEADLINE: Final = 25
"""Characters: a link with so long a text leads to an article more often than to a section."""


class SiteError(Exception):
    """The site cannot be watched, or not from here. One sentence."""

    exit_code = Exit.FAILED


@dataclass(slots=True)
class Explored:
    """What was found on a site."""

    site: Site
    pages: list[Site]
    """The home page and those of other languages."""
    sources: list[SourceSeen]
    tried: list[SourceSeen] = field(default_factory=list)
    """Sources that were looked for and not found, or that repeat others."""
    crawl_delay: float = 0.0
    robots_status: int | None = None
    articles: Induced | None = None

    @property
    def article_pattern(self) -> re.Pattern[str]:
        """Of `articles`; one that matches nothing as long as there is none."""
        return re.compile(self.articles.pattern if self.articles else "(?!)")

    @property
    def addresses(self) -> list[str]:
        """The address of everything that the sources list, once."""
        return _addresses(self.sources)


def provisional(home: str, article_url: str = "(?!)") -> Outlet:
    """An outlet that may be asked on the site of `home` and is otherwise unknown."""
    return Outlet(
        name="probed", title=urlsplit(home).hostname or home, home=home, country="ZZ", ownership="private",
        languages=["en"], timezone="UTC", sources=[Source(kind="listing", url=home)], article_url=article_url,
        politeness=Politeness(), assertions=Assertions(min={"discovered": 1}),
    )  # fmt: skip


def explore(prober: Prober, home: str) -> Explored:
    """Everything that can be found from the page `home`. Raises SiteError when that page cannot be read, or when
    nothing on the site lists articles."""
    seen = prober.ask(home)
    if not seen.answered:
        raise SiteError(_why_closed(home, seen))
    site = read_site(seen.body, seen.final_url, seen.headers)
    host = prober.robots(seen.final_url)
    robots = Protego.parse(host.robots_txt or "")
    found = Explored(site, [site], [], [], min(float(robots.crawl_delay(PRODUCT) or 0), 60.0), host.robots_status)
    _keep_of_page(prober, found, site)
    _visit_roots(prober, found, site.roots)
    _keep(prober, found, (Source(kind="sitemap", url=url) for url in robots.sitemaps))
    for path in SITEMAPS:
        if not any(s.source.kind in ("sitemap", "news_sitemap") for s in found.sources):
            _keep(prober, found, [Source(kind="sitemap", url=urljoin(site.url, f"/{path}"))])
    _learn_from_article(prober, found)
    found.articles = _induced(found)
    if found.articles is None:
        raise SiteError(_why_nothing(found))
    _keep_listings(prober, found)
    return found


def _visit_roots(prober: Prober, found: Explored, roots: Iterable[str]) -> None:
    """Looks at the home pages of other languages and at what they declare."""
    known = {prober.ask(page.url).body for page in found.pages}
    for root in roots:
        if len(found.pages) > MOST_ROOTS:
            return
        answer = prober.ask(root)
        if answer.answered and answer.body not in known:
            known.add(answer.body)
            page = read_site(answer.body, answer.final_url, answer.headers)
            found.pages.append(page)
            _keep_of_page(prober, found, page)


def _keep_of_page(prober: Prober, found: Explored, page: Site) -> None:
    _keep(prober, found, _declared(page))
    if not any(s.source.kind in ("feed", "json") and _below(s, page, found.pages) for s in found.sources):
        _keep_first(prober, found, (Source(kind="feed", url=urljoin(page.url, path)) for path in FEEDS))


def _learn_from_article(prober: Prober, found: Explored) -> None:
    """Articles often declare what the home page does not, and stand in folders of languages that it does not link."""
    induced = _induced(found)
    if induced is None:
        return
    listed = [url for url in found.addresses if re.search(induced.pattern, url)]
    answer = prober.ask(listed[0]) if listed else None
    if answer is not None and answer.answered:
        page = read_site(answer.body, answer.final_url, answer.headers)
        names = tuple(dict.fromkeys((*found.site.names, *page.names)))
        found.site = found.pages[0] = replace(found.site, names=names, system=found.site.system or page.system)
        feeds = [f for f in page.feeds if not f[0].startswith(answer.final_url)]  # an article's own is of its comments
        _keep(prober, found, _declared(replace(page, feeds=tuple(feeds), links=())))
    folders = {url.split("/")[3] for url in listed if url.count("/") > 3} & set(FOLDERS)
    _visit_roots(prober, found, [urljoin(found.site.url, f"/{folder}/") for folder in sorted(folders)])


def _declared(page: Site) -> Iterator[Source]:
    if page.wordpress or page.system == "WordPress":
        root = page.wordpress or urljoin(page.url, "wp-json/")
        yield Source(kind="wordpress", url=urljoin(root, POSTS))
    linked = [(link.url, "feed") for link in page.links if _FEED_LINK.search(urlsplit(link.url).path)]
    for url, kind in [*page.feeds, *linked][:MOST_FEEDS]:
        yield Source.model_validate({"kind": kind, "url": url})


def _below(seen: SourceSeen, page: Site, pages: list[Site]) -> bool:
    """Whether a source belongs to `page` rather than to another of `pages`: the one whose address it continues."""
    owner = max((p.url for p in pages if seen.source.url.startswith(p.url)), key=len, default=pages[0].url)
    return owner == page.url


def _keep_first(prober: Prober, found: Explored, sources: Iterable[Source]) -> None:
    """Tries `sources` until one is kept, or repeats what is known."""
    for source in sources:
        before = len(found.sources)
        if _keep(prober, found, [source]) or len(found.sources) > before:
            return


def _keep(prober: Prober, found: Explored, sources: Iterable[Source]) -> bool:
    """Looks at `sources` and keeps those that list something new. Whether any could be read."""
    read = False
    for source in sources:
        if any(source.url == other.source.url for other in (*found.sources, *found.tried)):
            continue
        seen = look_at_source(prober, source)
        read = read or seen.reads
        seen = _understood(seen)
        if not seen.reads:
            found.tried.append(seen)
        elif any(_repeats(seen, other) for other in found.sources):
            found.tried.append(replace(seen, detail="lists nothing that another source of its kind does not"))
        else:
            found.sources.append(seen)
    return read


def _understood(seen: SourceSeen) -> SourceSeen:
    """With the address that answered, the language of its titles, and a sitemap of news called that."""
    changes = {"language": language_of_titles(seen.items)}
    if seen.is_news and seen.source.kind == "sitemap":
        changes["kind"] = "news_sitemap"
    if seen.seen.final_url and seen.source.kind != "wordpress":
        changes["url"] = seen.seen.final_url
    return replace(seen, source=seen.source.model_copy(update=changes))


def _repeats(seen: SourceSeen, other: SourceSeen) -> bool:
    """Whether `seen` adds nothing to `other`; a source that says the language of its articles adds that."""
    if seen.source.url == other.source.url:
        return True
    alike = seen.source.kind == other.source.kind and seen.source.language == other.source.language
    return alike and set(_addresses([seen])) <= set(_addresses([other]))


def _addresses(sources: Iterable[SourceSeen]) -> list[str]:
    found = (address for source in sources for item in source.items if (address := address_of(item)))
    return list(dict.fromkeys(found))


def _induced(found: Explored) -> Induced | None:
    """From what feeds and the like list; a sitemap's pages, and links with the length of a headline, are second best,
    because there is more than articles among them."""
    sure = _addresses(s for s in found.sources if s.source.kind != "sitemap")
    known = set(sure)
    menus = [link.url for page in found.pages for link in page.links if link.in_menu and link.url not in known]
    others = [*(page.url for page in found.pages), *(s.source.url for s in found.sources), *menus]
    headlines = [link.url for page in found.pages for link in page.links if _is_headline(link)]
    for listed in (sure, _addresses(found.sources), headlines):
        if induced := induce(listed, [other for other in others if other not in listed]):
            return induced
    return None


def _is_headline(link: Link) -> bool:
    return not link.in_menu and len(link.text) >= HEADLINE


def _keep_listings(prober: Prober, found: Explored) -> None:
    """Home pages that list articles, for languages that have fewer than two other sources."""
    if found.articles is None:
        return
    prober.outlet = provisional(found.site.url, found.articles.pattern)
    for page in found.pages:
        if sum(_below(s, page, found.pages) for s in found.sources) >= 2:
            continue
        seen = _understood(look_at_source(prober, Source(kind="listing", url=page.url)))
        if len(seen.items) >= ENOUGH_LINKS:
            found.sources.append(seen)


def _why_closed(home: str, seen: Seen) -> str:
    host = urlsplit(home).hostname
    match seen.outcome:
        case "refused:robots":
            return f"{home}: robots.txt does not let us in, so this site is not watched ({seen.detail})"
        case "refused:challenge":
            return f"{home}: blocked: {host} answers with a bot challenge, which is never solved"
        case "refused:unreachable":
            return f"{home}: cannot be reached: {seen.detail}"
        case "refused:off_site":
            return f"{home}: leads to another site ({(seen.detail or '?').split(' ')[0]}): give that one's address"
        case _:
            return f"{home}: {seen.outcome}: {seen.detail or 'no page'}"


def _why_nothing(found: Explored) -> str:
    tried = "; ".join(f"{s.source.url} ({s.detail or 'lists nothing'})" for s in found.tried)
    return f"{found.site.url}: no feed, sitemap, WordPress interface or list of articles was found; tried: {tried}"
