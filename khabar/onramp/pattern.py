"""Induces the pattern of a site's article addresses from those that its sources list: as general as the next article
needs, and readable, because a person reviews it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from khabar.onramp.site import FOLDERS
from outlets.urls import site

MOST_SHAPES: Final = 6
"""Alternatives in one pattern; more are no pattern any more."""
RARE: Final = 0.03
"""A shape with a smaller share of the addresses is a stray."""
NEVER: Final = ("category", "tag", "topic", "author", "page", "feed", "search", "about", "contact")
"""First folders under which no outlet keeps articles, or keeps lists of them."""
_LONGEST: Final = 480
_END: Final = re.compile(r"(?P<stem>.+)(?P<end>\.(?:s?html?|php|aspx?|jsp|cms))$", re.I)


@dataclass(frozen=True, slots=True)
class Induced:
    """The pattern, and how well it fits what it was made from."""

    pattern: str
    total: int
    missed: tuple[str, ...] = ()
    """Listed addresses that it does not match."""
    doubtful: tuple[str, ...] = ()
    """Addresses that are no articles, as far as could be seen, and match all the same."""

    @property
    def matched(self) -> int:
        """Listed addresses that it matches."""
        return self.total - len(self.missed)


@dataclass(frozen=True, slots=True)
class _Address:
    url: str
    host: str
    folder: str
    """The language's, "" without one."""
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    @property
    def skeleton(self) -> tuple[str, ...]:
        """What addresses of one shape have in common: where numbers stand, how it ends, the query's names."""
        kinds: list[str] = []
        for segment in self.segments:
            match = _END.match(segment)
            stem, end = (match["stem"], match["end"]) if match else (segment, "")
            kinds.append(_kind(stem, kinds) + end)
        return (*kinds, *(f"?{name}" for name, _ in self.query))


def induce(listed: Iterable[str], others: Iterable[str]) -> Induced | None:
    """The pattern of the addresses `listed`, which matches as few as can be of `others`, known to be no articles. None
    when no shape of address occurs at least twice."""
    articles = [_split(url) for url in dict.fromkeys(listed)]
    families: dict[tuple[str, ...], list[_Address]] = defaultdict(list)
    for one in articles:
        if one.segments or one.query:
            families[one.skeleton].append(one)
    least = max(2, RARE * len(articles))
    chosen = sorted((f for f in families.values() if len(f) >= least), key=len, reverse=True)[:MOST_SHAPES]
    if not chosen:
        return None
    no_articles = [_split(url) for url in dict.fromkeys(others)]
    hosts = _hosts([one.host for family in chosen for one in family])
    shapes: list[str] = []
    for family in chosen:
        known = re.compile(_whole(hosts, shapes)) if shapes else None
        if known is None or not all(known.search(one.url) for one in family):
            shapes.append(_shape(family, hosts, no_articles))
    pattern = _whole(hosts, shapes)
    while len(pattern) > _LONGEST and len(shapes) > 1:
        shapes.pop()
        pattern = _whole(hosts, shapes)
    compiled = re.compile(pattern)
    return Induced(
        pattern,
        len(articles),
        tuple(one.url for one in articles if not compiled.search(one.url)),
        tuple(one.url for one in no_articles if compiled.search(one.url)),
    )


def _split(url: str) -> _Address:
    parts = urlsplit(url)
    segments = tuple(segment for segment in parts.path.split("/") if segment)
    folder = segments[0] if len(segments) > 1 and segments[0].lower() in FOLDERS else ""
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return _Address(url, parts.netloc.lower(), folder, segments[1:] if folder else segments, query)


def _kind(stem: str, before: Sequence[str]) -> str:
    if not stem.isascii() or not stem.isdigit():
        return "text"
    if re.fullmatch(r"(?:19|20)\d\d", stem):
        return "year"
    if len(stem) <= 2 and before[-1:] in (["year"], ["part"]) and before[-2:] != ["part", "part"]:
        return "part"
    return "number"


def _hosts(hosts: Sequence[str]) -> str:
    """A pattern for the hosts, with and without www."""
    by_site: dict[str, set[str]] = defaultdict(set)
    for host in hosts:
        name, _, port = host.partition(":")
        registered = site(name.removeprefix("www.")) + (f":{port}" if port else "")
        by_site[registered].add(host.removesuffix(registered))
    parts = []
    for registered, labels in sorted(by_site.items()):
        plain = bool(labels & {"", "www."})  # readers reach it with and without
        fronts = sorted({*labels, *(["www."] if plain else [])} - {""})
        front = _any([re.escape(label) for label in fronts])
        front = f"({front.strip('()')})?" if plain else front
        parts.append(f"{front}{_escape(registered)}")
    return _any(parts)


def _whole(hosts: str, shapes: Sequence[str]) -> str:
    """The whole pattern; of two shapes of which one only goes on where the other ends, one is made."""
    made: list[str] = []
    for shape in sorted(shapes, key=len):
        before = next((one for one in made if shape.startswith(one.removesuffix("/?") + "/")), None)
        if before is None:
            made.append(shape)
            continue
        stem = before.removesuffix("/?")
        made[made.index(before)] = f"{stem}({shape.removeprefix(stem).removesuffix('/?')})?/?"
    return f"^https?://{hosts}/{_any(made)}$"


