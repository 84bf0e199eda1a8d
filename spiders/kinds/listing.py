"""Reads the links of a page that lists articles, for outlets whose feeds are dead or doubtful."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin

from lxml import etree, html
from lxml.cssselect import CSSSelector
from lxml.cssselect import SelectorError as BadSelector

from outlets import Outlet, Source
from outlets.urls import BadUrl, normalise
from spiders.kinds.listed import Listed, Listing, Unreadable, plain

_DEEPEST: Final = 200


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The links of the page that match the outlet's article pattern (and `source.link`, where given), in the page's
    order. A page without any is no listing any more: a challenge, or markup that moved. Raises Unreadable."""
    if not body.strip():
        raise Unreadable("refused:empty", "the answer has no content")
    parser = html.HTMLParser(encoding=_declared(body), huge_tree=False, no_network=True)
    try:
        tree = html.document_fromstring(body, parser=parser)
        anchors = _chosen(tree, source.link)
    except BadSelector as error:
        raise Unreadable("refused:not_a_feed", f"the selector {source.link!r} is broken: {error}") from error
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("refused:not_a_feed", "the answer is not a page") from error
    given = tree.find(".//base[@href]")
    base = urljoin(url, given.get("href", "")) if given is not None else url
    found: dict[str, Listed] = {}
    for anchor in anchors:
        address = _address(anchor, base, outlet)
        if address is None:
            continue
        title = plain(" ".join(str(part) for part in anchor.itertext())) or plain(anchor.get("title"))
        if address not in found or (title and not found[address].title):
            found[address] = Listed(address, title=title, language=source.language)
        if len(found) == source.max_items:
            return Listing(tuple(found.values()), issues=("overflow",))
    if not found:
        raise Unreadable("refused:not_a_feed", "no link on the page matches the outlet's article pattern")
    return Listing(tuple(found.values()))


def _chosen(tree: etree._Element, selector: str | None) -> Iterator[etree._Element]:
    if selector is None:
        return tree.iter("a")
    found: Any = CSSSelector(selector, translator="html")(tree)
    return iter(found)


def _address(element: etree._Element, base: str, outlet: Outlet) -> str | None:
    anchor: etree._Element | None = element
    for _ in range(_DEEPEST):  # a selector may name a heading inside the link, or a box around it
        if anchor is None or anchor.tag == "a":
            break
        anchor = anchor.getparent()
    if anchor is None or anchor.tag != "a":
        anchor = next(iter(element.iter("a")), None)
    href = anchor.get("href") if anchor is not None else None
    if not href:
        return None
    try:
        address = normalise(href, base)
    except BadUrl:
        return None
    return address if outlet.article_pattern.search(address) else None


def _declared(body: bytes) -> str | None:
    """UTF-8 where the bytes are UTF-8, whatever the page declares; else libxml2 goes by the declaration."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"
