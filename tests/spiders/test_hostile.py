"""Whatever a server answers, the crawl ends in time and every address has its named outcome (I1, I7)."""

import gzip
import time
import zlib
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from tests.spiders.conftest import World
from tests.spiders.hostile import Answer, HostileServer, chunked, http, reset

PAGE = b"<!doctype html><html><head><title>T</title></head><body><p>" + b"Some words of news. " * 200 + b"</p></html>"
ZIPPED = gzip.compress(PAGE)
BOMB = gzip.compress(bytes(40 * 1024 * 1024), 9)


def packed(body: bytes, encoding: str) -> bytes:
    """An answer whose Content-Length fits the (broken) body: what Scrapy itself takes for a good page."""
    return http(body, headers={"Content-Encoding": encoding})


def redirect(where: str) -> bytes:
    """302 to `where`."""
    return http(status="302 Found", headers={"Location": where})


CASES: dict[str, tuple[Answer, str]] = {
    "good": (http(PAGE), "pending"),
    "good-gzip": (packed(ZIPPED, "gzip"), "pending"),
    "good-gzip-twice": (packed(gzip.compress(ZIPPED), "gzip, gzip"), "pending"),
    "good-deflate": (packed(zlib.compress(PAGE), "deflate"), "pending"),
    "good-chunked": (chunked(PAGE[:500], PAGE[500:]), "pending"),
    "good-no-type": (http(PAGE, type=""), "pending"),
    "T16-truncated-gzip": (packed(ZIPPED[: len(ZIPPED) // 2], "gzip"), "refused:truncated"),
    "T16-gzip-without-trailer": (packed(ZIPPED[:-6], "gzip"), "refused:truncated"),
    "T17-not-gzip": (packed(PAGE, "gzip"), "refused:bad_encoding"),
    "T17-wrong-checksum": (packed(ZIPPED[:-8] + b"\0\0\0\0" + ZIPPED[-4:], "gzip"), "refused:bad_encoding"),
    "T18-bomb": (packed(BOMB, "gzip"), "refused:too_large"),
    "T19-three-layers": (packed(gzip.compress(gzip.compress(ZIPPED)), "gzip,gzip,gzip"), "refused:bad_encoding"),
    "T19-unknown": (packed(PAGE, "rot13"), "refused:bad_encoding"),
    "T20-announced": (http(PAGE, length=100 * 1024 * 1024), "refused:too_large"),
    "T20-chunked": (chunked(*[bytes(1024 * 1024)] * 18), "refused:too_large"),
    "T21-too-short": (http(PAGE, length=len(PAGE) + 50), "refused:dataloss"),
    "T22-reset": (reset, "refused:unreachable"),
    "T22-broken-chunks": (chunked(PAGE, end=False), "refused:dataloss"),
    "T24-header-line": (b"HTTP/1.1 banana\r\n\r\n", "refused:bad_response"),
    "T25-204": (http(status="204 No Content"), "refused:http_other"),
    "T25-206": (http(PAGE, status="206 Partial Content"), "refused:http_other"),
    "T25-404": (http(b"gone", status="404 Not Found"), "refused:http_4xx"),
    "T25-410": (http(b"gone", status="410 Gone"), "refused:http_4xx"),
    "T25-500": (http(b"oops", status="500 Oops"), "refused:http_5xx"),
    "T25-999": (http(b"no", status="999 No"), "refused:http_other"),
    "T26-304": (http(status="304 Not Modified"), "refused:http_304"),
    "T30-pdf": (http(b"%PDF-1.7 ..."), "refused:not_html"),
    "T30-png": (http(b"\x89PNG\r\n\x1a\n" + PAGE), "refused:not_html"),
    "T30-json": (http(b'{"a": 1}'), "refused:not_html"),
    "T30-mp4": (http(b"\0\0\0\x18ftypmp42", type="video/mp4"), "refused:not_html"),
    "T32-garbage": (b"hello\r\n\r\n", "refused:bad_response"),
    "T32-empty-reply": (b"", "refused:unreachable"),
    "empty": (http(b"  \n"), "refused:empty"),
    "R01-loop": (redirect("https://news.test/a/R01-loop"), "refused:redirects"),
    "R01-hop0": (redirect("https://news.test/a/R01-hop1"), "refused:redirects"),
    "R03-off-site": (redirect("http://169.254.169.254/latest/meta-data/"), "refused:scheme"),
    "R03-off-site-https": (redirect("https://evil.example/a/x"), "refused:off_site"),
    "R06-file": (redirect("file:///etc/passwd"), "refused:scheme"),
    "R06-javascript": (redirect("javascript:alert(1)"), "refused:scheme"),
    "R07-port": (redirect("https://news.test:22/a/x"), "refused:port"),
    "R08-downgrade": (redirect("http://news.test/a/good"), "refused:scheme"),
    "R09-meta-refresh": (http(b'<meta http-equiv=refresh content="0;url=https://evil.example/">' + PAGE), "pending"),
    "R13-userinfo": (redirect("https://news.test@evil.example/"), "refused:bad_url"),
    "R17-home": (redirect("https://news.test/"), "refused:not_article"),
    "H07-challenge-403": (http(b"<title>Just a moment...</title>", status="403 Forbidden"), "refused:challenge"),
    "H07-challenge-200": (http(PAGE, headers={"cf-mitigated": "challenge"}), "refused:challenge"),
    "http-403": (http(b"no", status="403 Forbidden"), "refused:http_4xx"),
}  # fmt: skip
LINKS = {
    "javascript:alert(1)": "refused:scheme",
    "data:text/html,hello": "refused:scheme",
    "https://news.test@evil.example/a/x": "refused:bad_url",
    "https://evil.example/a/x": "refused:off_site",
    "https://news.test:6379/a/x": "refused:port",
    "https://news.test/about": "refused:not_article",
    "https://news.test/a/" + "x" * 9000: "refused:bad_url",
}


def feed(links: list[str]) -> bytes:
    """An RSS feed of `links`."""
    items = "".join(f"<item><title>T</title><link>{escape(link)}</link></item>" for link in links)
    return http(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), type="application/rss+xml")


def test_every_answer_has_its_name(small_world: World, outlet_folder: Callable[..., Path]) -> None:
    """T, R and H cases of one crawl against a hostile server; nothing is asked that must not be."""
    with HostileServer() as server:
        server.pages["/news.test/feed/"] = feed([*(f"https://news.test/a/{name}" for name in CASES), *LINKS])
        server.pages["/news.test/"] = http(PAGE)
        for name, (answer, _) in CASES.items():
            server.pages[f"/news.test/a/{name}"] = answer
        for hop in range(1, 8):
            server.pages[f"/news.test/a/R01-hop{hop}"] = redirect(f"https://news.test/a/R01-hop{hop + 1}")
        small_world.point_to(server.url)
        began = time.monotonic()
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(outlet_folder("news")))
        seconds = time.monotonic() - began
    log = small_world.log.read_text()
    assert "Traceback" not in log, log
    found = {r["url"]: r for r in small_world.rows("SELECT url, outcome, detail FROM discoveries")}
    expected = {f"https://news.test/a/{name}": outcome for name, (_, outcome) in CASES.items()} | LINKS
    shown = {url[:2000]: outcome for url, outcome in expected.items()}
    assert {url: row["outcome"] for url, row in found.items()} == shown
    assert result.state == "ok", result.reason
    assert not [path for path in server.asked if not path.startswith("/news.test/")]
    assert server.times("/news.test/a/R01-hop5") == 1
    assert server.times("/news.test/a/R01-hop6") == 0
    assert server.times("/news.test/a/T26-304") == 2
    assert server.times("/news.test/a/T25-404") == 1
    assert server.times("/news.test/a/T16-truncated-gzip") == 3
    assert all(b"Cookie:" not in request and b"Referer:" not in request for request in server.requests)
    assert seconds < 120
    assert result.report["stats"]["memusage/max"] < 400 * 1024 * 1024
    kept = small_world.rows("SELECT body_sha256 FROM fetches WHERE kind = 'article' AND body_sha256 IS NOT NULL")
    assert len(kept) == sum(outcome == "pending" for _, outcome in CASES.values())


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"<!doctype html><html><body>Sorry</body></html>", "refused:not_a_feed"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hosts">]><r>&x;</r>', "refused:xml_entity"),
    ],
    ids=["html", "entity"],
)  # fmt: skip
def test_a_source_that_is_none_fails_the_run_and_says_so(
    small_world: World, outlet_folder: Callable[..., Path], body: bytes, outcome: str
) -> None:
    """I6: nothing found is never green, and the reason names the source."""
    with HostileServer() as server:
        server.pages["/news.test/feed/"] = http(body, type="application/rss+xml")
        small_world.point_to(server.url)
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(outlet_folder("news")))
    assert (result.state, result.exit_code) == ("failed", 1)
    assert result.reason
    assert "discovered 0, expected at least 1" in result.reason
    assert outcome in result.reason
    assert [row["outcome"] for row in small_world.rows("SELECT outcome FROM source_states")] == [outcome]
