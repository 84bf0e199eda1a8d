"""The page as blocks of text with their place in the markup. What an extractor returns is only lines; this tells which
of them are link lists or author boxes, and which paragraphs of the same make it left behind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.clean.parse import finder, visible

TAGS = (
    "p",
    "li",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "div",
    "td",
    "th",
    "dd",
    "dt",
    "figcaption",
    "section",
    "article",
    "span",
)
_INNER = (
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "div",
    "table",
    "dd",
    "dt",
    "section",
    "article",
    "ul",
    "ol",
    "figure",
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:author[\w-]*bio|bio(?:graphy)?|about-?(?:the-?)?author|author-?(?:box|info|card|details|description|block)|"
    r"newsletter[\w-]*|sign-?up|subscri(?:be|ption)[\w-]*|related[\w-]*|read-?(?:more|next|also)|also-?read|recommend\w*|"
    r"most-?(?:read|popular|viewed)|trending|popular|teaser\w*|promo\w*|breadcrumbs?|share|sharing|social[\w-]*|share-?(?:bar|buttons?|tools)|"
    r"comments?|comment-?(?:list|section|form)|respond|disqus\w*|tags?|tag-?list|topics?-?list|post-?tags|copyright|disclaimer|"
    r"cookie[\w-]*|consent|advert\w*|sponsor\w*|ad-?(?:slot|unit|container|wrapper|label)|outbrain|taboola|paywall-?(?:prompt|cta)|"
    r"(?:image|photo|picture|media|wp)-?(?:caption|credit|source)(?:-text)?|caption(?:-text)?|credits?|figcaption|read-?time|reading-?time|"
    r"toc|table-of-contents|jump-?to|more-?(?:on|from|stories|news)[\w-]*|footnotes?-?nav|pagination|page-?nav|prev-?next|next-?post|"
    r"whatsapp|telegram-?(?:box|link)|follow-?us|affiliate[\w-]*|donat\w*|rating|poll|quiz|weather|ticker|screen-reader-text|sr-only|visually-?hidden)"
    r"(?=$|[\s_]|-(?:box|list|block|wrapper|container|section|inner|content|widget|area|module|links?|articles?|posts?|stories|items?)(?:$|[\s_-]))",
    re.I,
)
_ASIDE = frozenset({"aside", "footer", "nav", "form", "figure", "figcaption", "button"})


_WORDED = ("p", "h2", "h3", "h4", "h5", "h6")
"""Elements whose own id is often their words ("related-work"), so that only their containers speak."""


@dataclass(frozen=True, slots=True)
class Block:
    """One innermost block of text."""

    element: HtmlElement
    text: str
    key: str
    """Its letters and digits: equal for the page's wording and the extractor's."""
    links: float
    """Share of its characters that are link text."""
    furniture: bool
    """Whether its markup says that it is not the story."""


def key_of(text: str) -> str:
    """The letters and digits of `text`, folded."""
    return "".join(_LETTERS.findall(text.casefold()))


_LETTERS = re.compile(r"\w+")


_CANDIDATES = finder(
    f"//*[{' or '.join(f'self::{tag}' for tag in TAGS)}][not(ancestor::nav) and not(ancestor::footer)]"
)


def blocks(tree: HtmlElement) -> Iterator[Block]:
    """The innermost blocks of the page's body in their order."""
    places: dict[HtmlElement, bool] = {}
    for element in _CANDIDATES(tree):
        if element.tag in _NESTING:
            if element.tag == "span" and not _is_block_span(element):
                continue
            if len(element) and _has_inner(element):
                continue
        text = visible(element)
        if not text:
            continue
        linked = 0
        if len(element):
            linked = sum(len(visible(a)) for a in element.iter("a"))
        parent = element.getparent()
        if parent is not None and parent.tag == "a":
            linked = len(text)
        yield Block(element, text, key_of(text), linked / len(text), _is_furniture(element, places))


_NESTING = frozenset({"div", "section", "article", "span", "td", "li", "blockquote"})


def _has_inner(element: HtmlElement) -> bool:
    inner = element.iter(*_INNER)
    first = next(inner, None)
    return (first is not element and first is not None) or next(inner, None) is not None


def _is_block_span(element: HtmlElement) -> bool:
    """A span counts only as the direct child of a container, where it does the work of a paragraph."""
    parent = element.getparent()
    return parent is not None and parent.tag in ("div", "section", "article") and len(element.text or "") > 80


def _is_furniture(element: HtmlElement, places: dict[HtmlElement, bool]) -> bool:
    """Whether the element or a container of it is marked as an aside or other furniture."""
    chain: list[HtmlElement] = []
    node: HtmlElement | None = element
    verdict = False
    while node is not None and node.tag not in ("body", "html", "main"):
        if node in places:
            verdict = places[node]
            break
        chain.append(node)
        node = node.getparent()
    for one in reversed(chain):
        name = one.get("id") or ""
        own = one is element and one.tag in _WORDED
        label = "" if own else f"{one.get('class') or ''} {name if name.count('-') < 3 else ''}"
        verdict = verdict or one.tag in _ASIDE or bool(label.strip() and _FURNITURE.search(label))
        places[one] = verdict
    return verdict


def signature(element: HtmlElement) -> tuple[str, ...]:
    """How an element is made: tag and classes of it and of three containers. Paragraphs of one story share it."""
    parts = []
    node: HtmlElement | None = element
    for _ in range(3):
        if node is None or node.tag in ("body", "html"):
            break
        parts.append(f"{node.tag}.{_DIGITS.sub('', node.get('class') or '')}")
        node = node.getparent()
    return tuple(parts)


_DIGITS = re.compile(r"\d+")
