"""A page's tree and the names it claims, read with the clean stage's own parts."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

from pipeline.clean import decode, parse, structured
from pipeline.clean.text import line

_BYLINE_METAS = ("author", "article:author", "parsely-author", "dc.creator", "byl", "twitter:creator")


def source_of(body: bytes, headers: Mapping[str, str]) -> str:
    """The page's markup as text."""
    return decode.clean_characters(decode.decode(body, headers.get("content-type", "")).text)


def tree_of(source: str) -> HtmlElement | None:
    """The page's tree; None when there is no markup in it."""
    return parse.parse(source) if parse.is_markup(source) and not parse.is_too_large(source) else None


def claims_of(body: bytes, headers: Mapping[str, str], url: str) -> structured.Structured | None:
    """What the page says about itself; None for no page."""
    tree = tree_of(source_of(body, headers)) if body else None
    return structured.read(tree, url) if tree is not None else None


def claimed_authors(claims: structured.Structured) -> list[str]:
    """Names under which the page says that it was written: persons, desks and houses."""
    found = [*_names(claims, claims.article.get("author")), *_names(claims, claims.article.get("creator"))]
    found += [content for name in _BYLINE_METAS for content in claims.meta.get(name, ())]
    return [name for name in dict.fromkeys(line(name) for name in found) if name and "://" not in name]


def _names(claims: structured.Structured, value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        known = claims.resolve(one)
        name = known.get("name") if isinstance(known, dict) else known
        if isinstance(name, str):
            yield name
