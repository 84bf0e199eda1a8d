"""`khabar outlets check` and `outlets new` say in words what is wrong with a site, and write nothing then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Final

import pytest

from khabar.onramp.draft import Given
from khabar.onramp.explore import SiteError
from khabar.onramp.live import check_live
from khabar.onramp.new import add
from models.exits import Exit
from models.settings import settings as settings_of
from outlets.load import read
from tests.khabar.onramp_sites import page, sentences, words
from tests.spiders.conftest import share_compiled, write_outlet
from tests.spiders.hostile import HostileServer, http, reset

CLOSED: Final = http(b"User-agent: *\nDisallow: /\n", type="text/plain")
CHALLENGE: Final = http(b"<title>Just a moment...</title>", status="403 Forbidden")
PLACES: Final = {
    "sound": "news", "moved": "news", "dateless": "news", "drifted": "news", "closed": "news", "blocked": "news",
    "renamed": "stories",
}  # fmt: skip
"""Outlet name, which is its host's, and the folder in which the site has its articles by now."""
SAID: Final = {
    "moved": {
        ("broken", "sources.0", "feed https://moved.test/feed/: refused:http_4xx: status 404"),
        ("failed", "assertions.min.discovered", "0 addresses are listed, expected at least 3"),
    },
    "dateless": {("failed", "assertions.fill.published", "none of 2 articles has it, expected 85%")},
    "drifted": {("broken", "selectors.body", "matches nothing on https://drifted.test/news/100/")},
    "closed": {("broken", "sources.0", "feed https://closed.test/feed/: refused:robots: robots.txt")},
    "blocked": {("broken", "sources.0", "feed https://blocked.test/feed/: refused:challenge: ")},
    "renamed": {("broken", "article_url", "matches 0 of 3 addresses of feed https://renamed.test/feed/, not https")},
}
"""What is said of each outlet; more may be, but nothing that is wrong is left out."""


@pytest.fixture
def sites(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HostileServer]:
    """A real server in place of all sites; no database, because a probe needs none."""
    share_compiled(tmp_path_factory, monkeypatch)
    with HostileServer() as server:
        monkeypatch.setenv("KHABAR_REPLICA", server.url)
        monkeypatch.setenv("KHABAR_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
        settings_of.cache_clear()
        yield server
    settings_of.cache_clear()


def a_site(server: HostileServer, name: str, now: datetime) -> None:
    """A feed of three articles, as young as hours."""
    items = ""
    for number in range(3):
        address = f"{name}.test/{PLACES[name]}/{100 + number}/"
        at = now - timedelta(hours=number + 1)
        title = " ".join(words("en", number, 8)).capitalize()
        stated = "" if name == "dateless" else f"<pubDate>{format_datetime(at)}</pubDate>"
        shown = "" if name == "dateless" else f"<time datetime='{at.isoformat()}'>{at:%H:%M}</time>"
        items += f"<item><title>{title}</title><link>https://{address}</link>{stated}</item>"
        body = "".join(f"<p>{text}</p>" for text in sentences("en", number))
        server.pages[f"/{address}"] = page(
            f"<title>{title}</title>", f"<article><h1>{title}</h1>{shown}<div class='body'>{body}</div></article>"
        )
    feed = f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
    server.pages[f"/{name}.test/feed/"] = http(feed.encode(), type="application/rss+xml")


def test_the_check_says_what_is_wrong_with_a_site(sites: HostileServer, tmp_path: Path) -> None:
    """I6: a feed that moved, dates that went, selectors that drifted, a robots.txt that closed, a challenge, addresses
    of another form: each is named, and a sound site is not accused."""
    now = datetime.now(UTC)
    for name in PLACES:
        a_site(sites, name, now)
    del sites.pages["/moved.test/feed/"]
    sites.pages["/closed.test/robots.txt"] = CLOSED
    sites.pages["/blocked.test/feed/"] = CHALLENGE
    outlets = []
    for name in PLACES:
        folder = write_outlet(
            tmp_path, name, home=f"https://{name}.test/",
            sources=[{"kind": "feed", "url": f"https://{name}.test/feed/", "verified": True, "grade": "P"}],
            article_url=rf"^https?://{name}\.test/news/\d+/$",
            selectors={"body": "div.story" if name == "drifted" else "div.body"},
            assertions={"min": {"discovered": 3}, "fill": {"published": 0.85}},
        )  # fmt: skip
        outlets.append(read(folder / "zz" / f"{name}.yml"))
    found = check_live(outlets, 3, now)
    assert {finding.level for finding in found if finding.outlet == "sound"} == {"seen"}
    for name, expected in SAID.items():
        said = [(f.level, f.key, f.sentence) for f in found if f.outlet == name]
        for level, key, sentence in expected:
            assert any(row[:2] == (level, key) and row[2].startswith(sentence) for row in said), (sentence, said)


def test_a_site_that_cannot_be_watched_is_told_in_one_sentence(sites: HostileServer, tmp_path: Path) -> None:
    """I8: nothing is forced open; and no file is begun."""
    wanted = {
        "closed": "robots.txt does not let us in",
        "wary": "bot challenge, which is never solved",
        "down": "cannot be reached",
        "bare": "no feed, sitemap, WordPress interface or list of articles was found",
        "image": "",
        "gone": "status 404",
    }
    sites.pages["/closed.test/robots.txt"] = CLOSED
    sites.pages["/wary.test/"] = CHALLENGE
    sites.pages["/down.test/robots.txt"] = sites.pages["/down.test/"] = reset
    sites.pages["/bare.test/"] = page("<title>Bare</title>", "<p>Hello.</p>")
    sites.pages["/image.test/"] = http(b"\x89PNG\r\n\x1a\n" + bytes(400), type="image/png")
    for name, words_ in wanted.items():
        with pytest.raises(SiteError) as told:
            add(f"https://{name}.test/", Given("independent", "AF", name), tmp_path / "o", tmp_path / "p")
        sentence = str(told.value)
        assert sentence.startswith(f"https://{name}.test/: ")
        assert words_ in sentence
        assert "\n" not in sentence
        assert told.value.exit_code == Exit.FAILED
    assert not (tmp_path / "o").exists()
    assert not (tmp_path / "p").exists()
