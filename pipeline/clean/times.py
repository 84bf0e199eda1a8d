"""When an article was published and changed: the page's claims in order of trust, checked against one another."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from outlets import Outlet
from pipeline.clean.calendars import ascii_digits
from pipeline.clean.dates import EARLIEST, LATEST_YEAR, Reader
from pipeline.clean.structured import Structured
from pipeline.clean.written_dates import written
from pipeline.clean.zones import localised
from pipeline.items import Page, Stamp

_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time",
    "datepublished", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "publishdate", "publish-date", "publish_date", "publication_date", "pubdate", "pdate", "date.published",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "citation_publication_date",
    "citation_date", "rnews:datepublished", "article.published", "published-date", "published_at",
    "originalpublicationdate", "bt:pubdate", "iso-8601-publish-date", "last-publish", "dc.date", "dcterms.date",
    "article:post_date", "og:pubdate", "created", "datecreated", "date", "timestamp", "release_date",
    "video:release_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified",
    "dc.date.modified", "revised", "article:modified", "og:modified_time", "updated_time",
)  # fmt: skip
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_DAY_SHORT = re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/")
_URL_DAY_NAMED = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})/", re.I)
_DAY_FIRST = frozenset(
    "de fr es it pt nl ru uk pl cs sk tr sv no nb nn da fi hu ro bg el ar fa ps id vi hi ur he is".split()  # noqa: SIM905
)
LONGEST_DAY = timedelta(hours=36)
"""From a midnight in UTC to the end of that day in the westernmost zone."""
MIGRATED = timedelta(days=2)
"""A stamp later than the day in the address by more than this was set again when the site moved."""


def reader_for(page: Page, language: str | None) -> Reader:
    """A reader that means what the page's outlet means: its zone, calendar and order of day and month."""
    outlet: Outlet | None = page.outlet
    order = outlet.date_order if outlet else "ymd"
    tag = (language or "").lower().replace("_", "-")
    if order == "ymd" and not outlet:
        order = (
            "mdy"
            if tag == "en-us"
            else "dmy"
            if tag.split("-")[0] in _DAY_FIRST or tag in ("en-gb", "en-au", "en-in", "en-ie", "en-nz", "en-za")
            else "ymd"
        )
    return Reader(
        zone=ZoneInfo(outlet.timezone) if outlet else None,
        order=order,
        calendar=outlet.calendar if outlet else "gregorian",
        fetched_at=page.fetched_at or _server_date(page),
    )


def _server_date(page: Page) -> datetime | None:
    """The answer's own Date header, for pages handed over without a fetch time."""
    raw = page.headers.get("date")
    try:
        found = parsedate_to_datetime(raw) if raw else None
    except ValueError:
        return None
    return found if found and found.tzinfo and EARLIEST.year <= found.year < LATEST_YEAR else None


def times(
    tree: HtmlElement,
    claims: Structured,
    page: Page,
    reader: Reader,
    *,
    heading: HtmlElement | None = None,
    byline: str = "",
    chosen: Iterable[str] = (),
) -> tuple[Stamp | None, Stamp | None, list[str]]:
    """(published, modified, issues). `heading` shows the title; `byline` is a line of text that names the day;
    `chosen` is what the outlet's selector found: the first of it that is a time is the time of publication."""
    url_day = day_of_url(page.url)
    chosen = list(chosen)
    selected = _first(reader, [(raw, "selector") for raw in chosen])
    declared = [*([selected] if selected else []), *_read(reader, _declared(claims, page))]
    known = bool(declared) and (reader.zone is not None or bool(declared[0].at.utcoffset()))
    shown = written(tree, heading, lines=not known)
    seen = _first(reader, ([(byline, "byline")] if byline else []) + shown.published)
    if seen is None and not shown.updated:
        marked = [value for value in shown.beside if value[1] == "time_tag"]
        seen = _only(reader, marked or shown.beside)
    published = _exact(declared) if declared else seen
    issues = ["selector_missed:date"] if chosen and not selected else []
    if published is None and url_day:
        published = reader.read(url_day.isoformat(), "url")
    elif published and url_day and abs((published.at.date() - url_day).days) > 1:
        issues.append("date_conflict")
        if (
            not selected and published.at.date() > url_day + MIGRATED
        ):  # addresses are minted once; stamps move with the site
            published = reader.read(url_day.isoformat(), "url") or published
    others = [stamp for stamp in (*declared[1:3], seen) if stamp]
    if published and any(abs((other.at - published.at).days) > 2 for other in others):
        issues.append("date_conflict")
    if published and published.precision in ("second", "minute"):
        day = next((day for raw, text in shown.worded if (day := _worded_day(reader, published, raw, text))), url_day)
        published = localised(published, reader, declared, seen, day, page.body)
    modified = _first(reader, [*_changed(claims), *shown.updated])
    if modified and published and modified.utc() < published.utc() - timedelta(days=1):
        issues.append("modified_before_published")
    return published, modified, list(dict.fromkeys([*issues, *reader.issues]))


