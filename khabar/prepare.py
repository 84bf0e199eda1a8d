"""Brings everything that a run needs into being: tables, reference rows, the archive's folder."""

from pathlib import Path

from models.migrate import migrate
from models.session import engine, writing
from models.settings import settings
from outlets import Outlet
from outlets.load import survey
from pipeline.reference import sync_outlets, sync_places


def prepare() -> None:
    """Migrate the database and bring its reference rows up to date. Safe to repeat at any time. Raises DatabaseError
    for a database that is newer than the code or cannot be written."""
    on = engine()
    migrate(on)
    with writing(on) as connection:
        sync_places(connection)
        sync_outlets(connection, {name: found for name, found in survey() if isinstance(found, Outlet)})
    Path(settings().var).mkdir(parents=True, exist_ok=True)
