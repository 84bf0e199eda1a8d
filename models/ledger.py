"""The coverage ledger: every address ever discovered, every request made, and what each source and host last said."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Discovery(Base):
    """One address of one outlet: exactly one row, whose outcome is pending, done or a named refusal (I1)."""

    __tablename__ = "discoveries"
    __table_args__ = (
        UniqueConstraint("outlet", "url_key"),
        Index("ix_discoveries_work", "outcome", "stage"),
        Index("ix_discoveries_seen", "outlet", "backfill", "first_seen_at"),
        Index(
            "ix_discoveries_recheck",
            "outlet",
            "recheck_at",
            sqlite_where=text("recheck_at IS NOT NULL"),
            postgresql_where=text("recheck_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40))
    url_key: Mapped[str] = mapped_column(String(1024))
    url: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    """When a source last listed it; a run that found nothing new moves only this."""
    source: Mapped[str] = mapped_column(Text)
    """Address of the source that named it first."""
    hints: Mapped[dict[str, Any]]
    """What the sources said of it: title, published, modified, authors, language, html."""
    hint_sha256: Mapped[str] = mapped_column(String(64))
    """Of what the sources say of its content: a new value is the reason to fetch it again."""
    stage: Mapped[str] = mapped_column(String(12), server_default="discovered")
    """discovered, fetched, cleaned or stored: how far its latest content has come."""
    outcome: Mapped[str] = mapped_column(String(32), server_default="pending")
    detail: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    fetch_id: Mapped[int | None] = mapped_column(BigInteger)
    """Its latest fetch that brought a body."""
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"), index=True)
    run_id: Mapped[int] = mapped_column(BigInteger, index=True)
    recheck_at: Mapped[datetime | None]
    """When its page is asked again although no source says that it changed; NULL: no more."""
    rechecks: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """How often that was done."""
    backfill: Mapped[bool] = mapped_column(server_default=text("false"))
    """Only a backfill has named it so far: the daily run leaves it alone."""


class Fetch(Base):
    """One request and its answer, of a source, a robots.txt or an article."""

    __tablename__ = "fetches"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40), index=True)
    discovery_id: Mapped[int | None] = mapped_column(ForeignKey("discoveries.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """The source's kind (feed, sitemap …), robots, tdm, article, or recheck (of an article, see spiders/recheck.py)."""
    url: Mapped[str] = mapped_column(Text)
    final_url: Mapped[str | None] = mapped_column(Text)
    fetched_at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    outcome: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of an article's page, which is in the archive; of a robots.txt, of which only the hash is kept."""
    body_bytes: Mapped[int | None] = mapped_column(Integer)
    items: Mapped[int | None] = mapped_column(Integer)
    """How many articles a source listed."""
    headers: Mapped[dict[str, Any]]
    """The answer's headers that the clean stage needs: content-type and those that mark a challenge or reservation."""
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    seconds: Mapped[float | None]
    run_id: Mapped[int] = mapped_column(BigInteger, index=True)


class SourceState(Base):
    """What a source said last, so that the next request can be conditional."""

    __tablename__ = "source_states"

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    url: Mapped[str] = mapped_column(String(1024), primary_key=True)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[str | None] = mapped_column(String(64))
    items: Mapped[int | None] = mapped_column(Integer)
    checked_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(32))
    interval_seconds: Mapped[int | None] = mapped_column(Integer)
    """How long to leave it alone between two visits, from its own history."""
    due_at: Mapped[datetime | None]
    """When a run that asks only what is due asks it next."""


class HostState(Base):
    """What a host told us about manners; kept over runs (I8)."""

    __tablename__ = "host_states"

    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    robots_txt: Mapped[str | None] = mapped_column(Text)
    robots_status: Mapped[int | None] = mapped_column(SmallInteger)
    robots_etag: Mapped[str | None] = mapped_column(Text)
    robots_fetched_at: Mapped[datetime | None]
    robots_last_modified: Mapped[str | None] = mapped_column(Text)
    tdm_json: Mapped[str | None] = mapped_column(Text)
    """Its /.well-known/tdmrep.json; "" when it has none."""
    tdm_fetched_at: Mapped[datetime | None]
    wait_until: Mapped[datetime | None]
    """No request before: the host's Retry-After."""
    failed_runs: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Runs in a row in which it answered nothing."""
