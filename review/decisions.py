"""Appends decisions and keeps the article's review columns in step with them, all in one transaction (I3).

A decision names the version and the last decision that its reviewer saw. When either has moved on, nothing is written
and the reviewer sees what changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, update

from models.article import Article, ArticleVersion
from models.change import take_change_numbers
from models.events import refresh, restate
from models.give_way import give_way
from models.review import ReviewDecision
from review.effects import EFFECTS, Told
from review.labels import REASONS
from review.seen import Seen
from review.standing import ASPECTS, SILENT, Standing, may_undo, standing, state, what_was

AT_ONCE: Final = 200
"""Articles that one request may decide."""

Action = Literal["accept", "reject"]
Made = TypeVar("Made")


class Conflict(Exception):
    """Something changed since the reviewer looked, so nothing was written."""

    def __init__(self, stale: Sequence[Seen]) -> None:
        super().__init__("changed since you looked")
        self.stale = stale


class NoSuchArticle(LookupError):
    """An article or decision that does not exist."""


class BadDecision(ValueError):
    """What was asked is no decision: one sentence."""


@dataclass(frozen=True, slots=True)
class Said:
    """One row to be written of each article: the action, and what it leaves on its aspect."""

    action: str
    after: Mapping[str, Any]
    """Of a verdict nothing: it follows from the rows."""
    before: Mapping[str, Any] | None = None
    """Of a move between stories, which runs move as well; of all else it follows from the rows."""
    reason: str | None = None
    note: str | None = None
    undoes: int | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it changes nothing that others see of the article but the row itself."""
        return self.action in SILENT


@dataclass(frozen=True, slots=True)
class Changed:
    """Stories whose events do not yet know what was decided: many rows may speak of one."""

    status: set[int | None] = field(default_factory=set)
    said: set[int | None] = field(default_factory=set)

    def settle(self, connection: Connection) -> None:
        """Bring the event of each in line, once."""
        refresh(connection, self.said)
        for story in sorted(one for one in self.status - self.said if one is not None):
            restate(connection, story)


def decide(
    on: Engine, seen: Sequence[Seen], action: Action, reason: str | None, reviewer: str, at: datetime
) -> list[int]:
    """Accept or reject every article in `seen`, or none; the ids of the new decisions, that of the first article
    first. Raises BadDecision, NoSuchArticle or Conflict."""
    if (action == "reject") != (reason in REASONS) or (action == "accept" and reason):
        raise BadDecision(f"A rejection gives one reason ({', '.join(REASONS)}), an acceptance none.")
    return say(on, seen, lambda _article: Said(action, {}, reason=reason), reviewer, at)


def say(
    on: Engine, seen: Sequence[Seen], what: Callable[[Row[Any]], Said], reviewer: str, at: datetime, *,
    whatever_came: bool = False,
) -> list[int]:  # fmt: skip
    """Append one row for every article in `seen`, or none; `what` says which, from the article's row under lock. The
    ids of the new rows, in the order of `seen`. With `whatever_came` it holds for any state of the article: a note
    does. Raises BadDecision, NoSuchArticle or Conflict."""
    if not seen or len({item.article_id for item in seen}) != len(seen):
        raise BadDecision("A decision names at least one article, and none twice.")
    if len(seen) > AT_ONCE:
        raise BadDecision(f"One decision covers at most {AT_ONCE} articles.")

    def write(connection: Connection) -> list[int]:
        articles = lock(connection, [item.article_id for item in seen])
        history = history_of(connection, articles)
        stale = [item for item in seen if current(articles, history, item.article_id) != item]
        if stale and not whatever_came:
            raise Conflict(stale)
        made, changed = [], Changed()
        for item in seen:
            article = articles[item.article_id]
            version = min(item.version, article.latest_version)
            said = what(article)
            made.append(append(connection, article, history[article.id], version, said, reviewer, at, changed))
        changed.settle(connection)
        return made

    return give_way(on, write)


def undo(on: Engine, decision: int, reviewer: str, at: datetime) -> list[int]:
    """Take back the decision and those that the same request made with it; the ids of the new rows. Raises
    NoSuchArticle, or Conflict when one of them is no longer the last word on its aspect of its article."""

    def write(connection: Connection) -> list[int]:
        together = _made_together(connection, decision)
        articles = lock(connection, [row.article_id for row in together])
        history = history_of(connection, articles)
        stale = [row for row in together if not may_undo(row, history[row.article_id])]
        if stale:
            raise Conflict([Seen(row.article_id, row.version, row.id) for row in stale])
        made, changed = [], Changed()
        for row in together:
            rows = history[row.article_id]
            left = what_was(row, rows)
            said = Said("undo", left, undoes=row.id)
            article = articles[row.article_id]
            made.append(append(connection, article, rows, row.version, said, reviewer, at, changed))
        changed.settle(connection)
        return made

    return give_way(on, write)


def _made_together(connection: Connection, decision: int) -> Sequence[Row[Any]]:
    table = ReviewDecision.__table__
    first = connection.execute(select(table).where(table.c.id == decision, table.c.action != "undo")).one_or_none()
    if first is None:
        raise NoSuchArticle(f"there is no decision {decision}")
    return connection.execute(select(table).where(*_with(first)).order_by(table.c.id)).all()


