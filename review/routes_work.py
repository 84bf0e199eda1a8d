"""The requests that work on items without deciding them: a note, an assignment, a flag, a correction by hand. Each is a
row of the decisions like any other, and can be taken back."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Row, select

from models.article import Article, ArticleTag
from review.cards import rows_of
from review.decisions import BadDecision, Conflict, NoSuchArticle, Said, say
from review.desk import AtDesk, Desk
from review.edits import apply, parse
from review.offers import offers
from review.roles import Role, current_user, needs
from review.routes_decide import changed, queue_of, seen_of, there
from review.routes_read import number

router = APIRouter()

MAX_NOTE: Final = 2000
"""Characters of a note."""
_NAME: Final = re.compile(r"[\w.@-][\w .@-]{0,38}[\w.@-]|[\w.@-]")


@router.post("/work")
@needs(Role.REVIEWER)
def work(
    request: Request,
    desk: AtDesk,
    item: Annotated[list[str] | None, Form()] = None,
    action: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
    focus: Annotated[str, Form()] = "",
    stay: Annotated[str, Form()] = "",
) -> Response:
    """Note, assign, flag or unflag what the form names."""
    note, to = note.replace("\r\n", "\n").strip(), to.strip()
    said = {
        "note": Said("note", {}, note=note), "assign": Said("assign", {"to": to or None}),
        "flag": Said("flag", {"flagged": True}, note=note or None), "unflag": Said("unflag", {"flagged": False}),
    }.get(action)  # fmt: skip
    if said is None:
        raise HTTPException(400, "The form must say note, assign, flag or unflag.")
    if len(note) > MAX_NOTE or "\x00" in note or (action == "note" and not note):
        raise HTTPException(400, f"A note has from one to {MAX_NOTE} characters.")
    if to and not _NAME.fullmatch(to):
        raise HTTPException(400, "That is no name of a reviewer.")
    return _done(request, desk, item or [], lambda _article: said, back, focus, stay, whatever_came=action == "note")


async def fields_of(request: Request) -> dict[str, list[str]]:
    """Every field of a form with all its values."""
    form = await request.form(max_files=0, max_fields=500)
    return {name: [str(value) for value in form.getlist(name)] for name in form}


@router.post("/articles/{article_id}/edit")
@needs(Role.REVIEWER)
def edit(
    request: Request, desk: AtDesk, article_id: str, fields: Annotated[dict[str, list[str]], Depends(fields_of)]
) -> Response:
    """Correct tags and facts of one article; the corrections hold for its later versions too."""
    wanted = number(article_id)
    with desk.reading() as connection:
        found = rows_of(connection, Article.id == wanted)
        if not found:
            raise HTTPException(404, "There is no such article.")
        mine = (ArticleTag.article_id == wanted, ArticleTag.version == found[0].latest_version)
        tags = connection.execute(select(ArticleTag.__table__).where(*mine)).all()
        offered = offers(connection)
    first = {name: values[0] for name, values in fields.items() if values}
    try:
        items = fields.get("item", [])
        if {seen.article_id for seen in seen_of(items)} != {wanted}:
            raise BadDecision("The form is of another article.")
        said = parse(fields, offered)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error

    def corrections(article: Row[Any]) -> Said:
        return Said("edit", apply(said, article.corrections, found[0].facts, tags))

    return _done(
        request, desk, items, corrections, first.get("back", ""), first.get("focus", ""), first.get("stay", "")
    )


def _done(
    request: Request, desk: Desk, items: list[str], what: Callable[[Row[Any]], Said], back: str, focus: str, stay: str,
    *, whatever_came: bool = False,
) -> Response:  # fmt: skip
    """Write it and lead back; 409 with what changed when a colleague was faster."""
    wanted, after = queue_of(back), there(back, focus, stay)
    try:
        say(
            desk.engine, seen_of(items), what, current_user(request).name, desk.now(), whatever_came=whatever_came
        )  # fmt: skip
    except NoSuchArticle as error:
        raise HTTPException(404, "There is no such article.") from error
    except Conflict as conflict:
        return changed(request, desk, conflict, wanted)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error
    return RedirectResponse(after, status_code=303)
