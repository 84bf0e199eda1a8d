"""Puts the desk together. Everything is closed unless it says otherwise: no API pages, no route without a role."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from models.session import DatabaseError
from models.session import engine as engine_of
from outlets.schema import Outlet
from review import (
    routes_coverage,
    routes_decide,
    routes_learning,
    routes_overview,
    routes_read,
    routes_story,
    routes_work,
)
from review.desk import Desk, message
from review.guard import Guard
from review.outlet_faces import watched
from review.roles import authorise, role_of

log = logging.getLogger(__name__)


def create_app(
    on: Engine | None = None,
    *,
    outlets: Callable[[], Mapping[str, Outlet | None]] = watched,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """The review app on the database `on` (default: the settings'). Raises LookupError for a route without a role."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(authorise)])
    app.state.desk = Desk(on or engine_of(), outlets, now)
    app.include_router(routes_read.router)
    app.include_router(routes_coverage.router)
    app.include_router(routes_overview.router)
    app.include_router(routes_learning.router)
    app.include_router(routes_decide.router)
    app.include_router(routes_work.router)
    app.include_router(routes_story.router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(DatabaseError, _no_database)
    app.add_middleware(Guard, error_page=message)
    for route in app.routes:
        role_of(getattr(route, "endpoint", route))
    return app


def routes(app: FastAPI) -> list[APIRoute]:
    """Every route of the app, for the test that reads them all."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def _refused(_request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 (narrows the type that the handler is registered for)
    sentence = {404: "There is nothing at this address.", 405: "This address does not take that."}
    said = str(error.detail)
    return message(error.status_code, said if said.endswith(".") else sentence.get(error.status_code, said))


def _not_understood(_request: Request, _error: Exception) -> HTMLResponse:
    return message(400, "The form could not be read.")


def _no_database(_request: Request, error: Exception) -> HTMLResponse:
    log.error("%s", error)
    return message(503, "The database cannot be used just now. Nothing was lost; try again in a moment.")
