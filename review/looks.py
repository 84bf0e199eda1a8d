"""Who looks at which story just now, so that two reviewers do not take up the same one. A courtesy: it ends by itself,
and whoever decides all the same is only told what changed since."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, delete, select

from models.review import Look
from models.session import writing
from models.upsert import insert_or

HOLDS: Final = timedelta(minutes=2)
"""The page says again every minute that it is looked at."""


def look(on: Engine, story: int, reviewer: str, at: datetime) -> dict[int, list[str]]:
    """The reviewer looks at `story` and at no other; by story, who else looks at what."""
    until = at + HOLDS
    with writing(on) as connection:
        connection.execute(
            delete(Look).where((Look.until < at) | ((Look.reviewer == reviewer) & (Look.story_id != story)))
        )
        mine = insert_or(connection, Look).values(story_id=story, reviewer=reviewer, until=until)
        connection.execute(mine.on_conflict_do_update(index_elements=["story_id", "reviewer"], set_={"until": until}))
        return others(connection, reviewer, at)


def others(
    connection: Connection, reviewer: str, at: datetime, stories: Collection[int | None] | None = None
) -> dict[int, list[str]]:
    """By story, who but `reviewer` looks at it; at one of `stories`, or at any."""
    now = select(Look.story_id, Look.reviewer).where(Look.until >= at, Look.reviewer != reviewer)
    if stories is not None:
        now = now.where(Look.story_id.in_([story for story in stories if story is not None]))
    found: dict[int, list[str]] = {}
    for story, who in connection.execute(now.order_by(Look.story_id, Look.reviewer)):
        found.setdefault(story, []).append(who)
    return found
