"""What the addresses first seen on each day turned out to be: their languages, and how full their articles are."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, select

from models.article import Article, ArticleVersion
from models.day import begins, day_of
from models.ledger import Discovery
from pipeline.coverage.counts import Key
from pipeline.coverage.facts import MOST_SIZES, Fields, Seen

SURFACED: Final = timedelta(days=3)
"""An article dated longer before its discovery is old: an archive or an edit brought it up."""
STALE: Final = timedelta(days=31)
"""A date further back than this from a source that lists the new is doubtful."""


@dataclass(slots=True)
class Addresses:
    """One outlet's addresses of one day."""

    seen: list[Seen] = field(default_factory=list)
    rows: list[Row[Any]] = field(default_factory=list)

    @property
    def languages(self) -> dict[str, int]:
        """Language to addresses, those of old articles left out."""
        return dict(Counter(one.language or "" for one in self.seen if not one.is_old))

    @property
    def fields(self) -> Fields:
        """How well the articles are filled; an address without a size has none."""
        return _fields([row for row in self.rows if row.size is not None])


def addresses(connection: Connection, outlets: Collection[str], first: date, last: date) -> dict[Key, Addresses]:
    """The addresses first seen from `first` to `last`, by outlet and day, in the order in which they were seen."""
    found: dict[Key, Addresses] = {}
    for row in _rows(connection, outlets, first, last):
        day = found.setdefault((row.outlet, day_of(row.first_seen_at)), Addresses())
        day.rows.append(row)
        published = row.published_at
        day.seen.append(
            Seen(
                row.first_seen_at, row.language or row.hinted, row.source,
                is_old=published is not None and published < row.first_seen_at - SURFACED,
            )
        )  # fmt: skip
    return found


def _rows(connection: Connection, outlets: Collection[str], first: date, last: date) -> Iterator[Row[Any]]:
    version = and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version)
    wanted = (
        Discovery.outlet, Discovery.first_seen_at, Discovery.source,
        Discovery.hints["language"].as_string().label("hinted"),
        (ArticleVersion.title != "").label("titled"), func.length(ArticleVersion.text).label("size"),
        ArticleVersion.published_at, ArticleVersion.published_precision, ArticleVersion.authors,
        ArticleVersion.language, ArticleVersion.issues,
    )  # fmt: skip
    where = (
        Discovery.outlet.in_(sorted(outlets)), Discovery.backfill.is_(False),
        Discovery.first_seen_at >= begins(first), Discovery.first_seen_at < begins(last + timedelta(days=1)),
    )  # fmt: skip
    return iter(
        connection.execute(
            select(*wanted)
            .outerjoin(Article, Article.id == Discovery.article_id)
            .outerjoin(ArticleVersion, version)
            .where(*where)
            .order_by(Discovery.outlet, Discovery.first_seen_at, Discovery.id)
        )
    )


def _fields(rows: Sequence[Row[Any]]) -> Fields:
    missed: Counter[str] = Counter()
    moments: Counter[datetime] = Counter()
    for row in rows:
        missed.update(issue.partition(":")[2] for issue in row.issues if issue.startswith("selector_missed:"))
        if row.published_precision in ("second", "minute"):
            moments[row.published_at.replace(second=0)] += 1
    return Fields(
        articles=len(rows),
        title=sum(bool(row.titled) for row in rows),
        published=sum(row.published_at is not None for row in rows),
        authors=sum(bool(row.authors) for row in rows),
        language=sum(row.language is not None for row in rows),
        missed=dict(missed),
        future=sum("future_date" in row.issues for row in rows),
        same=max(moments.values(), default=0),
        stale=sum(row.published_at is not None and row.published_at < row.first_seen_at - STALE for row in rows),
        sizes=tuple(row.size for row in rows[-MOST_SIZES:]),
    )
