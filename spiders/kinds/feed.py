"""Reads RSS 0.9 to 2.0 and Atom as a stream; feedparser needs two hundred times as long and builds it all in memory."""

import html
import re
from typing import Final

from lxml import etree

from outlets import Outlet, Source
from spiders.kinds import json_feed
from spiders.kinds.listed import Listed, Listing, misdated, plain, resolved
from spiders.kinds.pace import ELEMENTS as PACE
from spiders.kinds.pace import pace
from spiders.kinds.xml import Reading, local_name, name_of

_ROOTS: Final = frozenset({"rss", "feed", "rdf"})
_ITEMS: Final = ("item", "entry")
_MAIL_NAME: Final = re.compile(r"^\s*\S+@\S+\s*\((.+)\)\s*$")
_XMLNS: Final = re.compile(r"""\sxmlns(?::[\w.-]+)?=(?:"[^"]*"|'[^']*')""")
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_RDF_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MEDIA: Final = "{http://search.yahoo.com/mrss"
"""Media RSS has a title, a content and a description too, of pictures."""
_PAGES: Final = ("", "text/html", "application/xhtml+xml")
"""Media types of a link that leads to a page for readers."""
TEASER: Final = 300
"""Characters: a description that is shorter is a summary, whatever the outlet file says of the feed."""
Parts = dict[str, list[etree._Element]]


def parse(body: bytes, url: str, source: Source, outlet: Outlet) -> Listing:
    """The items of the feed that `url` answered, at most source.max_items. Raises Unreadable."""
    if json_feed.looks_like_one(body):
        return json_feed.parse(body, url, source, outlet)
    items: list[Listed] = []
    said: dict[str, list[str]] = {}
    more: str | None = None
    base: str | None = None
    reading = Reading(body, _ROOTS, _ITEMS, heads=(*PACE, "link"))
    for element in reading:
        name = local_name(element)
        if name == "link":
            if element.get("rel") == "next" and element.get("href"):
                more = resolved(_base(element, url), element.get("href", ""))
        elif name in PACE:
            said[name] = " ".join(str(part) for part in element.itertext()).split()
        elif len(items) == source.max_items:
            reading.overflow = True
            break
        else:
            base = _base(element.getparent(), url) if base is None else base
            items.append(_item(element, base, source))
    issues = (*reading.issues(), *misdated(items, outlet))
    return Listing(tuple(items), more=more, issues=issues, **pace(said))


def _item(element: etree._Element, base: str, source: Source) -> Listed:
    parts: Parts = {}
    for child in element:
        if not (isinstance(child.tag, str) and child.tag.startswith(_MEDIA)):
            parts.setdefault(name_of(child), []).append(child)
    link = _link(parts) or element.get(_RDF_ABOUT, "").strip()
    return Listed(
        url=resolved(_base(element, base), link) if link else "",
        title=plain(_text(parts, "title")),
        published=_text(parts, "pubdate", "published", "date", "issued"),
        modified=_text(parts, "updated", "modified"),
        authors=_authors(parts),
        language=source.language,
        html=_html(parts) if source.full_text else None,
        identified=bool(_text(parts, "guid", "id")),
    )


def _link(parts: Parts) -> str:
    """The address of the article's page: feedburner:origLink, Atom's alternate, RSS's link, a permanent guid."""
    original = _text(parts, "origlink")
    if original and original.startswith("http"):
        return original
    found = [
        link.get("href", link.text or "").strip()
        for link in parts.get("link", [])
        if link.get("rel", "alternate") == "alternate" and link.get("type", "").lower() in _PAGES
    ]
    if any(found):
        return next(filter(None, found))
    for guid in (*parts.get("guid", []), *parts.get("id", [])):
        text = (guid.text or "").strip()
        if guid.get("isPermaLink", "true").lower() != "false" and text.lower().startswith(("http://", "https://")):
            return text
    return ""


def _authors(parts: Parts) -> tuple[str, ...]:
    found: list[str] = []
    for element in (*parts.get("creator", []), *parts.get("author", [])):
        name = next((child.text for child in element if name_of(child) == "name"), None) or element.text
        mail = _MAIL_NAME.match(name or "")
        clean = plain(mail[1] if mail else name)
        if clean and clean not in found:
            found.append(clean)
    return tuple(found[:20])


def _html(parts: Parts) -> str | None:
    """The article's HTML: content:encoded, Atom's content, or the description where it is all there is and longer than
    a TEASER. Escaped once as the formats want it, not at all (then the markup is elements), or twice."""
    for name in ("encoded", "content", "description", "summary"):
        for element in parts.get(name, []):
            made = html.escape(element.text or "") if len(element) else element.text or ""
            made += "".join(_XMLNS.sub("", etree.tostring(child, encoding="unicode")) for child in element)
            made = html.unescape(made) if "<" not in made and "&lt;" in made else made
            if made.strip() and (name in ("encoded", "content") or len(plain(made) or "") >= TEASER):
                return made
    return None


def _text(parts: Parts, *names: str) -> str | None:
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
        url = resolved(url, part)
    return url
