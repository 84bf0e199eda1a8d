"""Why an outlet cannot be read: it is down, forbids it, turns us away, or is no longer where it was. Each cause looks
at the sources first and then at the pages that they list, and answers with its sentence or None."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from pipeline.coverage.case import Case, SourceCase
from pipeline.coverage.facts import DayFacts
from pipeline.coverage.failures import Failure, asked_pages, failed_pages
from pipeline.coverage.words import listing, many, moment, short

SELDOM: Final = 0.03
"""Share of pages that fail at any outlet."""


@dataclass(frozen=True, slots=True)
class Verb:
    """How a failure of sources is said of one, of several and of all of them."""

    one: str
    several: str
    every: str
    """With {n} for `3 sources`."""


DOWN: Final = Verb("cannot be reached", "cannot be reached", "none of its {n} can be reached")
CLOSED: Final = Verb("may not be asked", "may not be asked", "none of its {n} may be asked")
TURNS_AWAY: Final = Verb("turns us away", "turn us away", "all of its {n} turn us away")
GONE: Final = Verb("is gone", "are gone", "all of its {n} are gone")


def unreachable(case: Case) -> str | None:
    """Nothing answers: no name, no connection, no valid certificate, or a server that fails."""
    if down := case.failing("down"):
        return _of_sources(case, down, DOWN)
    return _of_pages(case, "down", "could not be had")


def robots_changed(case: Case) -> str | None:
    """robots.txt, which we follow, closes what it left open before, or cannot be read."""
    changed = _change_of_robots(case)
    if closed := case.failing("robots"):
        return f"{_of_sources(case, closed, CLOSED)}{changed}"

    def forbidden(day: DayFacts) -> int:
        return sum(failed_pages(day, "robots").values())

    def listed(day: DayFacts) -> int:
        return asked_pages(day) + forbidden(day)

    number, of = case.risen(forbidden, listed, SELDOM) or (forbidden(case.day), 0)
    if not of and changed and number and number == listed(case.day) and case.usual(forbidden, listed, SELDOM) < 0.5:
        of = number
    return f"robots.txt forbids {_part(number, of)}{changed}" if of else None


def blocked(case: Case) -> str | None:
    """It answers, but turns us away: challenge, log-in, 403, too many requests."""
    if closed := case.failing("turned_away"):
        return _of_sources(case, closed, TURNS_AWAY)
    turned = failed_pages(case.day, "turned_away")
    of = asked_pages(case.day)
    if turned.get("refused:challenge") and sum(turned.values()) == of:  # no single article has a challenge of its own
        return f"its sources answer, but {_part(of, of)} turned us away ({short(turned)})"
    return _of_pages(case, "turned_away", "turned us away")


def feed_moved(case: Case) -> str | None:
    """What was asked is no longer there: gone, something else instead of a list, or a redirect for good."""
    if gone := case.failing("moved"):
        return _of_sources(case, gone, GONE)
    for source in case.answering:
        to, before = source.reading.moved_to, [one for one in source.past if one.is_readable]
        if to and before and before[0].moved_to != to and not _is_trivial(source.reading.url, to):
            first = next(one for one in (*source.past, source.reading) if one.moved_to == to)
            when = moment(first.first_at, case.day.day)
            return f"the {source.name} has moved for good to {to} (seen {when}); the outlet file has its old address"
    return _of_pages(case, "moved", "lead nowhere")


def _of_sources(case: Case, failing: Sequence[SourceCase], verb: Verb) -> str:
    """`the Dari feed is gone since Tue 05:30 (status 410); its other 2 sources answer`."""
    since = moment(min(source.since for source in failing), case.day.day)
    reading = failing[0].reading
    how = f"since {since} ({reading.detail or short({reading.outcome: 1})})"
    others = [source for source in case.sources if source not in failing]
    if not others and len(failing) == 1:
        return f"its only source, the {failing[0].name}, {verb.one} {how}"
    if not others:
        return f"{verb.every.format(n=f'{len(failing)} sources')} {how}"
    names = listing([f"the {source.name}" for source in failing])
    said = f"{names} {verb.one if len(failing) == 1 else verb.several} {how}"
    answering = sum(source.reading.is_readable for source in others)
    if answering < len(others):
        return f"{said}; of its other {many(len(others), 'source')} {answering or 'none'} can be read"
    return f"{said}; its other {'source answers' if answering == 1 else f'{answering} sources answer'}"


def _of_pages(case: Case, how: Failure, verb: str) -> str | None:
    def failed(day: DayFacts) -> int:
        return sum(failed_pages(day, how).values())

    if not (risen := case.risen(failed, asked_pages, SELDOM)):
        return None
    why = short(failed_pages(case.day, how)) or "lately"
    sources = "its sources answer, but " if case.answering else ""
    return f"{sources}{_part(*risen)} {verb} ({why})"


def _part(number: int, of: int) -> str:
    if number == of:
        return "the only new page" if of == 1 else f"all {of} new pages"
    return f"{number} of {of} new pages"


def _change_of_robots(case: Case) -> str:
    """`; robots.txt changed between Mon 05:30 and Tue 05:30`, or nothing when it did not."""
    days = [day for day in (*case.history, case.day) if day.evidence.robots and day.evidence.last_run]
    for url in sorted({url for day in days for url in day.evidence.robots}):
        told = [(day.evidence.last_run, day.evidence.robots[url]) for day in days if url in day.evidence.robots]
        for (before, old), (after, new) in reversed(list(pairwise(told))):
            if old != new and before and after:
                return f"; robots.txt changed between {moment(before, case.day.day)} and {moment(after, case.day.day)}"
    return ""


def _is_trivial(url: str, to: str) -> bool:
    """Whether two addresses differ in nothing but scheme, www and a closing slash."""
    a, b = urlsplit(url), urlsplit(to)
    same_host = a.netloc.removeprefix("www.") == b.netloc.removeprefix("www.")
    return same_host and a.path.rstrip("/") == b.path.rstrip("/") and a.query == b.query
