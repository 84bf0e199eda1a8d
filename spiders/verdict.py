"""Says whether a crawl was healthy, and if not, why, in one sentence: a run that found nothing is never green (I6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from models.ledger import Discovery
from outlets import Outlet
from spiders.sources import SourceReport

ENOUGH = 5
"""So many failed pages without one success say something about the outlet."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """ok or failed, with the reason; warnings do not fail a run."""

    state: str
    reason: str | None
    warnings: tuple[str, ...]
    counts: dict[str, int]
    further: dict[str, Any] = field(default_factory=dict)
    """What this kind of run has to say besides, for its report."""


def judge_run(
    connection: Connection, outlet: Outlet, reports: Sequence[SourceReport], visits: Counter[str],
    failed: Counter[str], left: int,
    now: datetime, lookback_days: int,
) -> Verdict:  # fmt: skip
    """Compare the run with the outlet's assertions.

    `discovered` counts what the sources list, unchanged ones included; `fetched` counts listed articles of the lookback
    whose page we hold. So a quiet run is healthy, and an outlet that vanished is not.
    """
    held = connection.execute(
        select(func.count())
        .select_from(Discovery)
        .where(
            Discovery.outlet == outlet.name,
            Discovery.fetch_id.is_not(None),
            Discovery.backfill.is_(False),
            Discovery.last_seen_at >= now - timedelta(days=lookback_days),
        )
    ).scalar_one()
    counts = {
        "discovered": sum(report.items for report in reports),
        "fetched": int(held),
        "new": sum(report.new for report in reports),
        "changed": sum(report.changed for report in reports),
        "pages": visits["done"],
        "left": left,
    }
    warnings = [_sentence(report) for report in reports if report.outcome.startswith("refused:") or report.issues]
    if unreachable := _unreachable(outlet, reports):
        return Verdict("failed", unreachable, tuple(warnings), counts)
    problems = [problem for problem in (blocked(visits, failed),) if problem]
    for name in ("discovered", "fetched"):
        least = outlet.assertions.min.get(name, 1)
        if counts[name] < least:
            problems.append(f"{name} {counts[name]}, expected at least {least}")
    for name, most in outlet.assertions.max.items():
        if name in counts and counts[name] > most:
            warnings.append(f"{name} {counts[name]}, expected at most {most}")
    if problems and warnings:
        problems.append(warnings[0])
    reason = "; ".join(problems) or None
    return Verdict("failed" if problems else "ok", reason, tuple(warnings), counts)


def _unreachable(outlet: Outlet, reports: Sequence[SourceReport]) -> str | None:
    if reports and all(report.outcome == "refused:unreachable" for report in reports):
        return f"unreachable: no source of {outlet.title} could be reached ({reports[0].detail}); is there a network?"
    return None


def blocked(visits: Counter[str], failed: Counter[str]) -> str | None:
    """The sentence for a run that asked for pages and got none; None for any other."""
    if failed.total() < ENOUGH or visits["done"] or visits["not_modified"]:
        return None
    return f"none of {failed.total()} article pages could be fetched ({failed.most_common(1)[0][0]})"


def _sentence(report: SourceReport) -> str:
    if not report.outcome.startswith("refused:"):
        return f"{report.url}: {', '.join(report.issues)}"
    return f"{report.url}: {report.outcome} ({report.detail})" if report.detail else f"{report.url}: {report.outcome}"
