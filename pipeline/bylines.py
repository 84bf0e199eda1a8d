"""Who wrote it: people named in structured data or in a byline, split, without roles, addresses and house names."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline.column import Column
from pipeline.parse import finder, visible
from pipeline.structured import Structured, types
from pipeline.text import fold, line

AUTHOR_LIMIT = 20
"""More names than this are a staff list, not a byline."""

_META = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author",
    "byl", "dcsext.author", "cxenseparse:author", "og:author", "book:author", "vr:author", "article.author",
)  # fmt: skip
_PREFIX = re.compile(
    r"^(?:(?:(?:article|story|text|written|words|posted|published|reported|contributed|submitted|reporting|analysis|"
    r"review|updated|medically reviewed)\s+)?by|from the desk of|von|by\s*line|text(?:\s*(?:und|&)\s*fotos?)?|"
    r"autor(?:in|es|a)?"
    r"|author|ein(?:e)?\s+\w+\s+von|por|escrito por|escribe|par|di|de|door|af|av|tekst|oleh|автор(?:ы)?|текст|"
    r"نویسنده|گزارش از|گزارشگر|به قلم|لیکوال|بقلم|كتب|کتب|publié par|veröffentlicht von|geschrieben von|publicado por|"
    r"reporter|penulis|yazar|haber)\s*[:：]?\s+",
    re.I,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||•|·|/|\n|،|、|(?<=[^\W\d_]{3})\.(?=\s)|,\s*(?:and|und|y|et|e|og|och|en|и|و|او)\s+|\s(?:and|und|y|et|og|och|en|и|و|او|&|"
    r"with|mit)\s|,)\s*"
)
_NOISE = re.compile(
    r"\(.*?\)|\[.*?\]|\S+@\S+|@\w+|https?://\S+|\s+[-–—|]\s.*$|\s+(?:기자|記者|记者)$|\bPh\.?D\.?|\bM\.?D\.?$", re.S
)
_DATED = re.compile(
    r"\s*(?:\b(?:on|am|vom|el|le)\b)?\s*(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|"
    r"sun)(?:day)?\b[,.]?\s*)?"
    r"(?:\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s*)?\b\d.*$",
    re.S | re.I,
)
_ROLE = re.compile(
    r"\b(?:staff|writers?|reporters?|correspondents?|editors?|columnists?|journalists?|contributors?|contributing|"
    r"chief|"
    r"bureau|desk|senior|director|manager|producers?|photographers?|analysts?|fellow|professor|redakteur(?:in)?|"
    r"korrespondent(?:in)?|autor(?:in)?|redacción|opinion|associate|attorney|specialist|president|founder|"
    r"co-founder|ceo|author|expert|coordinator|correspondant|published|updated|guest|special to|lead|head of)\b",
    re.I,
)
_DESK = re.compile(r"\b(?:desk|team|bureau|staff|newsroom|redaktion)$", re.I)
_ELSEWHERE = re.compile(r"\bon (?:facebook|twitter|instagram|linkedin|x)\b", re.I)
_CREDENTIAL = re.compile(r"^(?:[A-Z][A-Za-z]?[A-Z.®]{1,6}|Jr\.?|Sr\.?|M\.?D\.?|Ph\.?D\.?)$")
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|contributors?|writers?|staff|journalists?|reporters?|columnists?|"
    r"newsteam|by|profile|people|team)/[^/]+",
    re.I,
)
_GENERIC = frozenset(
    [
        "admin",
        "administrator",
        "webmaster",
        "unknown",
        "anonymous",
        "guest",
        "user",
        "root",
        "author",
        "none",
        "null",
        "undefined",
        "web",
        "online",
        "print",
        "developer",
        "by",
        "written",
    ]
)
_ORGANISATION = re.compile(
    r"\b(?:news|press|agency|agence|agencia|agentur|media|times|post|radio|tv|television|channel|network|redaktion|"
    r"redacción|rédaction|editorial|newsroom|desk|team|staff|magazine|journal|daily|gazette|herald|tribune|online|"
    r"corporation|inc|ltd|llc|gmbh|committee|ministry|institute|university|foundation|associated|reuters|afp|dpa|efe|"
    r"apa|ansa|xinhua|tass|kna|sid|nachrichten|zeitung|blog|group|company)\b|خبرگزاری|ریڈیو|رادیو|تلویزیون|آژانس|"
    r"агентство|редакция|тасс|риа",
    re.I,
)
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line|author|authors|autor|autoren|contributor|writer|creator)(?:$|[\s_-]|s\b|name)|"
    r"byline|author-?name",
    re.I,
)
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "al",
        "el",
        "bin",
        "ibn",
        "bint",
        "zu",
        "y",
        "e",
        "af",
        "av",
        "dos",
    ]
)
_NOT_A_NAME = re.compile(
    r"\b(?:by|the|on|at|for|with|your|our|this|about|updated|published|publiziert|written|reviewed|posted|read|"
    r"follow|share|"
    r"more|privacy|policy|terms|subscribe|sat|sun|mon|tue|wed|thu|fri|jan|feb|aug|sept?|oct|nov|dec|january|"
    r"february|march|april|june|july|august|september|october|november|"
    r"december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|minutes?|min|am|pm|est|gmt|name|email|photo)\b",
    re.I,
)
_LABEL = re.compile(r"writ|author|autor|verfasst|geschrieben|écrit|escrito|by|автор|نویسنده|skriv", re.I)


def authors(
    tree: HtmlElement,
    claims: Structured,
    *,
    heading: HtmlElement | None = None,
    hints: tuple[str, ...] = (),
    house: Iterable[str] = (),
    url: str = "",
) -> tuple[str, ...]:
    """Names in the order of the byline. `house` are bylines that mean the outlet. An organisation stays when it is
    named beside people, or when no person is named and no outlet is known that it could merely stand for."""
    own = {fold(name) for name in house if name}
    sites = {fold(name) for name in claims.site_names} | {fold((urlsplit(url).hostname or "").removeprefix("www."))}
    fallback: list[str] = []
    for source, names in _candidates(tree, claims, hints, heading):
        if source == "profile" and fallback:
            break
        kinds = [(name, _kind(name, own, sites, single=source == "json_ld")) for name in names]
        kept = [name for name, kind in kinds if kind != "nothing"]
        if any(kind == "person" for _, kind in kinds):
            outsiders = [name for name in kept if fold(name) not in sites]
            return tuple(_unique(outsiders or kept))[:AUTHOR_LIMIT]
        fallback = fallback or kept
    return () if own else tuple(_unique(fallback))[:AUTHOR_LIMIT]


def _candidates(
    tree: HtmlElement, claims: Structured, hints: tuple[str, ...], heading: HtmlElement | None
) -> Iterable[tuple[str, list[str]]]:
    """(source, names), best source first; read lazily, since the first with a person ends the search."""
    yield "json_ld", _from_json_ld(claims, claims.article.get("author") or claims.article.get("creator"))
    yield "meta", _split_all(c for key in _META for c in claims.meta.get(key, ())[:10])
    yield "meta", _split_all(_twitter(claims))
    yield "feed", _split_all(hints)
    column = Column(heading)
    for names in _visible(tree, column):
        yield "seen", names
    yield "json_ld", _from_json_ld(claims, claims.page.get("author"))
    yield "profile", _profiles(tree, column)


def _profiles(tree: HtmlElement, column: Column) -> list[str]:
    """Names on links to author pages, in a box beside or under the text. More than three are a list of staff."""
    names: list[str] = []
    for link in _LINKS(tree):
        if _PROFILE.search(link.get("href") or "") and not column.foreign(link):
            name = line(visible(link, apart=True))
            if " " in name and _looks_like_name(name) and name not in names:
                names.append(name)
    return names if len(names) <= 3 else []


_MARKED = finder("//*[@rel='author' or contains(@itemprop, 'author')]")
_LINKS = finder("//a[@href and not(ancestor::nav) and not(ancestor::footer)]")


def _from_json_ld(claims: Structured, value: Any, depth: int = 0) -> list[str]:
    names: list[str] = []
    for item in (value if isinstance(value, list) else [value])[: 2 * AUTHOR_LIMIT]:
        item = claims.resolve(item)
        if isinstance(item, dict) and depth < 3:
            organisation = any("Organization" in t for t in types(item))
            name = item.get("name")
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
    """Bylines that readers see: rel=author and microdata, then elements whose class says so, in the main column."""
    marked = _MARKED(tree)
    yield _first_block(e for e in marked[:40] if column.has(e))
    good = [e for e in _BY_CLASS(tree)[:80] if _CLASS.search(_labels(e)) and column.has(e)]
    for element in good[:12]:
        text = line(visible(element, apart=True))
        if 3 < len(text) < 200:
            names = split(text)
            if names and all(_looks_like_name(n) for n in names):
                yield names
    for element in tree.iter("p", "div", "span", "em", "strong", "b", "address", "h3", "h4", "h5", "h6"):
        start = line(element.text or "")
        if (
            start
            and len(start) < 90
            and (match := _PREFIX.match(f"{start} "))
            and (start[0].isupper() or ":" in match[0])
            and match[0][1] != " "
        ):
            whole = line(visible(element, apart=True))
            if len(whole) < 120 and column.has(element):
                names = split(whole)
                if names and all(_looks_like_name(n) and " " in n for n in names):
                    yield names


_CLASS_WORDS = ("uthor", "yline", "utor", "YLINE", "AUTHOR", "riter")
_BY_CLASS = finder(
    "//*["
    + " or ".join(f"contains({a},'{w}')" for a in ("@class", "@id") for w in _CLASS_WORDS)
    + " or contains(@data-testid, 'yline') or contains(@class, 'by-line')]"
)  # fmt: skip


def _labels(element: HtmlElement) -> str:
    return " ".join(element.get(name) or "" for name in ("class", "id", "data-testid"))


def _looks_like_name(name: str) -> bool:
    """Whether `name` has the shape of a person's name: two to five words that begin with capitals, or one word."""
    parts = name.split()
    if not 1 <= len(parts) <= 5 or _NOT_A_NAME.search(name) or _kind(name, set(), set()) != "person":
        return False
    return all(
        p[0].isupper() or (not p[0].isascii() and p[0].lower() == p[0].upper()) or p.lower() in _PARTICLES
        for p in parts
    )


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
        elif place is not home and place.getparent() is not home.getparent():
            break
        names += [n for n in split(text) if n not in names]
    return names


