"""What an outlet's own CSS selectors find on its page. They come before the general rules, and one that finds nothing
is named, so that a redesign of the site shows as an issue and not as quietly worse fields."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import cast

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from outlets.schema import Selectors
from pipeline.clean.parse import visible
from pipeline.clean.text import line

LIMIT = 20
"""Elements of one selector that are read: more are a list of other articles."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the selectors found. Empty for an outlet without any."""

    title: HtmlElement | None = None
    bylines: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    """Each element's datetime attribute, then its text, as they stand there."""
    found: bool = False
    """Whether any selector, that of the body and those of furniture among them, found something."""
    issues: tuple[str, ...] = ()


def choose(tree: HtmlElement, selectors: Selectors) -> Chosen:
    """What `selectors` find in `tree`; `selector_missed:<field>` for each that finds no words."""
    titles, authors, body = (
        [e for e in find(tree, selector) if said(e)] if selector else []
        for selector in (selectors.title, selectors.author, selectors.body)
    )
    dated = find(tree, selectors.date)[:LIMIT] if selectors.date else []
    dates = [raw for e in dated for raw in (line(e.get("datetime")), said(e)) if raw]
    fields = {"title": titles, "author": authors, "date": dates, "body": body}
    return Chosen(
        title=titles[0] if titles else None,
        bylines=tuple(said(e) for e in authors[:LIMIT]),
        dates=tuple(dates),
        found=any(fields.values()) or any(find(tree, selector) for selector in selectors.remove),
        issues=tuple(
            f"selector_missed:{name}" for name, hits in fields.items() if getattr(selectors, name) and not hits
        ),
    )


def find(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements of `tree` that the CSS `selector` matches, in document order. Raises cssselect.SelectorError for a
    selector that is none, which `khabar outlets check` reports."""
    return _compiled(selector)(tree)


@cache
def _compiled(selector: str) -> Callable[[HtmlElement], list[HtmlElement]]:
    return cast("Callable[[HtmlElement], list[HtmlElement]]", CSSSelector(selector, translator="html"))


def said(element: HtmlElement) -> str:
    """The words of a selected element as one line; of a meta element its content."""
    return line(element.get("content") if element.tag == "meta" else visible(element, apart=True))


def without(tree: HtmlElement, furniture: Iterable[str]) -> HtmlElement:
    """A copy of `tree` without what the selectors `furniture` match; `tree` itself where they match nothing."""
    if not any(find(tree, selector) for selector in furniture):
        return tree
    copy = deepcopy(tree)
    for selector in furniture:
        for element in find(copy, selector):
            if element.getparent() is not None:
                element.drop_tree()
    return copy
