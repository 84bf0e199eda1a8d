"""What a run did, read from the database: the figures behind `khabar status`, the demo's summary and --json."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from models.article import Article, ArticleTag, ArticleVersion
from models.coverage import Day, latest
from models.day import day_of
from models.late import late_since
from models.ledger import Discovery, Fetch
from models.outcome import OUTCOMES
from models.run import Run

OVERDUE: Final = timedelta(hours=26)
"""Every source is due each morning, and a crawl takes hours at most: what did not end in this time no longer runs."""


@dataclass(slots=True)
class OutletReport:
    """One outlet: its latest crawl and what became of every address that it ever announced."""

    outlet: str
    state: str = "never run"
    reason: str | None = None
    finished_at: datetime | None = None
    silent_since: datetime | None = None
    """When its last crawl ended, or began and never ended, where that is too long ago."""
    discovered: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    articles: int = 0
    copies: int = 0
    diagnosis: Day | None = None
    """Its newest day of the coverage ledger; None when that says nothing of today."""

    @property
    def is_troubled(self) -> bool:
        """Whether its last crawl failed or is too long ago, or its diagnosis is that something is broken."""
        return (
            self.state == "failed"
            or self.silent_since is not None
            or (self.diagnosis is not None and self.diagnosis.is_broken)
        )


@dataclass(slots=True)
class Item:
    """One article for the summary."""

    article_id: int
    relevance: float
    title: str
    outlet: str
    published: str | None
    language: str | None
    tags: list[str]
    reasons: list[str]


@dataclass(slots=True)
class Report:
    """The whole picture."""

    outlets: list[OutletReport]
    process_state: str
    """How the latest processing ended; "never run" before the first."""
    process_reason: str | None
    process_silent_since: datetime | None
    """As an outlet's `silent_since`."""
    late_since: datetime | None
    """Since when something has been due that nobody asked: no scheduler seems to run."""
    articles: int
    versions: int
    copies: int
    stories: int
    tags: int
    article_requests: int
    refusals: dict[str, int]
    waiting_for_review: int
    top: list[Item]

    @property
    def is_troubled(self) -> bool:
        """Whether the last processing failed or is too long ago, nothing is collected, or an outlet is in trouble."""
        return (
            self.process_state == "failed"
            or self.process_silent_since is not None
            or self.late_since is not None
            or any(outlet.is_troubled for outlet in self.outlets)
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values; times in ISO 8601."""
        data = asdict(self)
        data["process_silent_since"] = self.process_silent_since and self.process_silent_since.isoformat()
        data["late_since"] = self.late_since and self.late_since.isoformat()
        for outlet, found in zip(data["outlets"], self.outlets, strict=True):
            outlet["finished_at"] = found.finished_at and found.finished_at.isoformat()
            outlet["silent_since"] = found.silent_since and found.silent_since.isoformat()
            outlet["diagnosis"] = found.diagnosis and found.diagnosis.as_json()
        return data


def report(connection: Connection, names: list[str], now: datetime, *, top: int = 5) -> Report:
    """The state of the outlets `names`, the troubled first, and the `top` most relevant articles, one a story."""
    diagnoses = latest(connection, day_of(now))
    outlets = {name: OutletReport(name, diagnosis=diagnoses.get(name)) for name in names}
    newest = select(func.max(Run.id)).where(Run.kind == "crawl").group_by(Run.outlet)
    last = {}
    ended = select(Run.outlet, Run.state, Run.reason, Run.started_at, Run.finished_at, Run.replica)
    for run in connection.execute(ended.where(Run.id.in_(newest))):
        if (found := outlets.get(run.outlet)) is not None:
            if not run.replica:  # a demo has no scheduler
                last[run.outlet] = run
            found.state, found.reason, found.finished_at = run.state, run.reason, run.finished_at
            found.silent_since = _silent_since(run, now)
    processed = connection.execute(ended.where(Run.kind == "process").order_by(Run.id.desc()).limit(1)).one_or_none()
    per_outcome = select(Discovery.outlet, Discovery.outcome, func.count()).group_by(
        Discovery.outlet, Discovery.outcome
    )
    for name, outcome, count in connection.execute(per_outcome):
        if (found := outlets.get(name)) is not None:
            found.outcomes[outcome] = count
            found.discovered += count
    per_article = select(Article.outlet, func.count(), func.count(Article.copy_of)).group_by(Article.outlet)
    for name, count, copies in connection.execute(per_article):
        if (found := outlets.get(name)) is not None:
            found.articles, found.copies = count, copies
    refusals: dict[str, int] = {}
    for found in outlets.values():
        for outcome, count in found.outcomes.items():
            if outcome.startswith(("refused:", "quarantine:")):
                refusals[outcome] = refusals.get(outcome, 0) + count

    def count_of(column: Any, *where: Any) -> int:
        return connection.execute(select(func.count(column)).where(*where)).scalar_one()

    return Report(
        outlets=sorted(outlets.values(), key=_trouble),
        process_state=processed.state if processed else "never run",
        process_reason=processed.reason if processed else None,
        process_silent_since=_silent_since(processed, now) if processed else None,
        late_since=late_since(connection, last, now),
        articles=count_of(Article.id),
        versions=count_of(ArticleVersion.version),
        copies=count_of(Article.copy_of),
        stories=count_of(Article.story_id.distinct()),
        tags=count_of(ArticleTag.id, ArticleTag.is_deleted.is_(False)),
        article_requests=count_of(Fetch.id, Fetch.kind.in_(("article", "recheck"))),
        refusals=dict(sorted(refusals.items())),
        waiting_for_review=count_of(Article.id, Article.waits()),
        top=_top(connection, top),
    )


def _silent_since(run: Row[*tuple[Any, ...]], now: datetime) -> datetime | None:
    """Nobody keeps up a demo."""
    last: datetime = run.finished_at or run.started_at
    return last if now - last > OVERDUE and not run.replica else None


def _trouble(outlet: OutletReport) -> tuple[bool, int, str]:
    return not outlet.is_troubled, outlet.diagnosis.trouble if outlet.diagnosis else 0, outlet.outlet


def _top(connection: Connection, limit: int) -> list[Item]:
    if not limit:
        return []
    rows = connection.execute(
        select(
            Article.id,
            Article.relevance,
            Article.relevance_reasons,
            Article.outlet,
            Article.latest_version,
            Article.story_id,
            ArticleVersion.title,
            ArticleVersion.published_local,
            ArticleVersion.language,
        )
        .join(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.version == Article.latest_version),
        )
        .where(Article.copy_of.is_(None), Article.backfilled.is_(False))
        .order_by(Article.relevance.desc(), ArticleVersion.published_at.desc().nulls_last(), Article.id)
        .limit(limit * 10)
    ).all()
    items: list[Item] = []
    told: set[int | None] = set()
    for row in rows:
        if row.story_id in told or len(items) == limit:
            continue
        told.add(row.story_id)
        tags = connection.execute(
            select(ArticleTag.label)
            .where(ArticleTag.article_id == row.id, ArticleTag.version == row.latest_version)
            .where(ArticleTag.is_deleted.is_(False), ArticleTag.scheme != "pcode")
            .order_by(ArticleTag.main.desc(), ArticleTag.confidence.desc(), ArticleTag.id)
        ).scalars()
        items.append(
            Item(
                article_id=row.id,
                relevance=round(row.relevance, 2),
                title=row.title,
                outlet=row.outlet,
                published=row.published_local,
                language=row.language,
                tags=list(dict.fromkeys(tags)),
                reasons=row.relevance_reasons,
            )
        )
    return items


def explain(outcome: str) -> str:
    """The outcome's sentence for people."""
    return OUTCOMES[outcome]
