"""What a decision changes beside its own row: the columns of the article that follow from all its decisions."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, update

from models.article import Article
from models.corrections import obey


def _verdict(connection: Connection, article: Row[Any], after: Any) -> None:
    _set(
        connection, article, review_status=after.status, reviewed_version=after.version, reviewed_by=after.by,
        reviewed_at=after.at,
    )  # fmt: skip


def _edit(connection: Connection, article: Row[Any], after: Mapping[str, Any]) -> None:
    _set(connection, article, corrections=dict(after))
    obey(connection, article.id, article.latest_version, dict(after))


def _assign(connection: Connection, article: Row[Any], after: Mapping[str, Any]) -> None:
    _set(connection, article, assigned_to=after.get("to"))


def _flag(connection: Connection, article: Row[Any], after: Mapping[str, Any]) -> None:
    _set(connection, article, flagged=bool(after.get("flagged")))


def _nothing(_connection: Connection, _article: Row[Any], _after: Mapping[str, Any]) -> None:
    """A note stands in its own row."""


def _set(connection: Connection, article: Row[Any], **values: Any) -> None:
    connection.execute(update(Article).where(Article.id == article.id).values(**values))


EFFECTS: Final[Mapping[str, Callable[[Connection, Row[Any], Any], None]]] = {
    "verdict": _verdict, "edit": _edit, "assign": _assign, "flag": _flag, "note": _nothing,
}  # fmt: skip
"""One for each aspect: (connection, the locked article, what the decision left on the aspect)."""