def _shape(family: Sequence[_Address], hosts: str, others: Sequence[_Address]) -> str:
    """The pattern of one family's paths: the language's folder, then column by column. Where something matches that is
    no article, sections are enumerated, and what still matches is excluded by name."""
    others = [*others, *_never(family)]
    for enumerate_sections in (False, True):
        shape = _joined(family, (), enumerate_sections)
        wrong = [one for one in others if re.search(_whole(hosts, [shape]), one.url)]
        if not wrong:
            return shape
        own = {one.segments[0].lower() for one in family if one.segments}
        first = {one.segments[0].lower() for one in wrong if one.segments}
        if not first & own:
            kept = [name for name in NEVER if name in first]
            return _joined(family, [*kept, *sorted(first - set(kept))][:20], enumerate_sections)
    return shape


def _never(family: Sequence[_Address]) -> list[_Address]:
    """Addresses of lists that any site has, in the shape of this family, so that the pattern keeps clear of them."""
    start, own = family[0].url.split("/", 3)[:3], {one.segments[0] for one in family if one.segments}
    base = "/".join(start)
    ends = ("/", "/name/", "/name-of-it/page/2/", "/2/")
    return [_split(f"{base}/{name}{end}") for name in NEVER if name not in own for end in ends]


def _joined(family: Sequence[_Address], never: Sequence[str], enumerate_sections: bool) -> str:
    folders = sorted({one.folder for one in family})
    named = [folder for folder in folders if folder]
    front = f"({'|'.join(f'{folder}/' for folder in named)})?" if "" in folders and named else ""
    if named and not front:
        front = f"{_any(named)}/"
    exclusion = f"(?!{_any([_escape(name) for name in never])}(/|$))" if never else ""
    count = len(family[0].segments)
    columns = [
        _column([one.segments[n] for one in family], kind, last=n == count - 1, enumerate_sections=enumerate_sections)
        for n, kind in enumerate(family[0].skeleton[:count])
    ]
    tail = "" if columns and family[0].skeleton[count - 1].partition(".")[1] else "/?"
    query = "&".join(f"{re.escape(name)}={_value(family, n)}" for n, (name, _) in enumerate(family[0].query))
    return f"{front}{exclusion}{'/'.join(columns)}{tail if columns else ''}{chr(92) + '?' + query if query else ''}"


def _value(family: Sequence[_Address], number: int) -> str:
    values = {one.query[number][1] for one in family}
    if len(values) == 1:
        return re.escape(values.pop())
    return r"\d+" if all(value.isascii() and value.isdigit() for value in values) else "[^&]+"


def _column(values: Sequence[str], kind: str, *, last: bool, enumerate_sections: bool) -> str:
    """The pattern of one place in the path, over all addresses of the family."""
    kind, dot, ending = kind.partition(".")
    if dot:
        values = [value[: -len(ending) - 1] for value in values]
        return _column(values, kind, last=last, enumerate_sections=enumerate_sections) + re.escape(f".{ending}")
    different = set(values)
    if kind == "year":
        return r"\d{4}"
    if kind == "part":
        return r"\d{2}" if all(len(value) == 2 for value in values) else r"\d{1,2}"
    if kind == "number":
        return _number(values)
    if len(different) == 1 and len(values) > 2:
        return _escape(values[0])
    if not last and enumerate_sections and len(different) <= 15:
        return _any([_escape(value) for value in sorted(different)])
    if all(re.fullmatch(r"[0-9a-f]{16,}", value) for value in values):
        lengths = {len(value) for value in values}
        return f"[0-9a-f]{{{lengths.pop()}}}" if len(lengths) == 1 else "[0-9a-f]{16,}"
    for before, after in (("", r"-\d+"), (r"\d+-", "")):
        if all(re.fullmatch(rf"{before}.+{after.replace('+', '{2,}')}", value) for value in values):
            ends = before or after
            stems = [re.sub(rf"^{ends}" if before else rf"{ends}$", "", value) for value in values]
            return before + _letters(stems, "[a-z0-9-]+") + after
    return _letters(values, "[a-z0-9-]+" if last else "[a-z-]+")


def _number(values: Sequence[str]) -> str:
    lengths = {len(value) for value in values}
    if len(lengths) == 1 and (length := min(lengths)) >= 8 and all(_is_day(value[:8]) for value in values):
        return rf"\d{{{length}}}"
    shortest = min(lengths)
    return rf"\d{{{shortest - 1},}}" if shortest >= 5 else r"\d+"  # 5 digits or more are no page number


def _is_day(text: str) -> bool:
    try:
        return 1990 <= datetime.strptime(text, "%Y%m%d").year <= 2100  # noqa: DTZ007 (a day, no instant)
    except ValueError:
        return False


def _letters(values: Sequence[str], usual: str) -> str:
    """The narrowest of a few readable classes that holds all values."""
    classes = (usual, "[a-z0-9-]+", "[a-z0-9_-]+", r"[\w-]+")
    return next((one for one in classes if all(re.fullmatch(one, value, re.A) for value in values)), "[^/]+")


def _any(patterns: Sequence[str]) -> str:
    return patterns[0] if len(patterns) == 1 else f"({'|'.join(patterns)})"


def _escape(text: str) -> str:
    return re.escape(text).replace(r"\-", "-")
