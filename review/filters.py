"""The state of the queue as its address says it: what is shown, and from where on. Every link carries it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlencode

from models.sample import KINDS
from outlets.schema import Outlet
from review.labels import DECIDED, NEW, ORDERS, OWNERSHIP, STATUSES

MAX_QUERY: Final = 200
"""Characters of a search."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_PERSON: Final = re.compile(r"[\w.@-][\w .@-]{0,39}")
_YES: Final = re.compile("yes")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS: Final = re.compile(r"-?[0-9]{1,17}", re.ASCII)
"""Within what a datetime can hold (year 9999 would have 18 digits)."""
_RESOLVED: Final = frozenset({"new_since", "owned", "own"})
EVERYTHING: Final = "status=open"
"""What the address of all that waits says; an address that says nothing is the reader's default search."""
_ID: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class BadFilter(ValueError):
    """A parameter of the address cannot be understood. One sentence that names it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the queue: what a story's lead is ordered by. The next page begins right after it."""

    relevance: float
    """What stands first in the order: the relevance, or whether the title has the words; 0 where only time counts."""
    at: datetime
    """When it was published, or else first seen."""
    article_id: int

    def __str__(self) -> str:
        return f"{self.relevance!r}~{(self.at - _EPOCH) // timedelta(microseconds=1)}~{self.article_id}"

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Raises ValueError for anything that `str` would not give."""
        relevance, _, rest = raw.partition("~")
        since, _, number = rest.partition("~")
        if not _ID.fullmatch(number) or not _MICROSECONDS.fullmatch(since) or len(relevance) > 30:
            raise ValueError(raw)
        value = float(relevance)
        if not 0 <= value <= 1:
            raise ValueError(raw)
        return cls(value, _EPOCH + timedelta(microseconds=int(since)), int(number))


@dataclass(frozen=True, slots=True)
class Filter:
    """What the queue shows. The defaults are the analyst's morning: everything that waits for a decision."""

    status: str = "open"
    outlet: str = ""
    ownership: str = ""
    """Of the outlet."""
    topic: str = ""
    province: str = ""
    """ISO 3166-2 code such as AF-KDZ."""
    actor: str = ""
    language: str = ""
    relevance: float = 0.0
    """At least; 0 to 1."""
    assigned: str = ""
    """The colleague whom it was given to."""
    flagged: str = ""
    """"yes": only what was flagged for a senior."""
    sample: str = ""
    """Only what was drawn last of this kind (models/sample.py)."""
    since: date | None = None
    until: date | None = None
    """First and last day in Kabul, of publication or else when first seen."""
    new: str = ""
    """Come or changed since then: a key of labels.NEW."""
    decided: str = ""
    """By whoever asks: a key of labels.DECIDED."""
    q: str = ""
    """Words that title or text must have, taken literally."""
    order: str = "relevance"
    """A key of labels.ORDERS."""
    after: Cursor | None = None
    new_since: datetime | None = None
    """When `new` begins for whoever asks; like the next one no part of the address (review/meant.py)."""
    owned: tuple[str, ...] | None = None
    """The outlets of `ownership`."""
    own: tuple[str, datetime] | None = None
    """Who asks, and since when `decided` reaches."""

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> Self:
        """From the parameters of an address; others are ignored, empty ones mean the default."""
        given = {key: value.strip() for key, value in parameters.items() if value.strip()}
        status = given.get("status", "open")
        if status not in STATUSES:
            raise BadFilter(f"status must be one of {', '.join(STATUSES)}.")
        try:
            relevance = float(given.get("relevance", "0")[:30])
            after = Cursor.parse(given["after"]) if "after" in given else None
        except (ValueError, OverflowError) as error:
            raise BadFilter("relevance and after must be numbers that this desk gave out.") from error
        order = given.get("order", "relevance")
        if not 0 <= relevance <= 1:
            raise BadFilter("relevance must be a number from 0 to 1.")
        for name, known in (("ownership", OWNERSHIP), ("new", NEW), ("decided", DECIDED), ("order", ORDERS)):
            if given.get(name) and given[name] not in known:
                raise BadFilter(f"{name} must be one of {', '.join(known)}.")
        q = " ".join(_CONTROL.sub(" ", given.get("q", "")).split())
        if len(q) > MAX_QUERY:
            raise BadFilter(f"The search is longer than {MAX_QUERY} characters.")
        return cls(
            status=status,
            outlet=_checked(given, "outlet", _NAME),
            ownership=given.get("ownership", ""),
            topic=_checked(given, "topic", _CODE),
            province=_checked(given, "province", _CODE),
            actor=_checked(given, "actor", _CODE),
            language=_checked(given, "language", _LANGUAGE),
            relevance=relevance,
            assigned=_checked(given, "assigned", _PERSON),
            flagged=_checked(given, "flagged", _YES),
            sample=_sample(given),
            since=_day(given, "since"),
            until=_day(given, "until"),
            new=given.get("new", ""),
            decided=given.get("decided", ""),
            q=q,
            order=order if q or order != "match" else "relevance",
            after=after,
        )

    def query(self, **changes: Any) -> str:
        """As the query of an address, without what is default: "" or "status=all&q=…"."""
        wanted = replace(self, **changes)
        default = asdict(type(self)())
        pairs = [
            (name, str(value) if name != "after" else str(wanted.after))
            for name, value in asdict(wanted).items()
            if value != default[name] and name not in _RESOLVED
        ]
        return urlencode(pairs)

    def url(self, **changes: Any) -> str:
        """Address of the queue with these changes. A change of the filter begins at the first page."""
        return f"/?{self.query(**{'after': None, **changes}) or EVERYTHING}"

    def without(self, *names: str) -> str:
        """Address of the queue without these filters."""
        default = type(self)()
        return self.url(**{name: getattr(default, name) for name in names})

    def nothing(self) -> str:
        """Address of the queue without any filter."""
        return type(self)().url()

    def article(self, article_id: int, **further: int) -> str:
        """Address of an article's page that knows the way back."""
        return self._page(f"/articles/{article_id}", further)

    def story(self, story_id: int, way: str = "", **further: int) -> str:
        """Address of a story's page, or of its page to "merge" or "split", that knows the way back."""
        return self._page(f"/story/{story_id}" + (f"/{way}" if way else ""), further)

    def _page(self, path: str, further: Mapping[str, int]) -> str:
        query = "&".join(part for part in (self.query(), urlencode(further)) if part)
        return path + (f"?{query}" if query else "")

    @property
    def is_default(self) -> bool:
        """Whether this is the unfiltered queue, whatever its page."""
        return not self.query(after=None)


def parameters(query: str) -> dict[str, str]:
    """The parameters of the query of one of our addresses. Raises BadFilter for one that is too long."""
    try:
        return dict(parse_qsl(query[:2000], max_num_fields=20))
    except ValueError as error:
        raise BadFilter("The address says more than a queue.") from error


def _checked(given: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    value = given.get(name, "")
    if value and not pattern.fullmatch(value):
        raise BadFilter(f"{name} is not a code that this desk gave out.")
    return value


def _sample(given: Mapping[str, str]) -> str:
    value = given.get("sample", "")
    if value and value not in KINDS:
        raise BadFilter(f"sample must be one of {', '.join(KINDS)}.")
    return value


def _day(given: Mapping[str, str], name: str) -> date | None:
    value = given.get(name, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise BadFilter(f"{name} must be a day such as 2026-03-01.") from error


def languages(outlets: Mapping[str, Outlet | None]) -> list[str]:
    """Every language that some outlet writes, as the filter offers them."""
    return sorted({language for outlet in outlets.values() if outlet for language in outlet.languages})
