"""Events: what the reports of one story say together. Kept as rows, because only a row can carry a change number and
can say that it is gone."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Float, ForeignKey, Integer, SmallInteger, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Event(Base):
    """The coded event of a story. NULL: no report says it. There are no coordinates: none of our places has any."""

    __tablename__ = "events"

    story_id: Mapped[int] = mapped_column(ForeignKey("stories.id"), primary_key=True)
    event_date: Mapped[date | None] = mapped_column(Date)
    event_date_precision: Mapped[int | None] = mapped_column(SmallInteger)
    """1 day, 2 week, 3 month, as ACLED has it; of a week or month the date is its first day."""
    event_type: Mapped[str] = mapped_column(String(40))
    sub_event_type: Mapped[str | None] = mapped_column(String(60))
    adm0_iso3: Mapped[str | None] = mapped_column(String(3))
    adm1_iso: Mapped[str | None] = mapped_column(String(8))
    adm1_pcode: Mapped[str | None] = mapped_column(String(8))
    adm2_pcode: Mapped[str | None] = mapped_column(String(8))
    pcode_version: Mapped[str | None] = mapped_column(String(32))
    geo_precision: Mapped[int | None] = mapped_column(SmallInteger)
    """1 exact place, 2 district, 3 province; NULL when only the country is known."""
    location_name: Mapped[str | None] = mapped_column(Text)
    actor1: Mapped[str | None] = mapped_column(String(64))
    """Who used force, by actor id."""
    actor2: Mapped[str | None] = mapped_column(String(64))
    """At whom it was aimed, or the other side of a fight."""
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    """Who claims the attack as its own."""
    killed_low: Mapped[int | None] = mapped_column(Integer)
    killed_best: Mapped[int | None] = mapped_column(Integer)
    killed_high: Mapped[int | None] = mapped_column(Integer)
    wounded_low: Mapped[int | None] = mapped_column(Integer)
    wounded_best: Mapped[int | None] = mapped_column(Integer)
    wounded_high: Mapped[int | None] = mapped_column(Integer)
    detained_low: Mapped[int | None] = mapped_column(Integer)
    detained_best: Mapped[int | None] = mapped_column(Integer)
    detained_high: Mapped[int | None] = mapped_column(Integer)
    claimant: Mapped[str | None] = mapped_column(Text)
    """Who said the best number of killed, else of wounded, as the report names them."""
    n_articles: Mapped[int] = mapped_column(Integer)
    n_independent_origins: Mapped[int] = mapped_column(Integer)
    first_published_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    relevance: Mapped[float] = mapped_column(Float)
    review_status: Mapped[str] = mapped_column(String(12))
    is_deleted: Mapped[bool] = mapped_column(server_default=sql("false"))
    """No report codes an event any more, or the story has gone into another."""
    change_seq: Mapped[int] = mapped_column(BigInteger, index=True)
