"""What a site's home page says of itself: its name, its content system, its feeds, its languages, its links."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml
from lxml.html import HtmlElement

from khabar.onramp.page import source_of, tree_of
from outlets.urls import BadUrl, normalise, same_site
from pipeline.clean import parse, structured
from pipeline.clean.text import line

FEED_TYPES: Final[Mapping[str, str]] = {
    "application/rss+xml": "feed", "application/atom+xml": "feed", "application/rdf+xml": "feed", "text/xml": "feed",
    "application/feed+json": "json",
}  # fmt: skip
FOLDERS: Final[Mapping[str, str]] = {
    "en": "en", "eng": "en", "english": "en", "fa": "fa", "da": "fa", "dr": "fa", "prs": "fa", "dari": "fa",
    "persian": "fa", "farsi": "fa", "ps": "ps", "pa": "ps", "pash": "ps", "pashto": "ps", "pashtu": "ps", "ru": "ru",
    "rus": "ru", "russian": "ru", "ur": "ur", "urdu": "ur", "tg": "tg", "tj": "tg", "tajik": "tg", "uz": "uz",
    "uzbek": "uz", "ar": "ar", "arabic": "ar", "tr": "tr", "zh": "zh", "fr": "fr", "es": "es",
}  # fmt: skip
"""Folders and subdomains in which sites of the region keep a language. What is written there decides, not its name."""
_TITLE_PARTS: Final = re.compile(r"\s+[-–—|:·»]+\s+")
_COMMENTS: Final = re.compile(r"/comments?/(?:feed|rss)|[?&]feed=comments", re.I)
_FURNITURE: Final = frozenset({"nav", "header", "footer", "aside"})
_HEAD: Final = 400_000


@dataclass(frozen=True, slots=True)
class Link:
    """A link on the page to its own site."""

    url: str
    text: str
    in_menu: bool


@dataclass(frozen=True, slots=True)
class Site:
    """The page's claims."""

    url: str
    names: tuple[str, ...] = ()
    heading: str | None = None
    """What its title says of the site's name, where nothing else does."""
    language: str | None = None
    system: str | None = None
    feeds: tuple[tuple[str, str], ...] = ()
    """(address, kind) of each declared feed; those of comments are left out."""
    wordpress: str | None = None
    """The root of its REST interface."""
    roots: tuple[str, ...] = ()
    """Home pages of other languages."""
    links: tuple[Link, ...] = ()


def read_site(body: bytes, url: str, headers: Mapping[str, str]) -> Site:
    """The claims of the page `body` that `url` answered. A page without markup claims nothing."""
    source = source_of(body, headers)
    tree = tree_of(source)
    if tree is None:
        return Site(url)
    claims = structured.read(tree, url)
    links = tuple(_links(tree, url))
    declared = [e for e in tree.iter("link") if e.get("href") and e.get("rel")]
    feeds, wordpress, roots = [], None, []
    for element in declared:
        address = _own(element.get("href", ""), url)
        rel, kind = element.get("rel", "").lower().split(), FEED_TYPES.get(element.get("type", "").lower().strip())
        if address is None:
            continue
        if "alternate" in rel and kind and not _COMMENTS.search(address):
            feeds.append((address, kind))
        if "https://api.w.org/" in rel:
            wordpress = address
        if "alternate" in rel and element.get("hreflang") and element.get("hreflang") != "x-default":
            roots.append(address)
    roots += [link.url for link in links if _is_root(link.url)]
    return Site(
        url=url,
        names=claims.site_names,
        heading=_heading(line(parse.visible(tree.find(".//title"))), url),
        language=(tree.get("lang") or "").replace("_", "-").split("-")[0].lower() or None,
        system=system_of(source, headers),
        feeds=tuple(dict.fromkeys(feeds)),
        wordpress=wordpress,
        roots=tuple(root for root in dict.fromkeys(roots) if root.rstrip("/") != url.rstrip("/")),
        links=links,
    )


def _heading(title: str, url: str) -> str | None:
    """The part of the page's title that is most like the host's name; the first when none is like it."""
    parts = [part for part in _TITLE_PARTS.split(title) if part]
    host = (urlsplit(url).hostname or "").removeprefix("www.").split(".")[0]
    return max(parts, key=lambda part: SequenceMatcher(None, part.lower().replace(" ", ""), host).ratio(), default=None)


def system_of(source: str, headers: Mapping[str, str]) -> str | None:
    """The content system that made the page `source`; None when nothing gives it away."""
    shown = "\n".join([*(f"{name}: {value}" for name, value in headers.items()), source[:_HEAD]])
    return next((name for name, signs in _systems().items() if any(sign.search(shown) for sign in signs)), None)


@cache
def _systems() -> dict[str, list[re.Pattern[str]]]:
    given = yaml.safe_load((Path(__file__).parent / "systems.yml").read_text(encoding="utf-8"))
    return {name: [re.compile(sign, re.I) for sign in signs] for name, signs in given.items()}


def _own(href: str, base: str) -> str | None:
    try:
        address = normalise(href, base)
    except BadUrl:
        return None
    return address if same_site(address, base) else None


def _links(tree: HtmlElement, url: str) -> list[Link]:
    found: dict[str, Link] = {}
    for anchor in tree.iter("a"):
        address = _own(anchor.get("href") or "", url) if anchor.get("href") else None
        if address is None or address.rstrip("/") == url.rstrip("/"):
            continue
        text = line(parse.visible(anchor, apart=True))
        in_menu = any(parent.tag in _FURNITURE for parent in anchor.iterancestors())
        if address not in found or len(text) > len(found[address].text):
            found[address] = Link(address, text, in_menu)
    return list(found.values())


def _is_root(url: str) -> bool:
    """Whether an address is that of a language's own home: /fa/, or da.example.com."""
    parts = urlsplit(url)
    folder = parts.path.strip("/").lower()
    return not parts.query and (folder in FOLDERS or (not folder and (parts.hostname or "").split(".")[0] in FOLDERS))
