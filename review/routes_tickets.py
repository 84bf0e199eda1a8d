"""The page of the tickets on outlets, and what a reviewer's page says of itself while it is looked at."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from review.desk import AtDesk, page
from review.looks import look
from review.roles import Role, current_user, needs
from review.routes_read import number
from review.tickets import close, closed_tickets, open_tickets

router = APIRouter()

MAX_OUTCOME: Final = 500


@router.get("/tickets", response_class=HTMLResponse)
@needs(Role.READER)
def tickets(request: Request, desk: AtDesk) -> Response:
    """Which outlets are read wrongly, by which articles that is seen, and what was done about earlier ones."""
    outlets = desk.faces()
    with desk.reading() as connection:
        found, closed = open_tickets(connection, outlets), closed_tickets(connection, outlets)
    return page("tickets.html", found=found, closed=closed, may=current_user(request).role >= Role.REVIEWER)


@router.post("/tickets/close")
@needs(Role.REVIEWER)
def close_tickets(
    request: Request,
    desk: AtDesk,
    outlet: Annotated[str, Form()] = "",
    upto: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
) -> Response:
    """Close the tickets of an outlet that the page showed."""
    outcome = outcome.strip()
    if not outcome or len(outcome) > MAX_OUTCOME or "\x00" in outcome:
        raise HTTPException(400, f"Say in at most {MAX_OUTCOME} characters what was done.")
    if not close(desk.engine, outlet, number(upto, "ticket"), outcome, current_user(request).name, desk.now()):
        raise HTTPException(409, "These tickets are closed already.")
    return RedirectResponse("/tickets", status_code=303)


@router.post("/looking")
@needs(Role.REVIEWER)
def looking(request: Request, desk: AtDesk, story: Annotated[str, Form()] = "") -> JSONResponse:
    """The page of a reviewer says which story is looked at; the answer is who looks at which other."""
    found = look(desk.engine, number(story, "story"), current_user(request).name, desk.now())
    return JSONResponse({str(one): names for one, names in found.items()})
