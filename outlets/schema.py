"""What an outlet file may say. Every field carries the sentence that documentation and error messages show."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cssselect import HTMLTranslator, SelectorError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    ValidationInfo,
    field_validator,
    model_validator,
)

from outlets.dated import A_DAY, addresses, template_problem
from outlets.urls import BadUrl, normalise, same_site, url_key

Language = Literal["en", "fa", "ps", "ru", "ur", "tg", "uz", "ar", "tr", "zh", "fr", "es"]
SourceKind = Literal["feed", "news_sitemap", "sitemap", "listing", "wordpress", "json", "browser"]
Ownership = Literal["state", "public", "independent", "private", "party", "insurgent", "ngo", "un", "exile"]
Grade = Literal["P", "F", "L", "G"]


def _web_address(value: str) -> str:
    HttpUrl(value)  # raises; the text itself is kept, because HttpUrl would rewrite it
    return value


def _pattern(value: str) -> str:
    if len(value) > 500:
        raise ValueError("the pattern is longer than 500 characters")
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


def _selector(value: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {error}") from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("not a time zone of the IANA list, such as Asia/Kabul") from error
    return value


def _archive(value: str) -> str:
    if problem := template_problem(value):
        raise ValueError(problem)
    for address, _ in addresses(value, A_DAY):
        _web_address(address)
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Archive = Annotated[str, AfterValidator(_archive)]
Selector = Annotated[str, AfterValidator(_selector)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Month = Annotated[str, BeforeValidator(str), Field(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$")]
"""2026-09, or 2026 where no more is known; YAML reads the latter as a number."""


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt option must never be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_LISTS = ("listing", "browser", "json")


class Source(Strict):
    """One independent place where the outlet announces its articles."""

    kind: SourceKind
    url: WebAddress
    language: Language | None = Field(None, description="Language of all its items; omit when it mixes languages.")
    grade: Grade = Field("G", description="Evidence: P probed, F seen in a saved page, L listed, G guessed.")
    seen: Month | None = Field(None, description="Month, or year, in which somebody saw it: of grade P or F.")
    verified: bool = Field(False, description="Whether someone saw it answer; false is reported first by the check.")
    full_text: bool = Field(False, description="The source carries the whole article, so the page is not needed.")
    max_items: int = Field(2000, ge=1, le=50_000, description="Newest items that are read from it in one run.")
    link: str | None = Field(
        None, description="listing, browser: CSS selector of the article links. json: path of the link."
    )
    archive: Archive | None = Field(
        None,
        description="Address, with {year}, {month:02} or {day:02} in it, where a backfill reads what it listed then.",
    )
    title: str | None = Field(None, description="json: path of the title within a member of the list.")
    date: str | None = Field(None, description="json: path of the time of publication within a member of the list.")
    next: str | None = Field(
        None, description="listing, browser: CSS selector of the next page's link. json: path of its value."
    )
    page: str | None = Field(
        None, description="Address of further pages with {page}, {offset} or (json) {cursor} in it."
    )
    first_page: int = Field(1, ge=0, le=1, description="The number that {page} has for the source's own url.")
    max_pages: int = Field(10, ge=1, le=60, description="Pages of a list that are read in one run.")

    @field_validator("link", "next")
    @classmethod
    def _css(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _selector(value) if value and info.data.get("kind") in ("listing", "browser") else value

    @field_validator("archive")
    @classmethod
    def _no_archive_of_rest(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("kind") == "wordpress":
            raise ValueError("a wordpress source needs none: it can be asked for any time")
        return value

    @field_validator("page")
    @classmethod
    def _template(cls, value: str | None) -> str | None:
        if value is not None:
            if sum(value.count(slot) for slot in ("{page}", "{offset}", "{cursor}")) != 1:
                raise ValueError("must hold {page}, {offset} or {cursor}, once")
            _web_address(re.sub(r"\{(page|offset|cursor)\}", "1", value))
        return value

    @model_validator(mode="after")
    def _keys_of_its_kind(self) -> "Source":
        allowed = {
            "link": _LISTS, "next": _LISTS, "page": _LISTS,
            "title": ("json",), "date": ("json",),
        }  # fmt: skip
        for name, kinds in allowed.items():
            if getattr(self, name) is not None and self.kind not in kinds:
                raise ValueError(f"{name}: has no meaning in a source of kind {self.kind}")
        if self.kind == "browser" and not self.link:
            raise ValueError("link: is missing; a source of kind browser waits until it matches")
        cursor = "{cursor}" in (self.page or "")
        if self.page and self.next and not cursor:
            raise ValueError("page: and next: name the next page both; give one of them")
        if cursor and (self.kind != "json" or not self.next):
            raise ValueError("page: {cursor} needs next:, the path of its value, in a source of kind json")
        return self


class Examples(Strict):
    """Addresses that prove `article_url`: the loader refuses a file whose pattern does not tell them apart."""

    articles: list[WebAddress] = Field(default_factory=list, description="Of real articles, as somebody cited them.")
    others: list[WebAddress] = Field(default_factory=list, description="Of its other pages, the likest to articles.")


class Selectors(Strict):
    """CSS selectors for pages on which the general rules fall short."""

    body: Selector | None = None
    remove: list[Selector] = Field(default_factory=list)
    title: Selector | None = None
    author: Selector | None = None
    date: Selector | None = None


class Boilerplate(Strict):
    """What a person knows better of an outlet's recurring lines than counting does (`khabar outlets boilerplate`)."""

    keep: list[str] = Field(default_factory=list, description="Lines that recur and are news all the same.")
    cut: list[str] = Field(default_factory=list, description="Lines that are no news, however rare they are.")


