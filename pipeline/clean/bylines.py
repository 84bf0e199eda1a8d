"""Who wrote it: people named in structured data or in a byline, split, without roles, addresses and house names."""

import re
from collections.abc import Iterable
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline.clean import signatures
from pipeline.clean.agencies import named
from pipeline.clean.column import Column
from pipeline.clean.names import kind_of, looks_like_name, split, split_off
from pipeline.clean.parse import finder, visible
from pipeline.clean.structured import Structured, types
from pipeline.clean.text import fold, line

AUTHOR_LIMIT = 20
"""More names than this are a staff list, not a byline."""

_META = (
    "author", "article:author", "articleauthor", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
    "citation_author",
    "byl", "dcsext.author", "cxenseparse:author", "og:author", "book:author", "vr:author", "article.author",
)  # fmt: skip
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|contributors?|writers?|staff|journalists?|reporters?|columnists?|"
    r"newsteam|by|profile|people|team)/[^/]+",
    re.I,
)
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line|author|authors|autor|autoren|contributor|writer|creator)(?:$|[\s_-]|s\b|name)|"
    r"byline|author-?name",
    re.I,
)
_LONE = re.compile(
    r"(?:(?:written |story )?by|authors?|von|autor(?:in|es)?|par|автор|نویسنده|گزارشگر|لیکوال)\s*:?", re.I
)
_ACCOUNT = re.compile(r"/author/(?:admin\w*|web-?master|editor|user\d*)/?$", re.I)
"""The page of the account that posted the article, which is nobody's byline."""
_YEAR = re.compile(r"\b(?:19|20|1[34])\d\d\b")
_LABEL = re.compile(r"writ|author|autor|verfasst|geschrieben|écrit|escrito|by|автор|نویسنده|skriv", re.I)


def authors(
    tree: HtmlElement,
    claims: Structured,
    *,
    heading: HtmlElement | None = None,
    hints: tuple[str, ...] = (),
    house: Iterable[str] = (),
    url: str = "",
    chosen: Iterable[str] = (),
) -> tuple[str, ...]:
    """Names in the order of the byline. `house` are bylines that mean the outlet; `chosen` those that its selector
    found, which come first. An organisation stays when it is
    named beside people, or when no person is named and no outlet is known that it could merely stand for."""
    own = {fold(name) for name in house if name}
    sites = {fold(name) for name in claims.site_names} | {fold((urlsplit(url).hostname or "").removeprefix("www."))}
    fallback: list[str] = []
    people: list[str] = []  # of structured data; a meta tag may name more of them
    for source, names in _candidates(tree, claims, hints, heading, chosen):
        if people and source not in ("meta", "marked"):
            break
        if fallback and source == "profile":
            continue
        kinds = [(name, kind_of(name, own, sites, single=source in ("selector", "json_ld"))) for name in names]
        kept = [name for name, kind in kinds if kind != "nothing"]
        if any(kind == "person" for _, kind in kinds):
            outsiders = _unique([name for name in kept if fold(name) not in sites] or kept)
            if not people or (_adds_to(people, outsiders) and all(map(looks_like_name, outsiders))):
                people = outsiders
        others = [name for name in kept if fold(name.lstrip("\x00")) not in sites]
        if fallback:
            others = [name for name in others if named(name)]
        if not fallback or (others and all(fold(name.lstrip("\x00")) in sites for name in fallback)):
            fallback = others or kept  # whom the site credits, rather than the site
    return tuple(people or (() if own else _unique(fallback)))[:AUTHOR_LIMIT]


def _adds_to(people: list[str], names: list[str]) -> bool:
    """Whether `names` are `people` and more: markup often names the first of several authors only."""
    before, after = {fold(name) for name in people}, {fold(name) for name in names}
    return before <= after and len(after) <= len(before) + 3


def _candidates(
    tree: HtmlElement,
    claims: Structured,
    hints: tuple[str, ...],
    heading: HtmlElement | None,
    chosen: Iterable[str],
) -> Iterable[tuple[str, list[str]]]:
    """(source, names), best source first; read lazily, since the first with a person ends the search."""
    yield "selector", _split_all(chosen)
    yield "json_ld", _from_json_ld(claims, claims.article.get("author") or claims.article.get("creator"))
    yield "meta", _split_all(c for key in _META for c in claims.meta.get(key, ())[:10])
    yield "meta", _split_all(_twitter(claims))
    column = Column(heading)
    yield "marked", _first_block(e for e in _MARKED(tree)[:40] if column.has(e))
    yield "feed", _split_all(hints)
    for names in _visible(tree, column):
        yield "seen", names
    yield "json_ld", _from_json_ld(claims, claims.page.get("author"))
    yield "profile", _profiles(tree, column)
    yield "signed", signatures.signed(tree, column, claims)


def _profiles(tree: HtmlElement, column: Column) -> list[str]:
    """Names on links to author pages, in a box beside or under the text. More than three are a list of staff."""
    names: list[str] = []
    for link in _LINKS(tree):
        known = link.get("rel") == "author" or _PROFILE.search(link.get("href") or "")
        if known and not column.foreign(link):
            texts = [line(text) for text in link.itertext()] or [""]
            name = next((text for text in (*texts, " ".join(texts)) if " " in text and looks_like_name(text)), None)
            if name and name not in names:
                names.append(name)
    return names if len(names) <= 3 else []