def _with(row: Row[Any]) -> list[ColumnElement[bool]]:
    """What the rows of one request share: it gives all of them one instant, to the microsecond."""
    table = ReviewDecision.__table__
    return [table.c.reviewer == row.reviewer, table.c.decided_at == row.decided_at, table.c.action == row.action]


def count_with(connection: Connection, row: Row[Any]) -> int:
    """How many articles were decided together with that of `row`, itself included."""
    return connection.execute(select(func.count()).select_from(ReviewDecision).where(*_with(row))).scalar_one()


def lock(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The articles, held until the end of the transaction; in the order of their ids, as every writer does."""
    rows: Iterable[Row[Any]] = connection.execute(
        select(Article.__table__).where(Article.id.in_(ids)).order_by(Article.id).with_for_update()
    )
    found: dict[int, Row[Any]] = {row.id: row for row in rows}
    for wanted in ids:
        if wanted not in found:
            raise NoSuchArticle(f"there is no article {wanted}")
    return found


def history_of(connection: Connection, articles: Iterable[int]) -> dict[int, list[Any]]:
    """Every decision on each article, oldest first."""
    wanted = list(articles)
    found: dict[int, list[Any]] = {article: [] for article in wanted}
    table = ReviewDecision.__table__
    for row in connection.execute(select(table).where(table.c.article_id.in_(wanted)).order_by(table.c.id)):
        found[row.article_id].append(row)
    return found


def current(articles: Mapping[int, Row[Any]], history: Mapping[int, list[Any]], article: int) -> Seen:
    """What a reviewer who looks now would have seen."""
    last = max((row.id for row in history[article] if row.action not in SILENT), default=0)
    return Seen(article, articles[article].latest_version, last)


def append(
    connection: Connection, article: Row[Any], history: list[Any], version: int, said: Said, reviewer: str,
    at: datetime, affected: Changed,
) -> int:  # fmt: skip
    """Write one row and let it take effect; its id. The article must be locked. `affected` is told what it means for
    events: settle it after the last row."""
    undone = next((row for row in history if row.id == said.undoes), None)
    aspect = ASPECTS[undone.action if undone is not None else said.action]
    touched = sorted({version, article.latest_version}) if not said.is_silent else []
    numbers = iter(take_change_numbers(connection, 1 + len(touched)))
    before = state(history, aspect) if said.before is None else said.before
    after = said.after
    verdict = None
    if aspect == "verdict":
        before = standing(history, article.latest_version).as_json()
        verdict = _after(history, article, version, said, reviewer, at)
        after = verdict.as_json()
    sha256 = connection.execute(
        select(ArticleVersion.content_sha256).where(
            ArticleVersion.article_id == article.id, ArticleVersion.version == version
        )
    ).scalar_one()
    made: int = connection.execute(
        insert(ReviewDecision)
        .values(
            article_id=article.id, version=version, content_sha256=sha256, action=said.action, reason=said.reason,
            note=said.note, reviewer=reviewer, decided_at=at, undoes=said.undoes, before=dict(before),
            after=dict(after), change_seq=next(numbers),
        )
        .returning(ReviewDecision.id)
    ).scalar_one()  # fmt: skip
    EFFECTS[aspect](Told(connection, article, verdict or after, reviewer, at, made, said.reason, said.undoes))
    for number, changed in zip(numbers, touched, strict=True):
        connection.execute(
            update(ArticleVersion)
            .where(ArticleVersion.article_id == article.id, ArticleVersion.version == changed)
            .values(change_seq=number)
        )
    if aspect == "verdict":
        affected.status.add(article.story_id)
    elif aspect == "edit":
        affected.said.add(article.story_id)
    elif aspect == "story":
        affected.said.update((article.story_id, after["story"]))
    return made


@dataclass(frozen=True, slots=True)
class _Coming:
    """The row that is about to be written, for `standing`; its id is not known yet but is the highest."""

    id: float
    action: str
    undoes: int | None
    version: int
    reviewer: str
    decided_at: datetime


def _after(history: list[Any], article: Row[Any], version: int, said: Said, reviewer: str, at: datetime) -> Standing:
    coming = _Coming(float("inf"), said.action, said.undoes, version, reviewer, at)
    after = standing([*history, coming], article.latest_version)
    if after.decision == coming.id:  # its own id is in its own row already
        after = Standing(after.status, after.version, after.by, after.at, None)
    return after


def last_of(connection: Connection, reviewer: str) -> Row[Any] | None:
    """The reviewer's latest decision that can still be taken back: what the undo key means."""
    later = ReviewDecision.__table__.alias("later")
    table = ReviewDecision.__table__
    undone = select(later.c.id).where(later.c.undoes == table.c.id).exists()
    return connection.execute(
        select(table)
        .where(table.c.reviewer == reviewer, table.c.action != "undo", ~undone)
        .order_by(table.c.decided_at.desc(), table.c.id)
        .limit(1)
    ).one_or_none()
