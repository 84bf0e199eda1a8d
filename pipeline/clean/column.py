"""Which elements belong to the article's own column, so that a date or name of a teaser beside it is not taken."""

import re
from itertools import islice

from lxml.html import HtmlElement

from pipeline.clean.parse import visible

_ELSEWHERE = re.compile(
    r"comment|related|sidebar|(?<!elementor-)widget|footer|recommend|popular|teaser|promo(?!ted)|newsletter|trending|more-|latest|most-|"
    r"disqus|reply|calendar|(?<!pointer-)event|copyright|ticker|breaking|carousel|card|weather|current-?date|\bnav|menu|social|avatar|"
    r"caption|you-may|read-next|next-|prev",
    re.I,
)
_OTHERS = re.compile(
    r"comment|related|recommend|popular|teaser|trending|latest|most-|disqus|reply|next-|prev|(?<!pointer-)event", re.I
)
_AUTHOR = re.compile(r"(?:^|[\s_-])(?:author|autor)(?:$|[\s_-])", re.I)
"""The teaser of an author's page stands under that author's articles."""
DEPTH = 10
"""Ancestors that are looked at: further up are the page's own containers."""
TEASER = 400
"""Characters of a box that announces another article: heading, byline, date, a sentence."""
TEASER_ELEMENTS = 50


class Column:
    """The containers that hold the main heading; what shares none of them but `body` may be elsewhere."""

    def __init__(self, heading: HtmlElement | None) -> None:
        self._heading = heading
        self._shared = set(heading.iterancestors()) if heading is not None else set()

    def foreign(self, element: HtmlElement) -> bool:
        """Whether `element` surely belongs to something else: a comment, a list of other articles."""
        for node in (element, *element.iterancestors()):
            if node in self._shared or node.tag in ("body", "html", "main"):
                return False
            labels = f"{node.get('class') or ''} {node.get('id') or ''}"
            if _OTHERS.search(labels) and not _AUTHOR.search(labels):
                return True
        return False

    def has(self, element: HtmlElement) -> bool:
        """Whether nothing between `element` and the heading's containers speaks of teasers, comments or footers."""
        depth = 0
        node: HtmlElement | None = element
        while node is not None and depth < DEPTH:
            if node in self._shared or node.tag in ("body", "html", "main"):
                return True
            if depth and node.tag in ("aside", "footer", "nav", "form"):
                return False
            if _ELSEWHERE.search(f"{node.get('class') or ''} {node.get('id') or ''}"):
                return False
            node = node.getparent()
            depth += 1
        return True

    def teases(self, element: HtmlElement, *, linked: bool = False) -> bool:
        """Whether `element` stands in a small box with a heading of its own, which is not the page's. With `linked`
        only a heading that leads elsewhere counts, and a subtitle does not."""
        heading = self._heading
        for node in islice(element.iterancestors(), 6):
            many = next(islice(node.iter(), TEASER_ELEMENTS, None), None) is not None
            if node.tag in ("body", "main", "article") or many or len(visible(node)) > TEASER:
                return False
            if any(
                one is not heading and (not linked or _leads_on(one)) and visible(one)
                for one in node.iter("h2", "h3", "h4")
            ):
                return node is not heading and heading is not None and heading not in node.iter("h1", "h2", "h3", "h4")
        return False


def _leads_on(heading: HtmlElement) -> bool:
    return next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
