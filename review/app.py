"""Puts the desk together. Everything is closed unless it says otherwise: no API pages, no route without a role."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from models.session import DatabaseError
from models.session import engine as engine_of
from outlets.schema import Outlet
from review import (
    routes_accounts,
    routes_api,
    routes_coverage,
    routes_decide,
    routes_learning,
    routes_login,
    routes_overview,
    routes_read,
    routes_searches,
    routes_story,
    routes_tickets,
    routes_work,
)
from review.desk import Desk, message
from review.door import LoginNeeded, authorise, is_for_programs
from review.front import LOOPBACK, Front
from review.guard import Guard
from review.outlet_faces import watched
from review.roles import role_of

log = logging.getLogger(__name__)


def create_app(
    on: Engine | None = None,
    *,
    outlets: Callable[[], Mapping[str, Outlet | None]] = watched,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    front: Front = LOOPBACK,
) -> FastAPI:
    """The review app on the database `on` (default: the settings'), reached as `front` says. Raises LookupError for a
    route without a role."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(authorise)])
    app.state.desk = Desk(on or engine_of(), outlets, now)
    app.state.overviews = {}
    app.state.front = front
    app.state.paces = {}
    app.include_router(routes_login.router)
    app.include_router(routes_accounts.router)
    app.include_router(routes_api.router)
    app.include_router(routes_read.router)
    app.include_router(routes_coverage.router)
    app.include_router(routes_overview.router)
    app.include_router(routes_learning.router)
    app.include_router(routes_decide.router)
    app.include_router(routes_work.router)
    app.include_router(routes_story.router)
    app.include_router(routes_searches.router)
    app.include_router(routes_tickets.router)
    app.add_exception_handler(LoginNeeded, _login)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(DatabaseError, _no_database)
    app.add_middleware(
        GZipMiddleware, minimum_size=2000, compresslevel=3
    )  # no page holds a secret beside what is typed
    app.add_middleware(Guard, error_page=message, front=front)
    for route in app.routes:
        role_of(getattr(route, "endpoint", route))
    return app


def routes(app: FastAPI) -> list[APIRoute]:
    """Every route of the app, for the test that reads them all."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def _login(request: Request, _error: Exception) -> Response:
    """A page leads to the login and back; a form and a program are told that they were not heard."""
    if is_for_programs(request):
        answer = _say(request, 401, "A token of this desk is needed: Authorization: Bearer …")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if request.method not in ("GET", "HEAD"):
        return message(401, "You are not logged in (any more), so nothing was done.", "/login", "Log in")
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/login" + (f"?{urlencode({'next': there})}" if there != "/" else ""), status_code=303)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (narrows the type that the handler is registered for)
    sentence = {404: "There is nothing at this address.", 405: "This address does not take that."}
    said = str(error.detail)
    answer = _say(request, error.status_code, said if said.endswith(".") else sentence.get(error.status_code, said))
    if retry := (error.headers or {}).get("Retry-After"):
        answer.headers["Retry-After"] = retry
    return answer


def _not_understood(request: Request, _error: Exception) -> Response:
    return _say(request, 400, "The form could not be read.")


def _no_database(request: Request, error: Exception) -> Response:
    log.error("%s", error)
    return _say(request, 503, "The database cannot be used just now. Nothing was lost; try again in a moment.")


def _say(request: Request, status: int, sentence: str) -> Response:
    if is_for_programs(request):
        return JSONResponse({"error": sentence}, status)
    return message(status, sentence)