class Politeness(Strict):
    """How gently the outlet is read. robots.txt and Retry-After can only make it gentler."""

    delay_seconds: float = Field(2.0, ge=0.0, le=60.0)
    max_requests: int = Field(500, ge=1, description="Article requests in one run.")
    ports: list[int] = Field(default_factory=lambda: [80, 443])


class Rights(Strict):
    """What may be kept and shown of the outlet's text."""

    store: Literal["excerpt", "full"] = "excerpt"
    basis: str | None = Field(None, description="Licence or permission; compulsory with store: full.")
    retention_days: int = Field(30, ge=1, description="Days that raw pages are kept.")

    @model_validator(mode="after")
    def _full_needs_basis(self) -> "Rights":
        if self.store == "full" and not self.basis:
            raise ValueError("rights.store: full needs rights.basis (the licence or permission)")
        return self


class Assertions(Strict):
    """What a healthy run looks like. min fails the run, max warns, fill is the share of articles with a field."""

    min: dict[Literal["discovered", "fetched", "kept"], int] = Field(default_factory=dict)
    max: dict[Literal["discovered", "fetched", "kept"], int] = Field(default_factory=dict)
    fill: dict[Literal["title", "published", "authors", "language"], Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=dict
    )


class Outlet(Strict):
    """One outlet. `name` equals the file's stem, the spider's name and the fixture folder."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    title: str = Field(description="The name that readers know.")
    home: WebAddress
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]
    ownership: Ownership
    languages: Annotated[list[Language], Field(min_length=1)]
    timezone: Annotated[str, AfterValidator(_zone)] = Field(description="Zone of times that carry none.")
    calendar: Literal["gregorian", "solar_hijri"] = "gregorian"
    date_order: Literal["ymd", "dmy", "mdy"] = Field("ymd", description="Order of 03/04/2024; ymd refuses such dates.")
    verified: bool = Field(False, description="Whether someone checked this file against the live site.")
    evidence: list[str] = Field(default_factory=list, description="Where the facts come from, one sentence each.")
    hosts: list[str] = Field(default_factory=list, description="Further host names that serve its articles.")
    sources: Annotated[list[Source], Field(min_length=1)]
    article_url: Pattern = Field(description="Regular expression that every article address matches.")
    ignored_parameters: list[Annotated[str, Field(pattern=r"^[^&=#?\s]+$")]] = Field(
        default_factory=list, description="Parameters of its addresses that never tell two articles apart (sid, from)."
    )
    examples: Examples = Field(default_factory=Examples)
    house_bylines: list[str] = Field(default_factory=list, description="Bylines that mean the outlet, not a person.")
    credits: list[str] = Field(default_factory=list, description="Names by which others credit it.")
    selectors: Selectors = Field(default_factory=Selectors)
    boilerplate: Boilerplate = Field(default_factory=Boilerplate)
    render: bool = Field(False, description="Article pages have their text only after scripts ran in a browser.")
    politeness: Politeness = Field(default_factory=Politeness)
    rights: Rights = Field(default_factory=Rights)
    assertions: Assertions

    @field_validator("assertions")
    @classmethod
    def _some_minimum(cls, value: Assertions) -> Assertions:
        if not value.min:
            raise ValueError("assertions.min is empty: an outlet that may find nothing can fail in silence")
        return value

    @cached_property
    def all_hosts(self) -> frozenset[str]:
        """Every host name that may serve its articles, lower case."""
        named = {urlsplit(self.home).hostname or "", *self.hosts}
        return frozenset(host.lower() for host in named if host)

    def url_key(self, url: str) -> str:
        """The identity of its article at `url`. Raises BadUrl."""
        return url_key(url, self.ignored)

    @cached_property
    def ignored(self) -> frozenset[str]:
        """`ignored_parameters` as names are compared."""
        return frozenset(name.lower() for name in self.ignored_parameters)

    @property
    def needs_browser(self) -> bool:
        """Whether anything of it can be read only after scripts ran."""
        return self.render or any(source.kind == "browser" for source in self.sources)

    @cached_property
    def article_pattern(self) -> re.Pattern[str]:
        """The compiled `article_url`."""
        return re.compile(self.article_url)

    def on_site(self, url: str) -> bool:
        """Whether `url` is on a host that the file names, or on the registered domain of one of its own."""
        host = (urlsplit(url).hostname or "").lower()
        if host in self.all_hosts or any(host == urlsplit(source.url).hostname for source in self.sources):
            return True
        return any(same_site(url, f"https://{own}/") for own in self.all_hosts)

    def contradicted_examples(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Where in the file an example stands that the outlet's own hosts and pattern judge differently, and why."""
        for name, wanted in (("articles", True), ("others", False)):
            for number, address in enumerate(getattr(self.examples, name)):
                where = ("examples", name, number)
                try:
                    url = normalise(address)
                except BadUrl as error:
                    yield where, f"{address}: {error}"
                    continue
                matches = self.article_pattern.search(url) is not None
                if not self.on_site(url):
                    yield where, f"{address} is on none of the outlet's hosts"
                elif matches != wanted:
                    yield where, f"{address} {'matches' if matches else 'does not match'} article_url"