_MARKED = finder("//*[@rel='author' or contains(@itemprop, 'author')]")
_LINKS = finder("//a[@href and not(ancestor::nav) and not(ancestor::footer[not(ancestor::article)])]")


def _from_json_ld(claims: Structured, value: Any, depth: int = 0) -> list[str]:
    names: list[str] = []
    for item in (value if isinstance(value, list) else [value])[: 2 * AUTHOR_LIMIT]:
        item = claims.resolve(item)
        if isinstance(item, dict) and depth < 3:
            organisation = any("Organization" in t for t in types(item))
            name = item.get("name")
            organisation = organisation or bool(_ACCOUNT.search(str(item.get("url") or item.get("@id") or "")))
            if organisation and isinstance(name, str):
                names.append(f"\x00{line(unescape(name))}")  # marked: never a person
            else:
                names += _from_json_ld(claims, name, depth + 1)
        elif isinstance(item, str) and depth < 4:
            names += split(item)
    return names


def _twitter(claims: Structured) -> list[str]:
    pairs = [(claims.first(f"twitter:label{n}"), claims.first(f"twitter:data{n}")) for n in (1, 2)]
    return [data for label, data in pairs if label and data and _LABEL.search(label)]


def _visible(tree: HtmlElement, column: Column) -> Iterable[list[str]]:
    """Bylines that readers see: elements whose class says so, then lines that begin as one, in the main column."""
    good = [e for e in _BY_CLASS(tree)[:80] if _CLASS.search(_labels(e)) and column.has(e) and not column.teases(e)]
    for element in good[:12]:
        text = line(visible(element, apart=True))
        if 3 < len(text) < 200:
            names = split(text)
            if names and all(looks_like_name(n) for n in names):
                yield names
    for element in tree.iter("p", "div", "span", "em", "strong", "b", "address", "h3", "h4", "h5", "h6"):
        start = line(element.text or "")
        if (
            start
            and len(start) < 90
            and (match := split_off(f"{start} "))
            and (start[0].isupper() or ":" in match[0])
            and match[0][1] != " "
        ):
            whole = line(visible(element, apart=True))
            alone = _LONE.fullmatch(whole) and (beside := element.getnext()) is not None
            if alone:  # the label stands in an element of its own, the name in the next
                whole = f"{start} {line(element.tail) or line(visible(beside, apart=True))}"
            if len(whole) < 120 and (column.has(element) or (alone and not column.foreign(element))):
                names = split(whole)
                if names and all((looks_like_name(n) and " " in n) or named(n) for n in names):
                    yield names
    for start, element in _after_breaks(tree):
        names = split(start)
        if names and all(looks_like_name(n) and " " in n for n in names) and column.has(element):
            yield names
    for image in _PORTRAITS(tree)[:60]:
        name, above = line(image.get("alt") or ""), image.getparent()
        if above is not None and " " in name and looks_like_name(name) and column.has(image):
            beside = visible(above, apart=True)
            if len(beside) < 120 and beside.count(name) == 1 and _YEAR.search(beside):
                yield [name]


def _after_breaks(tree: HtmlElement) -> Iterable[tuple[str, HtmlElement]]:
    """(line, its container) of lines that begin as a byline after a line break within a block."""
    for br in tree.iter("br"):
        start = line(br.tail or "")
        if 2 < len(start) < 90 and (match := split_off(f"{start} ")) and (start[0].isupper() or ":" in match[0]):
            parts = [start]
            for after in br.itersiblings():
                if after.tag == "br":
                    break
                parts += [visible(after, apart=True), after.tail or ""]
            whole, home = line(" ".join(parts)), br.getparent()
            if home is not None and len(whole) < 120:
                yield whole, home


_PORTRAITS = finder("//img[@alt and string-length(@alt) < 60 and not(ancestor::nav) and not(ancestor::a)]")
_CLASS_WORDS = ("uthor", "yline", "utor", "YLINE", "AUTHOR", "riter")
_BY_CLASS = finder(
    "//*["
    + " or ".join(f"contains({a},'{w}')" for a in ("@class", "@id") for w in _CLASS_WORDS)
    + " or contains(@data-testid, 'yline') or contains(@class, 'by-line')]"
)  # fmt: skip


def _labels(element: HtmlElement) -> str:
    return " ".join(element.get(name) or "" for name in ("class", "id", "data-testid"))


def _first_block(elements: Iterable[HtmlElement]) -> list[str]:
    """Names of the first marked element and of its neighbours; later ones belong to other articles."""
    names: list[str] = []
    home = None
    for element in elements:
        place = element.getparent()
        if place is None:
            continue
        text = element.get("content") or line(
            visible(element.find(".//*[@itemprop='name']"), apart=True) or visible(element, apart=True)
        )
        if not text or len(text) > 120:
            continue
        if home is None:
            home = place
        elif place is not home and place.getparent() is not home.getparent() and not _side_by_side(place, home):
            break
        names += [n for n in split(text) if n not in names]
    return names


def _side_by_side(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether both stand in one box that holds little but bylines."""
    near = set(islice(other.iterancestors(), 4))
    box = next((node for node in islice(one.iterancestors(), 4) if node in near), None)
    return box is not None and len(visible(box, apart=True)) < 200


def _split_all(values: Iterable[str]) -> list[str]:
    names: list[str] = []
    for value in values:
        names += [n for n in split(value) if n not in names]
    return names


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in names:
        bare = name.lstrip("\x00")
        seen.setdefault(fold(bare), bare)
    return list(seen.values())
