"""What the decisions teach: how often each rule is right, what the rules miss, and what was learned of relevance."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from models.day import day_of
from models.ranker import RankerRow, in_use
from models.sample import KINDS
from models.session import writing
from review.desk import AtDesk, page
from review.roles import Role, current_user, needs
from review.rule_figures import rule_figures
from review.sample import SIZE, draw, monday, weeks
from review.times import instant

router = APIRouter()

_TRAININGS: Final = 5
_WEIGHTS: Final = 12


@router.get("/learning", response_class=HTMLResponse)
@needs(Role.READER)
def learning(desk: AtDesk) -> Response:
    """Rules, samples and rankers."""
    now = desk.now()
    with desk.reading() as connection:
        rules = rule_figures(connection)
        sampled = weeks(connection)
        trained = connection.execute(select(RankerRow.__table__).order_by(RankerRow.id.desc()).limit(_TRAININGS)).all()
        used, weights = in_use(connection)
    week = monday(day_of(now))
    told = sorted(weights.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:_WEIGHTS]
    return page(
        "learning.html", rules=rules, weeks=sampled, week=week, is_drawn=any(one.week == week for one in sampled),
        trained=trained, used=used, weights=told, instant=instant, size=SIZE, kinds=KINDS,
    )  # fmt: skip


@router.post("/learning/sample")
@needs(Role.REVIEWER)
def draw_sample(request: Request, desk: AtDesk) -> Response:
    """Draw the samples of the last whole week, once."""
    with writing(desk.engine) as connection:
        draw(connection, desk.now(), current_user(request).name)
    return RedirectResponse("/learning#samples", status_code=303)
