"""The shape of one replica article: what its pages are made of, and the truth that tests compare results with."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

Kind = Literal[
    "plain", "wire", "wire_copy", "edited", "republished", "challenge", "soft_404", "robots", "foreign_canonical",
    "hijri_date", "boilerplate",
]  # fmt: skip

PAGELESS: frozenset[str] = frozenset({"challenge", "soft_404"})
"""Kinds whose address does not answer with the article."""


@dataclass(frozen=True, slots=True)
class Revision:
    """The text that replaces an article's first text once `Replica.edit` was called."""

    title: str
    paragraphs: tuple[str, ...]
    modified: datetime


@dataclass(frozen=True, slots=True)
class Article:
    """One article at one outlet. `expect` is the ledger outcome that a right crawl ends with."""

    id: str
    outlet: str
    host: str
    url: str
    number: int
    slug: str
    language: str
    section: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime
    """Aware, UTC, to the second."""
    modified: datetime
    authors: tuple[str, ...] = ()
    """Persons only; a house byline is shown on the page but is not here."""
    byline: str | None = None
    """A republisher's credit line above the text."""
    lead: str | None = None
    """A sentence above the text, at TASS; not part of the text."""
    provinces: tuple[str, ...] = ()
    """ISO 3166-2 codes of the Afghan provinces where the event took place, the main one first."""
    topics: tuple[str, ...] = ()
    security: bool = False
    """Whether an analyst of Afghanistan's security would keep it."""
    kind: Kind = "plain"
    expect: str = "done"
    copy_of: str | None = None
    """Id of the article whose text this one repeats."""
    original_outlet: str | None = None
    event: str | None = None
    """Same word on articles that report the same event, copies or not."""
    canonical: str | None = None
    """Where the page's canonical link points, when that is another site."""
    also_read: tuple[str, ...] = ()
    revision: Revision | None = None

    @property
    def text(self) -> str:
        """The paragraphs, one a line, as a perfect extraction would give them."""
        return "\n".join(self.paragraphs)

    @property
    def path(self) -> str:
        """The address without scheme and host."""
        return self.url.removeprefix(f"https://{self.host}")

    @property
    def summary(self) -> str:
        """The beginning of the text, as feeds show it: whole words, about 280 characters."""
        text = " ".join(self.paragraphs)
        return text if len(text) <= 280 else text[:280].rsplit(" ", 1)[0] + " […]"

    @property
    def has_page(self) -> bool:
        """Whether its address answers with the article itself."""
        return self.kind not in PAGELESS

    def edited(self) -> "Article":
        """The article after its edit; itself when it has no second text."""
        if self.revision is None:
            return self
        new = self.revision
        return replace(self, title=new.title, paragraphs=new.paragraphs, modified=new.modified, revision=None)

    def as_json(self) -> dict[str, Any]:
        """The truth in plain types, for other processes."""
        return {
            "id": self.id, "outlet": self.outlet, "host": self.host, "url": self.url, "title": self.title,
            "text": self.text, "authors": list(self.authors), "published": self.published.isoformat(),
            "modified": self.modified.isoformat(), "language": self.language, "section": self.section,
            "provinces": list(self.provinces), "topics": list(self.topics), "security": self.security,
            "kind": self.kind, "expect": self.expect, "copy_of": self.copy_of, "event": self.event,
            "original_outlet": self.original_outlet, "canonical": self.canonical,
        }  # fmt: skip
