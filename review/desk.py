"""What the routes share: the database, the outlets, the clock, and pages made from templates that escape everything."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import jinja2
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, Engine, text

from models.session import reading
from outlets.schema import Outlet
from review import labels
from review.outlet_faces import Face, faces
from review.roles import LOCAL, VIEWER, Role

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"

ASSETS: Final = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "story.css": "text/css; charset=utf-8",
    "overview.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Every file that a page may load; there are no others."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of a running review app."""

    engine: Engine
    outlets: Callable[[], Mapping[str, Outlet | None]]
    now: Callable[[], datetime]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read that sees one picture, and that gives up before its reader would."""
        with reading(self.engine) as connection:
            if connection.dialect.name == "postgresql":
                # Compiling a plan takes longer than our statements, and the places of a frequent word need some room.
                for setting in ("statement_timeout = '5s'", "jit = off", "work_mem = '32MB'"):
                    connection.execute(text(f"SET LOCAL {setting}"))
            yield connection

    def faces(self) -> dict[str, Face]:
        """The outlets as the desk shows them."""
        return faces(self.outlets())


def desk_of(request: Request) -> Desk:
    """The desk that serves this request."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]


def safe_link(address: str) -> str:
    """The address if a reader may follow it, else "": http and https only, never javascript: or data:."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.hostname else ""


def host_of(address: str) -> str:
    """The host of an address, for the reader."""
    return urlsplit(address).hostname or "" if safe_link(address) else ""


def fingerprint(name: str) -> str:
    """Changes with the file, so that a browser may keep an asset for good."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def may_decide() -> bool:
    """Whether the page is made for somebody whose forms would be taken."""
    return (VIEWER.get() or LOCAL).role >= Role.REVIEWER


class _Flush(jinja2.FileSystemLoader):
    """Templates whose indentation is one space: it would be a tenth of a page and tell a reader nothing."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template, its path, and whether it still holds."""
        source, path, holds = super().get_source(environment, template)
        return re.sub(r"(?m)^[ \t]+", " ", source), path, holds


def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=_Flush(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"safe_link": safe_link, "host": host_of}
    made.globals |= {
        "viewer": VIEWER.get,
        "may_decide": may_decide,
        "local": LOCAL,
        "labels": labels,
        "assets": {name: f"/static/{name}?v={fingerprint(name)}" for name in ASSETS},
    }
    return made


TEMPLATES: Final = _environment()


def page(template: str, /, code: int = 200, **context: Any) -> HTMLResponse:
    """A page from `template`."""
    return HTMLResponse(TEMPLATES.get_template(template).render(**context), status_code=code)


def message(status: int, sentence: str, on: str = "/", label: str = "Go to the queue") -> HTMLResponse:
    """A page that says one thing, and where to go `on`."""
    return page("message.html", status, status=status, sentence=sentence, on=on, label=label)
