"""The addresses that a page gives itself and its readers. They are hints: another site's address or the home page is
never taken, and where a page would send a browser we do not go."""

from urllib.parse import urlsplit

from lxml.html import HtmlElement

from outlets.urls import BadUrl, normalise, same_site
from pipeline.clean.structured import Structured


def canonical(tree: HtmlElement, claims: Structured, url: str) -> tuple[str | None, list[str]]:
    """(the canonical address or None, issues): `canonical_offsite`, `canonical_collapse` (the home page, which would
    merge every article into one) or `bad_canonical`."""
    links = [e.get("href") for e in tree.iter("link") if (e.get("rel") or "").lower().strip() == "canonical"]
    raw = next((href for href in links if href and href.strip()), None) or claims.first("og:url")
    if not raw:
        return None, []
    try:
        found = normalise(raw, url or None)
    except BadUrl:
        return None, ["bad_canonical"]
    if url and not same_site(found, url):
        return None, ["canonical_offsite"]
    here, there = urlsplit(url), urlsplit(found)
    if there.path in ("", "/") and not there.query and (here.path.strip("/") or here.query):
        return None, ["canonical_collapse"]
    return found, []


def leads_on(tree: HtmlElement) -> list[str]:
    """Issue `meta_refresh` when the page would send a browser to another address; one that only reloads is none."""
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh" and "url" in (meta.get("content") or "").lower():
            return ["meta_refresh"]
    return []
