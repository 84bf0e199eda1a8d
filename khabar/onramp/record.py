"""Records an article page for tests, with others' words replaced, and what the clean stage makes of it. A person
reviews both; from then on a test holds the stage and the outlet's file to them, field by field."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml

from khabar.onramp.look import ArticleSeen, clean_page, page_of
from khabar.onramp.page import claimed_authors, claims_of
from khabar.onramp.scrub import Scrubber, scrub
from models.settings import settings
from outlets import Outlet
from pipeline.clean.json_lines import article_to_json
from pipeline.clean.names import kind_of
from pipeline.clean.pool import CleanPool
from pipeline.clean.text import fold
from pipeline.items import Article, Page

PAGES: Final = Path(__file__).parents[2] / "tests" / "outlets" / "pages"
FIELDS: Final = (
    "outcome", "title", "authors", "published", "published_precision", "published_basis", "modified", "language",
    "body_begins", "body_ends", "body_lines", "body_characters", "dateline", "original_outlet", "canonical_url",
    "issues",
)  # fmt: skip
"""What is expected of a recorded page, one test each."""
_EDGE: Final = 60
"""Characters of the body's first and last line that are expected."""
_PLAIN: Final = 40_000
"""Bytes; a larger page is kept as .gz."""
_UTF8: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The files of a recorded page, and in what cleaning it differs from cleaning the original."""

    page: Path
    expectations: Path
    differences: tuple[str, ...]


def fields_of(article: Article) -> dict[str, Any]:
    """The FIELDS of a cleaned article as plain values."""
    row = article_to_json(article)
    lines = article.text.split("\n") if article.text else []
    row |= {
        "body_begins": lines[0][:_EDGE] if lines else None,
        "body_ends": lines[-1][-_EDGE:] if lines else None,
        "body_lines": len(lines),
        "body_characters": len(article.text),
    }
    return {name: row[name] for name in FIELDS}


def read_recorded(expectations: Path, outlet: Outlet) -> tuple[Page, dict[str, Any]]:
    """A recorded page of `outlet`, as if it came now from its site at the time when it did, and what is expected of it.
    Raises OSError when a file is missing."""
    given = yaml.safe_load(expectations.read_text(encoding="utf-8"))
    plain = expectations.with_suffix(".html")
    body = plain.read_bytes() if plain.exists() else gzip.decompress(plain.with_suffix(".html.gz").read_bytes())
    at = datetime.fromisoformat(given["fetched_at"])
    page = Page(expectations.stem, given["url"], body, {"content-type": _UTF8}, at, outlet)
    return page, given["expect"]


def record(pool: CleanPool, outlet: Outlet, one: ArticleSeen, stem: str, folder: Path = PAGES) -> Recorded | None:
    """Write `<stem>.html` (or .html.gz) and `<stem>.yml` in `folder`; None for a page without markup."""
    original = clean_page(pool, page_of(one.seen, outlet))
    scrubber = Scrubber(original.language, kept=_kept(outlet), persons=_persons(one, original, outlet))
    made = scrub(one.seen.body, one.seen.headers, one.seen.final_url, scrubber)
    if made is None:
        return None
    url = made.url if outlet.article_pattern.search(made.url) else one.seen.final_url
    at = one.seen.at.replace(microsecond=0)
    cleaned = clean_page(pool, Page(stem, url, made.body, {"content-type": _UTF8}, at, outlet))
    folder.mkdir(parents=True, exist_ok=True)
    plain, packed, expectations = (folder / f"{stem}{end}" for end in (".html", ".html.gz", ".yml"))
    page, other = (plain, packed) if len(made.body) <= _PLAIN else (packed, plain)
    page.write_bytes(made.body if page is plain else gzip.compress(made.body, mtime=0))
    other.unlink(missing_ok=True)
    values = {
        "outlet": outlet.name,
        "url": url,
        "fetched_at": at.isoformat(),
        "site": "replica" if settings().replica else "live",
        "expect": fields_of(cleaned),
    }
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    expectations.write_text(text, encoding="utf-8")
    return Recorded(page, expectations, tuple(differences(original, cleaned, scrubber)))


def differences(original: Article, cleaned: Article, scrubber: Scrubber) -> list[str]:
    """In what the scrubbed page is not cleaned like the original, a few words each: such a page proves less."""
    before, after = fields_of(original), fields_of(cleaned)
    same = ("outcome", "published", "published_precision", "published_basis", "modified", "language", "body_lines")
    found = [f"{name} {before[name]} became {after[name]}" for name in same if before[name] != after[name]]
    if scrubber.text(original.title or "") != (cleaned.title or ""):
        found.append("another title was chosen")
    if len(original.authors) != len(cleaned.authors):
        found.append(f"{len(original.authors)} authors became {len(cleaned.authors)}")
    return found


def _kept(outlet: Outlet) -> Iterable[str]:
    return (outlet.title, *outlet.house_bylines, *outlet.credits)


def _persons(one: ArticleSeen, article: Article, outlet: Outlet) -> list[str]:
    """Everybody whom the page names as its author."""
    claims = claims_of(one.seen.body, one.seen.headers, one.seen.final_url)
    claimed = claimed_authors(claims) if claims else []
    return persons_of([*article.authors, *claimed, *one.listed.authors], _kept(outlet))


def persons_of(names: Iterable[str], own: Iterable[str]) -> list[str]:
    """Those of the names that are neither a site's `own` nor a desk's or an agency's."""
    house = {fold(name) for name in own}
    return [name for name in dict.fromkeys(names) if kind_of(name, house, house) == "person"]
