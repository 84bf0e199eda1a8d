"""What people said of two articles: one story or not. Rows are only ever added; a trigger refuses everything else (I3).

Every run obeys the latest row of each pair (`pipeline/dedupe/constraints.py`): an `apart` always holds, a `together`
holds unless an `apart` contradicts it, and of two that contradict each other the newer one holds.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import CheckConstraint, Column, Connection, Index, String, Table, func, insert, or_, select, update

from models.base import Base, Id, Utc
from models.fingerprint import fingerprints

Verdict = Literal["together", "apart", "free"]
VERDICTS: Final = get_args(Verdict)

story_rulings = Table(
    "story_rulings",
    Base.metadata,
    Column("id", Id, primary_key=True),
    Column("article_a", Id, nullable=False),
    Column("article_b", Id, nullable=False),
    Column("ruling", String(8), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Utc(), nullable=False),
    CheckConstraint("article_a < article_b", name="ordered"),
    Index("ix_story_rulings_pair", "article_a", "article_b"),
    Index("ix_story_rulings_article_b", "article_b"),
    sqlite_autoincrement=True,
)
"""`free` lifts what was ruled before. No foreign keys, as in the index of the stage."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling in force: `ruling` is together or apart, `article_a` < `article_b`."""

    id: int
    article_a: int
    article_b: int
    ruling: Verdict
    by: str
    at: datetime


def add_rulings(
    connection: Connection, pairs: Iterable[tuple[int, int]], ruling: Verdict, by: str, at: datetime
) -> list[int]:
    """Add one ruling for each pair of article ids, in either order; returns the new rows' ids, in order of `pairs`.

    It holds from the next run on. Whoever wants the stories moved at once moves `articles.story_id` and calls
    `place`, or the next run would still find them where they were. Raises ValueError for a word that is no verdict,
    for a pair of one article with itself, and for nobody as `by`.
    """
    if ruling not in VERDICTS:
        raise ValueError(f"{ruling!r} is none of {', '.join(VERDICTS)}")
    if not by.strip():
        raise ValueError("a ruling needs somebody who made it")
    made = []
    for one, other in pairs:
        if one == other:
            raise ValueError(f"article {one} is always in one story with itself")
        row: dict[str, Any] = {"article_a": min(one, other), "article_b": max(one, other)}
        added = insert(story_rulings).values(ruling=ruling, by=by, at=at, **row).returning(story_rulings.c.id)
        made.append(int(connection.execute(added).scalar_one()))
    return made


def rulings_in_force(connection: Connection, articles: Collection[int] | None = None) -> Sequence[Ruling]:
    """The rulings that hold, newest first: those with one end or both among `articles` (at most 10 000), or all."""
    table = story_rulings.c
    latest = select(func.max(table.id)).group_by(table.article_a, table.article_b)
    if articles is not None:
        latest = latest.where(or_(table.article_a.in_(articles), table.article_b.in_(articles)))
    asked = select(story_rulings).where(table.id.in_(latest), table.ruling != "free").order_by(table.id.desc())
    return [Ruling(*row) for row in connection.execute(asked)]


def place(connection: Connection, articles: Collection[int], story: int) -> None:
    """Tell the index of the stage in which story `articles` (at most 10 000) are from now on. A story bears the id of
    its first article: take another one's id only for a story that this one is not in, or the next run renames it."""
    connection.execute(update(fingerprints).where(fingerprints.c.article_id.in_(articles)).values(story=story))
