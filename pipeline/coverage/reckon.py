"""Reckons one outlet's days from the ledger: each day is diagnosed with the days before it as its history (I4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from outlets import Outlet
from pipeline.coverage.articles import Addresses
from pipeline.coverage.baseline import expected
from pipeline.coverage.case import Case, teachers
from pipeline.coverage.counts import Funnel
from pipeline.coverage.diagnose import Diagnosis, diagnose
from pipeline.coverage.facts import DayFacts, Evidence, from_json, to_json
from pipeline.coverage.readings import Crawls

HISTORY: Final = timedelta(days=28)
"""How far a diagnosis looks back: four of each weekday."""

Columns = dict[str, Any]
"""Columns of outlet_days."""


@dataclass(frozen=True, slots=True)
class OutletLedger:
    """What the ledger has of one outlet, by day."""

    name: str
    outlet: Outlet | None
    """None when its file is gone or broken: its days are counted, but not diagnosed."""
    stored: Mapping[date, Mapping[str, Any]]
    """The rows of outlet_days as they stand."""
    funnels: Mapping[date, Funnel]
    crawls: Mapping[date, Crawls]
    addresses: Mapping[date, Addresses]
    by_now: Mapping[date, int]
    """How many addresses each day had seen by the present time of day."""
    ever_readable: Collection[str]


def reckon(ledger: OutletLedger, since: date, today: date) -> list[Columns]:
    """The rows of the outlet's days, oldest first; those from `since` on are diagnosed anew."""
    rows: list[Columns] = []
    history: list[DayFacts] = []
    for day in sorted({*ledger.stored, *ledger.funnels, *ledger.crawls}):
        funnel = ledger.funnels.get(day, Funnel())
        before = ledger.stored.get(day)
        row: Columns = {
            "outlet": ledger.name,
            "day": day,
            **funnel.counts,
            "drops": funnel.drops,
            "dropped_ids": funnel.dropped_ids,
        }
        if day >= since or before is None:
            evidence = _evidence(ledger, day, funnel)
            facts = DayFacts(day, funnel.counts, funnel.drops, evidence)
            past = tuple(one for one in history if one.day >= day - HISTORY)
            told = _diagnose(ledger, facts, past, today)
            fields = evidence.fields
            row |= {
                "undated": fields.articles - fields.published, "evidence": to_json(evidence), "state": told.state,
                "reason": told.reason, "expected_low": told.expected_low, "expected_high": told.expected_high,
            }  # fmt: skip
        else:
            row |= {name: before[name] for name in _KEPT}
            evidence = from_json(before["evidence"])
        history.append(DayFacts(day, funnel.counts, funnel.drops, evidence, row["state"]))
        rows.append(row)
    return rows


_KEPT: Final = ("undated", "evidence", "state", "reason", "expected_low", "expected_high")


def _evidence(ledger: OutletLedger, day: date, funnel: Funnel) -> Evidence:
    crawls, addresses = ledger.crawls.get(day, Crawls()), ledger.addresses.get(day, Addresses())
    return Evidence(
        runs=crawls.runs, last_run=crawls.last_run, run_failure=crawls.run_failure,
        sources=tuple(crawls.sources.values()), robots=crawls.robots, statuses=funnel.statuses,
        languages=addresses.languages, fields=addresses.fields,
    )  # fmt: skip


def _diagnose(ledger: OutletLedger, facts: DayFacts, past: tuple[DayFacts, ...], today: date) -> Diagnosis:
    if ledger.outlet is None:
        return Diagnosis(None, "There is no readable outlet file of this name, so nothing is known of its sources.")
    usual = [(one.day, _by_now(ledger, one, facts.day, today)) for one in teachers(past)]
    seen = [one for day, found in sorted(ledger.addresses.items()) if day <= facts.day for one in found.seen]
    return diagnose(Case(ledger.outlet, facts, past, tuple(seen), expected(usual, facts.day), ledger.ever_readable))


def _by_now(ledger: OutletLedger, one: DayFacts, day: date, today: date) -> int:
    """What a day of the history counts for: the part up to the present time of day, when `day` is not over."""
    return ledger.by_now.get(one.day, 0) if day == today else one.counts["discovered"]
