"""The dates that readers see: <time> elements, microdata, and short lines near the heading that are a date."""

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipeline.clean.calendars import NotADay, ascii_digits, find_day
from pipeline.clean.column import Column
from pipeline.clean.parse import finder, visible
from pipeline.clean.text import line

LABEL = 40
"""Characters of an element that can be the label of the next."""
NEAR = 400
"""Elements after the heading in which a written date still counts as the article's."""
FAR = 1600
"""Elements of a page that shows no heading in which a written date is looked for."""

_UPDATED = re.compile(
    r"updat|modif|aktualisiert|geändert|обновл|оновл|بروزرسانی|به‌روز|تحديث|mis à jour|actuali[zs]|aggiornat|edited|"
    r"\blast\s|güncelle|uppdater|uppfært|oppdater|opdater|bijgewerkt|zaktualizow|diperbarui|更新|수정",
    re.I,
)
_PUBLISHED = re.compile(
    r"publi|posted|post time|veröff|erschienen|опубликован|منتشر|انتشار|created|\bfirst\b|erstellt|خپور|mise? en ligne",
    re.I,
)
_ISSUE = re.compile(r"\b(?:issue|edition|ausgabe|sendung|numéro|número)\b|выпуск|номер|شماره|العدد", re.I)
"""The issue of a magazine or a broadcast that carried the story bears a date of its own."""
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
    beside: list[tuple[str, str]] = field(default_factory=list)
    """Those that stand in a side column or footer, yet not in lists of other articles: good when all name one day."""
    worded: list[tuple[str, str]] = field(default_factory=list)
    """(machine-readable time, what readers see there) of marked times."""


def written(tree: HtmlElement, heading: HtmlElement | None, *, lines: bool = True) -> Written:
    """The dates in the column of `heading`, which shows the title. Without `lines` only those that are marked up."""
    found = Written()
    column = Column(heading)
    changed = _from_tags(tree, column, found)
    if lines:
        _from_lines(tree, heading, column, changed, found)
    if not found.published and lines:
        found.published += [
            (value, "time_tag")
            for element in _DATA(tree)[:20]
            for name in _DATA_NAMES
            if (value := element.get(name)) and _DATE_LIKE.search(value) and len(value) < 40 and column.has(element)
        ][:1]
    return found


def _from_tags(tree: HtmlElement, column: Column, found: Written) -> set[HtmlElement]:
    """Adds the marked dates. Returns the elements that say when the article was changed."""
    ranked: list[tuple[int, int, str]] = []
    changed: set[HtmlElement] = set()
    for position, element in enumerate(_TAGS(tree)[:60]):
        if element.tag != "time" and next(element.iter("time"), None) is not None:
            continue  # the element within says the same, and exactly
        seen = line(visible(element, apart=True))
        raw = line(element.get("datetime") or element.get("content") or element.get("title") or seen)
        inside = column.has(element) and not column.teases(element, linked=True)
        if not inside and column.foreign(element):
            continue
        if element.get("datetime") and seen and len(seen) < 60:
            found.worded.append((raw, seen))
        if not inside:
            found.beside.append((raw, "time_tag"))
            continue
        parent = element.getparent()
        around = f"{element.get('class')} {element.get('itemprop')} {element.get('property')}"
        said = f"{_label(element)} {seen[:60]}"
        if parent is not None:
            around += f" {parent.get('class')} {parent.get('itemprop')}"
        if "datePublished" in around or element.get("pubdate") is not None:
            ranked.append((0, position, raw))
        elif _PUBLISHED.search(f"{around} {said}"):
            ranked.append((1, position, raw))
        elif _UPDATED.search(f"{around} {said}"):
            found.updated.append((raw, "time_tag"))
            if _UPDATED.search(said):  # the class alone says little: themes put "updated" on the only date they show
                changed.add(element)
        else:
            ranked.append((2, position, raw))
    found.published += [(raw, "time_tag") for _, _, raw in sorted(ranked)]
    return changed


def _from_lines(
    tree: HtmlElement, heading: HtmlElement | None, column: Column, changed: set[HtmlElement], found: Written
) -> None:
    """Lines after the heading in their order, then the last ones before it."""
    before: list[tuple[str, str]] = []
    issues: list[tuple[str, str]] = []
    passed = heading is None
    budget = NEAR if heading is not None else FAR
    for element in tree.iter():
        if element is heading:
            passed, budget = True, NEAR
            continue
        if not isinstance(element.tag, str) or element.tag in _UNREAD:
            continue
        budget -= passed
        if budget < 0 or len(found.published) > 4:
            break
        parent = element.getparent()
        for text, home in ((element.text, element), (element.tail, parent), (element.get("title"), element)):
            if not text or not 6 <= len(text) < 160 or not _DATE_LIKE.search(text) or "©" in text:
                continue
            text = line(text)
            if home is None or home in changed or (day_at := _day_at(text)) is None:
                continue
            updated = _says_updated(text, day_at, _label(element))
            if not column.has(home) or column.teases(home, linked=True):
                if passed and not updated and not column.foreign(home):
                    found.beside.append((text, "text"))
            elif updated:
                found.updated.append((text, "text"))
            elif passed and _ISSUE.search(text):
                issues.append((text, "text"))
            elif passed:
                found.published.append((text, "text"))
            else:
                before.append((text, "text"))
    found.published += [*reversed(before[-3:]), *issues]


def _label(element: HtmlElement) -> str:
    """The words that introduce `element`: those of its parent before it, or a short element just before it."""
    parent, before = element.getparent(), element.getprevious()
    words = parent.text or "" if parent is not None else ""
    if before is not None and isinstance(before.tag, str) and len(before) < 3:
        near = visible(before, apart=True)
        words += f" {near} {before.tail or ''}" if len(near) < LABEL else ""
    return words[:200]


def _says_updated(text: str, day_at: int, label: str) -> bool:
    """Whether the date at `day_at` in `text`, which `label` introduces, is that of a change. In "12 May, updated
    13 May" it is not."""
    if _PUBLISHED.search(label) or _PUBLISHED.search(text):
        return False
    return bool(_UPDATED.search(label) or _UPDATED.search(text[:day_at]))


def _day_at(text: str) -> int | None:
    """Where the date stands in a line that has little around it. None for prose that mentions one, and for no date."""
    plain = ascii_digits(text)
    try:
        found = find_day(plain, order="dmy")
    except NotADay:
        return 0 if len(text) < 40 else None
    if not found:
        return None
    rest = plain[: found.span[0]] + plain[found.span[1] :]
    few = len(re.findall(r"[^\W\d_]{2,}", rest)) <= (9 if _PUBLISHED.search(rest) else 5)
    return found.span[0] if few else None
