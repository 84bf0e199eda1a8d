"""Addresses that carry a date: the pages of an archive that an outlet file names with {year}, {month:02}, {day:02}."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from string import Formatter
from typing import Final

_FIELDS: Final = ("year", "month", "day")
"""From coarse to fine: each needs those before it."""
_FORMS: Final = frozenset({"", "02", "04"})


@dataclass(frozen=True, slots=True)
class Period:
    """The days `first` to `last`, both included."""

    first: date
    last: date

    def overlaps(self, other: "Period") -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last

    def within(self, other: "Period") -> bool:
        """Whether every day of this one is a day of `other`."""
        return other.first <= self.first and self.last <= other.last


A_DAY: Final = Period(date(2023, 6, 1), date(2023, 6, 1))
"""Any day, to see what an address looks like."""


def year_of(year: int) -> Period:
    """The whole year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def month_of(year: int, month: int) -> Period:
    """The whole month. Raises ValueError for a month that does not exist."""
    first = date(year, month, 1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def template_problem(template: str) -> str | None:
    """What is wrong with an address that may hold {year}, {month} and {day}, such as {month:02}; None when nothing is.
    Without any of them it is one address that holds everything."""
    try:
        parts = [(name, form, kind) for _, name, form, kind in Formatter().parse(template) if name is not None]
    except ValueError as error:
        return f"not a usable address: {error}"
    named = {name for name, _, _ in parts}
    for name, form, kind in parts:
        if name not in _FIELDS or form not in _FORMS or kind:
            return f"{{{name}}} is none of the fields {{year}}, {{month}} and {{day}}, plain or as {{month:02}}"
    for needed, name in pairwise(_FIELDS):
        if name in named and needed not in named:
            return f"{{{name}}} needs {{{needed}}}"
    return None


def addresses(template: str, span: Period) -> Iterator[tuple[str, Period | None]]:
    """The addresses that `template` has for the days of `span`, newest first, with the days that each holds: a day, a
    month or a year, as fine as the template is; None for a template without a date."""
    named = {name for _, name, _, _ in Formatter().parse(template)}
    if "year" not in named:
        yield template.format(), None
        return
    day = span.last
    while day >= span.first:
        if "day" in named:
            period = Period(day, day)
        else:
            period = month_of(day.year, day.month) if "month" in named else year_of(day.year)
        yield template.format(year=day.year, month=day.month, day=day.day), period
        day = period.first - timedelta(days=1)
