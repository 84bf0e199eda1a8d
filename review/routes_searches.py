"""The requests that keep, rename and delete a reader's own searches: forms of the queue, which answer with it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from models.session import writing
from review.desk import AtDesk, Desk
from review.filters import BadFilter, Filter, parameters
from review.roles import Role, current_user, needs
from review.saved import BadSearch, begin_with, forget, keep, rename

router = APIRouter()


@router.post("/searches")
@needs(Role.READER)
def save(
    request: Request,
    desk: AtDesk,
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
    default: Annotated[str, Form()] = "",
) -> Response:
    """Keep what the queue shows under a name; `default`: and begin with it."""
    reviewer = current_user(request).name
    at = desk.now()
    return _done(desk, query, lambda connection: keep(connection, reviewer, name, query, at, default=bool(default)))


@router.post("/searches/{search_id}")
@needs(Role.READER)
def change(
    request: Request,
    desk: AtDesk,
    search_id: str,
    action: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
) -> Response:
    """Rename or delete a search of one's own, or begin with it; 0 is the one that everybody begins with."""
    reviewer = current_user(request).name
    number = int(search_id) if search_id.isascii() and search_id.isdigit() and len(search_id) < 19 else -1
    actions: dict[str, Callable[[Connection], None]] = {
        "rename": lambda connection: rename(connection, reviewer, number, name),
        "delete": lambda connection: forget(connection, reviewer, number),
        "default": lambda connection: begin_with(connection, reviewer, number),
    }
    if action not in actions:
        raise HTTPException(400, "The form must say rename, delete or default.")
    return _done(desk, query, actions[action])


def _done(desk: Desk, query: str, work: Callable[[Connection], None]) -> Response:
    """Back to the queue that the form was on, once the work is done."""
    try:
        there = Filter.parse(parameters(query)).url()
        with writing(desk.engine) as connection:
            work(connection)
    except (BadSearch, BadFilter) as error:
        raise HTTPException(400, str(error)) from error
    except LookupError as error:
        raise HTTPException(404, "You have no such search.") from error
    return RedirectResponse(there, status_code=303)
