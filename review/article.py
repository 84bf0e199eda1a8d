"""Everything about one article: the chosen version with all its evidence, what changed, its story, its decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, select

from models.article import Article, ArticleVersion
from models.corrections import corrected, key_of
from models.review import ReviewDecision
from review.cards import Card, fold, last_decisions, make_card, notes_of, rows_of
from review.difference import Difference, compare, summary
from review.edits import in_words
from review.evidence import Chip, chips, refused_tags, spans, tags_of
from review.highlight import Line, paragraphs, pieces
from review.labels import ACTIONS, REASONS
from review.members import story_members
from review.outlet_faces import Face
from review.times import Shown, instant


@dataclass(frozen=True, slots=True)
class Version:
    """One version in the list."""

    number: int
    fetched: Shown
    title: str
    is_latest: bool
    is_shown: bool
    is_reviewed: bool
    changes: str
    """What it said otherwise than the one that it replaced; "" for the first."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One row of the decision history, in words."""

    id: int
    words: str
    reason: str
    says: str
    """What it changed or noted, in a line."""
    version: int
    by: str
    at: Shown
    is_undone: bool


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """What the article page shows. `card` is that of the shown version."""

    card: Card
    text: list[Line]
    dateline: Line
    versions: list[Version]
    difference: Difference | None
    """From the reviewed version where one was reviewed, else from the version before."""
    decisions: list[Decided]
    facts: Mapping[str, Any]
    """As they stand, corrections included."""
    refused: Mapping[str, Sequence[Chip]]
    """Tags that the rules give and a person refused."""
    cited: tuple[str, ...]
    modified: Shown
    access: str
    fetched: Shown
    made_by: str

    @property
    def is_latest(self) -> bool:
        """Whether the shown version is the one that decisions are made on."""
        return next(version.is_latest for version in self.versions if version.is_shown)

    def ids_with(self, tag: int | None) -> tuple[int, ...]:
        """The ids of all tags on the same chip as `tag`."""
        for listed in self.card.chips.values():
            for chip in listed:
                if tag in chip.ids:
                    return chip.ids
        return ()


def load_article(
    connection: Connection,
    article_id: int,
    outlets: Mapping[str, Face],
    version: int | None = None,
    since: int | None = None,
) -> ArticlePage | None:
    """The page of an article at `version` (default: the latest), compared with the version `since` (default: the
    reviewed one, else the one before); None when there is none."""
    found = rows_of(connection, Article.id == article_id)
    if not found:
        return None
    article = found[0]
    versions = {row.version: row for row in _versions(connection, article_id)}
    wanted = article.latest_version if version is None else version
    if wanted not in versions:
        return None
    shown: Any = _at(article, versions[wanted])
    tags = tags_of(connection, [(article_id, number) for number in versions])
    mine = tags[article_id, wanted]
    members = story_members(connection, [article.story_id]).get(article.story_id, []) if article.story_id else []
    last = last_decisions(connection, [article_id, *(row.id for row in members)])
    card = make_card(shown, mine, outlets, last.get(article_id, 0))
    card = fold(card, shown, [row for row in members if row.id != article_id], outlets, last)
    card = replace(card, notes=notes_of(connection, [article_id]).get(article_id, ()))
    standing = {key_of(tag) for tag in mine}
    base = since if since in versions and since != wanted else _compared_with(article, versions, wanted)
    return ArticlePage(
        card=card,
        text=paragraphs(shown.text, spans(shown.text, "text", mine, shown.facts, shown.cited_sources)),
        dateline=pieces(
            shown.dateline or "", spans(shown.dateline or "", "dateline", mine, shown.facts, shown.cited_sources)
        ),
        versions=[
            Version(
                number, instant(row.fetched_at), row.title, number == article.latest_version, number == wanted,
                number == article.reviewed_version, summary(row.changes),
            )
            for number, row in sorted(versions.items(), reverse=True)
        ],
        difference=compare(versions[base], shown, tags[article_id, base], mine) if base else None,
        decisions=_history(connection, article_id),
        facts=corrected(shown.facts, article.corrections),
        refused=chips(tag for tag in refused_tags(connection, article_id, wanted) if key_of(tag) not in standing),
        cited=tuple(str(source.get("name")) for source in shown.cited_sources if isinstance(source, dict)),
        modified=instant(shown.modified_at),
        access=shown.access,
        fetched=instant(shown.fetched_at),
        made_by=f"clean {shown.clean_version}, tag {shown.tag_version}",
    )  # fmt: skip


def _at(article: Row[Any], version: Row[Any]) -> SimpleNamespace:
    """An article seen through one of its versions: the version's columns before the article's."""
    return SimpleNamespace(**{**article._mapping, **version._mapping})


def _versions(connection: Connection, article_id: int) -> Iterable[Row[Any]]:
    table = ArticleVersion.__table__
    return connection.execute(select(table).where(table.c.article_id == article_id).order_by(table.c.version))


def _compared_with(article: Row[Any], versions: Mapping[int, Row[Any]], wanted: int) -> int | None:
    reviewed = article.reviewed_version
    if reviewed in versions and reviewed < wanted:
        return int(reviewed)
    return max((number for number in versions if number < wanted), default=None)


def _history(connection: Connection, article_id: int) -> list[Decided]:
    table = ReviewDecision.__table__
    rows = connection.execute(select(table).where(table.c.article_id == article_id).order_by(table.c.id.desc())).all()
    undone = {row.undoes for row in rows}
    return [
        Decided(
            row.id, ACTIONS.get(row.action, row.action), REASONS.get(row.reason or "", row.reason or ""), said_in(row),
            row.version, row.reviewer, instant(row.decided_at), row.id in undone,
        )
        for row in rows
    ]  # fmt: skip


def said_in(row: Row[Any]) -> str:
    """What a decision says beside its action, in a line."""
    if row.action == "edit":
        return in_words(row.before, row.after)
    if row.action == "assign":
        return f"to {row.after.get('to') or 'nobody'}"
    if row.action in ("merge", "split"):
        return f"from story {row.before['story']} into story {row.after['story']}"
    return row.note or ""
