"""The pages of a story: its reports beside each other, what it may be merged with, and what may be taken out of it."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection, select

from models.article import Article
from review.cards import load_cards
from review.decisions import Conflict, NoSuchArticle
from review.desk import AtDesk, Desk, page
from review.filters import Filter
from review.looks import others
from review.members import MEMBERS
from review.offers import people
from review.queue import next_lead
from review.roles import Role, current_user, needs
from review.routes_decide import changed, queue_of, seen_of, there
from review.routes_read import filter_of, last_decision, number, understood
from review.story import StoryPage, load_story, open_at
from review.story_candidates import candidates
from review.story_moves import merge, split

router = APIRouter()


@router.get("/story/{story_id}", response_class=HTMLResponse)
@needs(Role.READER)
def story(request: Request, desk: AtDesk, story_id: str) -> Response:
    """All reports of one event, with what they say alike and what not."""
    wanted = filter_of(request.query_params)
    copy = request.query_params.get("copy", "")
    with desk.reading() as connection:
        found = _found(desk, connection, wanted, story_id, number(copy) if copy else None)
        if isinstance(found, Response):
            return found
        following = next_lead(connection, understood(connection, request, desk, wanted), found.lead.place)
        following_at = open_at(connection, wanted, following)
        last = last_decision(connection, request)
        me = current_user(request).name
        names = people(connection, me)
        looking = others(connection, me, desk.now(), [found.story_id])
    return page(
        "story.html", found=found, card=found.lead, wanted=wanted, following=following, following_at=following_at,
        last=last, people=names, looking=looking,
    )  # fmt: skip


@router.get("/story/{story_id}/merge", response_class=HTMLResponse)
@needs(Role.REVIEWER)
def merge_with(request: Request, desk: AtDesk, story_id: str) -> Response:
    """The stories near in time and place, and any whose number is typed (`with`: of a story or an article)."""
    wanted = filter_of(request.query_params)
    typed = request.query_params.get("with", "").strip()
    with desk.reading() as connection:
        found = _found(desk, connection, wanted, story_id)
        if isinstance(found, Response):
            return found
        if typed:
            leads = [one for one in (_lead_of(connection, number(typed, "story")),) if one is not None]
        else:
            leads = candidates(connection, found.story_id)
        cards = [card for card in load_cards(connection, leads, desk.faces()) if card.story != found.story_id]
    return page(
        "merge.html",
        found=found,
        cards=cards,
        typed=typed,
        wanted=wanted,
        most=MEMBERS,
        carried=parse_qsl(wanted.query()),
    )


@router.get("/story/{story_id}/split", response_class=HTMLResponse)
@needs(Role.REVIEWER)
def split_off(request: Request, desk: AtDesk, story_id: str) -> Response:
    """The articles of a story, to choose those that tell of something else."""
    wanted = filter_of(request.query_params)
    with desk.reading() as connection:
        found = _found(desk, connection, wanted, story_id)
    return found if isinstance(found, Response) else page("split.html", found=found, wanted=wanted)


@router.post("/story/{story_id}/merge")
@needs(Role.REVIEWER)
def do_merge(
    request: Request,
    desk: AtDesk,
    story_id: str,
    other: Annotated[str, Form()] = "",
    item: Annotated[list[str] | None, Form()] = None,
    back: Annotated[str, Form()] = "",
) -> Response:
    """Bring all articles of the story `other` into this one."""
    mine, theirs = number(story_id, "story"), number(other, "story")
    return _moved(request, desk, mine, back, lambda name: merge(
        desk.engine, mine, theirs, seen_of(item or []), name, desk.now()
    ))  # fmt: skip


@router.post("/story/{story_id}/split")
@needs(Role.REVIEWER)
def do_split(
    request: Request,
    desk: AtDesk,
    story_id: str,
    item: Annotated[list[str] | None, Form()] = None,
    back: Annotated[str, Form()] = "",
) -> Response:
    """Take the chosen articles, with the copies of their texts, out of this story."""
    mine = number(story_id, "story")
    return _moved(request, desk, mine, back, lambda name: split(
        desk.engine, mine, seen_of(item or []), name, desk.now()
    ))  # fmt: skip


def _found(
    desk: Desk, connection: Connection, wanted: Filter, story_id: str, copy: int | None = None
) -> StoryPage | Response:
    """The story, or the way to where its first article is by now: runs and reviewers move articles."""
    wanted_id = number(story_id, "story")
    found = load_story(connection, wanted_id, desk.faces(), copy)
    if found is not None:
        return found
    now = connection.execute(select(Article.story_id).where(Article.id == wanted_id)).scalar()
    if now is None or now == wanted_id:
        raise HTTPException(404, "There is no such story.")
    return RedirectResponse(wanted.story(now), status_code=303)


def _lead_of(connection: Connection, wanted: int) -> int | None:
    """An article by which the story with this number, or the story of the article with this number, can be shown."""
    story = connection.execute(select(Article.story_id).where(Article.id == wanted)).scalar() or wanted
    own = select(Article.id).where(Article.story_id == story).order_by(Article.copy_of.is_not(None), Article.id)
    return connection.execute(own.limit(1)).scalar()


def _moved(request: Request, desk: Desk, story: int, back: str, move: Callable[[str], Any]) -> Response:
    wanted, after = queue_of(back), there(back, "", f"s{story}")
    try:
        move(current_user(request).name)
    except NoSuchArticle as error:
        raise HTTPException(404, "There is no such story (any more).") from error
    except Conflict as conflict:
        return changed(request, desk, conflict, wanted)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error
    return RedirectResponse(after, status_code=303)
