"""Pages that are not the article: challenges, consent and log-in walls, soft 404s, empty shells. Told by markup and
headers before cleaning: an extractor makes an article of every one of them. Nothing is ever solved or passed."""

import re
from collections.abc import Mapping
from typing import Any

from lxml.html import HtmlElement

from pipeline.clean.parse import visible
from pipeline.clean.phrases import pattern
from pipeline.clean.structured import Structured
from pipeline.clean.text import line

PROSE_OF_A_WALL = 1200
"""Characters in paragraphs. Walls are short; a page with more is an article that carries a banner."""
PROSE_OF_A_NOTICE = 400
"""Below this, the words of a wall are enough; above it, its markup is needed too."""
PROSE_OF_AN_ERROR = 700
CALL = 200
"""Characters of a line that is but a call; a longer one may end a story's paragraph."""

_CHALLENGE_MARKUP = pattern("challenge_markup")
_CHALLENGE_TITLE = pattern("challenge_title")
_CHALLENGE_TEXT = pattern("challenge_text")
_CONSENT_TITLE = pattern("consent_title")
_CONSENT_TEXT = pattern("consent_text")
_CONSENT_ADDRESS = pattern("consent_address")
_LOGIN_TITLE = pattern("login_title")
_REGION_TEXT = pattern("region_text")
_NOT_FOUND = pattern("not_found")
_NEEDS_SCRIPT = pattern("needs_script")
_PAYWALL_TEXT = pattern("paywall_text")
_SHELL_ROOT = re.compile(r"^(?:root|app|__next|__nuxt|main-app|app-root|svelte|gatsby|___gatsby)$")


def refuse(tree: HtmlElement, claims: Structured, source: str, headers: Mapping[str, str], url: str) -> str | None:
    """The outcome that this page deserves when it is no article, or None. `source` is the page's markup."""
    if "challenge" in headers.get("cf-mitigated", "").lower() or headers.get("x-amzn-waf-action", "").lower() in (
        "challenge",
        "captcha",
    ):
        return "refused:challenge"
    prose = prose_of(tree)
    if prose > 4 * PROSE_OF_A_WALL:
        return None
    title = line(visible(tree.find(".//title")))
    heading = next((t for e in tree.iter("h1", "h2") if (t := line(visible(e)))), "")
    body = tree.find(".//body")
    seen = visible(body if body is not None else tree, apart=True)[:20_000]
    if prose < PROSE_OF_A_WALL and not _is_article(claims, prose):
        if _is_challenge(title, seen, source[:300_000], prose):
            return "refused:challenge"
        if _is_gate(tree, title, heading, seen, url, prose):
            return "refused:wall"
    if prose < PROSE_OF_AN_ERROR and _says_not_found(title, heading, claims, seen):
        return "refused:soft_404"
    if len(seen) < 200 and prose < 100 and not claims.article.get("articleBody"):
        return "refused:empty_text"
    if prose < 100 and len(seen) < 1500 and _is_shell(tree, seen, source) and not claims.article.get("articleBody"):
        return "refused:empty_text"
    return None


def _is_challenge(title: str, seen: str, source: str, prose: int) -> bool:
    if _CHALLENGE_TITLE.search(title):
        return prose < PROSE_OF_A_NOTICE or _CHALLENGE_MARKUP.search(source) is not None
    if prose >= PROSE_OF_A_NOTICE or len(seen) >= 3000:
        return False
    return _CHALLENGE_TEXT.search(seen) is not None or _CHALLENGE_MARKUP.search(source) is not None


def _is_gate(tree: HtmlElement, title: str, heading: str, seen: str, url: str, prose: int) -> bool:
    """A consent, age, log-in or region wall."""
    asked = _CONSENT_TEXT.findall(seen)
    titled = _CONSENT_TITLE.search(title) or _CONSENT_TITLE.search(heading)
    if _CONSENT_ADDRESS.search(url) or (titled and asked):
        return True
    if prose >= PROSE_OF_A_NOTICE or len(seen) >= 3000:
        return False
    if len(asked) >= 2 and next(tree.iter("button", "form"), None) is not None:
        return True
    login = _LOGIN_TITLE.search(title) or _LOGIN_TITLE.search(heading)
    if login and tree.find(".//input[@type='password']") is not None:
        return True
    return _REGION_TEXT.search(seen) is not None


def access(claims: Structured, tree: HtmlElement, text: str) -> str:
    """`partial` when the page says that it is not free and shows only a beginning, else `full`."""
    closed = claims.is_closed
    told, count = claims.article.get("articleBody"), str(claims.article.get("wordCount") or "").strip()
    declared = len(told) if isinstance(told, str) else 5 * int(count) if count.isdigit() else 0
    if closed and (len(text) < 1500 or declared > 2 * len(text)):
        return "partial"
    if len(text) < 1500 and _PAYWALL_TEXT.search(visible(tree.find(".//body"), apart=True)[:60_000]):
        return "partial"
    return "partial" if _PAYWALL_TEXT.search(text[-250:]) else "full"


def without_call(text: str) -> str:
    """`text` of a page that shows a beginning, without the call to subscribe that stands where it breaks off."""
    lines = text.split("\n")
    while len(lines) > 1 and len(lines[-1]) < CALL and _PAYWALL_TEXT.search(lines[-1]):
        lines.pop()
    return "\n".join(lines)


def prose_of(tree: HtmlElement) -> int:
    """Characters in paragraphs long enough to be sentences."""
    total = 0
    for element in tree.iter("p", "blockquote"):
        length = len(visible(element)) if len(element) else len(element.text or "")
        if length > 60:
            total += length
    return total


def _is_article(claims: Structured, prose: int) -> bool:
    """Whether the page declares itself an article with headline and time, and shows some prose of it."""
    stamped: Any = claims.article.get("datePublished") or claims.first("article:published_time")
    return bool(stamped and (claims.article.get("headline") or claims.first("og:title")) and prose > 200)


def _says_not_found(title: str, heading: str, claims: Structured, seen: str) -> bool:
    if claims.article.get("datePublished") or claims.first("article:published_time"):
        return False
    for text in (title, heading):
        match = _NOT_FOUND.search(text)
        if match and len(match[0]) > 0.25 * len(text):
            return True
    return len(seen) < 600 and _NOT_FOUND.search(seen) is not None


def _is_shell(tree: HtmlElement, seen: str, source: str) -> bool:
    body = tree.find(".//body")
    rooted = body is not None and any(
        _SHELL_ROOT.match(e.get("id") or "") for e in body.iterchildren() if isinstance(e.tag, str)
    )
    return rooted or _NEEDS_SCRIPT.search(seen) is not None or _NEEDS_SCRIPT.search(source[:300_000]) is not None
