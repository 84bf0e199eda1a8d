"""Pages that are read, but not understood as they used to be: lists without links, addresses of a new form, selectors
that find nothing, texts that shrank, dates that are gone or cannot be true."""

from collections.abc import Callable
from statistics import median
from typing import Final

from pipeline.coverage.case import Case
from pipeline.coverage.facts import DayFacts, Fields
from pipeline.coverage.failures import failed_pages
from pipeline.coverage.silence import has_collapsed, usual_items
from pipeline.coverage.words import many, moment, short

SHORT: Final = 0.35
"""A text under this part of the usual length has lost most of it."""
SELDOM: Final = 0.03
FILLED: Final = 0.9
"""Share of articles that have a title and a date, where neither history nor outlet file says another."""
SAME: Final = 3
"""Articles with one time of publication to the minute, from which on it looks like a template's."""
LAYOUT: Final = "the site's layout has changed"


def selector_drift(case: Case) -> str | None:
    """The site looks different: its lists, its addresses or its pages."""
    return _lists(case) or _addresses(case) or _selectors(case) or _texts(case) or _sizes(case) or _fields(case)


def date_trouble(case: Case) -> str | None:
    """Times of publication are gone, or cannot be true."""
    promised = case.outlet.assertions.fill.get("published", FILLED)

    def undated(fields: Fields) -> int:
        return fields.articles - fields.published

    if risen := _risen(case, undated, 1 - promised):
        future = case.day.evidence.fields.future
        why = f" ({future} claim a time in the future, which is not believed)" if future else ""
        return f"{_have(*risen)} no date that can be true{why}, usually {_usual(case, undated, 1 - promised)} have one"
    for name, words in (
        ("future", "a date in the future"), ("stale", "a date more than a month old"),
        ("same", "one and the same time of publication"),
    ):  # fmt: skip
        number = _attribute(name)
        enough = name != "same" or number(case.day.evidence.fields) >= SAME
        if enough and (risen := _risen(case, number, SELDOM)):
            return f"{_have(*risen)} {words}"
    return None


def _lists(case: Case) -> str | None:
    for source in case.failing("drifted"):
        since = moment(source.since, case.day.day)
        return f"the {source.name} answers, but no link on it looks like an article since {since}: {LAYOUT}"
    for source in case.answering:
        if has_collapsed(source):
            links = many(source.reading.items or 0, "article")
            return f"the {source.name} shows only {links}, usually {usual_items(source):.0f}: {LAYOUT}"
    return None


def _addresses(case: Case) -> str | None:
    def strange(day: DayFacts) -> int:
        return day.drops.get("refused:not_article", 0) + day.drops.get("refused:off_site", 0)

    def found(day: DayFacts) -> int:
        return day.counts["discovered"]

    if not (risen := case.risen(strange, found, SELDOM)):
        return None
    addresses = many(risen[1], "new address does", "new addresses do")
    return f"{risen[0]} of {addresses} not match the article pattern of the outlet file any more"


def _selectors(case: Case) -> str | None:
    for name in ("body", "title", "date", "author"):

        def missed(fields: Fields, name: str = name) -> int:
            # a date that is found, but lies in the future, is no fault of the selector
            return max(0, fields.missed.get(name, 0) - (fields.future if name == "date" else 0))

        if risen := _risen(case, missed, SELDOM):
            pages = f"{risen[0]} of {many(risen[1], 'new page')}"
            return f"the outlet file's selector of the {name} finds nothing on {pages}: {LAYOUT}"
    return None


def _texts(case: Case) -> str | None:
    def lost(day: DayFacts) -> int:
        return sum(failed_pages(day, "drifted").values())

    def cleaned(day: DayFacts) -> int:
        return lost(day) + day.counts["cleaned"]

    if not (risen := case.risen(lost, cleaned, SELDOM)):
        return None
    why = short(failed_pages(case.day, "drifted")) or "lately"
    return f"no text was found on {risen[0]} of {many(risen[1], 'new page')} ({why}): {LAYOUT}"


def _sizes(case: Case) -> str | None:
    lengths = [size for day in case.good for size in day.evidence.fields.sizes]
    if not case.has_baseline or not lengths:
        return None
    limit = SHORT * median(lengths)

    def cut(day: DayFacts) -> int:
        return sum(size < limit for size in day.evidence.fields.sizes)

    if not (risen := case.risen(cut, lambda day: len(day.evidence.fields.sizes), SELDOM)):
        return None
    texts = many(risen[1], "new text holds", "new texts hold")
    return f"{risen[0]} of {texts} less than a third of the usual {median(lengths):.0f} letters: {LAYOUT}"


def _fields(case: Case) -> str | None:
    fill = case.outlet.assertions.fill
    for name, words, promised in (
        ("title", "title", fill.get("title", FILLED)),
        ("authors", "author", fill.get("authors", 0.0)),  # many outlets name none
        ("language", "language that can be told", fill.get("language", FILLED)),
    ):

        def empty(fields: Fields, name: str = name) -> int:
            return fields.articles - int(getattr(fields, name))

        if risen := _risen(case, empty, 1 - promised):
            return f"{_have(*risen)} no {words}, usually {_usual(case, empty, 1 - promised)} have one: {LAYOUT}"
    return None


def _attribute(name: str) -> Callable[[Fields], int]:
    return lambda fields: int(getattr(fields, name))


def _risen(case: Case, bad: Callable[[Fields], int], prior: float) -> tuple[int, int] | None:
    return case.risen(lambda day: bad(day.evidence.fields), lambda day: day.evidence.fields.articles, prior)


def _usual(case: Case, bad: Callable[[Fields], int], prior: float) -> str:
    """The usual share of those that are not bad, in per cent."""
    usual = case.usual(lambda day: bad(day.evidence.fields), lambda day: day.evidence.fields.articles, prior)
    return f"{1 - usual:.0%}"


def _have(number: int, of: int) -> str:
    return f"{number} of {many(of, 'new article')} {'has' if number == 1 else 'have'}"
