"""Every route names its role, so that nothing is open by accident once there are accounts."""

import httpx
import pytest
from fastapi import APIRouter, Request
from sqlalchemy import create_engine

from review import roles, routes_read
from review.app import create_app, routes
from review.roles import Role, User, role_of
from tests.review.newsroom import Newsroom

TABLE = {
    ("GET", "/"): Role.READER,
    ("GET", "/articles/{article_id}"): Role.READER,
    ("GET", "/coverage"): Role.READER,
    ("GET", "/overview"): Role.READER,
    ("GET", "/learning"): Role.READER,
    ("POST", "/learning/sample"): Role.REVIEWER,
    ("GET", "/coverage/{outlet}"): Role.READER,
    ("GET", "/help"): Role.READER,
    ("GET", "/static/{name}"): Role.ANYONE,
    ("GET", "/story/{story_id}"): Role.READER,
    ("POST", "/articles/{article_id}/edit"): Role.REVIEWER,
    ("POST", "/decisions"): Role.REVIEWER,
    ("POST", "/decisions/{decision_id}/undo"): Role.REVIEWER,
    ("POST", "/work"): Role.REVIEWER,
}


def test_the_route_table() -> None:
    """A new route must be added here with its role; one that changes anything needs a reviewer at least."""
    app = create_app(create_engine("sqlite://"))
    found = {(method, route.path): role_of(route.endpoint) for route in routes(app) for method in route.methods}
    assert found == TABLE
    assert len(routes(app)) == len(app.routes)
    assert all(role >= Role.REVIEWER for (method, _), role in found.items() if method != "GET")


def test_a_route_without_a_role_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgetting the role is an error at the start, not an open door."""
    router = APIRouter()
    router.include_router(routes_read.router)

    @router.get("/open")
    def forgotten() -> str:
        return "open"

    monkeypatch.setattr(routes_read, "router", router)
    with pytest.raises(LookupError, match="forgotten names no role"):
        create_app()


def test_a_reader_may_not_decide(client: httpx.Client, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The roles hold for every route once there are users that have less than all."""

    def reader(_request: Request) -> User:
        return User("reader", Role.READER)

    monkeypatch.setattr(roles, "current_user", reader)
    item = {"item": f"{newsroom.kunduz}.1.0", "action": "accept"}
    assert client.get("/").status_code == 200
    assert client.post("/decisions", data=item).status_code == 403
    assert client.post("/decisions/1/undo").status_code == 403
