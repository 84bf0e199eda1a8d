"""Crawls the generated world with another crawler, as its manual says; run by an interpreter that has it.

    PEER_PYTHON benchmarks/crawl_peers.py SYSTEM PORT FILE_OF_HOME_PAGES

Imports nothing of ours. Manners that wait between requests are switched off, as ours are.
"""

import importlib
import json
import os
import socket
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

SHAPES = {0: ("sitemap.xml", "Sitemap"), 1: ("sitemap.xml", "Sitemap"), 3: ("news-sitemap.xml", "NewsMap")}
"""By outlet number modulo 4: where the map of its articles is, and fundus's class for it. 2 has a feed only."""


def lead_to(port: int) -> None:
    """Let every name lead to our server."""
    ask = socket.getaddrinfo
    socket.getaddrinfo = lambda host, _port, *more, **named: ask("127.0.0.1", port, *more, **named)


def trafilatura(homes: list[str]) -> None:
    """Feeds and sitemaps of each home page, then what they name: `--feed` and `--sitemap` of its command."""
    downloads = importlib.import_module("trafilatura.downloads")
    feeds, sitemaps = importlib.import_module("trafilatura.feeds"), importlib.import_module("trafilatura.sitemaps")
    settings = importlib.import_module("trafilatura.settings")
    settings.DEFAULT_CONFIG["DEFAULT"]["SSRF_PROTECTION"] = "off"  # our server is on loopback
    links: set[str] = set()
    for home in homes:
        links |= {*feeds.find_feed_urls(home, sleep_time=0.0), *sitemaps.sitemap_search(home, sleep_time=0.0)}
    for _ in downloads.buffered_downloads(sorted(links), 16):
        pass


def fundus(homes: list[str]) -> None:
    """A publisher each, with its map and its feed, as its guide to adding publishers says."""
    base = importlib.import_module("fundus.publishers.base_objects")
    parser = importlib.import_module("fundus.parser")
    url = importlib.import_module("fundus.scraping.url")
    crawler = importlib.import_module("fundus").Crawler
    find = importlib.import_module("lxml.etree").XPath
    body_of = importlib.import_module("fundus.parser.utility").extract_article_body_with_selector

    class Version(parser.BaseParser):
        @parser.attribute
        def body(self) -> Any:
            return body_of(self.precomputed.doc, paragraph_selector=find("//article/p"))

        @parser.attribute
        def publishing_date(self) -> datetime | None:
            told = self.precomputed.meta.get("article:published_time")
            return datetime.fromisoformat(told) if told else None

        @parser.attribute
        def title(self) -> str | None:
            told: str | None = self.precomputed.meta.get("og:title")
            return told

    proxy = type("Proxy", (parser.ParserProxy,), {"V1": type("V1", (Version,), {})})
    group: Any = importlib.import_module("fundus.publishers.base_objects").PublisherGroup
    publishers = []
    for number, home in enumerate(homes):
        sources = [url.RSSFeed(f"{home}feed/", languages={"en"})]
        if number % 4 in SHAPES:
            path, kind = SHAPES[number % 4]
            sources.append(getattr(url, kind)(f"{home}{path}", languages={"en"}))
        publishers.append(base.Publisher(name=f"Outlet {number}", domain=home, parser=proxy, sources=sources))
    members = {f"P{number}": publisher for number, publisher in enumerate(publishers)} | {"default_language": "en"}
    for _ in crawler(group("World", (), members), delay=0.0).crawl(only_complete=False):
        pass


def news_please(homes: list[str]) -> None:
    """Its command with its own configuration, files for articles, and its default crawler, which reads sitemaps."""
    package = Path(importlib.import_module("newsplease").__file__ or "").parent
    with tempfile.TemporaryDirectory() as folder:
        config = (package / "config" / "config.cfg").read_text(encoding="utf-8")
        config = config.replace("~/news-please-repo/", f"{folder}/data/")
        Path(folder, "config.cfg").write_text(config, encoding="utf-8")
        sites = {"base_urls": [{"url": home} for home in homes]}
        Path(folder, "sitelist.hjson").write_text(json.dumps(sites), encoding="utf-8")
        sys.argv = ["news-please", "-c", folder]
        importlib.import_module("newsplease.__main__").main()


def main() -> None:
    """Crawl once."""
    system, port, homes = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).read_text(encoding="utf-8").split()
    if system == "trafilatura":  # takes no proxy but SOCKS
        lead_to(port)
    else:
        os.environ["http_proxy"] = f"http://127.0.0.1:{port}"
    {"trafilatura": trafilatura, "fundus": fundus, "news-please": news_please}[system](homes)


if __name__ == "__main__":
    main()
