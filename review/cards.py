"""Everything that a card of the queue shows of a story, read in a fixed number of queries however long the page is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, select

from models.article import Article, ArticleVersion
from models.corrections import corrected
from models.review import ReviewDecision
from review.evidence import Chip, Claim, Toll, chips, claims, spans, tags_of, tolls
from review.filters import Cursor
from review.highlight import Line, excerpt, pieces
from review.labels import FACTS, band
from review.members import LISTED, Member, alike, member_of, story_members
from review.outlet_faces import Face
from review.search_marks import marks
from review.seen import Seen
from review.standing import SILENT
from review.times import Shown, claimed, instant

EXCERPT_READS: Final = 20_000
"""Characters of a text that are searched for evidence to show on a card."""


@dataclass(frozen=True, slots=True)
class Card:
    """One story of the queue, shown by its lead."""

    article_id: int
    url: str
    title: Line
    plain_title: str
    outlet: Face
    original: Face | None
    """Who wrote it first, when the page says that it is not the outlet itself."""
    original_basis: str | None
    authors: tuple[str, ...]
    language: str | None
    published: Shown
    published_basis: str | None
    first_seen: Shown
    status: str
    reviewed_version: int | None
    version: int
    relevance: float
    reasons: tuple[str, ...]
    chips: Mapping[str, Sequence[Chip]]
    tolls: Sequence[Toll]
    claims: Sequence[Claim]
    excerpt: Sequence[Line]
    issues: tuple[str, ...]
    event_date: str | None
    place: Cursor
    """Where it stands in the queue."""
    seen: Seen
    members: Sequence[Member] = ()
    origins: int = 1
    """Independent origins: who wrote the texts that are no copies."""
    copies: int = 0
    is_copy: bool = False
    story: int | None = None
    flagged: bool = False
    assigned_to: str | None = None
    corrected: tuple[str, ...] = ()
    """Facts that a reviewer set by hand."""
    notes: tuple[tuple[str, str], ...] = ()
    """(who, what) of every note, oldest first."""

    @property
    def band(self) -> str:
        """high, medium or low."""
        return band(self.relevance)

    @property
    def disputed(self) -> Sequence[Claim]:
        """The claims that a card has room for: those with a claimant, and those that differ from one another."""
        values: dict[str, set[int]] = {}
        for claim in self.claims:
            values.setdefault(claim.field, set()).add(claim.value)
        return [claim for claim in self.claims if claim.claimant or len(values[claim.field]) > 1]

    @property
    def also(self) -> Sequence[tuple[str, int]]:
        """The other outlets of the story, or this one again, each with its number of further texts."""
        return list(Counter(member.outlet.title for member in self.members).items())

    @property
    def rest(self) -> Sequence[tuple[Member, int]]:
        """Members that are not told in full: one of each outlet and status, with how many there are."""
        return alike(self.members[LISTED:])

    @property
    def decides(self) -> list[Seen]:
        """What a decision on the card covers: the lead, and whatever listed here still waits."""
        return [self.seen, *(member.seen for member in self.members if member.is_open)]


def rows_of(connection: Connection, *where: Any) -> list[Row[Any]]:
    """Articles joined with their latest version; `id` is the article's."""
    version_columns = [column for column in ArticleVersion.__table__.columns if column.name != "article_id"]
    return list(
        connection.execute(
            select(Article.__table__, *version_columns)
            .join(
                ArticleVersion,
                and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version),
            )
            .where(*where)
            .order_by(Article.id)
        )
    )


def last_decisions(connection: Connection, articles: Sequence[int]) -> dict[int, int]:
    """The id of the last decision on each article that has one; notes aside, which make nothing stale."""
    rows = connection.execute(
        select(ReviewDecision.article_id, func.max(ReviewDecision.id))
        .where(ReviewDecision.article_id.in_(articles), ReviewDecision.action.not_in(SILENT))
        .group_by(ReviewDecision.article_id)
    )
    return {row[0]: row[1] for row in rows}


