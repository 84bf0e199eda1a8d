"""What is remembered of each outlet's recent pages: the hashes of their lines, the lines that recur, and the versions
of the boilerplate that was learned from them. Written by the pipeline alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class PagePrint(Base):
    """One recent page: no text, only hashes. The newest of each outlet and language are kept, older rows go."""

    __tablename__ = "page_prints"
    __table_args__ = (Index("ix_page_prints_outlet", "outlet"),)

    discovery_id: Mapped[int] = mapped_column(Id, ForeignKey("discoveries.id"), primary_key=True, autoincrement=False)
    outlet: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    """"" when it is unknown."""
    fetched_at: Mapped[datetime]
    text_hash: Mapped[int] = mapped_column(BigInteger)
    """Of the whole text, folded."""
    announced_hash: Mapped[int] = mapped_column(BigInteger)
    """Of what the address promised: pages that promise different things and hold one text are no articles."""
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    """Hash and length of each line. Empty for a page that was refused as another's twin: it teaches nothing."""


class RecurringLine(Base):
    """A line on several recent pages of an outlet. Whether it is cut, the newest version says."""

    __tablename__ = "recurring_lines"

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    pages: Mapped[int] = mapped_column(Integer)
    """Of the remembered pages, how many carry it."""
    share: Mapped[float] = mapped_column(Float)
    """Of the remembered pages in the language where it is most usual."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    example_id: Mapped[int] = mapped_column(ForeignKey("discoveries.id"))
    """The newest page that carries it."""


class BoilerplateVersion(Base):
    """The lines that are cut from an outlet's pages, from one moment on. Rows are only added."""

    __tablename__ = "boilerplate_versions"

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    run_id: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[list[Any]]
    """As the pages show them, sorted."""
