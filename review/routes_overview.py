"""The overview: the last days in numbers, each of which leads to the stories behind it."""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, select

from models.article import AF_SECURITY
from models.day import day_of
from models.place import Place
from models.run import ChangeCounter
from review.desk import AtDesk, page
from review.filters import Filter
from review.health import TOLD, look
from review.overview import LAGS, PERIODS, Overview, overview
from review.province_map import province_map
from review.roles import Role, needs

router = APIRouter()

_USUAL: Final = 28


@router.get("/overview", response_class=HTMLResponse)
@needs(Role.READER)
def show(request: Request, desk: AtDesk) -> Response:
    """Stories of Afghanistan's security over the last days."""
    raw = request.query_params.get("days", str(_USUAL))
    if raw not in {str(days) for days in PERIODS}:
        raise HTTPException(400, f"days must be one of {', '.join(map(str, PERIODS))}.")
    now = desk.now()
    with desk.reading() as connection:
        found = _counted(connection, request, now, int(raw))
        names = {row.iso: row.name_en for row in connection.execute(select(Place.iso, Place.name_en))}
        health = look(connection, desk.faces(), now)
    return page(
        "overview.html", found=found, map=province_map(found.provinces, names), names=names, period=int(raw),
        periods=PERIODS, behind=_behind(found), health=health, told=TOLD, now=now, most_lags=LAGS,
    )  # fmt: skip


def _counted(connection: Connection, request: Request, now: datetime, days: int) -> Overview:
    """The overview, reckoned once for each state of the database: whatever it counts takes a change number."""
    kept: dict[int, tuple[Any, Overview]] = request.app.state.overviews
    state = (connection.execute(select(ChangeCounter.value)).scalar(), day_of(now))
    if days not in kept or kept[days][0] != state:
        kept[days] = (state, overview(connection, now, days))
    return kept[days][1]


def _behind(found: Overview) -> Any:
    """Address of the queue with the stories that a number counts."""

    def behind(**wanted: Any) -> str:
        period = {"since": found.first.isoformat(), "until": found.last.isoformat()}
        return Filter(status="all", relevance=AF_SECURITY).url(**period | wanted)

    return behind
