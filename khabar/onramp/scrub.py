"""Makes of an outlet's page one that may be kept for tests: its markup, classes, metadata, dates and numbers, with
filler where others' words stood and invented persons in its bylines."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from lxml import etree, html
from lxml.html import HtmlElement

from khabar.onramp.filler import WORD, agencies, filler_for, invented_name
from khabar.onramp.page import source_of, tree_of

_LABEL: Final = 80
"""Characters: in a piece of text so short, the words of labels and bylines keep their meaning."""
_HEADLINE: Final = 5
"""Words in an id or class from which on it repeats a headline; what programmers make up is shorter."""
_NAMED: Final = re.compile(r"(?:author|byline|tag|user|writer)[-_]", re.I)
"""Beginnings of classes that WordPress and its like make of names."""
_HEADINGS: Final = frozenset({"title", "h1", "h2", "h3", "h4"})
_MACHINE: Final = frozenset(
    """class id rel type lang dir itemprop itemtype itemscope itemid property name datetime pubdate role style hidden
    charset http-equiv media hreflang content href src action cite""".split()  # noqa: SIM905 (a text of names)
)
_TEXT: Final = frozenset("title alt content placeholder value aria-label label summary".split())  # noqa: SIM905
_ADDRESS: Final = frozenset({"href", "src", "action", "cite", "itemid"})
_GONE: Final = ("style", "svg", "iframe", "object", "embed", "video", "audio", "source", "track", "canvas", "template")
_KEPT_METAS: Final = re.compile(
    r"^(?:generator|robots|viewport|referrer|og:type|og:locale.*|twitter:card|.*content_tier)$"
)
_GONE_METAS: Final = re.compile(r"verif|csrf|token|app[_-]?id|pixel|nonce|msvalidate|fb:", re.I)
_KEPT_KEYS: Final = frozenset({"@type", "@context", "inLanguage", "type", "kind", "__typename", "lang", "locale"})
_LINK: Final = re.compile(r"^(?:https?:)?//\S+$|^/[\w%./#?=&~-]*$")
_TOKEN: Final = re.compile(r"^[\w.:+/-]{1,40}$", re.A)
_TAG: Final = re.compile(r"(<[^<>]*>)")
_PEOPLE: Final = re.compile(r"^(?:authors?|people|person|profiles?|users?|writers?|contributors?|by|team|staff)$", re.I)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The page that may be kept, as UTF-8, and its address, whose words are filler too."""

    body: bytes
    url: str


class Scrubber:
    """The replacements of one page: the same word, name or address always becomes the same."""

    def __init__(self, language: str | None, *, kept: Iterable[str] = (), persons: Iterable[str] = ()) -> None:
        """`kept` stay as they are: names by which the outlet calls itself. `persons` become others."""
        self.language = language
        self._persons = {name: invented_name(name) for name in persons if name}
        names = sorted({*self._persons, *kept, *agencies()} - {""}, key=len, reverse=True)
        self._pattern = re.compile(
            rf"(?<!\w)(?P<name>{'|'.join(map(re.escape, names))})(?!\w)|(?P<word>{WORD.pattern})"
        )

    def text(self, text: str, *, is_label: bool = False) -> str:
        """`text` in filler. Months, weekdays, numbers and kept names stay; in a label its own words, too."""

        def other(match: re.Match[str]) -> str:
            if name := match["name"]:
                return self._persons.get(name, name)
            return filler_for(match[0], self.language, is_label=is_label)

        return self._pattern.sub(other, text)

    def url(self, url: str) -> str:
        """An address with filler for the words of headlines and names in it; one that leads to no page becomes #."""
        try:
            parts = urlsplit(url.strip())
        except ValueError:
            return "#"
        if parts.scheme not in ("", "http", "https"):
            return "#"
        segments = parts.path.split("/")
        made = [self._segment(s, segments[n - 1] if n else "") for n, s in enumerate(segments)]
        query = parts.query if all(_TOKEN.match(part) for part in parts.query.split("&")) else ""
        return urlunsplit(parts._replace(path="/".join(made), query=query, fragment=""))

    def _segment(self, segment: str, before: str) -> str:
        plain = unquote(segment)
        words = WORD.findall(plain)
        is_slug = len(words) > 1 and re.search(r"[-_ ]", plain) and not plain.startswith("wp-")
        if not (is_slug or _PEOPLE.match(before) or (words and not plain.isascii())):
            return segment
        made = WORD.sub(lambda m: filler_for(m[0], self.language, is_label=False), plain)
        return quote(made, safe="-._~!$&'()*+,;=:@") if made != plain else segment

    def token(self, token: str) -> str:
        """An id or a class. One that is made of a headline or of a person's name gets filler, too."""
        named = _NAMED.match(token)
        if named is None and len(WORD.findall(token)) < _HEADLINE:
            return token
        start = named.end() if named else 0
        return token[:start] + WORD.sub(lambda m: filler_for(m[0], self.language, is_label=False), token[start:])

    def html(self, text: str) -> str:
        """Text that may hold markup: the tags lose all but their names."""
        pieces = _TAG.split(text)
        return "".join(
            re.sub(r"^(</?[\w-]+)[^>]*?(/?>)$", r"\1\2", p) if _TAG.fullmatch(p) else self.text(p) for p in pieces
        )

    def json(self, value: Any, key: str = "", *, strict: bool = True) -> Any:
        """A JSON value with its keys, numbers, types and dates. `strict` replaces single words too, as JSON-LD needs;
        a program's data has codes there."""
        if isinstance(value, dict):
            return {name: self.json(inner, name, strict=strict) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.json(inner, key, strict=strict) for inner in value]
        if not isinstance(value, str) or key in _KEPT_KEYS:
            return value
        if _LINK.match(value):
            return self.url(value)
        if not strict and _TOKEN.match(value):
            return value
        return self.html(value) if "<" in value else self.text(value)


