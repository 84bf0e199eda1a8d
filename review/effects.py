"""What a decision changes beside its own row: the columns of the article that follow from all its decisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, update

from models.article import Article, Story
from models.corrections import obey
from models.story_ruling import add_rulings, place
from models.upsert import insert_or
from review import tickets
from review.labels import EXTRACTION_BROKEN


@dataclass(frozen=True, slots=True)
class Told:
    """What takes effect: the locked article, what the decision left on its aspect, and the decision itself."""

    connection: Connection
    article: Row[Any]
    after: Any
    by: str
    at: datetime
    decision: int
    reason: str | None
    undoes: int | None

    def set(self, **values: Any) -> None:
        """Write columns of the article."""
        self.connection.execute(update(Article).where(Article.id == self.article.id).values(**values))


def _verdict(told: Told) -> None:
    after = told.after
    told.set(
        review_status=after.status, reviewed_version=after.version, reviewed_by=after.by, reviewed_at=after.at
    )  # fmt: skip
    if told.reason == EXTRACTION_BROKEN:
        tickets.open_for(told.connection, told.article, told.decision, told.by, told.at)
    elif told.undoes is not None:
        tickets.take_back(told.connection, told.undoes, told.by, told.at)


def _edit(told: Told) -> None:
    told.set(corrections=dict(told.after))
    obey(told.connection, told.article.id, told.article.latest_version, dict(told.after))


def _assign(told: Told) -> None:
    told.set(assigned_to=told.after.get("to"))


def _flag(told: Told) -> None:
    told.set(flagged=bool(told.after.get("flagged")))


def _note(_told: Told) -> None:
    """A note stands in its own row."""


def _story(told: Told) -> None:
    """At once, and with the rulings that make later runs keep it so."""
    story = told.after["story"]
    new = insert_or(told.connection, Story).values(id=story, created_at=told.at).on_conflict_do_nothing()
    told.connection.execute(new)
    told.set(story_id=story)
    place(told.connection, [told.article.id], story)
    for one, other, ruling in told.after["rulings"]:
        add_rulings(told.connection, [(one, other)], ruling, told.by, told.at)


EFFECTS: Final[Mapping[str, Callable[[Told], None]]] = {
    "verdict": _verdict, "edit": _edit, "assign": _assign, "flag": _flag, "note": _note, "story": _story,
}  # fmt: skip
"""One for each aspect."""
