"""Runs, the lease that keeps two runs of one outlet apart, and the counter that orders changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Run(Base):
    """One run of one kind of work. It ends ok, failed (with the reason) or, when killed, stays running until the
    next run of the same work marks it interrupted."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_work", "kind", "outlet", "id"),
        Index("ix_runs_started", "kind", "started_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """crawl, backfill or process."""
    outlet: Mapped[str] = mapped_column(String(40))
    """Outlet name; "" for work on all outlets."""
    replica: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it asked the replica, whose articles are invented, instead of the live outlets."""
    state: Mapped[str] = mapped_column(String(12), server_default="running")
    """running, ok, failed or interrupted."""
    reason: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    stats: Mapped[dict[str, Any]]


class Lease(Base):
    """Who may write for a piece of work. Taking it always succeeds and raises the fence; whoever held it before finds
    its fence outdated at its next write and stops. So a killed run never blocks the next one."""

    __tablename__ = "leases"

    work: Mapped[str] = mapped_column(String(60), primary_key=True)
    fence: Mapped[int] = mapped_column(BigInteger)
    holder: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime]


class ChangeCounter(Base):
    """One row. A writer takes numbers by updating it, and so holds its lock until it commits: numbers become
    visible in the order in which they grow."""

    __tablename__ = "change_counter"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
