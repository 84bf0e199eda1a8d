"""What a page says about itself in JSON-LD, meta elements and microdata, read once and shared by every field.

Nothing here decides: titles, bylines and dates weigh these claims against the visible page."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline.clean.decode import clean_characters

JSON_LD_LIMIT = 4_000_000
"""Characters of one JSON-LD block that are read; larger ones are never article metadata."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|CreativeWork|ClaimReview|Essay)$")
_WEAK = frozenset({"WebPage", "ItemPage", "AboutPage", "VideoObject", "PodcastEpisode", "AudioObject", "Episode"})
_SHAPES_TO_SKIP = frozenset({"ItemList", "BreadcrumbList", "SiteNavigationElement", "Comment", "Product", "Offer"})
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_WRAPPERS = re.compile(
    r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\]\]>|\]\]>|/\*\]\]>\*/|;)\s*$"
)


@dataclass(frozen=True, slots=True)
class Structured:
    """Claims of the page. Empty containers where it makes none."""

    article: dict[str, Any] = field(default_factory=dict)
    """The JSON-LD node that describes this article, with references resolved one level."""
    page: dict[str, Any] = field(default_factory=dict)
    """A WebPage or VideoObject node, weaker than `article`."""
    site_names: tuple[str, ...] = ()
    """Names of the publisher and web site nodes."""
    meta: dict[str, list[str]] = field(default_factory=dict)
    """Contents of meta elements by lower-case name, property or itemprop, in document order."""
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """JSON-LD nodes by @id."""
    issues: tuple[str, ...] = ()

    def first(self, *names: str) -> str | None:
        """The first non-empty meta content among `names`, in that order."""
        for name in names:
            for content in self.meta.get(name, ()):
                if content:
                    return content
        return None

    @property
    def is_closed(self) -> bool:
        """Whether the page says that its article is not free to read."""
        free = self.article.get("isAccessibleForFree")
        tier = (self.first("article:content_tier") or "").lower()
        return str(free).rsplit("/", 1)[-1].lower() in ("false", "no") or tier in ("locked", "metered")

    def resolve(self, value: Any) -> Any:
        """`value`, or the full node when it is only a reference such as {"@id": "#author"}."""
        if isinstance(value, dict) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
            return self.nodes.get(value["@id"], value)
        return value


def read(tree: HtmlElement, url: str) -> Structured:
    """The claims of the parsed page `tree`. Never raises on malformed data; it becomes the issue `bad_json_ld`."""
    nodes: list[dict[str, Any]] = []
    issues: list[str] = []
    for script in tree.iterfind(".//script[@type]"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            nodes.extend(_nodes(loads(script.text[:JSON_LD_LIMIT])))
        except (ValueError, RecursionError):
            issues.append("bad_json_ld")
    meta = _meta(tree)
    if sum(next(one.iter("h1"), None) is not None for one in tree.iter("article")) > 1:
        issues.append("multi_article")
    strong = [n for n in nodes if any(_ARTICLE.search(t) for t in types(n))]
    weak = [n for n in nodes if any(t in _WEAK for t in types(n)) and n not in strong]
    by_id: dict[str, dict[str, Any]] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(by_id.get(name, ())):
            by_id[name] = node
    article = _own(strong, url, issues)
    sites = [n for n in nodes if set(types(n)) & {"WebSite", "Organization", "NewsMediaOrganization"}]
    publisher = article.get("publisher")
    if isinstance(publisher, dict):
        sites.insert(0, by_id.get(str(publisher.get("@id")), publisher) if "name" not in publisher else publisher)
    names = [str(n["name"]).strip() for n in sites if isinstance(n.get("name"), str)]
    names += [c for key in ("og:site_name", "application-name", "publisher") for c in meta.get(key, ())]
    return Structured(
        article=article,
        page=_own(weak, url, []),
        site_names=tuple(dict.fromkeys(name for name in names if name)),
        meta=meta,
        nodes=by_id,
        issues=tuple(dict.fromkeys(issues)),
    )


def types(node: dict[str, Any]) -> list[str]:
    """The @type of a JSON-LD node as a list, without namespaces."""
    value = node.get("@type", [])
    values = value if isinstance(value, list) else [value]
    return [str(v).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for v in values if isinstance(v, str)]


def loads(text: str) -> Any:
    """The JSON in `text`, forgiving what sites write. Its strings can be stored and sent: an escape such as \\ud800 or
    \\u0000 is no character. Raises ValueError or RecursionError."""
    text = _WRAPPERS.sub("", _WRAPPERS.sub("", text.strip())).strip().replace("\\u0000", "")
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        found = json.loads(_TRAILING_COMMA.sub("", text.replace("\n", " ").replace("\r", " ")), strict=False)
    if _SURROGATE.search(text):  # pairs became characters; what is left of them stands alone
        found = json.loads(clean_characters(json.dumps(found, ensure_ascii=False)))
    return found


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value[:200]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        if value.get("@type") and not set(types(value)) & _SHAPES_TO_SKIP:
            yield value
        if not set(types(value)) & _SHAPES_TO_SKIP:
            for key in ("@graph", "mainEntity", "mainEntityOfPage", "publisher", "author", "isPartOf"):
                inner = value.get(key)
                if isinstance(inner, (dict, list)):
                    yield from _nodes(inner, depth + 1)


def _meta(tree: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        if not content:
            continue
        for attribute in ("property", "name", "itemprop"):
            for key in (element.get(attribute) or "").lower().split():
                found.setdefault(key, []).append(content)
    return found


def _own(nodes: list[dict[str, Any]], url: str, issues: list[str]) -> dict[str, Any]:
    """The node that describes this page: by its address, else the first one with a headline and a date."""
    if not nodes:
        return {}
    if len(nodes) > 1:
        wanted = _path(url)
        about_us = [n for n in nodes if wanted and wanted in {_path(a) for a in _addresses(n)}]
        if about_us:
            nodes = about_us
        elif len({str(n.get("headline") or n.get("name")) for n in nodes}) > 1:
            issues.append("multi_article")
    if any("LiveBlogPosting" in types(n) for n in nodes):
        issues.append("liveblog")
    best = max(nodes, key=lambda n: sum(bool(n.get(k)) for k in ("headline", "datePublished", "author", "articleBody")))
    merged = dict(best)
    if len(nodes) > 1:
        for node in nodes:
            if str(node.get("headline")) == str(best.get("headline")):
                for key, value in node.items():
                    merged.setdefault(key, value)
    return merged


def _addresses(node: dict[str, Any]) -> list[str]:
    main = node.get("mainEntityOfPage")
    values = [node.get("url"), node.get("@id"), main.get("@id") if isinstance(main, dict) else main]
    return [v for v in values if isinstance(v, str)]


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    return f"{path}?{parts.query}" if parts.query else path
