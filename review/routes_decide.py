"""The requests that decide. Each is a form of our own pages; each answers with the queue at the next card, or with what
changed since the reviewer looked."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review.article import load_article
from review.decisions import BadDecision, Conflict, NoSuchArticle, decide, undo
from review.desk import AtDesk, Desk, page
from review.filters import Filter
from review.roles import Role, current_user, needs
from review.routes_read import filter_of, number
from review.seen import Seen

router = APIRouter()


@router.post("/decisions")
@needs(Role.REVIEWER)
def make_decision(
    request: Request,
    desk: AtDesk,
    item: Annotated[list[str] | None, Form()] = None,
    action: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
    focus: Annotated[str, Form()] = "",
    stay: Annotated[str, Form()] = "",
) -> Response:
    """Accept or reject what the form names. `back` is the query of the queue to return to, `focus` the card there;
    with `stay` the reviewer stays at that article."""
    wanted, after = queue_of(back), there(back, focus, stay)
    if reason:  # a reason's own button carries only the reason
        action = "reject"
    if action not in ("accept", "reject"):
        raise HTTPException(400, "The form must say accept or reject.")
    try:
        decide(
            desk.engine, seen_of(item or []), "accept" if action == "accept" else "reject", reason or None,
            current_user(request).name, desk.now(),
        )  # fmt: skip
    except NoSuchArticle as error:
        raise HTTPException(404, "There is no such article.") from error
    except Conflict as conflict:
        return changed(request, desk, conflict, wanted)
    except (BadDecision, ValueError) as error:
        raise HTTPException(400, str(error)) from error
    return RedirectResponse(after, status_code=303)


@router.post("/decisions/{decision_id}/undo")
@needs(Role.REVIEWER)
def take_back(
    request: Request,
    desk: AtDesk,
    decision_id: str,
    back: Annotated[str, Form()] = "",
    focus: Annotated[str, Form()] = "",
    stay: Annotated[str, Form()] = "",
) -> Response:
    """Take back a decision and those made with it."""
    wanted, after = queue_of(back), there(back, focus, stay)
    try:
        undo(desk.engine, number(decision_id, "decision"), current_user(request).name, desk.now())
    except NoSuchArticle as error:
        raise HTTPException(404, "There is no such decision.") from error
    except Conflict as conflict:
        return changed(request, desk, conflict, wanted)
    return RedirectResponse(after, status_code=303)


def queue_of(back: str) -> Filter:
    """The form brings a query, never an address: nobody can send a reviewer elsewhere with it."""
    return filter_of(dict(_pairs(back)))


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query[:2000], max_num_fields=20)
    except ValueError as error:
        raise HTTPException(400, "The form carries more than a queue.") from error


def seen_of(items: list[str]) -> list[Seen]:
    """What the form saw: any number of items a field, separated by spaces. Raises ValueError."""
    return [Seen.parse(raw) for item in items for raw in item.split()]


def there(back: str, focus: str, stay: str = "") -> str:
    """Where the reviewer goes on: the queue at a card, or the page where the form was (`stay`: the number of an
    article, or s and that of a story). Checked before anything is decided, so that a broken form decides nothing."""
    wanted = queue_of(back)
    at = f"#card-{number(focus, 'card')}" if focus else ""
    if stay.startswith("s"):
        return wanted.story(number(stay[1:], "story")) + at
    return wanted.article(number(stay)) if stay else wanted.url(after=wanted.after) + at


def changed(request: Request, desk: Desk, conflict: Conflict, wanted: Filter) -> Response:
    """Status 409: what is new in each article since it was looked at."""
    outlets = desk.faces()
    stale: list[dict[str, Any]] = []
    with desk.reading() as connection:
        for seen in conflict.stale:
            found = load_article(connection, seen.article_id, outlets, since=seen.version)
            if found:
                decisions = [row for row in found.decisions if row.id > seen.last_decision]
                difference = found.difference if seen.version != found.card.version else None
                stale.append({"seen": seen, "card": found.card, "decisions": decisions, "difference": difference})
    return page("conflict.html", 409, stale=stale, wanted=wanted)