def _exact(declared: list[Stamp]) -> Stamp:
    """The most trusted claim. Where it is but a day, the instant within that day that a later claim gives."""
    first = declared[0]
    if first.precision != "day":
        return first
    instants = (one for one in declared[1:] if one.precision in ("second", "minute"))
    return next((one for one in instants if timedelta(0) <= one.at - first.at < LONGEST_DAY), first)


def _worded_day(reader: Reader, stamp: Stamp, raw: str, text: str) -> date | None:
    """The day in words beside the machine-readable `raw`, when that is the instant of `stamp`."""
    quiet = replace(reader, issues=[])
    machine, seen = quiet.read(raw, "time_tag"), quiet.read(text, "time_tag")
    if machine is None or seen is None or seen.precision != "day" or abs(machine.at - stamp.at) > timedelta(minutes=2):
        return None
    return seen.at.date()


def day_of_url(url: str) -> date | None:
    """The day in an address such as /2023/06/15/. None when it has none or several."""
    path = unquote(urlsplit(url).path)
    days = set()
    for pattern in (_URL_DAY, _URL_DAY_SHORT):
        for match in pattern.finditer(ascii_digits(path)):
            try:
                days.add(date(int(match[1]), int(match[2]), int(match[3])))
            except ValueError:
                continue
    if named := _URL_DAY_NAMED.search(path):
        stamp = Reader().read(f"{named[3]} {named[2]} {named[1]}", "url")
        if stamp:
            days.add(stamp.at.date())
    return days.pop() if len(days) == 1 and min(days).year >= 1990 else None


def _declared(claims: Structured, page: Page) -> Iterator[tuple[object, str]]:
    """Machine-readable claims of publication, most trusted first."""
    yield _one(claims.article.get("datePublished")), "json_ld"
    for name in _PUBLISHED:
        for content in claims.meta.get(name, ())[:2]:
            yield content, "meta"
    yield page.hints.published, "feed"
    yield _one(claims.page.get("datePublished") or claims.page.get("uploadDate")), "json_ld"
    yield _one(claims.article.get("dateCreated")), "json_ld"


def _changed(claims: Structured) -> Iterator[tuple[object, str]]:
    """Machine-readable claims of the last change, most trusted first."""
    yield _one(claims.article.get("dateModified")), "json_ld"
    for name in _MODIFIED:
        for content in claims.meta.get(name, ())[:1]:
            yield content, "meta"
    yield _one(claims.page.get("dateModified")), "json_ld"


def _read(reader: Reader, values: Iterable[tuple[object, str]]) -> Iterator[Stamp]:
    for raw, basis in values:
        if isinstance(raw, (str, int, float)) and (stamp := reader.read(raw, basis)):
            yield stamp


def _first(reader: Reader, values: Iterable[tuple[object, str]]) -> Stamp | None:
    return next(_read(reader, values), None)


def _only(reader: Reader, values: Iterable[tuple[object, str]]) -> Stamp | None:
    """The first time among `values`, when all of them name one day."""
    stamps = list(_read(replace(reader, issues=[]), values))
    return stamps[0] if len({stamp.at.date() for stamp in stamps}) == 1 else None


def _one(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value
