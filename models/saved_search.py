"""Searches that a reviewer keeps: a name for what stands in the address of the queue."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class SavedSearch(Base):
    """One search of one reviewer."""

    __tablename__ = "saved_searches"
    __table_args__ = (
        UniqueConstraint("reviewer", "name"),
        Index("ix_saved_searches_default", "reviewer", unique=True, sqlite_where=sql("is_default"),
              postgresql_where=sql("is_default")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reviewer: Mapped[str] = mapped_column(String(80))
    """As decisions name them."""
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(Text)
    """As the queue's address has it, without a page: `relevance=0.6&new=shift`."""
    is_default: Mapped[bool] = mapped_column(server_default=sql("false"))
    """What the reviewer's queue begins with; at most one is."""
    created_at: Mapped[datetime]
