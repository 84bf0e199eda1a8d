"""Articles, their versions, and what was tagged in them."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    case,
    desc,
    literal_column,
)  # fmt: skip
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id

AF_SECURITY: Final = 0.6
"""Relevance from which an article is news of Afghanistan's security: the queue's first band, and the funnel's."""


_WAITS: Final = sql("CASE WHEN review_status = 'new' THEN backfilled = false ELSE review_status = 'changed' END")
"""`Article.waits` in the very same words, or no database would see that this index serves it. An OR would be read from
two other indexes and then sorted."""


class Story(Base):
    """One event, however many articles tell of it. Its id is that of its first article."""

    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]


class Article(Base):
    """One article of one outlet, whatever becomes of its text. Identity: outlet and url_key (I2)."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("outlet", "url_key"),
        Index(
            "ix_articles_flagged",
            "flagged",
            sqlite_where=sql("flagged IS 1"),
            postgresql_where=sql("flagged IS true"),
        ),
        Index(
            "ix_articles_assigned_to",
            "assigned_to",
            sqlite_where=sql("assigned_to IS NOT NULL"),
            postgresql_where=sql("assigned_to IS NOT NULL"),
        ),
        Index("ix_articles_queue", "review_status", "relevance", "dated_at", "id", "backfilled"),
        Index("ix_articles_ranked", "relevance", "dated_at", "id"),
        Index("ix_articles_waiting", "relevance", "dated_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_articles_dated_at", "dated_at", "id"),
        Index("ix_articles_story_id", "story_id", "copy_of", desc("relevance"), "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40), index=True)
    url_key: Mapped[str] = mapped_column(String(1024))
    url: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime]
    """When we first discovered it. Never moves (I5)."""
    content_changed_at: Mapped[datetime] = mapped_column(index=True)
    dated_at: Mapped[datetime] = mapped_column(server_default=sql("'1970-01-01 00:00:00'"))
    """When its latest version says that it was published, or else when it was first seen: the queue's order."""
    language: Mapped[str | None] = mapped_column(String(8), index=True)
    """Of the latest version, for the queue's filter."""
    backfilled: Mapped[bool] = mapped_column(server_default=sql("false"))
    """A backfill found it, and it was no news then: it stays out of what is new, and of the day's figures."""
    latest_version: Mapped[int] = mapped_column(SmallInteger)
    copy_of: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    copy_kind: Mapped[str | None] = mapped_column(String(12))
    similarity: Mapped[float | None] = mapped_column(Float)
    story_id: Mapped[int | None] = mapped_column(ForeignKey("stories.id"))
    relevance: Mapped[float] = mapped_column(Float, server_default=sql("0"))
    rule_relevance: Mapped[float] = mapped_column(Float, server_default=sql("0"))
    """What the rules alone say; differs from `relevance` when a ranker is in use (models/ranker.py)."""
    relevance_reasons: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    review_status: Mapped[str] = mapped_column(String(12), server_default="new")
    """new, accepted, rejected, or changed (decided, but for an earlier version). Follows from the decisions."""
    reviewed_version: Mapped[int | None] = mapped_column(SmallInteger)
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    reviewed_at: Mapped[datetime | None]
    assigned_to: Mapped[str | None] = mapped_column(String(80))
    flagged: Mapped[bool] = mapped_column(server_default=sql("false"))
    """A reviewer asks somebody senior to look."""
    corrections: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    """What people say otherwise than the rules (models/corrections.py). Follows from the decisions, as all of these."""

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """It waits for a decision today: new news, or anything decided that has changed since."""
        is_new, is_changed = (cls.review_status == literal_column(f"'{status}'") for status in ("new", "changed"))
        return case((is_new, cls.backfilled == literal_column("false")), else_=is_changed)


class ArticleVersion(Base):
    """One text of an article. A changed text is a further row; a row's content never changes."""

    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "content_sha256"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    content_sha256: Mapped[str] = mapped_column(String(64))
    body_sha256: Mapped[str] = mapped_column(String(64), index=True)
    """The archived page that it was made from."""
    fetched_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    authors: Mapped[list[Any]]
    language: Mapped[str | None] = mapped_column(String(8))
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    published_local: Mapped[str | None] = mapped_column(String(32))
    """As claimed: ISO 8601 in the zone of the claim, exactly as precise as the claim."""
    published_precision: Mapped[str | None] = mapped_column(String(8))
    published_basis: Mapped[str | None] = mapped_column(String(16))
    published_calendar: Mapped[str | None] = mapped_column(String(16))
    modified_at: Mapped[datetime | None]
    dateline: Mapped[str | None] = mapped_column(Text)
    original_outlet: Mapped[str | None] = mapped_column(Text)
    original_basis: Mapped[str | None] = mapped_column(String(16))
    cited_sources: Mapped[list[Any]]
    url_canonical: Mapped[str | None] = mapped_column(Text)
    access: Mapped[str] = mapped_column(String(8), server_default="full")
    quality: Mapped[float] = mapped_column(Float)
    issues: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    run_id: Mapped[int] = mapped_column(BigInteger, index=True)
    clean_version: Mapped[str] = mapped_column(String(16))
    tag_version: Mapped[str] = mapped_column(String(16))
    boilerplate_version: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    """Which of its outlet's boilerplate_versions was cut from it; 0: none."""
    changed_from: Mapped[int | None] = mapped_column(SmallInteger)
    """The version that it replaced; NULL for the first."""
    changes: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    """What it says otherwise than that one (pipeline/versions.py)."""
    change_seq: Mapped[int] = mapped_column(BigInteger, index=True)


class ArticleTag(Base):
    """One tag of one version with its evidence. A tag that no longer holds stays as a row marked deleted."""

    __tablename__ = "article_tags"
    __table_args__ = (
        UniqueConstraint("article_id", "version", "scheme", "code", "role", "source"),
        Index("ix_article_tags_code", "scheme", "code", "article_id", "version", "is_deleted"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    version: Mapped[int] = mapped_column(SmallInteger)
    scheme: Mapped[str] = mapped_column(String(16))
    scheme_version: Mapped[str] = mapped_column(String(32), server_default=sql("''"))
    code: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(12), server_default=sql("''"))
    precision: Mapped[int | None] = mapped_column(SmallInteger)
    main: Mapped[bool] = mapped_column(server_default=sql("false"))
    confidence: Mapped[float] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(8), server_default="rule")
    rule: Mapped[str] = mapped_column(String(80))
    evidence: Mapped[list[Any]]
    role_rule: Mapped[str] = mapped_column(String(80), server_default=sql("''"))
    """Rule that gave an actor its role; empty when it is only mentioned."""
    organisation: Mapped[str] = mapped_column(Text, server_default=sql("''"))
    """Of a person: the organisation in words, and its actor id where it has one."""
    organisation_code: Mapped[str] = mapped_column(String(64), server_default=sql("''"))
    is_deleted: Mapped[bool] = mapped_column(server_default=sql("false"))
    refused: Mapped[bool] = mapped_column(server_default=sql("false"))
    """The rules say it and a person said no; then it is deleted too."""
    change_seq: Mapped[int] = mapped_column(BigInteger, index=True)
