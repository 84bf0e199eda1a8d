"""What is wrong with an outlet on a day, and the sentence that says how we know. A pure function of the day's facts,
its history and the addresses seen (I4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from models.outlet_day import STATES
from pipeline.coverage.case import Case
from pipeline.coverage.causes import blocked, feed_moved, robots_changed, unreachable
from pipeline.coverage.drift import date_trouble, selector_drift
from pipeline.coverage.silence import feed_frozen, quiet
from pipeline.coverage.words import many

CAUSES: Final[dict[str, Callable[[Case], str | None]]] = {
    "unreachable": unreachable,
    "robots_changed": robots_changed,
    "blocked": blocked,
    "feed_moved": feed_moved,
    "feed_frozen": feed_frozen,
    "selector_drift": selector_drift,
    "date_trouble": date_trouble,
    "quiet": quiet,
}
"""The most basic first, in the order of STATES: each one's evidence means something only where those before it do not
hold. A server that is down makes lists look frozen, and a challenge page makes texts look short."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`state` is a key of STATES, or None when nothing can be said; `reason` is the sentence."""

    state: str | None
    reason: str
    expected_low: int | None = None
    expected_high: int | None = None


def diagnose(case: Case) -> Diagnosis:
    """The state of a day; the sentence tells the most basic cause first, and what else holds after it."""
    low, high = (case.expected.low, case.expected.high) if case.expected else (None, None)
    failure = case.day.evidence.run_failure
    if not case.sources:
        nothing = f"its last crawl told nothing: {failure}" if failure else "it was not collected on this day"
        return Diagnosis(None, _sentence(nothing), low, high)
    found = {state: said for state, cause in CAUSES.items() if (said := cause(case)) is not None}
    if found:
        state = min(found, key=list(STATES).index)
        also = [said for name, said in found.items() if name not in (state, "quiet")]
        return Diagnosis(state, " Also: ".join(map(_sentence, [found[state], *also])), low, high)
    if failure and not case.has_baseline:  # its own file's assertions are all there is to judge by
        return Diagnosis(None, _sentence(f"no baseline yet, and its last crawl failed: {failure}"), low, high)
    return Diagnosis("ok", _sentence(_well(case)), low, high)


def _well(case: Case) -> str:
    found = many(case.day.counts["discovered"], "new address", "new addresses")
    of = len(case.sources)
    answer = "its only source answers" if of == 1 else f"{len(case.answering)} of {of} sources answer"
    if not case.expected:
        days = many(len(case.history) + 1, "day")
        return f"{found}; no baseline yet after {days}, but {answer} and its assertions hold"
    usual = f"{case.expected.low}–{case.expected.high} usual by now"
    return f"{found} ({usual}); {answer}, titles, dates and texts are as usual"


def _sentence(said: str) -> str:
    """With a capital and a full stop."""
    return f"{said[0].upper()}{said[1:]}."
