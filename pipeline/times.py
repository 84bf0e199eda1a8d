"""When an article was published and changed: the page's claims in order of trust, checked against one another."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from lxml.etree import XPath
from lxml.html import HtmlElement

from outlets import Outlet
from pipeline.calendars import NotADay, ascii_digits, find_day
from pipeline.column import Column
from pipeline.dates import Reader
from pipeline.items import Page, Stamp
from pipeline.parse import visible
from pipeline.structured import Structured
from pipeline.text import line

_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publishdate",
    "publish-date", "publish_date", "publication_date", "pubdate", "pdate", "date.published", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "citation_publication_date", "citation_date", "rnews:datepublished",
    "article.published", "published-date", "published_at", "originalpublicationdate", "bt:pubdate", "iso-8601-publish-date", "last-publish",
    "dc.date", "dcterms.date", "article:post_date", "og:pubdate", "created", "datecreated", "date", "timestamp", "release_date",
    "video:release_date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified",
    "dc.date.modified", "revised", "article:modified", "og:modified_time", "updated_time",
)  # fmt: skip
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_DAY_SHORT = re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/")
_URL_DAY_NAMED = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})/", re.I)
_UPDATE_WORDS = re.compile(
    r"updat|modif|aktualisiert|geändert|обновл|بروزرسانی|به‌روز|mis à jour|actualiz|edited|last\s", re.I
)
_PUBLISH_WORDS = re.compile(
    r"publi|posted|veröffentlicht|erschienen|опубликован|منتشر|انتشار|veröff|created|first|خپور", re.I
)
_TIME_TAGS = XPath(
    "//time | //*[contains(@itemprop, 'datePublished') or contains(@property, 'datePublished') or contains(@pubdate, 'pubdate')] | //abbr[contains(@class,'published')]"
)
_DATE_LIKE = re.compile(r"\d{4}|[۰-۹٠-٩]{4}|\d\d?[./-]\d\d?[./-]\d\d")
NEAR = 400
"""Elements after the heading in which a written date still counts as the article's."""
_DAY_FIRST = frozenset(
    [
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "ru",
        "uk",
        "pl",
        "cs",
        "sk",
        "tr",
        "sv",
        "no",
        "nb",
        "nn",
        "da",
        "fi",
        "hu",
        "ro",
        "bg",
        "el",
        "ar",
        "fa",
        "ps",
        "id",
        "vi",
        "hi",
        "ur",
        "el",
        "he",
        "is",
    ]
)


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
    return found if found and found.tzinfo else None


def times(
    tree: HtmlElement,
    claims: Structured,
    page: Page,
    reader: Reader,
    *,
    heading: HtmlElement | None = None,
    byline: str = "",
) -> tuple[Stamp | None, Stamp | None, list[str]]:
    """(published, modified, issues). `heading` shows the title; `byline` is a line of text that names the day."""
    url_day = day_of_url(page.url)
    published = None
    others: list[Stamp] = []
    for stamp in _published(tree, claims, page, reader, heading, byline):
        if published is None:
            published = stamp
        elif stamp.basis != published.basis:
            others.append(stamp)
            break
    issues: list[str] = []
    if published is None and url_day:
        published = reader.read(url_day.isoformat(), "url")
    elif published and url_day and abs((published.at.date() - url_day).days) > 1:
        issues.append("date_conflict")
        if published.at.date() > url_day + timedelta(days=2):  # addresses are minted once; stamps move with the site
            published = reader.read(url_day.isoformat(), "url") or published
    for other in others:
        if published and abs((other.at - published.at).days) > 2 and "date_conflict" not in issues:
            issues.append("date_conflict")
    modified = next(_modified(claims, reader), None)
    if modified and published and modified.utc() < published.utc() - timedelta(days=1):
        issues.append("modified_before_published")
    return published, modified, [*issues, *reader.issues]


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
    if match := _URL_DAY_NAMED.search(path):
        stamp = Reader().read(f"{match[3]} {match[2]} {match[1]}", "url")
        if stamp:
            days.add(stamp.at.date())
    return days.pop() if len(days) == 1 and min(days).year >= 1990 else None


