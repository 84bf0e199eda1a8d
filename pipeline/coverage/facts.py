"""What is known of one outlet on one day, in the shapes that the diagnosis reads. All of it comes from the ledger and
is kept with the day's row, so that the following days find their baseline there (I4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter

MOST_SIZES: Final = 60
"""Text lengths that are kept of a day."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source said on a day: how it answered last, and the best of the day's lists."""

    url: str
    kind: str
    at: datetime
    """When it was asked last."""
    outcome: str
    first_at: datetime
    """When it was asked first on this day."""
    since: datetime
    """Since when on this day it has answered like that without a break."""
    status: int | None = None
    detail: str | None = None
    moved_to: str | None = None
    items: int | None = None
    """Articles that it listed when it was last readable."""
    today: int = 0
    """Addresses that it listed and that the ledger first saw on this day."""
    seen_until: datetime | None = None
    """When the ledger first saw the youngest address that it listed."""
    newest: datetime | None = None
    """The latest time of publication that it claimed."""

    @property
    def is_readable(self) -> bool:
        """Whether its last answer was a list, unchanged ones included."""
        return self.outcome in ("done", "not_modified")


@dataclass(frozen=True, slots=True)
class Fields:
    """How well the day's articles were filled: of `articles`, how many have what."""

    articles: int = 0
    title: int = 0
    published: int = 0
    authors: int = 0
    language: int = 0
    missed: Mapping[str, int] = field(default_factory=dict)
    """Selector of the outlet file -> articles on whose page it found nothing."""
    future: int = 0
    """Articles that claim a time in the future, which is never believed."""
    same: int = 0
    """The most articles that share one time of publication to the minute."""
    stale: int = 0
    """Articles dated more than a month before we first saw them."""
    sizes: tuple[int, ...] = ()
    """Characters of the texts, of at most MOST_SIZES articles."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the day's crawls and articles were like."""

    runs: int = 0
    """Crawls that ended on their own and read the sources."""
    last_run: datetime | None = None
    run_failure: str | None = None
    """Why the day's last crawl failed, in its own words."""
    sources: tuple[Reading, ...] = ()
    robots: Mapping[str, str] = field(default_factory=dict)
    """Address of a robots.txt -> SHA-256 of what it last said."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """For dropped addresses with a 4xx status: "status 403" -> how many."""
    languages: Mapping[str, int] = field(default_factory=dict)
    """Language ("" where unknown) -> addresses first seen, old articles that surfaced late left out."""
    fields: Fields = Fields()


@dataclass(frozen=True, slots=True)
class DayFacts:
    """One day of one outlet."""

    day: date
    counts: Mapping[str, int]
    """Column of outlet_days -> number of addresses (pipeline/coverage/counts.py)."""
    drops: Mapping[str, int]
    evidence: Evidence
    state: str | None = None
    """The diagnosis, for days that have theirs."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One address of the last days, as the comparison of sources needs it."""

    at: datetime
    """When the ledger first saw it."""
    language: str | None
    source: str
    """Address of the source that named it first."""
    is_old: bool
    """Whether it is an old article that only surfaced now: no source owes it to its readers."""


_EVIDENCE: Final = TypeAdapter(Evidence)


def to_json(evidence: Evidence) -> dict[str, Any]:
    """Plain values for the row of a day."""
    plain: dict[str, Any] = _EVIDENCE.dump_python(evidence, mode="json")
    return plain


def from_json(value: Mapping[str, Any]) -> Evidence:
    """What `to_json` wrote."""
    return _EVIDENCE.validate_python(value)
