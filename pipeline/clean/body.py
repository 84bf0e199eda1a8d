"""The story's text. trafilatura is the engine; what the page declares as its body is taken where the page shows the
same words, and a plain reading of the largest column is the last resort."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG, Extractor

from pipeline.clean.blocks import blocks
from pipeline.clean.boilerplate import is_boilerplate, story_lines
from pipeline.clean.parse import visible
from pipeline.clean.refine import refine
from pipeline.clean.selectors import find
from pipeline.clean.structured import Structured
from pipeline.clean.text import line, plain, unguard, words

_TAGS = re.compile(r"<[^>]{1,300}>")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs page text; what matters becomes an issue


@dataclass(frozen=True, slots=True)
class Body:
    """The text and where it came from: selector, trafilatura, column, json_ld or embedded."""

    text: str
    basis: str


def _options() -> Extractor:
    return Extractor(config=DEFAULT_CONFIG, output_format="python", fast=True, comments=False, with_metadata=False)


def extract(tree: HtmlElement, claims: Structured, selector: str | None = None, *, hidden: str = "") -> Body:
    """The story in `tree`, which is left as it was: what the outlet's `selector` matches, else what the rules find;
    `hidden` is what the page's scripts carried. Empty when there is none."""
    if selector:
        parts = [_paragraphs(e) for e in find(tree, selector)]
        chosen = "\n".join(part for part in parts if part)
        if len(chosen) > 200:
            return Body(chosen, "selector")
    found = trafilatura.bare_extraction(tree, options=_options())
    text = plain(getattr(found, "text", None) or "")
    if len(text) < 250:
        column = largest_column(tree)
        told = claims.article.get("articleBody")
        if len(hidden) > len(column):
            return Body(hidden, "embedded")
        if isinstance(told, str) and len(told) > max(2 * len(column), 400) and not claims.is_closed:
            return Body(plain(_TAGS.sub(" ", unescape(told))), "json_ld")
        if len(column) > 2 * len(text):
            return Body(column, "column")
    elif _is_menu(text, tree):
        prose = "\n".join(one for one in text.split("\n") if len(one) > 80 and one[-1] in ".!?…؟。”»")
        if len(prose) > 200:
            return Body(prose, "column")
    return Body(text, "trafilatura")


def _is_menu(text: str, tree: HtmlElement) -> bool:
    """Whether a long text is mostly links: the engine's last resort took the whole page, menus and all."""
    lines = text.split("\n")
    if len(lines) < 200:
        return False
    links = {line(visible(a)) for a in tree.iter("a")}
    return sum(one.lstrip("- ") in links for one in lines) > 0.5 * len(lines)


def refined(body: Body, tree: HtmlElement, claims: Structured, *, title: str | None, names: Sequence[str]) -> Body:
    """`body` corrected by the page's markup and by what it declares (see `pipeline.clean.refine`)."""
    description = claims.article.get("description")
    lead = description if isinstance(description, str) else claims.first("og:description", "description")
    declared = claims.article.get("articleBody")
    text = refine(
        body.text,
        list(blocks(tree)),
        title=title,
        names=names,
        lead=plain(unescape(lead)) if lead else None,
        declared=plain(_TAGS.sub(" ", unescape(declared))) if isinstance(declared, str) else None,
    )
    return Body(unguard(text) or body.text, body.basis)


_BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre", "td", "th", "div", "section", "article")


def _paragraphs(element: HtmlElement) -> str:
    """The text of an element, a line for every innermost block."""
    lines = []
    for block in element.iter(*_BLOCKS):
        if next(block.iterdescendants(*_BLOCKS), None) is None:
            text = line(visible(block, apart=False))
            if text and not is_boilerplate(text):
                lines.append(text)
    return "\n".join(lines) or line(visible(element))


def largest_column(tree: HtmlElement) -> str:
    """The paragraphs of the container with the most prose that is not link text."""
    weights: dict[HtmlElement, int] = {}
    for paragraph in tree.iter("p", "div", "td", "span"):
        own = "".join((paragraph.text or "", *((child.tail or "") for child in paragraph))).strip()
        if len(own) < 40:
            continue
        parent = paragraph.getparent()
        if parent is not None and paragraph.tag == "p":
            weights[parent] = weights.get(parent, 0) + len(own)
        else:
            weights[paragraph] = weights.get(paragraph, 0) + len(own)
    if not weights:
        return ""
    return _paragraphs(max(weights, key=lambda e: weights[e]))


def coverage(text: str, reference: str) -> float:
    """Share of the words of `text` that stand in `reference`, counted as sets."""
    mine = set(words(text))
    return len(mine & set(words(reference))) / len(mine) if mine else 0.0


def trim(text: str, title: str | None, learned: frozenset[str]) -> str:
    """`text` without boilerplate lines and without the title repeated at its top."""
    lines = story_lines(text, learned)
    if lines and title and words(lines[0]) == words(title):
        lines = lines[1:]
    return "\n".join(lines)
