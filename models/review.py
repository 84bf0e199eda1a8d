"""What people decided. Rows are only ever added; triggers refuse everything else (I3)."""

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
