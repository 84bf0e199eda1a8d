"""The pages that only read: the queue, an article, the keys, and the files that pages are made of."""

import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from models.article import Article
from models.search_query import asked
from review.article import load_article, said_in
from review.bulk import bulk_of
from review.cards import load_cards, rows_of
from review.choices import choices
from review.decisions import AT_ONCE, count_with, last_of
from review.desk import ASSETS, STATIC, AtDesk, Desk, page
from review.filters import BadFilter, Filter, languages
from review.health import TOLD, look
from review.looks import others
from review.meant import meant
from review.offers import offers, people
from review.queue import next_lead
from review.queue import page as queue_page
from review.requeued import differences
from review.roles import Role, current_user, needs
from review.saved import beginning, counted, saved
from review.shift import shift_of
from review.story import open_at
from review.tickets import open_counts
from review.times import instant

router = APIRouter()

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def number(raw: str, what: str = "article") -> int:
    """An id from an address. Anything that cannot be one does not exist."""
    if not _NUMBER.fullmatch(raw):
        raise HTTPException(404, f"There is no such {what}.")
    return int(raw)


def filter_of(parameters: Mapping[str, str]) -> Filter:
    """The filter that an address or form carries."""
    try:
        return Filter.parse(parameters)
    except BadFilter as error:
        raise HTTPException(400, str(error)) from error


def understood(connection: Connection, request: Request, desk: Desk, wanted: Filter) -> Filter:
    """The filter as it is meant by whoever sent the request."""
    now = desk.now()
    return meant(wanted, desk.faces(), now, shift_of(connection, current_user(request).name, now))


@router.get("/", response_class=HTMLResponse)
@needs(Role.READER)
def queue(request: Request, desk: AtDesk) -> Response:
    """The queue, under the health of the outlets."""
    given = filter_of(request.query_params)
    known = desk.outlets()
    outlets = desk.faces()
    now, reviewer = desk.now(), current_user(request).name
    with desk.reading() as connection:
        searches = saved(connection, reviewer)
        shift = shift_of(connection, reviewer, now)

        def mean(wanted: Filter) -> Filter:
            return meant(wanted, outlets, now, shift)

        wanted = mean(given if request.query_params else beginning(searches))
        listed = queue_page(connection, wanted)
        context: dict[str, Any] = {
            "wanted": wanted,
            "listed": listed,
            "cards": load_cards(connection, listed.leads, outlets, wanted.q),
            "choices": choices(connection),
            "searches": counted(connection, searches, shift.before, mean),
            "health": look(connection, outlets, now),
            "last": last_decision(connection, request),
            "people": people(connection, current_user(request).name),
            "since": instant(shift.before),
            "began": instant(shift.began) if shift.began < now else None,
            "searched": bool(asked(wanted.q)),
        }
        context["tickets"] = open_counts(connection)
        context["changed"] = differences(connection, context["cards"])
        context["looking"] = others(
            connection, current_user(request).name, now, [card.story for card in context["cards"]]
        )  # fmt: skip
    context["bulk"] = bulk_of(context["cards"], AT_ONCE)
    return page(
        "queue.html", outlets=sorted(outlets.values(), key=lambda face: face.title.casefold()),
        languages=languages(known), now=now, told=TOLD, **context,
    )  # fmt: skip


@router.get("/articles/{article_id}", response_class=HTMLResponse)
@needs(Role.READER)
def article(request: Request, desk: AtDesk, article_id: str) -> Response:
    """One article: its text with all evidence, its versions, its story and its decisions."""
    wanted = filter_of(request.query_params)
    version = _optional(request, "version")
    tag = _optional(request, "tag")
    return show_article(request, desk, number(article_id), wanted, version, tag)


def show_article(
    request: Request, desk: Desk, article_id: int, wanted: Filter, version: int | None, tag: int | None
) -> Response:
    """The article's page, at its latest version unless another is asked for."""
    outlets = desk.faces()
    with desk.reading() as connection:
        found = load_article(connection, article_id, outlets, version)
        if found is None:
            raise HTTPException(404, "There is no such article, or no such version of it.")
        following = next_lead(connection, understood(connection, request, desk, wanted), found.card.place)
        following_at = open_at(connection, wanted, following)
        last = last_decision(connection, request)
        offered = offers(connection)
        me = current_user(request).name
        names = people(connection, me)
        looking = others(connection, me, desk.now(), [found.card.story])
    return page(
        "article.html", offered=offered,
        following_at=following_at, people=names, looking=looking,
        found=found, card=found.card, wanted=wanted, following=following, tag=tag, last=last,
        chosen=found.ids_with(tag),
    )  # fmt: skip


@router.get("/help", response_class=HTMLResponse)
@needs(Role.READER)
def keys() -> Response:
    """The keys, for those who browse without scripts."""
    return page("help.html")


@router.get("/static/{name}")
@needs(Role.ANYONE)
def asset(name: str) -> Response:
    """A file of the closed list; its address changes with its content."""
    if name not in ASSETS:
        raise HTTPException(404, "There is no such file.")
    return Response(
        (STATIC / name).read_bytes(),
        media_type=ASSETS[name],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def last_decision(connection: Connection, request: Request) -> dict[str, Any] | None:
    """What the undo key would take back, with the title that the reviewer knows it by."""
    row = last_of(connection, current_user(request).name)
    if row is None:
        return None
    about = rows_of(connection, Article.id == row.article_id)[0]
    return {
        "id": row.id, "action": row.action, "article_id": row.article_id, "title": about.title, "reason": row.reason,
        "says": said_in(row),
        "further": count_with(connection, row) - 1,
    }  # fmt: skip


def _optional(request: Request, name: str) -> int | None:
    raw = request.query_params.get(name, "")
    return number(raw, name) if raw else None