def scrub(body: bytes, headers: Mapping[str, str], url: str, scrubber: Scrubber) -> Scrubbed | None:
    """The page `body` that `url` answered, scrubbed. None when there is no markup in it."""
    tree = tree_of(source_of(body, headers))
    if tree is None:
        return None
    for element in list(tree.iter(*_GONE, "script")):
        if element.getparent() is not None and not (element.tag == "script" and _is_data(element)):
            element.drop_tree()
    for element in tree.iter(etree.Element):
        if element.tag == "script":
            element.text = _script(element, scrubber)
        elif element.text:
            element.text = _seen(element.text, element, scrubber)
        if element.tail and (parent := element.getparent()) is not None:
            element.tail = _seen(element.tail, parent, scrubber)
        _attributes(element, scrubber)
    made = html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>")
    return Scrubbed(made, scrubber.url(url))


def _seen(text: str, element: HtmlElement, scrubber: Scrubber) -> str:
    """A piece of the page's visible text, directly in `element`."""
    heading = any(one.tag in _HEADINGS for one in (element, *element.iterancestors()))
    return scrubber.text(text, is_label=not heading and len(text.strip()) <= _LABEL)


def _is_data(element: HtmlElement) -> bool:
    return "json" in (element.get("type") or "").lower()


def _script(element: HtmlElement, scrubber: Scrubber) -> str:
    """JSON-LD, or the data of a page that a program draws. What cannot be read stays unreadable, without its text."""
    linked = "ld+json" in (element.get("type") or "").lower()
    try:
        value = json.loads(element.text or "", strict=False)
    except (ValueError, RecursionError):
        return "{"
    made = json.dumps(scrubber.json(value, strict=linked), ensure_ascii=False)
    return made.replace("</", "<\\/")


def _attributes(element: HtmlElement, scrubber: Scrubber) -> None:
    named = " ".join(element.get(name) or "" for name in ("name", "property", "itemprop", "http-equiv")).strip().lower()
    if element.tag == "meta" and _GONE_METAS.search(named):
        element.attrib.clear()
        return
    for name, value in list(element.attrib.items()):
        if name in _ADDRESS or (name == "content" and _LINK.match(value)):
            element.set(name, scrubber.url(value))
        elif name == "content" and (_KEPT_METAS.match(named) or not named):
            continue
        elif name in ("id", "class"):
            element.set(name, " ".join(map(scrubber.token, value.split(" "))))
        elif name in _TEXT:
            element.set(name, scrubber.text(value))
        elif name not in _MACHINE:
            del element.attrib[name]
