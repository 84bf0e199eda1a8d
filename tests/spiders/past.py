"""A site with a past: articles of some days of 2023 at a hostile server, and the archives that name them."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tests.spiders.hostile import HostileServer, http

HOST = "https://news.test"
SITEMAP, ARCHIVE, REST = (
    f"{HOST}/sitemap.xml",
    f"{HOST}/archive/{{year}}/{{month:02}}/{{day:02}}/",
    f"{HOST}/wp-json/wp/v2/posts",
)


def days(first: date, number: int) -> list[date]:
    """`number` days from `first` on."""
    return [first + timedelta(days=index) for index in range(number)]


class PastSite:
    """Serves pages below /news.test of a server, as the replica does."""

    def __init__(self, server: HostileServer) -> None:
        self.server = server
        self.serve("/robots.txt", b"User-agent: *\nDisallow:\n", type="text/plain")

    def serve(self, path: str, body: bytes | str, **how: object) -> None:
        """One path."""
        data = body.encode() if isinstance(body, str) else body
        self.server.pages[f"/news.test{path}"] = http(data, **how)  # type: ignore[arg-type]

    def articles(self, names: Iterable[str]) -> list[str]:
        """Pages of articles; their addresses."""
        made = []
        for name in names:
            self.serve(f"/a/{name}", f"<html><title>{name}</title><p>All that is to be said of {name}.</p></html>")
            made.append(f"{HOST}/a/{name}")
        return made

    def sitemap(self, path: str, pages: Iterable[tuple[str, str]]) -> None:
        """A sitemap of (address, further elements) entries."""
        entries = "".join(f"<url><loc>{url}</loc>{more}</url>" for url, more in pages)
        self.serve(
            path, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>', type="text/xml"
        )

    def index(self, path: str, parts: Iterable[tuple[str, str]]) -> None:
        """A sitemap index of (path, lastmod or "") entries."""
        entries = "".join(
            f"<sitemap><loc>{HOST}{part}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
            for part, at in parts
        )
        self.serve(
            path, f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>',
            type="text/xml",
        )  # fmt: skip

    def listing(self, path: str, urls: Iterable[str], more: str = "") -> None:
        """A page of links."""
        self.serve(path, "<html><body>" + "".join(f'<a href="{url}">{url}</a>' for url in urls) + more)

    def posts(self, first: str, pages: Sequence[Sequence[tuple[str, str]]], *, total: bool) -> None:
        """WordPress's pages of (address, date_gmt) posts, with or without the number of pages in a header."""
        path = first.removeprefix(HOST)
        for number, posts in enumerate(pages, 1):
            body = json.dumps([{"link": url, "date_gmt": at, "title": {"rendered": url}} for url, at in posts])
            headers = {"X-WP-TotalPages": str(len(pages))} if total else {}
            address = path if number == 1 else f"{path}&page={number}"
            for spelling in (address, address.replace("%2C", ",")):  # the same address to a site
                self.serve(spelling, body, type="application/json", headers=headers)

    def asked(self, prefix: str = "/") -> list[str]:
        """What was asked below `prefix`, in order."""
        return [path.removeprefix("/news.test") for path in self.server.asked if path.startswith(f"/news.test{prefix}")]
