"""Reference tables that dashboards join: places with every code under its own scheme, and the outlets' labels."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Place(Base):
    """An Afghan province. "AF01" means different provinces in P-codes and FIPS: each code has its own column."""

    __tablename__ = "places"

    iso: Mapped[str] = mapped_column(String(8), primary_key=True)
    level: Mapped[str] = mapped_column(String(12))
    name_en: Mapped[str] = mapped_column(Text)
    name_fa: Mapped[str] = mapped_column(Text)
    name_ps: Mapped[str] = mapped_column(Text)
    name_ru: Mapped[str] = mapped_column(Text)
    pcode: Mapped[str] = mapped_column(String(8), unique=True)
    pcode_version: Mapped[str] = mapped_column(String(32))
    pcode_verified: Mapped[bool]
    """False for codes that were found by elimination; check them with the COD-AB list."""
    geonames_adm1: Mapped[str] = mapped_column(String(8), unique=True)
    fips: Mapped[str] = mapped_column(String(8), unique=True)
    country: Mapped[str] = mapped_column(String(2))


class OutletLabel(Base):
    """What a dashboard shows of an outlet. The outlet file is the truth; this row follows it."""

    __tablename__ = "outlets"

    outlet: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(String(2))
    ownership: Mapped[str] = mapped_column(String(16))
    home: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(40))
