"""The JSON API for programs: the change feed and single things. The rows are those of the v1 views."""

import re
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy import select

from models.coverage import BadDay, parse_day
from models.day import day_of
from review import feed
from review.desk import AtDesk
from review.roles import Role, needs
from review.routes_read import number

router = APIRouter(prefix="/api/v1")

_WHOLE: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


@router.get("/changes")
@needs(Role.READER, api=True)
def changes(request: Request, desk: AtDesk) -> JSONResponse:
    """?after=SEQ&limit=N&views=v1_articles,v1_article_tags: what changed since, oldest change first."""
    asked = request.query_params
    after = _whole(asked.get("after", "0"), "after")
    limit = _whole(asked.get("limit", str(feed.USUAL)), "limit")
    if not 1 <= limit <= feed.MOST:
        raise HTTPException(400, f"limit is 1 to {feed.MOST}.")
    views = tuple(dict.fromkeys(asked["views"].split(","))) if "views" in asked else feed.ROW_NUMBERED
    if unknown := [view for view in views if view not in feed.ROW_NUMBERED]:
        raise HTTPException(400, f"views are {', '.join(feed.ROW_NUMBERED)}: {unknown[0][:40]!r} is none of them.")
    with desk.reading() as connection:
        return JSONResponse(feed.changes(connection, after, limit, views).as_json())


@router.get("/articles/{article_id}")
@needs(Role.READER, api=True)
def article(desk: AtDesk, article_id: str) -> JSONResponse:
    """An article: its versions, the latest first, and all their tags."""
    wanted = number(article_id)
    with desk.reading() as connection:
        of, tags = feed.clause(connection, "v1_articles"), feed.clause(connection, "v1_article_tags")
        query = select(of).where(of.c.article_id == wanted).order_by(of.c.version.desc())
        versions = feed.rows(connection, query)
        if not versions:
            raise HTTPException(404, "There is no such article.")
        tagged = feed.rows(connection, select(tags).where(tags.c.article_id == wanted).order_by(tags.c.tag_id))
    return JSONResponse({"article_id": wanted, "versions": versions, "tags": tagged})


@router.get("/stories/{story_id}")
@needs(Role.READER, api=True)
def story(desk: AtDesk, story_id: str) -> JSONResponse:
    """A story: its event, if it has one, and its articles at their latest versions, the first seen first; at most
    1000."""
    wanted = number(story_id, "story")
    with desk.reading() as connection:
        of = feed.clause(connection, "v1_articles")
        query = select(of).where(of.c.cluster_id == wanted, of.c.is_latest).order_by(of.c.article_id).limit(feed.MOST)
        found = feed.rows(connection, query)
        if not found:
            raise HTTPException(404, "There is no such story.")
        events = feed.clause(connection, "v1_events")
        event = feed.rows(connection, select(events).where(events.c.event_id == wanted, ~events.c.is_deleted))
    return JSONResponse({"story_id": wanted, "event": event[0] if event else None, "articles": found})


@router.get("/outlets/{outlet}/drops")
@needs(Role.READER, api=True)
def drops(request: Request, desk: AtDesk, outlet: str) -> JSONResponse:
    """?day=YYYY-MM-DD: every address of an outlet's day that went no further. Read it anew when the day's row of
    v1_outlet_health comes with the feed."""
    day = _day(request.query_params.get("day", ""), day_of(desk.now()))
    with desk.reading() as connection:
        of = feed.clause(connection, "v1_coverage_drops")
        own: Any = day.isoformat() if connection.dialect.name == "sqlite" else day
        query = select(of).where(of.c.outlet_id == outlet, of.c.day == own).order_by(of.c.discovery_id)
        found = feed.rows(connection, query)
    return JSONResponse({"outlet_id": outlet, "day": day.isoformat(), "drops": found})


@router.get("/places")
@needs(Role.READER, api=True)
def places(desk: AtDesk) -> JSONResponse:
    """All provinces with their codes."""
    with desk.reading() as connection:
        of = feed.clause(connection, "v1_places")
        return JSONResponse({"places": feed.rows(connection, select(of).order_by(of.c.iso))})


def _whole(raw: str, name: str) -> int:
    if not _WHOLE.fullmatch(raw):
        raise HTTPException(400, f"{name} is a whole number.")
    return int(raw)


def _day(raw: str, today: date) -> date:
    try:
        return parse_day(raw, today)
    except BadDay as error:
        raise HTTPException(400, f"{error}.") from error
