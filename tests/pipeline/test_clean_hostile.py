"""Bad input of every kind, each with its named outcome. The inputs are made here, not stored."""

# ruff: noqa: E501 - a page stands on one line

import json
from collections.abc import Callable

import pytest

from pipeline.clean.pool import CleanPool
from pipeline.items import Article, Page

SENTENCE = "Officials in the valley said that the bridge had been repaired before the first snow of the year. "
STORY = "".join(f"<p>{n}. {SENTENCE * 2}</p>" for n in range(8))
HEAD = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Bridge repaired in the valley</title></head><body>"
)
GOOD = f"{HEAD}<main><article><h1>Bridge repaired in the valley</h1>{STORY}</article></main></body></html>"


def page(html: str | bytes, **headers: str) -> Page:
    body = html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass")
    return Page("x", "https://news.example/2026/bridge", body, {k.replace("_", "-"): v for k, v in headers.items()})


def ld(text: str) -> str:
    return GOOD.replace("</head>", f'<script type="application/ld+json">{text}</script></head>')


@pytest.fixture(scope="module")
def clean() -> Callable[[Page], Article]:
    with CleanPool(1) as pool:
        yield lambda one: next(iter(pool.clean_many([one])))


CASES: list[tuple[str, Page, str | tuple[str, ...]]] = [
    ("T05 UTF-16 with mark", page(GOOD.encode("utf-16")), "done"),
    ("T05 UTF-16 without mark", page(GOOD.encode("utf-16-le")), "done"),
    ("T06 a tenth in another encoding", page((GOOD + "сло" * 400).encode() + ("во" * 900).encode("cp1251")), "quarantine:bad_text"),
    ("T09 NUL in text and title", page(GOOD.replace("valley", "val\x00ley")), "done"),
    ("T30 PDF as text/html", page(b"%PDF-1.7 " + b"x" * 4000, content_type="text/html"), "refused:not_html"),
    ("T30 PNG", page(b"\x89PNG\r\n" + bytes(range(256)) * 20, content_type="text/html"), "refused:not_html"),
    ("T30 JSON", page('{"title": "x"}', content_type="text/html"), "refused:not_html"),
    ("T31 no Content-Type", page(GOOD), "done"),
    ("H01 300 nested divs", page(HEAD + "<div>" * 300 + SENTENCE * 40 + "</div>" * 300), ("done", "quarantine:low_yield")),
    ("H01 50 000 nested divs", page(HEAD + "<div>" * 49_000 + SENTENCE * 40), ("quarantine:low_yield", "quarantine:time_limit")),
    ("H02 a million breaks", page(HEAD + "<br>" * 1_000_000), "quarantine:too_many_elements"),
    ("H02 100 000 paragraphs", page(HEAD + "<p>one more line" * 100_000), "quarantine:too_many_elements"),
    ("H02 table of 100 000 rows", page(HEAD + "<table>" + "<tr><td>1<td>2" * 100_000), "quarantine:too_many_elements"),
    ("H03 10 MB in one paragraph", page(HEAD + "<p>" + "abcdefghi " * 1_000_000), ("done", "quarantine:low_yield")),
    ("H03 10 MB attribute", page(GOOD.replace("<main>", f"<main title='{'x' * 10_000_000}'>")), ("done", "quarantine:low_yield")),
    ("H03 10 MB comment", page(GOOD.replace("<main>", f"<!--{'x' * 10_000_000}--><main>")), "done"),
    ("H03 unclosed comment", page(GOOD.replace("<main>", "<!-- <main>")), ("refused:empty_text", "quarantine:low_yield")),
    ("H04 colspan", page(GOOD.replace("<p>", "<table><tr><td colspan=9007199254740991>a</table><p>")), "done"),
    ("H05 empty", page(b"  \n"), "refused:empty"),
    ("H05 an empty body", page(b"<html><body></body></html>"), "refused:empty_text"),
    ("H05 only script", page(HEAD + "<script>var a = 1;</script></body></html>"), "refused:empty_text"),
    ("H05 shell", page(HEAD + "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>"), "refused:empty_text"),
    ("H06 soft 404", page(f"{HEAD.replace('Bridge repaired in the valley', 'Page not found')}<h1>Page not found</h1><ul>{'<li><a href=/a>Latest news</a>' * 30}</ul>"), "refused:soft_404"),
    ("H07 challenge by header", page(GOOD, cf_mitigated="challenge"), "refused:challenge"),
    ("H07 challenge by markup", page("<html><head><title>Just a moment...</title></head><body><div class=main-wrapper><h1>news.example</h1><p>Verifying you are human. This may take a few seconds.</p></div><script>window._cf_chl_opt={};</script></body></html>"), "refused:challenge"),
    ("H08 consent", page("<html><head><title>Before you continue</title></head><body><h1>Before you continue</h1><p>We and our 812 partners store and access cookies.</p><form><button>Accept all</button><button>Reject all</button></form></body></html>"), "refused:wall"),
    ("H08 age gate", page("<html><head><title>Age verification</title></head><body><h2>Are you over 18?</h2><p>You must be at least 18 to enter. Confirm your age.</p><button>Yes</button><button>No</button></body></html>"), "refused:wall"),
    ("H14 invalid JSON-LD", page(ld("{ not json ")), "done"),
    ("H14 5 MB JSON-LD", page(ld(json.dumps({"@type": "NewsArticle", "headline": "Bridge repaired", "articleBody": "x " * 2_500_000}))), "done"),
    ("H14 JSON 10 000 deep", page(ld("[" * 10_000 + "]" * 10_000)), "done"),
    ("H14 two articles", page(ld('[{"@type":"NewsArticle","headline":"Bridge repaired in the valley"},{"@type":"NewsArticle","headline":"Another"}]')), "done"),
    ("H17 50 KB title", page(GOOD.replace("Bridge repaired in the valley", "Bridge " * 7_000)), "done"),
    ("H18 SVG and MathML", page(GOOD.replace("<h1>", "<svg onload=alert(1)><title>no</title></svg><math><mi href=javascript:x>y</mi></math><h1>")), "done"),
    ("D12 5 MB of digits", page(HEAD + f"<p>{'2026 ' * 1_000_000}"), ("done", "quarantine:low_yield")),
]  # fmt: skip


@pytest.mark.parametrize(("case", "one", "expected"), CASES, ids=[case for case, _, _ in CASES])
def test_bad_input_has_its_named_outcome(
    clean: Callable[[Page], Article], case: str, one: Page, expected: str | tuple[str, ...]
) -> None:
    """I7 and I6: every page ends within its limits, under a name, and never as an empty success."""
    article = clean(one)
    assert article.outcome in ((expected,) if isinstance(expected, str) else expected), (
        article.outcome,
        article.issues,
    )
    if article.outcome == "done":
        assert len(article.text) > 100
        assert "\x00" not in article.text + (article.title or "")
        assert len(article.title or "") <= 500