def _published(
    tree: HtmlElement, claims: Structured, page: Page, reader: Reader, heading: HtmlElement | None, byline: str
) -> Iterator[Stamp]:
    """Claims of publication, most trusted first."""

    def reads(values: Iterator[tuple[object, str]]) -> Iterator[Stamp]:
        for raw, basis in values:
            if isinstance(raw, (str, int, float)) and (stamp := reader.read(raw, basis)):
                yield stamp

    def machine() -> Iterator[tuple[object, str]]:
        yield _one(claims.article.get("datePublished")), "json_ld"
        for name in _PUBLISHED:
            for content in claims.meta.get(name, ())[:2]:
                yield content, "meta"
        yield page.hints.published, "feed"
        yield _one(claims.page.get("datePublished") or claims.page.get("uploadDate")), "json_ld"
        yield _one(claims.article.get("dateCreated")), "json_ld"

    def seen() -> Iterator[tuple[object, str]]:
        column = Column(heading)
        if byline:
            yield byline, "byline"
        yield from _time_tags(tree, column)
        yield from _written(tree, heading, column)

    yield from reads(machine())
    yield from reads(seen())


def _one(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _time_tags(tree: HtmlElement, column: Column) -> Iterator[tuple[object, str]]:
    """<time> and microdata: those that say "published" first, those that say "updated" last."""
    ranked = []
    for position, element in enumerate(_TIME_TAGS(tree)[:60]):
        if not column.has(element):
            continue
        raw = (
            element.get("datetime")
            or element.get("content")
            or element.get("title")
            or line(visible(element, apart=True))
        )
        parent = element.getparent()
        around = f"{element.get('class')} {element.get('itemprop')} {element.get('property')}"
        if parent is not None:
            around += f" {parent.get('class')} {parent.text or ''}"
        rank = 0 if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None else 2
        if rank and _PUBLISH_WORDS.search(around):
            rank = 1
        elif rank and _UPDATE_WORDS.search(around):
            rank = 3
        ranked.append((rank, position, raw))
    yield from ((raw, "time_tag") for _, _, raw in sorted(ranked, key=lambda r: r[:2]))


def _written(tree: HtmlElement, heading: HtmlElement | None, column: Column) -> Iterator[tuple[object, str]]:
    """Short visible lines that are a date, nearest after the heading first; those that say "updated" last."""
    before: list[str] = []
    late: list[str] = []
    passed = heading is None
    budget = NEAR
    for element in tree.iter():
        if element is heading:
            passed, budget = True, NEAR
            continue
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "head", "title", "option"):
            continue
        budget -= passed
        if budget < 0:
            break
        for text in (element.text, element.tail, element.get("title"), element.get("data-date")):
            if not text or not 6 <= len(text) < 160 or not _DATE_LIKE.search(text) or "©" in text:
                continue
            text = line(text)
            if not _mostly_date(text) or not column.has(element):
                continue
            around = f"{text} {element.getparent().text or ''}" if element.getparent() is not None else text
            if _UPDATE_WORDS.search(around) and not _PUBLISH_WORDS.search(around):
                late.append(text)
            elif passed:
                yield text, "text"
            else:
                before.append(text)
    yield from ((text, "text") for text in (*reversed(before[-3:]), *late[:1]))


def _mostly_date(text: str) -> bool:
    """Whether a line is a date with little around it, and not prose that mentions one."""
    plain = ascii_digits(text)
    try:
        found = find_day(plain, order="dmy")
    except NotADay:
        return len(text) < 40
    if not found:
        return False
    rest = plain[: found.span[0]] + plain[found.span[1] :]
    return len(re.findall(r"[^\W\d_]{2,}", rest)) <= (9 if _PUBLISH_WORDS.search(rest) else 5)


def _modified(claims: Structured, reader: Reader) -> Iterator[Stamp]:
    for raw, basis in (
        (claims.article.get("dateModified"), "json_ld"),
        *((content, "meta") for name in _MODIFIED for content in claims.meta.get(name, ())[:1]),
        (claims.page.get("dateModified"), "json_ld"),
    ):
        raw = _one(raw)
        if isinstance(raw, (str, int)) and (stamp := reader.read(raw, basis)):
            yield stamp
