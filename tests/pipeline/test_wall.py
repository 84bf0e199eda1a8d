"""Pages that are no articles, and articles that look a little like them."""

# ruff: noqa: E501 - a page stands on one line

import gzip
import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clean import decode, parse, structured, wall
from pipeline.clean.stage import clean
from pipeline.items import Page

STORY = "".join(
    f"<p>{n}. The assembly debated the new water law for six hours and put off the vote until May.</p>"
    for n in range(9)
)


def outcome(html: str, url: str = "https://news.example/a", **headers: str) -> str:
    return clean(Page("x", url, html.encode(), {k.replace("_", "-"): v for k, v in headers.items()})).outcome


def shell(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


WALLS = [
    ("refused:challenge", shell("Just a moment...", "<h1>news.example</h1><p>Checking your browser before accessing the site.</p>")),
    ("refused:challenge", shell("Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1>")),
    ("refused:challenge", shell("DDoS-Guard", "<h1>Checking your browser</h1><script src=/.well-known/ddos-guard/js-challenge></script>")),
    ("refused:challenge", shell("Access Denied", "<h1>Access Denied</h1><p>You don't have permission. Reference #18.7d4e1.17.9a8b</p>")),
    ("refused:challenge", shell("news.example", "<script src=https://geo.captcha-delivery.com/c.js></script><p>Please enable JS</p>")),
    ("refused:challenge", shell("Проверка браузера", "<p>Подтвердите, что вы не робот</p>")),
    ("refused:wall", shell("Before you continue", "<p>We and our partners use cookies.</p><form><button>Accept all</button></form>")),
    ("refused:wall", shell("Log in", "<h1>Log in</h1><form><input name=u><input type=password></form>")),
    ("refused:wall", shell("Вход", "<h1>Войти</h1><form><input type=password></form>")),
    ("refused:wall", shell("Unavailable", "<p>This page is not available in your region.</p>" + "<p>Call us.</p>" * 20)),
    ("refused:soft_404", shell("Page not found - News", "<h1>404</h1><p>The page you asked for does not exist.</p>" + "<a href=/>Home</a>" * 30)),
    ("refused:soft_404", shell("Страница не найдена", "<h1>Страница не найдена</h1>" + "<a href=/>Главная страница</a> " * 30)),
    ("refused:soft_404", shell("صفحه مورد نظر یافت نشد", "<h1>صفحه مورد نظر یافت نشد</h1>" + "<a href=/>صفحه نخست</a> " * 30)),
    ("refused:empty_text", shell("News", "<div id=__next></div><script>var x</script>")),
]  # fmt: skip

ARTICLES = [
    shell("Just a moment: how the minister changed her mind", f"<h1>Just a moment</h1>{STORY}"),
    shell("Access denied: a town without a bridge", f"<h1>Access denied</h1>{STORY}"),
    shell("404 schools stay closed", f"<h1>404 schools stay closed</h1>{STORY}"),
    shell("Missing boy not found after a week", f"<h1>Missing boy not found after a week</h1>{STORY}"),
    shell("Log in the river stops ferry", f"<h1>Log in the river stops ferry</h1>{STORY}<form><input type=password></form>"),
    shell("Assembly debates water law", f"<div class=cookie-banner>We and our 3 partners store cookies. <button>Accept all</button><button>Reject all</button></div><h1>Assembly</h1>{STORY}"),
    shell("Assembly debates water law", f"<h1>Assembly</h1>{STORY}<script src=/cdn-cgi/challenge-platform/h/b/scripts/x.js></script>"),
    shell("Assembly debates water law", f"<noscript>Please enable JavaScript</noscript><div id=root><h1>Assembly</h1>{STORY}</div>"),
    shell("Privacy settings law passes", f"<h1>Privacy settings law passes</h1>{STORY}"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "html"), WALLS)
def test_walls_are_refused_under_their_name(expected: str, html: str) -> None:
    """I6: a challenge, a wall or an error page is never an article, whatever its status."""
    assert outcome(html) == expected


@pytest.mark.parametrize("html", ARTICLES)
def test_articles_that_speak_of_walls_are_kept(html: str) -> None:
    """I1: a refusal needs the markup of a wall, not only its words."""
    assert outcome(html) == "done"


def test_a_challenge_by_header_is_believed() -> None:
    """H07: the server says so itself."""
    assert outcome(shell("Assembly", STORY), cf_mitigated="challenge") == "refused:challenge"


ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("DATA") or ROOT.parent / "shared" / "data")
EVERY = 3
"""Of the labelled pages every third is looked at: all of them take half a minute on a busy machine."""
LEAST = 0.99
"""Share of refusals that are right, and of real articles that pass."""


def refused(body: bytes, url: str = "") -> bool:
    """Whether the page ends as a wall, an error or a shell. Only what looks like one is cleaned to know."""
    source = decode.clean_characters(decode.decode(body, "").text)
    tree = parse.parse(source)
    assert tree is not None
    claims = structured.read(tree, url)
    parse.without_scripts(tree)
    parse.without_hidden(tree)
    looks = wall.refuse(tree, claims, source, {}, url) is not None
    return looks and clean(Page("x", url, body)).outcome.startswith("refused:")


def shipped_articles() -> Iterator[tuple[str, bytes]]:
    """The pages that come with the project and show an article: the replica's, the outlets' and the fixtures."""
    for page, _ in importlib.import_module("benchmarks.replica").pages():
        yield page.url, page.body
    for file in (*(ROOT / "tests/outlets/pages").glob("*.html"), *(ROOT / "tests/fixtures/clean").glob("*.html")):
        yield "", file.read_bytes()


def real_articles() -> Iterator[tuple[str, bytes]]:
    """Pages of the real web of which somebody wrote down the text or the title."""
    folder = DATA / "extraction" / "dev"
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()[::EVERY]:
        row = json.loads(line)
        if row.get("text") or row.get("title"):
            yield row.get("url") or "", gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
    for file in (DATA / "outlet_pages" / "pages").glob("*.html.gz"):
        yield "", gzip.decompress(file.read_bytes())


def precision(articles: Iterator[tuple[str, bytes]]) -> tuple[int, float, float]:
    """(articles, share of them that pass, share of walls among all that is refused)."""
    told = [refused(body, url) for url, body in articles]
    walls = sum(refused(html.encode(), "https://news.example/a") for _, html in WALLS)
    return len(told), 1 - sum(told) / len(told), walls / (walls + sum(told))


def test_what_ships_is_told_from_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """I1, I6: every wall of the labelled set is refused, and no article that the project has."""
    monkeypatch.syspath_prepend(str(ROOT))
    count, passed, right = precision(shipped_articles())
    assert count > 100
    assert (passed, right) == (1.0, 1.0)
    assert all(refused(html.encode(), "https://news.example/a") for _, html in WALLS)
    assert not any(refused(html.encode(), "https://news.example/a") for html in ARTICLES)


@pytest.mark.skipif(
    not (DATA / "extraction" / "dev" / "gold.jsonl").is_file(), reason="needs the labelled pages (DATA)"
)
def test_real_articles_are_told_from_walls() -> None:
    """I1: of real articles at least 99 in 100 pass."""
    count, passed, right = precision(real_articles())
    assert count > 400 / EVERY
    assert passed >= LEAST
    assert right >= LEAST
