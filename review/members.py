"""The further articles of a story, as the card of its lead folds them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, or_, select

from models.article import Article, ArticleVersion
from review.outlet_faces import Face
from review.seen import Seen
from review.times import Shown, claimed

MEMBERS: Final = 50
"""Articles of one story that a card lists; a decision covers what is listed, never more."""

LISTED: Final = 4
"""Of these told in full."""


@dataclass(frozen=True, slots=True)
class Member:
    """A further article of the story, folded under its lead."""

    article_id: int
    outlet: Face
    title: str
    language: str | None
    copy_of: int | None
    copy_kind: str | None
    status: str
    published: Shown
    seen: Seen
    similarity: float | None = None
    """How much of the text it shares with its origin, 0 to 1."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.status in {"new", "changed"}


def story_members(connection: Connection, stories: Any) -> dict[int, list[Row[Any]]]:
    """The first MEMBERS articles of each story, those that wait for a decision first."""
    waiting = or_(Article.review_status == "new", Article.review_status == "changed")
    place = func.row_number().over(partition_by=Article.story_id, order_by=[waiting.desc(), Article.id])
    ranked = select(Article.id, place.label("place")).where(Article.story_id.in_(stories)).subquery()
    rows: Iterable[Row[Any]] = connection.execute(
        select(
            Article.id, Article.outlet, Article.story_id, Article.copy_of, Article.copy_kind, Article.review_status,
            Article.latest_version, Article.flagged, Article.assigned_to, Article.relevance, Article.similarity,
            ArticleVersion.title, ArticleVersion.language, ArticleVersion.original_outlet, ArticleVersion.published_at,
            ArticleVersion.published_local, ArticleVersion.published_precision,
            ArticleVersion.published_calendar,
        )
        .join(ranked, ranked.c.id == Article.id)
        .join(
            ArticleVersion,
            and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version),
        )
        .where(ranked.c.place <= MEMBERS)
        .order_by(Article.id)
    )  # fmt: skip
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.story_id, []).append(row)
    return found


def member_of(row: Row[Any], outlets: Mapping[str, Face], last_decision: int) -> Member:
    """The article as its story's card shows it."""
    return Member(
        article_id=row.id,
        outlet=outlets.get(row.outlet, Face(row.outlet, row.outlet)),
        title=row.title,
        language=row.language,
        copy_of=row.copy_of,
        copy_kind=row.copy_kind,
        status=row.review_status,
        published=claimed(row.published_at, row.published_local, row.published_precision, row.published_calendar),
        seen=Seen(row.id, row.latest_version, last_decision),
        similarity=row.similarity,
    )


def alike(members: Sequence[Member]) -> list[tuple[Member, int]]:
    """The first member of each outlet and status, with how many there are."""
    found: dict[tuple[str, str], list[Member]] = {}
    for member in members:
        found.setdefault((member.outlet.name, member.status), []).append(member)
    return [(same[0], len(same)) for same in found.values()]
