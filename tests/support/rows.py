"""Rows for tests that need a populated database without running the pipeline."""

from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from models.article import Article, ArticleTag, ArticleVersion
from models.change import take_change_numbers

AT = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def insert_article(connection: Connection, url_key: str = "example.com/a", outlet: str = "khaama_press") -> int:
    """One article with one version and one tag; its id."""
    numbers = iter(take_change_numbers(connection, 2))
    article: int = connection.execute(
        insert(Article)
        .values(
            outlet=outlet, url_key=url_key, url=f"https://{url_key}", first_seen_at=AT, content_changed_at=AT,
            latest_version=1, relevance=0.9, relevance_reasons=["an attack in Kunduz"],
        )
        .returning(Article.id)
    ).scalar_one()  # fmt: skip
    connection.execute(
        insert(ArticleVersion).values(
            article_id=article, version=1, content_sha256="c" * 64, body_sha256="b" * 64, fetched_at=AT,
            title="Blast in Kunduz", text="A blast in Kunduz wounded two people.", authors=["Ana"], language="en",
            published_at=AT, published_local="2026-03-01T11:00+04:30", published_precision="minute",
            published_basis="meta", published_calendar="gregorian", cited_sources=[], quality=1.0, issues=[], facts={},
            run_id=1, clean_version="1", tag_version="1", change_seq=next(numbers),
        )
    )  # fmt: skip
    evidence = {"field": "title", "start": 9, "end": 15, "text": "Kunduz"}
    connection.execute(
        insert(ArticleTag).values(
            article_id=article, version=1, scheme="iso3166-2", scheme_version="2020-11", code="AF-KDZ", label="Kunduz",
            role="event", precision=3, main=True, confidence=0.9, rule="places.province@1", evidence=[evidence],
            change_seq=next(numbers),
        )
    )  # fmt: skip
    return article