def notes_of(connection: Connection, articles: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """(who, what) of the notes on each article that nobody took back, oldest first."""
    undo = ReviewDecision.__table__.alias("undo")
    rows = connection.execute(
        select(ReviewDecision.article_id, ReviewDecision.reviewer, ReviewDecision.note)
        .where(
            ReviewDecision.article_id.in_(articles),
            ReviewDecision.action == "note",
            ~select(undo.c.id)
            .where(undo.c.article_id == ReviewDecision.article_id, undo.c.undoes == ReviewDecision.id)
            .exists(),
        )
        .order_by(ReviewDecision.id)
    )
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for article, who, what in rows:
        found[article] = (*found.get(article, ()), (who, what or ""))
    return found


def load_cards(connection: Connection, leads: Sequence[int], outlets: Mapping[str, Face], q: str = "") -> list[Card]:
    """The cards of `leads`, in that order, with the words of the search `q` marked."""
    rows = {row.id: row for row in rows_of(connection, Article.id.in_(leads))}
    stories = {row.story_id for row in rows.values() if row.story_id is not None}
    members = story_members(connection, stories)
    everyone = {*rows, *(row.id for listed in members.values() for row in listed)}
    last = last_decisions(connection, sorted(everyone))
    tags = tags_of(connection, [(row.id, row.version) for row in rows.values()])
    notes = notes_of(connection, list(rows))
    cards = []
    for lead in leads:
        if lead not in rows:
            continue
        row = rows[lead]
        others = [other for other in members.get(row.story_id, []) if other.id != lead]
        card = make_card(row, tags[row.id, row.version], outlets, last.get(lead, 0), q)
        cards.append(replace(fold(card, row, others, outlets, last), notes=notes.get(lead, ())))
    return cards


def make_card(
    row: Row[Any], tags: Sequence[Row[Any]], outlets: Mapping[str, Face], last_decision: int, q: str = ""
) -> Card:
    """A card of one article, its story still unfolded."""
    beginning = row.text[:EXCERPT_READS]
    facts = corrected(row.facts, row.corrections)
    title_spans = spans(row.title, "title", tags, facts, row.cited_sources)
    text_spans = spans(beginning, "text", tags, facts, row.cited_sources)
    return Card(
        article_id=row.id,
        url=row.url,
        title=pieces(row.title, [*title_spans, *marks(row.title, q)]),
        plain_title=row.title,
        outlet=outlets.get(row.outlet, Face(row.outlet, row.outlet)),
        original=original_face(row.outlet, row.original_outlet, outlets),
        original_basis=row.original_basis,
        authors=tuple(map(str, row.authors)),
        language=row.language,
        published=claimed(row.published_at, row.published_local, row.published_precision, row.published_calendar),
        published_basis=row.published_basis,
        first_seen=instant(row.first_seen_at),
        status=row.review_status,
        reviewed_version=row.reviewed_version,
        version=row.version,
        relevance=row.relevance,
        reasons=in_words(row.relevance_reasons, tags),
        chips=chips(tags),
        tolls=tolls(facts),
        claims=claims(facts),
        excerpt=excerpt(beginning, text_spans, searched=marks(beginning, q)),
        issues=tuple(map(str, row.issues)),
        event_date=facts.get("event_date"),
        place=Cursor(row.relevance, row.published_at or row.first_seen_at, row.id),
        seen=Seen(row.id, row.version, last_decision),
        is_copy=row.copy_of is not None,
        story=row.story_id,
        flagged=row.flagged,
        assigned_to=row.assigned_to,
        corrected=tuple(FACTS.get(name, name) for name in row.corrections.get("facts", {})),
    )


def fold(
    card: Card, row: Row[Any], others: Sequence[Row[Any]], outlets: Mapping[str, Face], last: Mapping[int, int]
) -> Card:
    """The card with the rest of its story under it."""
    texts = [row, *others]
    return replace(
        card,
        members=[member_of(other, outlets, last.get(other.id, 0)) for other in others],
        origins=max(1, len({text.original_outlet or text.outlet for text in texts if text.copy_of is None})),
        copies=sum(text.copy_of is not None for text in texts),
        flagged=any(text.flagged for text in texts),
        assigned_to=next((text.assigned_to for text in texts if text.assigned_to), None),
    )


def original_face(outlet: str, original: str | None, outlets: Mapping[str, Face]) -> Face | None:
    """The original outlet's face, when it is not the outlet itself."""
    return None if not original or original == outlet else outlets.get(original, Face(original, original))


def in_words(reasons: Sequence[Any], tags: Sequence[Row[Any]]) -> tuple[str, ...]:
    """The reasons for a relevance with codes replaced by the labels of the article's own tags."""
    labels = {tag.code: tag.label for tag in tags if tag.scheme in {"topic", "actor"}}
    return tuple(" ".join(labels.get(word, word) for word in str(reason).split(" ")) for reason in reasons)
