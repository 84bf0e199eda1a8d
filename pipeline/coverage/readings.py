"""What the crawls of each day said of their sources, from the runs' own rows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from models.day import begins, day_of
from models.ledger import Fetch
from models.run import Run
from pipeline.coverage.counts import Key
from pipeline.coverage.facts import Reading


@dataclass(slots=True)
class Crawls:
    """One outlet's crawls of one day."""

    runs: int = 0
    last_run: datetime | None = None
    run_failure: str | None = None
    sources: dict[str, Reading] = field(default_factory=dict)
    robots: dict[str, str] = field(default_factory=dict)


def crawls(connection: Connection, outlets: Collection[str], first: date, last: date) -> dict[Key, Crawls]:
    """The crawls that began from `first` to `last` and have ended, by outlet and day."""
    found: dict[Key, Crawls] = {}
    day_of_run: dict[int, Key] = {}
    rows = connection.execute(
        select(Run.id, Run.outlet, Run.started_at, Run.state, Run.reason, Run.stats)
        .where(
            Run.kind == "crawl", Run.started_at >= begins(first), Run.started_at < begins(last + timedelta(days=1)),
            Run.state != "running", Run.outlet.in_(sorted(outlets)),
        )
        .order_by(Run.id)
    )  # fmt: skip
    for row in rows:
        key = (row.outlet, day_of(row.started_at))
        day_of_run[row.id] = key
        _add_run(found.setdefault(key, Crawls()), row.started_at, row.state, row.reason, row.stats)
    _add_robots(connection, found, day_of_run)
    return found


def _add_run(day: Crawls, at: datetime, state: str, reason: str | None, stats: Mapping[str, Any]) -> None:
    reports = stats.get("sources") or []
    day.run_failure = (reason or state) if state != "ok" else None
    if not reports:
        return
    day.runs += 1
    day.last_run = at
    for report in reports:
        read = _reading(report, at)
        if read is not None:
            before = day.sources.get(read.url)
            day.sources[read.url] = merge(before, read) if before else read


def _reading(report: Mapping[str, Any], run_at: datetime) -> Reading | None:
    """None for a source that was not due: its report is what was remembered, a refusal too, maybe of another day."""
    if not report.get("asked", True):
        return None
    at = _time(report.get("at")) or run_at
    readable = report["outcome"] in ("done", "not_modified")
    return Reading(
        url=report["url"], kind=report["kind"], at=at, first_at=at, since=at, outcome=report["outcome"],
        status=report.get("status"), detail=report.get("detail"), moved_to=report.get("moved_to"),
        items=report["items"] if readable else None, today=report.get("today", 0),
        seen_until=_time(report.get("seen_until")), newest=_time(report.get("newest")),
    )  # fmt: skip


def merge(before: Reading, after: Reading) -> Reading:
    """Two readings of one source on one day as one."""
    unbroken = before.outcome == after.outcome or (before.is_readable and after.is_readable)
    return replace(
        after,
        first_at=before.first_at,
        since=before.since if unbroken else after.since,
        items=after.items if after.items is not None else before.items,
        today=max(before.today, after.today),
        seen_until=after.seen_until or before.seen_until,
        newest=after.newest or before.newest,
    )


def _time(stated: str | None) -> datetime | None:
    return datetime.fromisoformat(stated) if stated else None


def _add_robots(connection: Connection, found: Mapping[Key, Crawls], day_of_run: Mapping[int, Key]) -> None:
    for ids in _chunks(sorted(day_of_run)):
        rows = connection.execute(
            select(Fetch.run_id, Fetch.url, Fetch.body_sha256)
            .where(Fetch.run_id.in_(ids), Fetch.kind == "robots", Fetch.body_sha256.is_not(None))
            .order_by(Fetch.id)
        )
        for row in rows:
            found[day_of_run[row.run_id]].robots[row.url] = row.body_sha256


def _chunks(ids: list[int], size: int = 400) -> Iterable[list[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
