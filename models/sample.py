"""A weekly sample of what nobody would look at again: it tells how much the rules miss, and how far reviewers agree."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

KINDS: Final = {
    "untagged": "other news, which the queue never showed first",
    "rejected": "rejected by a reviewer, to be looked at again",
}
"""What is sampled, in words."""


class SampledArticle(Base):
    """One article of a week's sample. Its answer is the decision that is made after `drawn_at`."""

    __tablename__ = "review_samples"

    week: Mapped[date] = mapped_column(Date, primary_key=True)
    """The Monday, in Kabul, of the week that was sampled."""
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    """A key of KINDS."""
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)
    drawn_of: Mapped[int] = mapped_column(Integer)
    """Articles of the week that it was drawn from."""
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str] = mapped_column(String(80))
