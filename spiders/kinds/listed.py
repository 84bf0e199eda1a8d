"""What a source lists. The field names are those under which the pipeline reads the hints."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urljoin

from outlets import Outlet

_MARKUP: Final = re.compile(r"<[a-zA-Z/!][^<>]*>")
_SPACE: Final = re.compile(r"\s+")
_ZONE: Final = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2}):?(\d\d)?\s*$")
MOST_TITLE: Final = 1000
"""Characters of a title that are kept as a hint."""


class Unreadable(Exception):
    """The source's answer is not what it should be. `outcome` is the name of the refusal."""

    def __init__(self, outcome: str, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


class NoLinks(Unreadable):
    """A page without a link to an article. As a further page of a list it says that the one before was the last."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One article as a source lists it, nothing of it understood yet."""

    url: str
    """As it stood there, resolved against the source; not yet checked."""
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    html: str | None = None
    identified: bool = True
    """Whether the source gives the article an identity besides its address (a guid); where it could and does not, the
    address may be another one every time."""
    restamped: bool = False
    """`modified` is the same for all that the source lists: it says when the list was made, not that this changed."""

    def hints(self) -> dict[str, Any]:
        """What is known besides the address, ready for JSON; unknown fields are absent."""
        known = {
            "title": self.title,
            "published": self.published,
            "modified": self.modified,
            "authors": list(self.authors),
            "language": self.language,
            "html": self.html,
        }
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, slots=True)
class Listing:
    """What one answer of a source lists, in its order, and where it goes on."""

    items: tuple[Listed, ...] = ()
    parts: tuple[str, ...] = ()
    """Addresses that must be read too: the children of a sitemap index."""
    parts_changed: Mapping[str, str] = field(default_factory=dict)
    """When those of the parts that say so changed last (lastmod), as it stands there."""
    more: str | None = None
    """The next page, worth reading while this one brought something new."""
    issues: tuple[str, ...] = ()
    """overflow: more items than may be read. truncated: the answer broke off. mended: it was read in spite of mistakes
    in its XML. bad_date: a date in it is none. constant_lastmod: all its pages were modified in the same moment."""
    every: timedelta | None = None
    """How long the source says that its answer stays good; None when it does not say."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day, in UTC, in which the source asks not to be read; never all of them."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week, 0 for Monday, in UTC, on which it asks not to be read; never all of them."""

    def newest(self, now: datetime) -> datetime | None:
        """When the latest of the items was published, as the source says; None when none says it. What is dated more
        than a day after `now` is a mistake and does not count."""
        stated = (when(item.published) or when(item.modified) for item in self.items)
        return max((at for at in stated if at and at <= now + timedelta(days=1)), default=None)


def resolved(base: str, link: str) -> str:
    """`link` as an absolute address; one that is malformed stays as it is, for the ledger to refuse by name."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def plain(text: str | None) -> str | None:
    """One line of text without markup and entities; None when nothing is left."""
    if not text:
        return None
    bare = html.unescape(_MARKUP.sub(" ", html.unescape(text)) if "<" in text or "&" in text else text)
    return _SPACE.sub(" ", bare).strip()[:MOST_TITLE] or None


def when(text: str | None) -> datetime | None:
    """The instant that a source's time names, for order and age only (the clean stage reads dates with care).

    Knows RFC 822 and ISO 8601; a time without zone counts as UTC. None when it is neither, and before there was a web:
    a date of 1970 is an empty field, one of 1405 is of another calendar.
    """
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            at = parsedate_to_datetime(_ZONE.sub(_offset, text))
        except (ValueError, IndexError, TypeError):
            return None
    if not 1990 <= at.year < 9999:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _offset(match: re.Match[str]) -> str:
    return f"{match[1]}{int(match[2]):02d}{match[3] or '00'}"


def misdated(items: Iterable[Listed], outlet: Outlet) -> tuple[str, ...]:
    """The issue bad_date when a date is none. Other calendars are the clean stage's to read."""
    if outlet.calendar != "gregorian":
        return ()
    return ("bad_date",) if any(item.published and when(item.published) is None for item in items) else ()
