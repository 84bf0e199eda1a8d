"""What was learned from decisions about relevance. Rows are only added; the newest adopted one is in use."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Integer, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class RankerRow(Base):
    """One training, whether or not it was better."""

    __tablename__ = "rankers"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    made_at: Mapped[datetime]
    decisions: Mapped[int] = mapped_column(Integer)
    """How many it was trained and judged on."""
    weights: Mapped[dict[str, Any]]
    """Feature (pipeline/rank/features.py) -> what it adds to the log odds; empty: the rules alone."""
    report: Mapped[dict[str, Any]]
    """Its figures on held-out decisions, beside those of what was in use (pipeline/rank/judge.py)."""
    adopted: Mapped[bool] = mapped_column(Boolean)


def in_use(connection: Connection) -> tuple[int, dict[str, float]]:
    """(id, weights) of the ranker in use; (0, {}) when the rules stand alone."""
    row = connection.execute(
        select(RankerRow.id, RankerRow.weights).where(RankerRow.adopted).order_by(RankerRow.id.desc()).limit(1)
    ).one_or_none()
    return (row.id, {name: float(weight) for name, weight in row.weights.items()}) if row else (0, {})
