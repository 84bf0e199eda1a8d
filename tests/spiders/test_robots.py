"""robots.txt by RFC 9309, each way in which a server can answer for it (I8)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spiders.crawl import crawl_each
from spiders.robots import MOST, rules_of, text_of
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

URL = "https://news.test/a/1.html"


@pytest.mark.parametrize(
    ("status", "text", "allowed"),
    [
        (200, "User-agent: *\nDisallow: /a/", False),
        (200, "User-agent: *\nDisallow: /b/", True),
        (200, "User-agent: Khabar\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        (200, "User-agent: khabar\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        (200, "User-agent: *\nDisallow: /*.html$\nAllow: /a/1.html", True),
        (200, "<!doctype html><html>not robots</html>", True),
        (200, "", True),
        (
            200,
            "User-agent: Khabar\nDisallow: /b/\n\nUser-agent: *\nDisallow: /\n\nUser-agent: khabar\nDisallow: /a/",
            False,
        ),
        (200, "User-agent: Khabar-News\nDisallow: /\n", True),
        (200, "user-AGENT:KHABAR\ndisallow:/a/ # no\n", False),
        (200, "User-agent: *\nDisallow: /%61/", False),
        (203, "User-agent: *\nDisallow: /", False),
        (200, "\x01\x02" * 1000, True),
        (404, "User-agent: *\nDisallow: /", True),
        (410, "", True),
        (400, "", True),
        (401, "", False),
        (403, "", False),
        (500, "User-agent: *\nAllow: /", False),
        (503, "", False),
        (304, "", False),
    ],
)
def test_what_a_robots_txt_allows(status: int, text: str, allowed: bool) -> None:
    """RFC 9309, 2.2 and 2.3.1; 401 and 403 are a no by our own choice."""
    rules = rules_of(status, text)
    assert (rules.refusal is None and rules.allows(URL)) == allowed


def test_half_a_megabyte_is_read_and_no_half_a_line() -> None:
    """RFC 9309, 2.5: what stands behind 500 KiB has no effect, and a rule that is cut there does not become another."""
    rule = b"Disallow: /archive/\n"
    body = b"\xef\xbb\xbfUser-agent: *\nDisallow: /a/\n" + rule * (MOST // len(rule) + 10) + b"Disallow: /\n"
    assert rules_of(200, text_of(body)).allows("https://news.test/b/1")
    assert not rules_of(200, text_of(body)).allows(URL)
    assert text_of(body).endswith("Disallow: /archive/")
    assert len(body) > MOST > len(text_of(body)) > MOST - len(rule)


def moved(to: str) -> bytes:
    """A redirect."""
    return http(status="301 Moved", headers={"Location": to})


ROBOTS: dict[str, tuple[bytes | Callable[..., None], str]] = {
    "open": (http(b"User-agent: *\nDisallow: /private"), "done"),
    "closed": (http(b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), "refused:robots"),
    "page": (http(b"<!doctype html><html><body>Our site</body></html>"), "done"),
    "large": (http(b"User-agent: *\nDisallow: /x\n" + b"# all ours\n" * 100_000 + b"Disallow: /\n"), "done"),
    "missing": (http(status="404 Not Found"), "done"),
    "unauthorized": (http(status="401 Unauthorized"), "refused:robots"),
    "forbidden": (http(status="403 Forbidden"), "refused:robots"),
    "broken": (http(status="500 Oops"), "refused:robots"),
    "away": (http(status="503 Away"), "refused:robots"),
    "busy": (http(status="429 Busy", headers={"Retry-After": "3600"}), "refused:rate_limited"),
    "silent": (lambda connection: connection.recv(1), "refused:unreachable"),
    "hops": (moved("/r1"), "done"),
    "circle": (moved("/robots.txt"), "refused:robots"),
    "far": (moved("/f1"), "refused:robots"),
}
"""Host -> what it answers for robots.txt, and what becomes of its feed then."""


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """The hosts of ROBOTS, each with a feed."""
    with HostileServer() as running:
        for name, (answer, _) in ROBOTS.items():
            running.pages[f"/{name}.test/robots.txt"] = answer
            running.pages[f"/{name}.test/feed/"] = http(b"<rss><channel><title>T</title></channel></rss>")
        for hop in range(1, 5):
            running.pages[f"/hops.test/r{hop}"] = moved(f"/r{hop + 1}")
        running.pages["/hops.test/r5"] = http(b"User-agent: *\nAllow: /")
        for hop in range(1, 7):
            running.pages[f"/far.test/f{hop}"] = moved(f"/f{hop + 1}")
        yield running


def test_every_way_to_answer(small_world: World, server: HostileServer, outlet_folder: Callable[..., Path]) -> None:
    """RFC 9309, 2.3.1, over real connections: a host that forbids, or fails to say, is asked for nothing else; the next
    run asks a failing one again, and keeps a clear answer for a day."""
    for name in ROBOTS:
        folder = outlet_folder(
            name, home=f"https://{name}.test/", sources=[{"kind": "feed", "url": f"https://{name}.test/feed/"}],
            article_url=rf"^https://{name}\.test/a/",
        )  # fmt: skip
    small_world.point_to(server.url)
    options = {"KHABAR_OUTLETS_FOLDER": str(folder), "DOWNLOAD_TIMEOUT": "2"}

    def outcomes() -> dict[str, str]:
        results = crawl_each(list(ROBOTS), log_path=small_world.log, timeout=300, options=options)
        return {result.outlet: result.report["sources"][0]["outcome"] for result in results}

    assert outcomes() == {name: outcome for name, (_, outcome) in ROBOTS.items()}
    allowed = {name for name, (_, outcome) in ROBOTS.items() if outcome == "done"}
    assert {name for name in ROBOTS if f"/{name}.test/feed/" in server.asked} == allowed
    assert server.times("/hops.test/r5") == 1
    assert server.times("/far.test/f5") == 1
    assert server.times("/far.test/f6") == 0
    server.asked.clear()
    again = {name: outcome if outcome != "done" else "not_modified" for name, outcome in outcomes().items()}
    assert again == {name: outcome if outcome != "done" else "not_modified" for name, (_, outcome) in ROBOTS.items()}
    asked = {path.split(".test")[0][1:] for path in server.asked if path.endswith("robots.txt")}
    assert asked == {"broken", "away", "silent", "circle", "far"}
    assert not any(path.startswith("/busy.test/") for path in server.asked)
