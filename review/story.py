"""Everything about one story: its reports beside each other, who claims what, whose text it is, and how it came in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, tuple_

from models.article import Article, ArticleVersion
from models.corrections import corrected
from review.cards import Card, fold, last_decisions, make_card, notes_of, rows_of
from review.difference import Difference, compare
from review.evidence import spans, tags_of
from review.filters import Filter
from review.highlight import Line, paragraphs
from review.members import Member, story_members
from review.outlet_faces import Face
from review.story_claims import Line as Claimed
from review.story_claims import lines
from review.story_timeline import Moment, moments

TEXTS: Final = 12
"""Texts that are set beside each other; the page names the others."""
OPENING: Final = 6
"""Paragraphs of a text before the reader asks for the rest."""


@dataclass(frozen=True, slots=True)
class Report:
    """One text of the story with all its evidence."""

    card: Card
    opening: Sequence[Line]
    rest: Sequence[Line]
    difference: Difference | None
    """What its latest version says otherwise than the one before."""
    copies: Sequence[Member]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """What the story page shows."""

    story_id: int
    lead: Card
    """The report that the queue shows it by, with all others folded under it."""
    reports: Sequence[Report]
    unshown: Sequence[Member]
    """Reports of their own beyond TEXTS."""
    orphans: Sequence[Member]
    """Copies whose origin is in another story, or not listed."""
    claims: Sequence[Claimed]
    timeline: Sequence[Moment]
    articles: int
    """How many the story has in all; a page lists MEMBERS of them."""

    @property
    def outlets(self) -> int:
        """How many outlets tell of it."""
        return len({self.lead.outlet.name, *(member.outlet.name for member in self.lead.members)})

    @property
    def listed(self) -> int:
        """How many articles the page lists."""
        return 1 + len(self.lead.members)


def load_story(
    connection: Connection, story_id: int, outlets: Mapping[str, Face], also: int | None = None
) -> StoryPage | None:
    """The page of a story, with the text of the copy `also` among the reports; None when no article is in it."""
    members = story_members(connection, [story_id]).get(story_id, [])
    if not members:
        return None
    own = sorted((row for row in members if row.copy_of is None or row.id == also), key=_when)
    shown = {row.id: row for row in rows_of(connection, Article.id.in_([row.id for row in own[:TEXTS]]))}
    first = min(members, key=lambda row: (row.copy_of is not None, -row.relevance, row.id))
    lead = shown.get(first.id) or rows_of(connection, Article.id == first.id)[0]
    last = last_decisions(connection, [row.id for row in members])
    before = _versions_before(connection, [*shown.values()])
    tags = tags_of(
        connection, [(row.id, n) for row in [*shown.values(), lead] for n in {row.version, before_of(row)} if n]
    )
    notes = notes_of(connection, [row.id for row in members])
    folded = fold(
        make_card(lead, tags[lead.id, lead.version], outlets, last.get(lead.id, 0)), lead,
        [row for row in members if row.id != lead.id], outlets, last,
    )  # fmt: skip
    by_id = {member.article_id: member for member in folded.members}
    copies: dict[int, list[Member]] = {}
    for row in members:
        if row.copy_of is not None and row.id in by_id:
            copies.setdefault(row.copy_of, []).append(by_id[row.id])
    reports = []
    for article in (row.id for row in own[:TEXTS]):
        row = shown[article]
        mine = tags[row.id, row.version]
        card = replace(make_card(row, mine, outlets, last.get(row.id, 0)), notes=notes.get(row.id, ()))
        told = paragraphs(
            row.text, spans(row.text, "text", mine, corrected(row.facts, row.corrections), row.cited_sources)
        )
        old = before.get(row.id)
        difference = compare(old, row, tags[row.id, old.version], mine) if old is not None else None
        reports.append(Report(card, told[:OPENING], told[OPENING:], difference, copies.get(row.id, ())))
    listed = {report.card.article_id for report in reports}
    return StoryPage(
        story_id=story_id,
        lead=folded,
        reports=reports,
        unshown=[by_id[row.id] for row in own[TEXTS:] if row.id in by_id],
        orphans=[member for origin, some in copies.items() if origin not in listed for member in some],
        claims=lines(
            (card.article_id, card.outlet, card.language, corrected(shown[card.article_id].facts,
             shown[card.article_id].corrections), card.chips["place"])
            for card in (report.card for report in reports) if not card.is_copy
        ),
        timeline=moments(connection, members, outlets),
        articles=connection.execute(
            select(func.count()).select_from(Article).where(Article.story_id == story_id)
        ).scalar_one(),
    )  # fmt: skip


def open_at(connection: Connection, wanted: Filter, article_id: int | None) -> str:
    """Address of the page that a card opens: its story's where there are several reports, else the article's; "" for
    none."""
    if article_id is None:
        return ""
    mine = select(Article.story_id).where(Article.id == article_id).scalar_subquery()
    stories = connection.execute(select(Article.story_id).where(Article.story_id == mine).limit(2)).scalars().all()
    return wanted.story(stories[0]) if len(stories) > 1 and stories[0] is not None else wanted.article(article_id)


def before_of(row: Any) -> int | None:
    """The version that the latest one replaced; None for a first one."""
    return row.changed_from or (row.version - 1 or None)  # older rows do not say


def _when(row: Any) -> tuple[bool, Any, int]:
    return (row.published_at is None, row.published_at, row.id)


def _versions_before(connection: Connection, rows: Sequence[Any]) -> dict[int, Row[Any]]:
    """The replaced version of every row that replaced one."""
    table = ArticleVersion.__table__
    wanted = [(row.id, before_of(row)) for row in rows if before_of(row)]
    if not wanted:
        return {}
    pairs = tuple_(table.c.article_id, table.c.version).in_(wanted)
    ids = [article for article, _ in wanted]  # SQLite reads the whole table for pairs alone
    found = connection.execute(select(table).where(table.c.article_id.in_(ids), pairs))
    return {row.article_id: row for row in found}
