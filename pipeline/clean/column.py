"""Which elements belong to the article's own column, so that a date or name of a teaser beside it is not taken."""

import re

from lxml.html import HtmlElement

_ELSEWHERE = re.compile(
    r"comment|related|sidebar|widget|footer|recommend|popular|teaser|promo(?!ted)|newsletter|trending|more-|latest|most-|"
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


class Column:
    """The containers that hold the main heading; what shares none of them but `body` may be elsewhere."""

    def __init__(self, heading: HtmlElement | None) -> None:
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
