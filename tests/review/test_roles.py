"""Every route names its role, so that nothing is open by accident, and the role holds for whoever comes."""

import re

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import Engine, create_engine, func, select, text

from models.review import ReviewDecision
from models.session import reading
from review import routes_read
from review.app import create_app, routes
from review.roles import Role, role_of
from tests.review.logins import account, log_in
from tests.review.newsroom import Newsroom

pytestmark = pytest.mark.usefixtures("quick_hash")

TABLE = {
    ("GET", "/"): Role.READER,
    ("GET", "/account"): Role.READER,
    ("GET", "/accounts"): Role.ADMIN,
    ("GET", "/api/v1/articles/{article_id}"): Role.READER,
    ("GET", "/api/v1/changes"): Role.READER,
    ("GET", "/api/v1/outlets/{outlet}/drops"): Role.READER,
    ("GET", "/api/v1/places"): Role.READER,
    ("GET", "/api/v1/stories/{story_id}"): Role.READER,
    ("GET", "/articles/{article_id}"): Role.READER,
    ("GET", "/coverage"): Role.READER,
    ("GET", "/overview"): Role.READER,
    ("GET", "/learning"): Role.READER,
    ("POST", "/learning/sample"): Role.REVIEWER,
    ("GET", "/coverage/{outlet}"): Role.READER,
    ("GET", "/help"): Role.READER,
    ("GET", "/login"): Role.ANYONE,
    ("GET", "/static/{name}"): Role.ANYONE,
    ("GET", "/story/{story_id}"): Role.READER,
    ("POST", "/account/logout"): Role.READER,
    ("POST", "/account/password"): Role.READER,
    ("GET", "/story/{story_id}/merge"): Role.REVIEWER,
    ("GET", "/story/{story_id}/split"): Role.REVIEWER,
    ("POST", "/story/{story_id}/merge"): Role.REVIEWER,
    ("POST", "/story/{story_id}/split"): Role.REVIEWER,
    ("POST", "/accounts/tokens/{token_id}/revoke"): Role.ADMIN,
    ("POST", "/accounts/{name}/enter"): Role.ADMIN,
    ("POST", "/accounts/{name}/role"): Role.ADMIN,
    ("POST", "/articles/{article_id}/edit"): Role.REVIEWER,
    ("POST", "/decisions"): Role.REVIEWER,
    ("POST", "/decisions/{decision_id}/undo"): Role.REVIEWER,
    ("POST", "/login"): Role.ANYONE,
    ("POST", "/logout"): Role.ANYONE,
    ("POST", "/searches"): Role.READER,
    ("POST", "/searches/{search_id}"): Role.READER,
    ("GET", "/tickets"): Role.READER,
    ("POST", "/looking"): Role.REVIEWER,
    ("POST", "/tickets/close"): Role.REVIEWER,
    ("POST", "/work"): Role.REVIEWER,
}
OWN = {"/searches", "/searches/{search_id}", "/login", "/logout", "/account/logout", "/account/password"}
"""What changes nothing but one's own login and the searches that one keeps."""


def test_the_route_table() -> None:
    """A new route must be added here with its role; one that changes anything needs a reviewer at least."""
    app = create_app(create_engine("sqlite://"))
    found = {(method, route.path): role_of(route.endpoint) for route in routes(app) for method in route.methods}
    assert found == TABLE
    assert len(routes(app)) == len(app.routes)
    assert all(role >= Role.REVIEWER for (method, path), role in found.items() if method != "GET" and path not in OWN)
    programs = {route.path for route in routes(app) if route.endpoint.api}
    assert programs == {path for _, path in TABLE if path.startswith("/api/")}


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


def test_without_a_login_every_route_is_closed(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Deny by default: from the first account on, no page, form or row is given to nobody, nor to a made-up secret."""
    account(engine, "ana", "admin")
    for secret in (None, "made-up"):
        client.cookies.clear()
        if secret:
            client.cookies.set("khabar", secret)
        for (method, path), role in TABLE.items():
            if role is Role.ANYONE:
                continue
            answer = client.request(method, re.sub(r"{\w+}", str(newsroom.kunduz), path))
            api = path.startswith("/api/")
            assert answer.status_code == (303 if method == "GET" and not api else 401), (method, path)
            assert "Roadside" not in answer.text
            assert answer.headers.get("location", "/login").startswith("/login")


def test_a_role_is_the_most_that_one_may(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Every route of the table, as a reader: what needs more is refused, and nothing is decided; what needs no more is
    not."""
    log_in(client, engine, "rahim", "reader")
    for (method, path), role in TABLE.items():
        if path in OWN:
            continue
        answer = client.request(method, re.sub(r"{\w+}", str(newsroom.kunduz), path))
        assert (answer.status_code == 403) == (role > Role.READER), (method, path)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(ReviewDecision)).scalar_one() == 0
    log_in(client, engine, "ana", "reviewer")
    item = {"item": f"{newsroom.kunduz}.1.0", "action": "accept"}
    assert client.post("/decisions", data=item).status_code == 303
    with reading(engine) as connection:
        assert connection.execute(select(ReviewDecision.reviewer)).scalar_one() == "ana"
        view = text("SELECT reviewed_by FROM v1_articles WHERE article_id = :id")
        assert connection.execute(view, {"id": newsroom.kunduz}).scalar_one() == "ana"
