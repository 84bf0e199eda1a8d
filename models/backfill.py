"""How far a backfill has come: the addresses of an outlet's sources that it reads for a span of days."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class BackfillPart(Base):
    """One address that is read for a span: a page of a list, a sitemap, a day of an archive. Its row is written in the
    transaction that enters what it named, so that a killed backfill goes on exactly where it was."""

    __tablename__ = "backfill_parts"
    __table_args__ = (UniqueConstraint("outlet", "since", "until", "url"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    """The order in which the parts are read."""
    outlet: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    until: Mapped[date]
    """The span's last day."""
    source: Mapped[str] = mapped_column(Text)
    """Address of the source, as the outlet file has it."""
    url: Mapped[str] = mapped_column(String(1024))
    level: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """How many indexes stand above it."""
    first: Mapped[date | None]
    last: Mapped[date | None]
    """The days that it holds, where its address says so."""
    outcome: Mapped[str] = mapped_column(String(32), server_default="pending")
    detail: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    named: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """The articles that it named: day of the span -> ids of discoveries; "" for those whose day nothing says."""
    undated: Mapped[int] = mapped_column(server_default=text("0"))
    """Addresses that were left out because nothing says whether they belong to the span."""
    issues: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    read_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    """The run that read it last."""
