"""How far an article can be trusted: the share of the page's prose that its text holds, and its fields. What lost
nearly everything is quarantined, so that loss is never quiet."""

import re
from dataclasses import replace

from lxml.html import HtmlElement

from pipeline.clean.wall import prose_of
from pipeline.items import Article

LEAST_TEXT = 120
"""Characters below which a text is suspicious when its page is large."""
A_SENTENCE = 60
"""Characters below which nothing that is a sentence is left: the page was boilerplate only, or the cut was wrong."""
MUCH = 1500
"""Visible characters of a page that must have some text."""
LOW_YIELD = 0.04
"""Smallest share of the page's visible characters that a short text must hold."""

_UNSEEN = re.compile(r"<(script|style|noscript|template|svg|head)\b.*?</\1\s*>|<!--.*?-->", re.S | re.I)
_TAG = re.compile(r"<[^>]{0,5000}>")


def judge(article: Article, tree: HtmlElement, source: str, issues: list[str]) -> Article:
    """`article` with its quality and issues, or its quarantine."""
    outcome = article.outcome
    size = len(article.text)
    prose = prose_of(tree)
    if article.cut and size < A_SENTENCE:
        outcome = "quarantine:low_yield"
        issues.append("only_boilerplate")
    elif not size:
        outcome = empty_outcome(source)
    elif size < LEAST_TEXT or (size < 10 * LEAST_TEXT and prose < LEAST_TEXT):
        seen = visible_size(source)
        if size < LEAST_TEXT and seen > MUCH and size < LOW_YIELD * seen:
            outcome = "quarantine:low_yield"
    if prose and size < 0.5 * prose:
        issues.append("thin_text")
    share = min(1.0, size / prose) if prose else min(1.0, size / 400)
    fields = sum(bool(value) for value in (article.title, article.published, article.authors, article.language))
    score = round(0.6 * share + 0.1 * fields, 3) if size else 0.0
    if article.access == "partial":
        score = round(score / 2, 3)
    return replace(article, outcome=outcome, quality=score, issues=tuple(dict.fromkeys(issues)))


def empty_outcome(source: str) -> str:
    """What a page without any text becomes: it holds none, or what it holds was lost on the way."""
    return "quarantine:low_yield" if visible_size(source) > MUCH else "refused:empty_text"


def visible_size(source: str) -> int:
    """Characters of the page outside tags, scripts and styles, counted in the source: a parser may have lost some."""
    if "<" not in source:
        return len(source)
    return sum(len(piece.strip()) for piece in _TAG.split(_UNSEEN.sub(" ", source)) if piece)
