"""The pages of the coverage ledger: how far the addresses of a day came at every outlet, and what each lost and why."""

from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from models.coverage import DAYS, STEPS, BadDay, day_of_all, days_of_one, drops, first_days, newest_day, parse_day, say
from models.day import day_of
from review.desk import AtDesk, page
from review.outlet_faces import Face
from review.roles import Role, needs
from review.times import instant

router = APIRouter()

MOST: Final = 50
"""Addresses shown of each reason; the view has all."""
_ONE: Final = timedelta(days=1)


@router.get("/coverage", response_class=HTMLResponse)
@needs(Role.READER)
def coverage(request: Request, desk: AtDesk) -> Response:
    """Every outlet on one day, the troubled first."""
    faces = desk.faces()
    today = day_of(desk.now())
    wanted = _wanted(request, today)
    with desk.reading() as connection:
        newest = newest_day(connection)
        day = wanted or newest or today
        days = day_of_all(connection, day, faces)
    counted = [one.figures for one in days if one.figures is not None]
    total = {name: sum(figures[name] for figures in counted) for name in STEPS}
    total |= {name: sum(getattr(one, name) or 0 for one in days) for name in ("dropped", "waiting")}
    return page(
        "coverage.html", days=days, face=lambda name: faces.get(name, Face(name, name)), day=day,
        total=total if counted else None, steps=STEPS, said=say(day, today), nothing_yet=newest is None,
        earlier=day - _ONE, later=_later(day, today),
    )  # fmt: skip


@router.get("/coverage/{outlet}", response_class=HTMLResponse)
@needs(Role.READER)
def coverage_of(request: Request, desk: AtDesk, outlet: str) -> Response:
    """An outlet's last days, and on one of them every reason for which an address was dropped, with the addresses."""
    faces = desk.faces()
    today = day_of(desk.now())
    wanted = _wanted(request, today)
    with desk.reading() as connection:
        newest = newest_day(connection, outlet)
        if newest is None and outlet not in faces:
            raise HTTPException(404, "There is no such outlet.")
        day = wanted or newest or today
        last = max(day, newest or today) if day > (newest or today) - timedelta(days=DAYS) else day
        first = first_days(connection).get(outlet, day)
        days = [one for one in days_of_one(connection, outlet, last) if one.day >= min(first, day)]
        found = drops(connection, outlet, day, MOST)
    shown = next(one for one in days if one.day == day)
    number = sum(reason.number for reason in found)
    return page(
        "coverage_outlet.html", day=day, face=faces.get(outlet, Face(outlet, outlet)), days=days, shown=shown,
        drops=found, first=first, earlier=day - _ONE, later=_later(day, today),
        moved_on=number if shown.dropped is not None and number != shown.dropped else None, steps=STEPS,
        said=say(day, today), counted_at=instant(shown.counted_at), instant=instant,
    )  # fmt: skip


def _wanted(request: Request, today: date) -> date | None:
    raw = request.query_params.get("day", "")
    try:
        return parse_day(raw, today) if raw else None
    except BadDay as error:
        raise HTTPException(400, f"{error}.") from error


def _later(day: date, today: date) -> date | None:
    return day + _ONE if day < today else None
