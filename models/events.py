"""Brings the event of a story in line with its reports. Whoever changes a report, or the story that it belongs to,
calls this in the same transaction, after it took change numbers: so two writers never reckon from each other's past."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, and_, insert, select, update

from models.article import Article, ArticleTag, ArticleVersion, Story
from models.change import take_change_numbers
from models.event import Event
from models.event_reckoning import Report, reckon, status_of
from models.place import Place
from models.session import reading, writing

_AT_ONCE: Final = 200
_SCHEMES: Final = ("iso3166-1", "iso3166-2", "pcode", "geonames", "khabar", "actor")


def refresh(connection: Connection, stories: Iterable[int | None]) -> int:
    """Reckon the events of these stories anew and write those that say something else; how many that were. A story
    without an event has no row, or one marked deleted."""
    wanted = sorted({story for story in stories if story is not None})
    changed = 0
    for start in range(0, len(wanted), _AT_ONCE):
        changed += _refresh(connection, wanted[start : start + _AT_ONCE])
    return changed


def restate(connection: Connection, story: int | None) -> None:
    """Only the review status of a story's event, after a verdict."""
    row = connection.execute(select(Event).where(Event.story_id == story, Event.is_deleted.is_(False))).one_or_none()
    if row is None:
        return
    statuses = connection.execute(select(Article.review_status).where(Article.story_id == story)).scalars()
    if (status := status_of(statuses)) != row.review_status:
        _write(connection, {row.story_id: {"review_status": status}}, set())


def fill(on: Engine) -> int:
    """The events of a database that has stories and no event yet (it is older than events); how many. In one
    transaction: half of them would look like all."""
    with reading(on) as connection:
        if connection.execute(select(Event.story_id).limit(1)).scalar() is not None:
            return 0
    with writing(on) as connection:
        return refresh(connection, connection.execute(select(Story.id)).scalars())


def _refresh(connection: Connection, stories: list[int]) -> int:
    reports = _reports(connection, stories)
    pcodes = {row.iso: (row.pcode, row.pcode_version) for row in connection.execute(select(Place.__table__))}
    known = {
        row.story_id: row._asdict()
        for row in connection.execute(select(Event.__table__).where(Event.story_id.in_(stories)))
    }
    wanted: dict[int, dict[str, Any]] = {}
    for story in stories:
        event = reckon(reports.get(story, ()), pcodes)
        old = known.get(story)
        if event is None:
            if old is not None and not old["is_deleted"]:
                wanted[story] = {"is_deleted": True}
            continue
        event["is_deleted"] = False
        if old is None or any(old[name] != value for name, value in event.items()):
            wanted[story] = event
    _write(connection, wanted, set(wanted) - set(known))
    return len(wanted)


def _write(connection: Connection, wanted: dict[int, dict[str, Any]], new: set[int]) -> None:
    if not wanted:
        return
    for story, number in zip(wanted, take_change_numbers(connection, len(wanted)), strict=True):
        values = {**wanted[story], "change_seq": number}
        if story in new:
            connection.execute(insert(Event).values(story_id=story, **values))
        else:
            connection.execute(update(Event).where(Event.story_id == story).values(**values))


def _reports(connection: Connection, stories: list[int]) -> dict[int, list[Report]]:
    latest = and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.latest_version)
    rows = connection.execute(
        select(
            Article.id, Article.story_id, Article.outlet, Article.copy_of, Article.latest_version, Article.relevance,
            Article.review_status, Article.corrections, Article.first_seen_at, ArticleVersion.facts,
            ArticleVersion.original_outlet, ArticleVersion.published_at, ArticleVersion.fetched_at,
        )
        .join(ArticleVersion, latest)
        .where(Article.story_id.in_(stories))
        .order_by(Article.id)
    ).all()  # fmt: skip
    tags = _tags(connection, [row for row in rows if row.copy_of is None])
    found: dict[int, list[Report]] = {}
    for row in rows:
        found.setdefault(row.story_id, []).append(Report(row, tuple(tags.get(row.id, ()))))
    return found


def _tags(connection: Connection, rows: list[Row[Any]]) -> dict[int, list[Row[Any]]]:
    versions = {row.id: row.latest_version for row in rows}
    found: dict[int, list[Row[Any]]] = {}
    tags: Iterable[Row[Any]] = connection.execute(
        select(
            ArticleTag.article_id, ArticleTag.version, ArticleTag.scheme, ArticleTag.code, ArticleTag.label,
            ArticleTag.role, ArticleTag.precision, ArticleTag.main, ArticleTag.organisation_code,
        )
        .where(
            ArticleTag.article_id.in_(versions), ArticleTag.is_deleted.is_(False), ArticleTag.scheme.in_(_SCHEMES)
        )
        .order_by(ArticleTag.id)
    )  # fmt: skip
    for tag in tags:
        if tag.version == versions[tag.article_id]:
            found.setdefault(tag.article_id, []).append(tag)
    return found
