"""Reads RSS 0.9 to 2.0 and Atom as a stream; feedparser needs two hundred times as long and builds it all in memory."""

import re
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from outlets import Outlet, Source
from spiders.kinds.listed import Listed, Listing, plain
from spiders.kinds.pace import ELEMENTS as PACE
from spiders.kinds.pace import pace
from spiders.kinds.xml import broke_off, name_of, stream

_ROOTS: Final = frozenset({"rss", "feed", "rdf"})
_ITEMS: Final = frozenset({"item", "entry"})
_MAIL_NAME: Final = re.compile(r"^\s*\S+@\S+\s*\((.+)\)\s*$")
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The items of the feed that `url` answered, at most source.max_items. Raises Unreadable."""
    items: list[Listed] = []
    issues: list[str] = []
    said: dict[str, list[str]] = {}
    base: str | None = None
    for element in stream(body, _ROOTS, _ITEMS, heads=PACE):
        if name_of(element) in PACE:
            said[name_of(element)] = " ".join(str(part) for part in element.itertext()).split()
            continue
        if base is None:
            base = _base(element.getparent(), url)
        if len(items) == source.max_items:
            issues.append("overflow")
            break
        items.append(_item(element, base, source))
    if "overflow" not in issues and broke_off(body):
        issues.append("truncated")
    return Listing(tuple(items), issues=tuple(issues), **pace(said))


def _item(element: etree._Element, base: str, source: Source) -> Listed:
    parts: dict[str, list[etree._Element]] = {}
    for child in element:
        parts.setdefault(name_of(child), []).append(child)
    return Listed(
        url=urljoin(_base(element, base), _link(parts)) if _link(parts) else "",
        title=plain(_text(parts, "title")),
        published=_text(parts, "pubdate", "published", "date", "issued"),
        modified=_text(parts, "updated", "modified"),
        authors=_authors(parts),
        language=source.language,
        html=_html(parts) if source.full_text else None,
    )


def _link(parts: dict[str, list[etree._Element]]) -> str:
    """The address of the article's page: feedburner:origLink, Atom's alternate, RSS's link, a permanent guid."""
    original = _text(parts, "origlink")
    if original and original.startswith("http"):
        return original
    for link in parts.get("link", []):
        if link.get("href"):
            if link.get("rel", "alternate") == "alternate":
                return link.get("href", "").strip()
        elif link.text and link.text.strip():
            return link.text.strip()
    for guid in (*parts.get("guid", []), *parts.get("id", [])):
        text = (guid.text or "").strip()
        if guid.get("isPermaLink", "true").lower() != "false" and text.lower().startswith(("http://", "https://")):
            return text
    return ""


def _authors(parts: dict[str, list[etree._Element]]) -> tuple[str, ...]:
    found: list[str] = []
    for element in (*parts.get("creator", []), *parts.get("author", [])):
        name = next((child.text for child in element if name_of(child) == "name"), None) or element.text
        mail = _MAIL_NAME.match(name or "")
        clean = plain(mail[1] if mail else name)
        if clean and clean not in found:
            found.append(clean)
    return tuple(found[:20])


def _html(parts: dict[str, list[etree._Element]]) -> str | None:
    """The article's HTML: content:encoded, Atom's content, or the description where it is all there is."""
    for name in ("encoded", "content", "description", "summary"):
        for element in parts.get(name, []):
            if element.get("type") == "xhtml":
                return "".join(etree.tostring(child, encoding="unicode") for child in element)
            if element.text and element.text.strip():
                return str(element.text)
    return None


def _text(parts: dict[str, list[etree._Element]], *names: str) -> str | None:
    for name in names:
        for element in parts.get(name, []):
            text = "".join(str(part) for part in element.itertext()).strip()
            if text:
                return text
    return None


def _base(element: etree._Element | None, url: str) -> str:
    """The address that relative links of `element` start from (xml:base of it and of what surrounds it)."""
    given: list[str] = []
    while element is not None:
        if element.get(f"{_XML}base"):
            given.append(element.get(f"{_XML}base", ""))
        element = element.getparent()
    for part in reversed(given):
        url = urljoin(url, part)
    return url
