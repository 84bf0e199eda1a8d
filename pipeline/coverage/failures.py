"""Sorts the ledger's refusals by what they mean for an outlet: it is down, forbids us, turns us away, has moved, or
looks different. The same sorts hold for sources and for pages."""

from typing import Final, Literal

from pipeline.coverage.facts import DayFacts, Reading

Failure = Literal["down", "robots", "turned_away", "moved", "drifted"]

_DOWN: Final = frozenset(
    {"refused:unreachable", "refused:tls", "refused:private_address", "refused:http_5xx", "refused:truncated",
     "refused:dataloss", "refused:bad_encoding", "refused:bad_response", "refused:http_304"}
)  # fmt: skip
_ROBOTS: Final = frozenset({"refused:robots", "refused:tdm"})
_TURNED_AWAY: Final = frozenset(
    {"refused:challenge", "refused:wall", "refused:rate_limited", "refused:identical_body"}
)  # fmt: skip
_TURNED_AWAY_STATUSES: Final = frozenset({202, 401, 402, 403, 407, 429, 451})
"""A 202 with no page is how some firewalls hand out their challenge."""
_MOVED: Final = frozenset({"refused:http_4xx", "refused:soft_404", "refused:redirects", "refused:http_other"})
_DRIFTED: Final = frozenset(
    {"refused:empty_text", "refused:empty", "refused:not_html", "refused:scripts", "quarantine:low_yield",
     "quarantine:bad_text", "quarantine:too_many_elements", "quarantine:time_limit", "quarantine:memory_limit",
     "quarantine:crash"}
)  # fmt: skip
_PAGES: Final = frozenset({"listing", "browser"})
"""Kinds of sources that are pages: links that no longer match are a new layout and not a new place."""


def failure_of(reading: Reading) -> Failure | None:
    """What sort of failure a source's last answer is; None for a list."""
    if reading.is_readable:
        return None
    if reading.outcome in _DOWN:
        return "down"
    if reading.outcome in _ROBOTS:
        return "robots"
    if reading.outcome in _TURNED_AWAY or reading.status in _TURNED_AWAY_STATUSES:
        return "turned_away"
    if reading.outcome == "refused:not_a_feed" and reading.kind in _PAGES:
        return "drifted"
    return "moved"


def failed_pages(day: DayFacts, how: Failure) -> dict[str, int]:
    """Reason -> how many of the day's addresses failed in this way; statuses stand for themselves."""
    statuses = {words: number for words, number in day.evidence.statuses.items() if _is_turned_away(words)}
    names = {
        "down": _DOWN, "robots": _ROBOTS, "turned_away": _TURNED_AWAY, "moved": _MOVED, "drifted": _DRIFTED,
    }[how]  # fmt: skip
    found = {name: number for name, number in day.drops.items() if name in names}
    if how == "turned_away":
        found |= statuses
    if how == "moved" and "refused:http_4xx" in found:
        found["refused:http_4xx"] -= sum(statuses.values())
    return {name: number for name, number in found.items() if number}


def _is_turned_away(words: str) -> bool:
    """Whether a detail such as `status 403` means that we were turned away."""
    code = words.split()[1] if words.startswith("status ") else ""
    return code.isdigit() and int(code) in _TURNED_AWAY_STATUSES


def asked_pages(day: DayFacts) -> int:
    """The day's addresses whose page was asked for."""
    counts = day.counts
    decided = counts["dropped_at_discover"] + counts["waiting_for_fetch"]
    return counts["discovered"] - decided - sum(failed_pages(day, "robots").values())
