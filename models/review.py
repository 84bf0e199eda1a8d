"""What people decided: rows are only ever added, triggers refuse everything else (I3). And what they look at just now,
and which outlets they say are read wrongly."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id

_UNDOES = text("undoes IS NOT NULL")


class ReviewDecision(Base):
    """One decision on one version of an article. Of each aspect the latest row that is not undone counts."""

    __tablename__ = "review_decisions"
    __table_args__ = (
        Index("ix_review_decisions_reviewer", "reviewer", "decided_at"),
        Index("ix_review_decisions_undoes", "undoes", sqlite_where=_UNDOES, postgresql_where=_UNDOES),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    version: Mapped[int] = mapped_column(SmallInteger)
    content_sha256: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(16))
    """accept, reject, edit, assign, flag, unflag, note, or undo of one of them."""
    reason: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str | None] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("review_decisions.id"))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    change_seq: Mapped[int] = mapped_column(BigInteger, index=True)


class OutletTicket(Base):
    """A reviewer rejected an article because its text was taken wrongly from the page. A person closes it."""

    __tablename__ = "outlet_tickets"
    __table_args__ = (
        Index("ix_outlet_tickets_open", "outlet", sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    outlet: Mapped[str] = mapped_column(String(40))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("review_decisions.id"), unique=True)
    opened_by: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime]
    closed_by: Mapped[str | None] = mapped_column(String(80))
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    """What was done about it, in the closer's words."""


class Look(Base):
    """Who looks at a story just now: a courtesy, not a lock. It ends by itself."""

    __tablename__ = "looks"

    story_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    reviewer: Mapped[str] = mapped_column(String(80), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)
