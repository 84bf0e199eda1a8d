"""The page of a story: its reports beside each other."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from review.desk import AtDesk, page
from review.offers import people
from review.queue import next_lead
from review.roles import Role, current_user, needs
from review.routes_read import filter_of, last_decision, number
from review.story import load_story, open_at

router = APIRouter()


@router.get("/story/{story_id}", response_class=HTMLResponse)
@needs(Role.READER)
def story(request: Request, desk: AtDesk, story_id: str) -> Response:
    """All reports of one event, with what they say alike and what not."""
    wanted = filter_of(request.query_params)
    copy = request.query_params.get("copy", "")
    outlets = desk.faces()
    with desk.reading() as connection:
        found = load_story(connection, number(story_id, "story"), outlets, number(copy) if copy else None)
        if found is None:
            raise HTTPException(404, "There is no such story (any more): its articles belong to others.")
        following = next_lead(connection, wanted, found.lead.place)
        following_at = open_at(connection, wanted, following)
        last = last_decision(connection, request)
        names = people(connection, current_user(request).name)
    return page(
        "story.html", found=found, card=found.lead, wanted=wanted, following=following, following_at=following_at,
        last=last, people=names,
    )  # fmt: skip
