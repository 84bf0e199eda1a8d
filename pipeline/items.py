"""What travels through the stages. Each stage takes one of these shapes and gives the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # the filters start faster without the outlet schema
    from outlets import Outlet

Precision = Literal["second", "minute", "hour", "day"]
Role = Literal["event", "mentioned", "nationality", "dateline", "source"]
ActorRole = Literal["perpetrator", "target", "claimant", "speaker", "mentioned"]
CopyKind = Literal["exact", "near", "syndicated"]


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed, sitemap or REST answer said about an article before its page was fetched."""

    title: str | None = None
    published: str | None = None
    """As it stood there, not yet understood."""
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    html: str | None = None
    """The whole article's HTML, where the source carries it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page: what the clean stage reads."""

    id: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header names in lower case."""
    fetched_at: datetime | None = None
    """Aware. Relative times ("2 hours ago") are understood against it; without it they stay unknown."""
    outlet: "Outlet | None" = None
    hints: Hints = field(default_factory=Hints)
    boilerplate: frozenset[str] = frozenset()
    """Folded lines that were learned from the outlet's recent pages."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A claimed time: the instant, how exact the claim is, and where it was found."""

    at: datetime
    """Aware. With precision `day`, the start of that day in the zone in which it was claimed."""
    precision: Precision
    basis: str
    """selector (the outlet file's own), json_ld, meta, time_tag, feed, url, byline, dateline or text."""
    raw: str
    calendar: Literal["gregorian", "solar_hijri"] = "gregorian"

    def iso(self) -> str:
        """ISO 8601, exactly as precise as the claim: a day has no hour."""
        if self.precision == "day":
            return self.at.date().isoformat()
        return self.at.isoformat(timespec="seconds" if self.precision == "second" else "minutes")

    def utc(self) -> datetime:
        """The instant in UTC, for storage."""
        return self.at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a tag or source was read. `text` always equals the slice of the field: text == field[start:end]."""

    field: Literal["title", "text", "dateline"]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A news organisation that the text names as the source of a statement ("TASS reported")."""

    name: str
    outlet: str | None
    """Its outlet name, when we watch it."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Origin:
    """Who wrote a republished piece first, and how that is known (byline, dateline, credit line)."""

    name: str
    outlet: str | None
    basis: str


@dataclass(frozen=True, slots=True)
class Article:
    """What the clean stage makes of a page. `outcome` is "done", or a refusal or quarantine with `issues`."""

    id: str
    outcome: str
    url: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: Stamp | None = None
    modified: Stamp | None = None
    language: str | None = None
    text: str = ""
    """Paragraphs separated by one newline. U+200C kept. Without title, byline and dateline's agency slug."""
    cut: tuple[str, ...] = ()
    """Lines that the outlet's boilerplate took out of the text."""
    dateline: str | None = None
    original: Origin | None = None
    cited: tuple[CitedSource, ...] = ()
    canonical_url: str | None = None
    image: str | None = None
    access: Literal["full", "partial", "reserved"] = "full"
    """partial: a paywall shows no more. reserved: the site reserves the rest (pipeline/clean/rights.py)."""
    quality: float = 0.0
    """0 to 1: how much of the page's visible prose the text holds, and how complete the fields are."""
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """One claim about an article with the words that it rests on."""

    scheme: str
    """iso3166-1, iso3166-2, pcode, m49, geonames, topic, actor, person."""
    code: str
    label: str
    confidence: float
    evidence: tuple[Evidence, ...]
    rule: str
    """Rule id and version, "places.province@1"."""
    scheme_version: str = ""
    role: Role | ActorRole | None = None
    precision: Literal[1, 2, 3] | None = None
    """1 exact place, 2 district, 3 province or wider."""
    main: bool = False
    role_rule: str = ""
    """Rule that gave an actor its role; empty when it is only mentioned."""
    organisation: str = ""
    """Of a person: the organisation in words."""
    organisation_code: str = ""
    """Of a person: the id of the organisation, where it is one of our actors."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who said what number."""

    field: str
    value: int
    claimant: str | None
    evidence: Evidence
    bound: Literal["least", "most", "about"] | None = None
    """How the number is meant: "at least", "up to", "about"; None: as it stands."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The coded event of an article. None means that the text does not say."""

    event_type: str | None = None
    """ACLED event type and sub-event type, with a slash between them."""
    event_date: str | None = None
    """Of a week or month its first day that the words allow."""
    event_date_precision: Literal["day", "week", "month"] | None = None
    killed_low: int | None = None
    killed_high: int | None = None
    wounded_low: int | None = None
    wounded_high: int | None = None
    detained: int | None = None
    """As `detained_high`."""
    claims: tuple[Claim, ...] = ()
    killed_best: int | None = None
    """The number that is told most often; of equals the one that is told first."""
    wounded_best: int | None = None
    detained_low: int | None = None
    detained_best: int | None = None
    detained_high: int | None = None
    event_rule: str | None = None
    """The line of facts.yml that gave the type."""
    date_evidence: Evidence | None = None
    """The words of the date."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """How much an article concerns Afghanistan's security, 0 to 1, with the reasons in words."""

    score: float
    reasons: tuple[str, ...] = ()
    by_rules: float | None = None
    """What the rules alone said, once a ranker has had its say (pipeline/rank)."""


@dataclass(frozen=True, slots=True)
class TagInput:
    """What the tag stage reads."""

    id: str
    title: str
    text: str
    language: str | None = None
    published: Stamp | None = None
    outlet: "Outlet | None" = None
    dateline: str | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the tag stage makes of an article."""

    id: str
    regions: tuple[Tag, ...] = ()
    topics: tuple[Tag, ...] = ()
    actors: tuple[Tag, ...] = ()
    facts: Facts = field(default_factory=Facts)
    relevance: Relevance = field(default_factory=lambda: Relevance(0.0))

    @property
    def tags(self) -> tuple[Tag, ...]:
        """All tags: places, topics, actors."""
        return self.regions + self.topics + self.actors


@dataclass(frozen=True, slots=True)
class DedupeInput:
    """What the dedupe stage reads."""

    id: str
    url: str
    title: str
    text: str
    published: datetime | None = None
    """Aware; None sorts last."""
    language: str | None = None
    outlet: str | None = None
    original_outlet: str | None = None
    tagged: Tagged | None = None
    """Its tags, by which it meets reports in other languages; without them it meets none."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What the dedupe stage says of an article: whose copy it is, and its story."""

    id: str
    copy_of: str | None
    copy_kind: CopyKind | None
    similarity: float | None
    story: str


JSON = dict[str, Any]
