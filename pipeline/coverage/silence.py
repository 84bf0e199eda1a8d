"""What little or nothing new means: a source that froze while the others went on, an outlet that has been silent for
longer than ever, or a quiet day."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean, median
from typing import Final

from pipeline.coverage.baseline import ENOUGH_DAYS
from pipeline.coverage.case import Case, SourceCase
from pipeline.coverage.facts import Seen
from pipeline.coverage.words import listing, many, moment

MISSED: Final = 4.0
"""Articles that a source should have listed by now: that it lists none of so many by chance happens once in 50 days."""
TOGETHER: Final = timedelta(minutes=15)
"""Sources of one run are read within this time."""
LONG: Final = 5
"""Days of silence of a whole outlet that no holiday explains …"""
LONG_FOR_MANY: Final = 3
MANY: Final = 10
"""… and for one that has so many articles on an ordinary day."""
COLLAPSED: Final = 0.4
"""A page with less than this part of its usual links has a new layout."""
LISTS: Final = frozenset({"feed", "news_sitemap", "sitemap"})
"""Kinds that may grow short by themselves."""


def feed_frozen(case: Case) -> str | None:
    """A source answers, but with an old list or none at all."""
    for source in case.answering:
        if sentence := _empty(case, source) or _behind(case, source):
            return sentence
    return _all_silent(case)


def quiet(case: Case) -> str | None:
    """Little or nothing was published, and nothing is wrong."""
    found, range_ = case.day.counts["discovered"], case.expected
    if found and (not range_ or found >= range_.low):
        return None
    if not found and range_ and range_.middle < 1:
        return None
    what = f"only {many(found, 'new address', 'new addresses')}" if found else "nothing new"
    usual = f", where {range_.low}–{range_.high} would be usual by now" if range_ else ", and no baseline yet"
    return f"{what}{usual}; {_witnesses(case)}"


def usual_items(source: SourceCase) -> float:
    """How many articles a source lists on an ordinary day; 0 when no day tells."""
    return median([one.items for _, one in source.good if one.items is not None] or [0])


def has_collapsed(source: SourceCase) -> bool:
    """Whether a page lists far fewer links than it used to: a new layout, and no old list."""
    if source.reading.kind in LISTS or source.reading.items is None:
        return False
    return usual_items(source) >= MISSED and source.reading.items < COLLAPSED * usual_items(source)


def _empty(case: Case, source: SourceCase) -> str | None:
    if source.reading.items != 0 or not usual_items(source):
        return None
    return f"the {source.name} answers, but lists nothing at all since {moment(source.since, case.day.day)}"


def _behind(case: Case, source: SourceCase) -> str | None:
    until, part = source.seen_until, _usual_part(source)
    if until is None or part is None or has_collapsed(source):
        return None
    began, ended = until + TOGETHER, source.reading.at + TOGETHER  # what the run of its last news found is no lag
    after = [one for one in case.seen if began < one.at <= ended and _owes(source, one)]
    missed = len(after) + _before_those_at_hand(case, source, until)
    if part * missed < MISSED:
        return None
    others = Counter(one.source for one in after if one.source != source.reading.url)
    called = {other.reading.url: f"the {other.name}" for other in case.sources}
    who = next((called[url] for url, _ in others.most_common() if url in called), "its other sources")
    claims = source.reading.newest
    dated = f" (whatever its dates say: {moment(claims, case.day.day)})" if claims and claims > until + TOGETHER else ""
    nothing = f"the {source.name} listed nothing new since {moment(until, case.day.day)}{dated}"
    return f"{nothing} while {who} listed {many(missed, 'new article')}; the {source.name} is frozen"


def _usual_part(source: SourceCase) -> float | None:
    """Which part of the addresses in its language a source lists on the day on which they are first seen; None when
    too few days tell."""
    days = [(day, one) for day, one in source.good if one.is_readable]
    listed = sum(one.today for _, one in days)
    of = sum(n for day, _ in days for language, n in day.evidence.languages.items() if _reads(source, language))
    return min(1.0, listed / of) if len(days) >= ENOUGH_DAYS and of else None


def _owes(source: SourceCase, one: Seen) -> bool:
    """Whether a source that works would have listed this address."""
    return not one.is_old and _reads(source, one.language)


def _reads(source: SourceCase, language: str | None) -> bool:
    return not source.language or not language or language == source.language


def _before_those_at_hand(case: Case, source: SourceCase, until: datetime) -> int:
    """Addresses that came after `until` on days of which only the numbers are at hand."""
    first = min((one.at for one in case.seen), default=None)
    days = (day for day in case.history if day.evidence.last_run and day.evidence.last_run > until + TOGETHER)
    whole = (day for day in days if first is None or (day.evidence.last_run or first) < first - TOGETHER)
    return sum(n for day in whole for language, n in day.evidence.languages.items() if _reads(source, language))


def _all_silent(case: Case) -> str | None:
    """The whole outlet has listed nothing new for longer than its history or a holiday explains."""
    if not case.answering or case.day.counts["discovered"]:
        return None
    counts = [day.counts["discovered"] for day in case.history[1:] if day.evidence.runs]
    spoken = len(counts)
    while spoken and not counts[spoken - 1]:
        spoken -= 1
    silent, before = len(counts) - spoken + 1, counts[:spoken]
    if len(before) < ENOUGH_DAYS:
        return None
    longest = max((len(list(days)) for count, days in groupby(before) if not count), default=0)
    need = LONG_FOR_MANY if median(before) >= MANY else LONG
    if silent < max(need, 2 * longest + 1) or silent * fmean(before) < 2 * MISSED:
        return None
    until = max((source.seen_until for source in case.answering if source.seen_until), default=None)
    since = f" since {moment(until, case.day.day)}" if until else ""
    who, they = "its only source has listed nothing", "it answers"
    if len(case.sources) > 1:
        who, they = f"none of its {len(case.sources)} sources has listed anything", "they answer"
    ever = f"it had never been silent for more than {many(longest, 'day')}" if longest else "it had news every day"
    return f"{who} new{since}, for {silent} days, although {they}; before, {ever}"


def _witnesses(case: Case) -> str:
    """Who says that little was published."""
    if len(case.answering) < 2:
        return "its only source answers, so a quiet day cannot be told from a frozen list yet"
    return f"{listing([f'the {source.name}' for source in case.answering])} answer and agree"
