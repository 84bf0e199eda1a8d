"""Appends decisions and keeps the article's review columns in step with them, all in one transaction (I3).

A decision names the version and the last decision that its reviewer saw. When either has moved on, nothing is written
and the reviewer sees what changed.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from models.article import Article, ArticleVersion
from models.change import take_change_numbers
from models.review import ReviewDecision
from models.session import DatabaseError, writing
from review.labels import REASONS
from review.seen import Seen

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
class Standing:
    """Where an article stands after all its decisions."""

    status: str
    """new, accepted, rejected or changed."""
    version: int | None
    by: str | None
    at: datetime | None
    decision: int | None

    def as_json(self) -> dict[str, Any]:
        """For the before and after columns."""
        at = self.at.isoformat() if self.at else None
        return {"status": self.status, "version": self.version, "by": self.by, "at": at, "decision": self.decision}


def standing(decisions: Iterable[Any], latest_version: int) -> Standing:
    """The latest decision that was not taken back counts; for an earlier version it counts as changed."""
    rows = sorted(decisions, key=lambda row: row.id)
    undone = {row.undoes for row in rows if row.action == "undo"}
    valid = [row for row in rows if row.action != "undo" and row.id not in undone]
    if not valid:
        return Standing("new", None, None, None, None)
    last = valid[-1]
    status = {"accept": "accepted", "reject": "rejected"}[last.action] if last.version == latest_version else "changed"
    return Standing(status, last.version, last.reviewer, last.decided_at, last.id)


def decide(
    on: Engine, seen: Sequence[Seen], action: Action, reason: str | None, reviewer: str, at: datetime
) -> list[int]:
    """Accept or reject every article in `seen`, or none; the ids of the new decisions, that of the first article
    first. Raises BadDecision, NoSuchArticle or Conflict."""
    if not seen or len({item.article_id for item in seen}) != len(seen):
        raise BadDecision("A decision names at least one article, and none twice.")
    if len(seen) > AT_ONCE:
        raise BadDecision(f"One decision covers at most {AT_ONCE} articles.")
    if (action == "reject") != (reason in REASONS) or (action == "accept" and reason):
        raise BadDecision(f"A rejection gives one reason ({', '.join(REASONS)}), an acceptance none.")

    def write(connection: Connection) -> list[int]:
        articles = _lock(connection, [item.article_id for item in seen])
        history = _history(connection, articles)
        stale = [item for item in seen if _current(articles, history, item.article_id) != item]
        if stale:
            raise Conflict(stale)
        made = []
        for item in seen:
            row = {"action": action, "reason": reason, "reviewer": reviewer, "decided_at": at, "undoes": None}
            made.append(_append(connection, articles[item.article_id], history[item.article_id], item.version, row))
        return made

    return _write(on, write)


def undo(on: Engine, decision: int, reviewer: str, at: datetime) -> list[int]:
    """Take back the decision and those that the same request made with it; the ids of the new rows. Raises
    NoSuchArticle, or Conflict when one of them is no longer the last word on its article."""

    def write(connection: Connection) -> list[int]:
        together = _made_together(connection, decision)
        articles = _lock(connection, [row.article_id for row in together])
        history = _history(connection, articles)
        stale = [
            Seen(row.article_id, row.version, row.id)
            for row in together
            if max(known.id for known in history[row.article_id]) != row.id
        ]
        if stale:
            raise Conflict(stale)
        made = []
        for row in together:
            values = {"action": "undo", "reason": None, "reviewer": reviewer, "decided_at": at, "undoes": row.id}
            made.append(_append(connection, articles[row.article_id], history[row.article_id], row.version, values))
        return made

    return _write(on, write)


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


def _lock(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The articles, held until the end of the transaction; in the order of their ids, as every writer does."""
    rows: Iterable[Row[Any]] = connection.execute(
        select(Article.id, Article.latest_version).where(Article.id.in_(ids)).order_by(Article.id).with_for_update()
    )
    found: dict[int, Row[Any]] = {row.id: row for row in rows}
    for wanted in ids:
        if wanted not in found:
            raise NoSuchArticle(f"there is no article {wanted}")
    return found


def _history(connection: Connection, articles: Iterable[int]) -> dict[int, list[Any]]:
    wanted = list(articles)
    found: dict[int, list[Any]] = {article: [] for article in wanted}
    table = ReviewDecision.__table__
    for row in connection.execute(select(table).where(table.c.article_id.in_(wanted)).order_by(table.c.id)):
        found[row.article_id].append(row)
    return found


def _current(articles: dict[int, Row[Any]], history: dict[int, list[Any]], article: int) -> Seen:
    last = history[article][-1].id if history[article] else 0
    return Seen(article, articles[article].latest_version, last)


def _append(connection: Connection, article: Row[Any], history: list[Any], version: int, values: dict[str, Any]) -> int:
    before = standing(history, article.latest_version)
    touched = sorted({version, article.latest_version})
    numbers = iter(take_change_numbers(connection, 1 + len(touched)))
    sha256 = connection.execute(
        select(ArticleVersion.content_sha256).where(
            ArticleVersion.article_id == article.id, ArticleVersion.version == version
        )
    ).scalar_one()
    after = _after(history, article, version, values)
    made: int = connection.execute(
        insert(ReviewDecision)
        .values(
            article_id=article.id,
            version=version,
            content_sha256=sha256,
            before=before.as_json(),
            after=after.as_json(),
            change_seq=next(numbers),
            **values,
        )
        .returning(ReviewDecision.id)
    ).scalar_one()
    connection.execute(
        update(Article)
        .where(Article.id == article.id)
        .values(review_status=after.status, reviewed_version=after.version, reviewed_by=after.by, reviewed_at=after.at)
    )
    for number, changed in zip(numbers, touched, strict=True):
        connection.execute(
            update(ArticleVersion)
            .where(ArticleVersion.article_id == article.id, ArticleVersion.version == changed)
            .values(change_seq=number)
        )
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


def _after(history: list[Any], article: Row[Any], version: int, values: dict[str, Any]) -> Standing:
    coming = _Coming(
        float("inf"), values["action"], values["undoes"], version, values["reviewer"], values["decided_at"]
    )
    after = standing([*history, coming], article.latest_version)
    if after.decision == coming.id:  # its own id is in its own row already
        after = Standing(after.status, after.version, after.by, after.at, None)
    return after


_GIVE_WAY: Final = {"40P01", "40001", "55P03"}
"""PostgreSQL's deadlock, serialization failure and lock time-out."""


def _write(on: Engine, work: Callable[[Connection], Made], tries: int = 6) -> Made:
    """Run `work` in a transaction. On PostgreSQL a batch of the pipeline may hold the change counter and want an
    article that we hold: we give way before its deadlock check (after 1 s) would end the batch, and try again."""
    for attempt in range(tries):
        try:
            with writing(on) as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SET LOCAL lock_timeout = '600ms'"))
                return work(connection)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _GIVE_WAY:
                raise
            time.sleep(0.05 * (attempt + 1))
    raise DatabaseError("the database is busy with a run: nothing was decided, try again in a moment")


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
