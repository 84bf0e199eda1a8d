"""The clean stage as a JSON-lines filter speaks it: one object in, one object out."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from outlets import Outlet, OutletError, load
from pipeline.items import JSON, Article, Page


def page_from_json(row: Mapping[str, Any]) -> Page:
    """The page in a filter's input row. Text in `html` is taken as decoded; `html_base64` and the file at `path` are
    bytes. Raises ValueError, in one sentence, for a row that is none."""
    url = row.get("url") or ""
    if not isinstance(url, str):
        raise ValueError("url must be text")
    headers = row.get("headers") or {}
    if not isinstance(headers, Mapping):
        raise ValueError("headers must be an object")
    names = {str(name).lower(): str(value) for name, value in headers.items()}
    body = _body(row)
    if isinstance(row.get("html"), str):
        names["content-type"] = "text/html; charset=utf-8"
    return Page(
        id=str(row.get("id", "")),
        url=url,
        body=body,
        headers=names,
        fetched_at=_time(row.get("fetched_at")),
        outlet=_outlet(row.get("outlet")),
    )


def _body(row: Mapping[str, Any]) -> bytes:
    if isinstance(html := row.get("html"), str):
        return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")
    if isinstance(coded := row.get("html_base64"), str):
        try:
            return base64.b64decode(coded, validate=False)
        except (binascii.Error, ValueError) as error:
            raise ValueError("html_base64 is not Base64") from error
    if isinstance(path := row.get("path"), str):
        try:
            return Path(path).read_bytes()
        except OSError as error:
            raise ValueError(f"path {path}: {error.strerror or error}") from error
    raise ValueError("one of html, html_base64 and path is needed")


def _time(value: object) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError("fetched_at is not an ISO 8601 time") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _outlet(name: object) -> Outlet | None:
    """The outlet, when we have a file for it; a page of any other site is cleaned by the general rules."""
    if not isinstance(name, str) or not name:
        return None
    try:
        return load(name)
    except OutletError:
        return None


def article_to_json(article: Article) -> JSON:
    """The filter's output row for `article`."""
    published, modified = article.published, article.modified
    return {
        "id": article.id,
        "outcome": article.outcome,
        "title": article.title,
        "authors": list(article.authors),
        "published": published.iso() if published else None,
        "published_precision": published.precision if published else None,
        "published_basis": published.basis if published else None,
        "modified": modified.iso() if modified else None,
        "language": article.language,
        "text": article.text,
        "dateline": article.dateline,
        "original_outlet": article.original.name if article.original else None,
        "cited_sources": [
            {
                "name": source.name,
                "outlet": source.outlet,
                "evidence": {
                    "field": source.evidence.field,
                    "start": source.evidence.start,
                    "end": source.evidence.end,
                    "text": source.evidence.text,
                },
            }
            for source in article.cited
        ],
        "canonical_url": article.canonical_url,
        "quality": article.quality,
        "issues": list(article.issues),
    }
