"""IRNA and Mehr, whose feeds carry whole articles: their own outlet files, read on a real server."""

from html import escape

import pytest

from models.archive import open_archive
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

WHOLE = f"<p>{'The bridge over the river is open again, traders said. ' * 10}</p>"
SUMMARY = "<p>The bridge is open.</p>"
HOSTS = {"irna": ("en.irna.ir", "www.irna.ir"), "mehr": ("en.mehrnews.com", "www.mehrnews.com")}


def feed(host: str, *numbers_and_texts: tuple[int, str]) -> bytes:
    """As the CMS of both makes it: the text is the description."""
    items = "".join(
        f"<item><title>Bridge {number}</title><link>https://{host}/news/{number}/A-title</link>"
        f"<description>{escape(text)}</description></item>"
        for number, text in numbers_and_texts
    )
    return http(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), type="application/rss+xml")


@pytest.mark.parametrize("outlet", HOSTS)
def test_whole_texts_are_taken_and_summaries_are_not(outlet: str, small_world: World) -> None:
    """I1: both languages; what the feed carries whole costs no request, and of the rest the page is asked, once."""
    with HostileServer() as server:
        small_world.point_to(server.url)
        english, persian = HOSTS[outlet]
        page = f"<html><body><article><h1>Bridge</h1>{WHOLE}</article></body></html>".encode()
        server.pages[f"/{english}/rss"] = feed(english, (80_000_001, WHOLE), (80_000_002, SUMMARY))
        server.pages[f"/{persian}/rss"] = feed(persian, (80_000_003, WHOLE), (80_000_004, SUMMARY))
        server.pages[f"/{english}/news/80000002/A-title"] = http(page)
        server.pages[f"/{persian}/news/80000004/A-title"] = http(page)
        small_world.crawl(outlet)
    asked = [path for path in server.asked if "/news/" in path]
    assert sorted(asked) == sorted([f"/{english}/news/80000002/A-title", f"/{persian}/news/80000004/A-title"])
    archive = open_archive(str(small_world.folder / "archive"))
    held = {key.partition("/news/")[2][:8]: archive.get(sha256) for key, sha256 in small_world.bodies().items()}
    assert held == {
        "80000001": WHOLE.encode(), "80000002": page, "80000003": WHOLE.encode(), "80000004": page,
    }  # fmt: skip
