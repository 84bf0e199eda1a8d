"""The dates that readers see: <time> elements, microdata, and short lines near the heading that are a date."""

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipeline.clean.calendars import NotADay, ascii_digits, find_day
from pipeline.clean.column import Column
from pipeline.clean.parse import finder, visible
from pipeline.clean.text import line

NEAR = 400
"""Elements after the heading in which a written date still counts as the article's."""

_UPDATED = re.compile(
    r"updat|modif|aktualisiert|geändert|обновл|بروزرسانی|به‌روز|mis à jour|actualiz|edited|\blast\s", re.I
)
_PUBLISHED = re.compile(
    r"publi|posted|post time|veröff|erschienen|опубликован|منتشر|انتشار|created|\bfirst\b|erstellt|خپور", re.I
)
_TAGS = finder(
    "//time | //abbr[contains(@class,'published')] | //*[@itemprop][contains(@itemprop,'datePublished')]"
    " | //*[@property][contains(@property,'datePublished') or @property='dc:date' or contains(@property,'dateCreated')]"
)
_DATA = finder(
    "//*[@data-date or @data-published or @data-datetime or @data-time or @data-timestamp or @data-deploy-dt]"
)
_DATA_NAMES = ("data-published", "data-datetime", "data-date", "data-timestamp", "data-time", "data-deploy-dt")
_DATE_LIKE = re.compile(r"\d{4}|[۰-۹٠-٩]{4}|\d\d?[./-]\d\d?[./-]\d\d")
_UNREAD = frozenset({"script", "style", "head", "title", "option", "noscript"})


@dataclass(slots=True)
class Written:
    """Dates as they stand on the page, best first."""

    published: list[tuple[str, str]] = field(default_factory=list)
    """(text, basis): basis is time_tag or text."""
    updated: list[tuple[str, str]] = field(default_factory=list)
    worded: list[tuple[str, str]] = field(default_factory=list)
    """(machine-readable time, what readers see there) of marked times."""


def written(tree: HtmlElement, heading: HtmlElement | None, *, lines: bool = True) -> Written:
    """The dates in the column of `heading`, which shows the title. Without `lines` only those that are marked up."""
    found = Written()
    column = Column(heading)
    _from_tags(tree, column, found)
    if lines:
        _from_lines(tree, heading, column, found)
    if not found.published and lines:
        found.published += [
            (value, "time_tag")
            for element in _DATA(tree)[:20]
            for name in _DATA_NAMES
            if (value := element.get(name)) and _DATE_LIKE.search(value) and len(value) < 40 and column.has(element)
        ][:1]
    return found


def _from_tags(tree: HtmlElement, column: Column, found: Written) -> None:
    ranked: list[tuple[int, int, str]] = []
    beside: list[str] = []
    for position, element in enumerate(_TAGS(tree)[:60]):
        if element.tag != "time" and next(element.iter("time"), None) is not None:
            continue  # the element within says the same, and exactly
        raw = element.get("datetime") or element.get("content") or element.get("title") or visible(element, apart=True)
        if not column.has(element):
            if not column.foreign(element):
                beside.append(line(raw))
            continue
        if element.get("datetime") and (worded := line(visible(element, apart=True))) and len(worded) < 60:
            found.worded.append((line(raw), worded))
        parent = element.getparent()
        around = f"{element.get('class')} {element.get('itemprop')} {element.get('property')}"
        if parent is not None:
            around += f" {parent.get('class')} {parent.get('itemprop')} {parent.text or ''}"
        if "datePublished" in around or element.get("pubdate") is not None:
            ranked.append((0, position, line(raw)))
        elif _PUBLISHED.search(around):
            ranked.append((1, position, line(raw)))
        elif _UPDATED.search(around):
            found.updated.append((line(raw), "time_tag"))
        else:
            ranked.append((2, position, line(raw)))
    if not ranked and not found.updated and len({raw[:10] for raw in beside}) == 1:
        ranked.append((3, 0, beside[0]))  # the only day that the page marks up at all, in a footer or side column
    found.published += [(raw, "time_tag") for _, _, raw in sorted(ranked)]


def _from_lines(tree: HtmlElement, heading: HtmlElement | None, column: Column, found: Written) -> None:
    """Lines after the heading in their order, then the last ones before it."""
    before: list[tuple[str, str]] = []
    passed = heading is None
    budget = NEAR
    for element in tree.iter():
        if element is heading:
            passed, budget = True, NEAR
            continue
        if not isinstance(element.tag, str) or element.tag in _UNREAD:
            continue
        budget -= passed
        if budget < 0 or len(found.published) > 4:
            break
        for text in (element.text, element.tail, element.get("title")):
            if not text or not 6 <= len(text) < 160 or not _DATE_LIKE.search(text) or "©" in text:
                continue
            text = line(text)
            if not _mostly_date(text) or not column.has(element):
                continue
            parent = element.getparent()
            around = f"{text} {parent.text or ''}" if parent is not None else text
            if _UPDATED.search(around) and not _PUBLISHED.search(around):
                found.updated.append((text, "text"))
            elif passed:
                found.published.append((text, "text"))
            else:
                before.append((text, "text"))
    found.published += reversed(before[-3:])


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
    return len(re.findall(r"[^\W\d_]{2,}", rest)) <= (9 if _PUBLISHED.search(rest) else 5)
