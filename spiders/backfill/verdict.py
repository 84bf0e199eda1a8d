"""What a backfill came to: how much each day of its span brought, and in words where that was nothing (I6)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from models.outcome import DONE
from outlets import Outlet
from outlets.dated import Period
from spiders.backfill import frontier
from spiders.backfill.span import days_of
from spiders.backfill.words import SHOWN
from spiders.sources import SourceReport
from spiders.verdict import Verdict, blocked


def judge_backfill(
    connection: Connection, outlet: Outlet, span: Period, skipped: Mapping[str, str],
    reports: Sequence[SourceReport], visits: Counter[str], failed: Counter[str],
    stopped_by: str,
) -> Verdict:  # fmt: skip
    """Judge by the whole span, whichever runs read it: a backfill that was killed and taken up again ends with the
    words of one that was not. What it left makes it `unfinished`, with the reason `stopped_by`; that is no failure."""
    rows = frontier.rows_of(connection, outlet.name, span)
    parts_left = frontier.parts_left(connection, outlet.name, span)
    days = _days(rows)
    fates = frontier.fates(connection, sorted(days))
    by_day = Counter(days.values())
    dayless = by_day.pop("", 0)
    unread = [row for row in rows if row.outcome.startswith("refused:")]
    articles_left = fates.pop("left", 0)
    left = parts_left + articles_left
    told = {
        "state": "unfinished" if left else "complete", "stopped_by": stopped_by if left else None,
        "since": str(span.first), "until": str(span.last),
        "articles": {"named": len(days), "held": fates.pop("held", 0), "left": articles_left, "refused": fates},
        "days": {str(day): by_day[str(day)] for day in days_of(span)}, "dayless": dayless,
        "empty_days": [] if parts_left or not rows else [str(day) for day in days_of(span) if not by_day[str(day)]],
        "undated": sum(row.undated for row in rows),
        "parts": {"read": sum(row.outcome == DONE for row in rows), "left": parts_left, "refused": len(unread)},
        "skipped": dict(skipped),
    }  # fmt: skip
    counts = {
        "discovered": len(days), "fetched": told["articles"]["held"], "new": sum(report.new for report in reports),
        "changed": sum(report.changed for report in reports), "pages": visits["done"],
        "left": left,
    }  # fmt: skip
    warnings = [f"{row.url}: {row.outcome} ({row.detail})" for row in unread[:SHOWN]]
    if len(unread) > SHOWN:
        warnings.append(f"{len(unread) - SHOWN} more addresses of sources could not be read")
    issues: dict[str, set[str]] = {}
    for row in rows:
        issues.setdefault(row.source, set()).update(row.issues)
    warnings += [f"{source}: {', '.join(sorted(found))}" for source, found in issues.items() if found]
    problem = _problem(outlet, span, rows, len(days), parts_left, skipped) or blocked(visits, failed)
    return Verdict("failed" if problem else "ok", problem, tuple(warnings), counts, {"backfill": told})


def _days(rows: Sequence[Any]) -> dict[int, str]:
    """The day of each article that the parts name, "" when none of them says it."""
    found: dict[int, str] = {}
    for row in rows:
        for day, ids in row.named.items():
            for number in ids:
                found[number] = found.get(number) or day
    return found


def _problem(
    outlet: Outlet, span: Period, rows: Sequence[Any], named: int, parts_left: int, skipped: Mapping[str, str]
) -> str | None:
    if not rows:
        reasons = "; ".join(dict.fromkeys(skipped.values()))
        return f"no source of {outlet.title} reaches back ({reasons}): name its archive in the outlet file"
    refused = [row for row in rows if row.outcome.startswith("refused:")]
    if len(refused) == len(rows):
        return f"no source of {outlet.title} could be read: {refused[0].outcome} ({refused[0].detail})"
    if not named and not parts_left:
        return f"no source of {outlet.title} names an article from {span.first} to {span.last}"
    return None
