"""Reads the links of a page that lists articles, for outlets whose feeds are dead or doubtful."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml import etree, html
from lxml.cssselect import CSSSelector
from lxml.cssselect import SelectorError as BadSelector

from outlets import Outlet, Source
from outlets.urls import BadUrl, normalise
from spiders.kinds.listed import Listed, Listing, NoLinks, Unreadable, plain, resolved
from spiders.kinds.pages import next_page

MOST_TAGS: Final = 200_000
"""Tags of a page: twice as many as the longest list of an outlet needs, and libxml2 needs 120 bytes for each."""


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The links of the page that match the outlet's article pattern (and `source.link`, where given), in the page's
    order, with the date that stands beside a link. A page without any is no listing any more: a challenge, or markup
    that moved. Raises Unreadable."""
    if not body.strip():
        raise Unreadable("refused:empty", "the answer has no content")
    if body.count(b"<") > MOST_TAGS:
        raise Unreadable("refused:too_large", f"the page has more than {MOST_TAGS} tags")
    parser = html.HTMLParser(encoding=_declared(body), huge_tree=False, no_network=True)
    try:
        tree = html.document_fromstring(body, parser=parser)
        anchors = list(_chosen(tree, source.link))
        following = next(iter(_chosen(tree, source.next)), None) if source.next else None
    except BadSelector as error:
        selectors = " or ".join(repr(one) for one in (source.link, source.next) if one)
        raise Unreadable("refused:not_a_feed", f"the selector {selectors} is broken: {error}") from error
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("refused:not_a_feed", "the answer is not a page") from error
    base = _base(tree, url)
    links: list[tuple[etree._Element, str]] = []
    titles: dict[str, str | None] = {}
    for anchor in anchors:
        if (address := _address(anchor, base, outlet)) is not None and len(titles) <= source.max_items:
            links.append((anchor, address))
            title = plain(" ".join(str(part) for part in anchor.itertext())) or plain(anchor.get("title"))
            titles[address] = titles.get(address) or title
    if not links:
        raise NoLinks("refused:not_a_feed", "no link on the page matches the outlet's article pattern")
    dates = _dates_beside(tree, links)
    items = [
        Listed(one, title=title, published=dates.get(one), language=source.language) for one, title in titles.items()
    ]
    named = _href(following) if following is not None else None
    return Listing(
        tuple(items[: source.max_items]),
        more=next_page(source, url, len(items), resolved(base, named) if named else None),
        issues=("overflow",) if len(items) > source.max_items else (),
    )


def _dates_beside(tree: etree._Element, links: Iterable[tuple[etree._Element, str]]) -> dict[str, str]:
    """The `<time datetime>` of each address: the one in the smallest block that holds links of this address only."""
    owners: dict[etree._Element, set[str]] = {}
    for anchor, address in links:
        for block in (anchor, *anchor.iterancestors()):
            if address in owners.setdefault(block, set()):
                break  # and so has all that surrounds it
            owners[block].add(address)
    dates: dict[str, str] = {}
    for element in tree.iter("time"):
        stated = (element.get("datetime") or "").strip()
        owner = next((owners[block] for block in (element, *element.iterancestors()) if block in owners), set())
        if stated and len(owner) == 1:
            dates.setdefault(next(iter(owner)), stated)
    return dates


def _chosen(tree: etree._Element, selector: str | None) -> Iterator[etree._Element]:
    if selector is None:
        return tree.iter("a")
    found: Any = CSSSelector(selector, translator="html")(tree)
    return iter(found)


def _base(tree: etree._Element, url: str) -> str:
    """Where relative links start from: the page's `<base>`, unless that is broken."""
    given = tree.find(".//base[@href]")
    try:
        return normalise(given.get("href", ""), url) if given is not None else url
    except BadUrl:
        return url


def _href(element: etree._Element) -> str | None:
    """Where the link leads in which `element` stands, that it is, or that stands in it."""
    anchor: etree._Element | None = element
    while anchor is not None and anchor.tag not in ("a", "link"):
        anchor = anchor.getparent()
    if anchor is None:
        anchor = next(iter(element.iter("a")), None)
    return anchor.get("href") if anchor is not None else None


def _address(element: etree._Element, base: str, outlet: Outlet) -> str | None:
    href = _href(element)
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
