"""What a page lets us keep of its text. A site that reserves text and data mining (TDMRep, or the words of robots meta
tags) is still read as news of a public page: its facts and link stay, of its text an excerpt. The run that collected it
cuts it before it is tagged; a page that a person gives to `khabar clean` stays whole. Where signals conflict, the
strictest wins; a permission in the outlet's file (rights.store: full) lifts it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from lxml.html import HtmlElement

from outlets import Outlet
from pipeline.items import Article

EXCERPT: Final = 300
"""Characters of a reserved text that are kept."""
RESERVED: Final = frozenset({"noai", "noarchive", "nosnippet", "max-snippet:0"})
"""Robots words that bear on text. Not noimageai, since no image is kept, and not noindex, which speaks of search."""
_NAMES: Final = frozenset({"*", "khabar"})
"""Whom a robots word must be said to, to be said to us."""
_WITH_VALUE: Final = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})


def is_reserved(headers: Mapping[str, str], tree: HtmlElement, outlet: Outlet | None) -> bool:
    """Whether the page or its site reserves the text. `headers` have lower-case names; `tdmrep.json` among them is what
    the site's file says of the page."""
    if outlet is not None and outlet.rights.store == "full":
        return False
    if "1" in (headers.get("tdm-reservation", "").strip(), headers.get("tdmrep.json")):
        return True
    words = set(_words(headers.get("x-robots-tag", "")))
    for tag in tree.iter("meta"):
        name, content = (tag.get("name") or "").strip().lower(), tag.get("content") or ""
        if name == "tdm-reservation" and content.strip() == "1":
            return True
        if name in ("robots", "khabar"):
            words.update(_words(content))
    return not RESERVED.isdisjoint(words)


def excerpt(article: Article) -> Article:
    """A reserved article with at most EXCERPT characters of its text, cut between words, and nothing that rests on the
    rest; any other as it is."""
    text = article.text
    if article.access != "reserved" or len(text) <= EXCERPT:
        return article
    head, _, _ = text[: EXCERPT + 1].rpartition(" ")
    text = (head or text[:EXCERPT]).rstrip()
    cited = tuple(one for one in article.cited if one.evidence.field != "text" or one.evidence.end <= len(text))
    return replace(article, text=text, cited=cited)


def _words(value: str) -> Iterator[str]:
    """The words of a robots meta tag or X-Robots-Tag that are said to us; "name:" turns to another crawler."""
    ours = True
    for part in value.lower().split(","):
        name, colon, rest = part.strip().partition(":")
        if colon and name.strip() not in _WITH_VALUE:
            ours, part = name.strip() in _NAMES, rest
        if ours:
            yield "".join(part.split())
