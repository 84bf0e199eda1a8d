"""One outlet on one day, as it was last reckoned from the ledger: the funnel, and the diagnosis with what it rests on.

Kept as rows, because a dashboard asks for months of it, and because only a row can carry a change number.
"""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

STATES: Final = {
    "unreachable": "unreachable",
    "robots_changed": "robots.txt changed",
    "blocked": "blocked",
    "feed_moved": "feed moved",
    "feed_frozen": "feed frozen",
    "selector_drift": "selector drift",
    "date_trouble": "date trouble",
    "quiet": "quiet",
    "ok": "ok",
}
"""Every state with its name for people, the most basic cause first: of two that hold the earlier one is told, because
whatever stands before the other makes that one's figures mean nothing."""

BROKEN: Final = frozenset(STATES) - {"quiet", "ok"}
"""States of which somebody must take care; the day's numbers are not to be trusted."""


class OutletDay(Base):
    """A day of an outlet. Days are Kabul's (models/day.py); an address belongs to the day on which it was first seen,
    whatever became of it later. discovered = fetched + dropped_at_discover + dropped_at_fetch + waiting_for_fetch;
    fetched = cleaned + dropped_at_clean + waiting_for_clean; cleaned = kept + duplicates."""

    __tablename__ = "outlet_days"
    __table_args__ = (Index("ix_outlet_days_day", "day"),)

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    discovered: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    dropped_at_discover: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    dropped_at_fetch: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    waiting_for_fetch: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    fetched: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    dropped_at_clean: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    waiting_for_clean: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    cleaned: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    duplicates: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    kept: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    tagged: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Of the kept: those that are news of Afghanistan's security (models.article.AF_SECURITY)."""
    reviewed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Of the tagged: those whose latest version was decided."""
    http_errors: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    blocked: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Of the dropped: those for a status that carries no page, and those for which we were turned away."""
    undated: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Of the cleaned: those whose time of publication is unknown."""
    drops: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Reason (models/fates.py) to the number of addresses dropped for it."""
    dropped_ids: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Sum of the ids of the dropped addresses: moves when others are dropped, even as many for the same reasons."""
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What the day's sources and articles were like (pipeline/coverage/facts.py); the later days' baseline."""
    expected_low: Mapped[int | None] = mapped_column(Integer)
    expected_high: Mapped[int | None] = mapped_column(Integer)
    """How many addresses the outlet's own history lets expect by the time of the diagnosis; NULL without a history."""
    state: Mapped[str | None] = mapped_column(String(16))
    """A key of STATES; NULL when no crawl of the day tells anything."""
    reason: Mapped[str | None] = mapped_column(Text)
    diagnosed_at: Mapped[datetime]
    """When it was reckoned last; changes nothing else."""
    change_seq: Mapped[int] = mapped_column(BigInteger, index=True)
