"""One day of one outlet beside its history, with the questions that every cause asks of it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from models.outlet_day import BROKEN
from outlets import Outlet
from pipeline.coverage.baseline import ENOUGH_DAYS, Range, has_risen, usual_share
from pipeline.coverage.facts import DayFacts, Reading, Seen
from pipeline.coverage.failures import Failure, failure_of
from pipeline.coverage.words import names

Count = Callable[[DayFacts], int]
FEW: Final = 5
"""With fewer articles or pages than this a day does not speak for itself …"""
FEW_DAYS: Final = 5
"""… and so many days before it are heard as well."""


@dataclass(frozen=True)
class SourceCase:
    """A source on the day, and what it said before."""

    reading: Reading
    name: str
    language: str | None
    past: tuple[Reading, ...]
    """Of earlier days, oldest first."""
    good: tuple[tuple[DayFacts, Reading], ...]
    """The days that teach what is usual, with what it said on them."""
    was_ever_readable: bool

    @cached_property
    def failure(self) -> Failure | None:
        """How it fails now. None for a source that answers, and for one that never has: that is no news, but a matter
        for the check of the outlet file."""
        return failure_of(self.reading) if self.was_ever_readable else None

    @cached_property
    def since(self) -> datetime:
        """Since when it has answered as it does now, as far as the history goes."""
        since, now = self.reading.since, failure_of(self.reading)
        earlier = list(self.past) if since == self.reading.first_at else []
        while earlier and failure_of(earlier[-1]) == now:
            before = earlier.pop()
            since = before.since
            if since != before.first_at:
                break
        return since

    @cached_property
    def seen_until(self) -> datetime | None:
        """When the ledger first saw the youngest address that it ever listed."""
        return next((one.seen_until for one in (self.reading, *reversed(self.past)) if one.seen_until), None)


@dataclass(frozen=True)
class Case:
    """A day to diagnose."""

    outlet: Outlet
    day: DayFacts
    history: tuple[DayFacts, ...]
    """The days before it that have a row, oldest first."""
    seen: tuple[Seen, ...]
    """The addresses of the last days up to its end, in the order in which they were seen."""
    expected: Range | None
    """How many addresses would be usual by now; None without a baseline."""
    ever_readable: Collection[str] = ()
    """Addresses of sources that were readable at some time, however long ago."""

    @cached_property
    def good(self) -> tuple[DayFacts, ...]:
        """The days that teach what is usual."""
        return teachers(self.history)

    @property
    def has_baseline(self) -> bool:
        """Whether there is enough history to compare with."""
        return len(self.good) >= ENOUGH_DAYS

    @cached_property
    def sources(self) -> tuple[SourceCase, ...]:
        """The day's sources, in the order in which they were read."""
        readings = self.day.evidence.sources
        called = names(self.outlet, readings)
        languages = {source.url: source.language for source in self.outlet.sources}
        good = {day.day for day in self.good}
        found = []
        for reading in readings:
            past = [(day, one) for day in self.history for one in day.evidence.sources if one.url == reading.url]
            found.append(
                SourceCase(
                    reading, called[reading.url], languages.get(reading.url), tuple(one for _, one in past),
                    tuple((day, one) for day, one in past if day.day in good),
                    self._was_ever_readable(reading, [one for _, one in past]),
                )
            )  # fmt: skip
        return tuple(found)

    def _was_ever_readable(self, reading: Reading, past: Sequence[Reading]) -> bool:
        known = any(address.startswith(reading.url) for address in self.ever_readable)  # paged lists add a query to it
        return known or any(one.items is not None for one in (reading, *past))

    @cached_property
    def answering(self) -> tuple[SourceCase, ...]:
        """The sources that gave a list."""
        return tuple(source for source in self.sources if source.reading.is_readable)

    def failing(self, how: Failure) -> tuple[SourceCase, ...]:
        """The sources that fail in this way. When no source answers, those that never have count as well."""
        if self.sources and not self.answering:
            return tuple(source for source in self.sources if failure_of(source.reading) == how)
        return tuple(source for source in self.sources if source.failure == how)

    def usual(self, hits: Count, of: Count, prior: float) -> float:
        """The usual share of `hits` in `of`, going by the days that teach it, from an assumed one on."""
        return usual_share(sum(map(hits, self.good)), sum(map(of, self.good)), prior)

    def risen(self, bad: Count, of: Count, prior: float) -> tuple[int, int] | None:
        """How many are bad of how many, when that is noticeably more than usual and hardly by chance.

        Where the day has too few to tell, those before it are taken in, one by one, until there are enough: a fault at
        an outlet with one article a day shows on the second. A day that has some and none of them bad is well."""
        usual = self.usual(bad, of, prior)
        if of(self.day) and not bad(self.day):
            return None
        hits = total = 0
        for day in (self.day, *reversed(self.history[-FEW_DAYS:])):
            if total >= FEW:
                break
            hits, total = hits + bad(day), total + of(day)
            if has_risen(hits, total, usual):
                return hits, total
        return None


def teachers(history: tuple[DayFacts, ...]) -> tuple[DayFacts, ...]:
    """Of the days of a history those that teach what is usual: collected, not broken, and not the first, which brings
    a backlog. So a fault that lasts never becomes the usual."""
    return tuple(day for day in history[1:] if day.evidence.runs and day.state not in BROKEN)
