"""Compares what a run kept with what its outlets promise, so that nothing is green by default (I6)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, cast, func, select

from models.article import Article, ArticleVersion
from models.run import Run
from outlets import Outlet

ENOUGH = 5
"""Fewer new articles than this say nothing about a share."""


def broken_assertions(
    connection: Connection, outlets: dict[str, Outlet], run_id: int, now: datetime, lookback_days: int
) -> list[str]:
    """One sentence for each assertion of a crawled outlet that does not hold: articles kept within the lookback, and
    the share of this run's articles that have each field. What a backfill brought proves nothing about today."""
    kept = dict(
        connection.execute(
            select(Article.outlet, func.count())
            .where(Article.first_seen_at >= now - timedelta(days=lookback_days), Article.backfilled.is_(False))
            .group_by(Article.outlet)
        ).all()
    )
    crawled = set(connection.execute(select(Run.outlet).where(Run.kind == "crawl").distinct()).scalars())
    sentences = []
    for name, outlet in sorted(outlets.items()):
        if name not in crawled:
            continue  # never asked: `status` says so; it is not this run's failure
        minimum = outlet.assertions.min.get("kept", 1)
        if kept.get(name, 0) < minimum:
            sentences.append(
                f"{name}: kept {kept.get(name, 0)} articles in {lookback_days} days, expected at least {minimum}"
            )
        sentences += _fill_rates(connection, outlet, run_id)
    return sentences


def _fill_rates(connection: Connection, outlet: Outlet, run_id: int) -> list[str]:
    filled = {
        "title": ArticleVersion.title != "",
        "published": ArticleVersion.published_at.is_not(None),
        "authors": cast(ArticleVersion.authors, String) != "[]",
        "language": ArticleVersion.language.is_not(None),
    }
    fields = list(outlet.assertions.fill)
    if not fields:
        return []
    row = connection.execute(
        select(func.count(), *(func.count().filter(filled[name]) for name in fields))
        .select_from(ArticleVersion)
        .join(Article, Article.id == ArticleVersion.article_id)
        .where(Article.outlet == outlet.name, Article.backfilled.is_(False), ArticleVersion.run_id == run_id)
    ).one()
    total, *counts = row
    if total < ENOUGH:
        return []
    return [
        f"{outlet.name}: {name} is filled in {count} of {total} new articles, expected {least:.0%}"
        for (name, least), count in zip(outlet.assertions.fill.items(), counts, strict=True)
        if count / total < least
    ]
