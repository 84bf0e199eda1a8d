"""Brings everything that a run needs into being: tables, reference rows, the archive's folder."""

from pathlib import Path

from models.events import fill
from models.exits import Exit
from models.migrate import migrate
from models.session import engine, writing
from models.settings import settings
from outlets import Outlet
from outlets.load import survey
from pipeline.reference import sync_outlets, sync_places
from spiders.identity import contact_problem


class NoContact(Exception):
    """A live crawl must not begin before the outlets can reach whoever asks. One sentence."""

    exit_code = Exit.CONFIG


def require_contact() -> None:
    """Raises NoContact when a live crawl may not begin."""
    if problem := contact_problem(settings()):
        raise NoContact(problem)


def prepare() -> None:
    """Migrate the database and bring its reference rows up to date. Safe to repeat at any time. Raises DatabaseError
    for a database that is newer than the code or cannot be written."""
    on = engine()
    migrate(on)
    with writing(on) as connection:
        sync_places(connection)
        sync_outlets(connection, {name: found for name, found in survey() if isinstance(found, Outlet)})
    fill(on)
    Path(settings().var).mkdir(parents=True, exist_ok=True)