def _split_all(values: Iterable[str]) -> list[str]:
    names: list[str] = []
    for value in values:
        names += [n for n in split(value) if n not in names]
    return names


def line_names(text: str) -> list[str]:
    """The names in a line that is nothing but a byline ("By Anna Berg, Kabul"); none for every other line."""
    match = _PREFIX.match(text) if 6 < len(text) < 90 else None
    if not match or (not text[0].isupper() and text[0].isascii()) or text[-1] in "?!:" or text.count(".") > 2:
        return []
    names = split(text)
    return names if names and all(_looks_like_name(n) and " " in n for n in names) else []


def split(byline: str) -> list[str]:
    """The names in a byline such as "By Anna Berg and Omid Karimi, Kabul". Roles, places and addresses are left out."""
    text = line(unescape(byline))
    if re.fullmatch(r"https?://\S+|\S+@\S+", text) or text.startswith("{"):
        return []
    for _ in range(2):
        text = _PREFIX.sub("", text).strip()
    text = _NOISE.sub(" ", text)
    text = _DATED.sub("", text)
    names: list[str] = []
    parts = [p.strip(" .,;:-–—|") for p in _SPLIT.split(text)]
    for position, part in enumerate(parts):
        part = _PREFIX.sub("", part).strip()
        if not part or len(part) > 70 or "http" in part:
            continue
        if _ELSEWHERE.search(part) or (position and _CREDENTIAL.match(part)):
            continue
        if position and part.isupper() and " " in part and not parts[0].isupper():
            continue  # "David Berg, RADIO NORTH"
        if position and (_ROLE.search(part) or (_ORGANISATION.search(part) and names)):
            continue
        before = _ROLE.split(part)[0].strip(" ,-–|")
        if len(before.split()) >= 2 and not _DESK.search(part):  # "Anna Berg Senior Reporter"
            part = before
        if position and len(part.split()) == 1 and len(parts[0].split()) >= 2 and part.isascii():
            continue  # a place or a title after a full name
        names.append(part)
    return names


def _kind(name: str, own: set[str], sites: set[str], *, single: bool = True) -> str:
    """person, organisation or nothing. Without `single`, one word in an alphabet with spaces is no person."""
    bare = name.lstrip("\x00")
    key = fold(bare)
    if not key or key in own or key in _GENERIC or len(key) < 2:
        return "nothing"
    if (
        name.startswith("\x00")
        or key in sites
        or _ORGANISATION.search(bare)
        or _ROLE.search(bare)
        or ("." in bare.strip(".") and " " not in bare)
    ):
        return "organisation"
    if len(bare.split()) > 6 or re.search(r"\d|[?!:©]", bare):
        return "nothing"
    if not single and " " not in bare and bare[:1].lower() != bare[:1].upper():
        return "organisation"
    return "person"


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, str] = {}
    for name in names:
        bare = name.lstrip("\x00")
        seen.setdefault(fold(bare), bare)
    return list(seen.values())
