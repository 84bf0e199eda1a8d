"""Brings a database to the tables that this code needs."""

from pathlib import Path

import alembic.command
from alembic.config import Config
from sqlalchemy import Engine

from models.session import HEAD, DatabaseError, revision, writing

_CONFIG = Path(__file__).parent.parent / "alembic.ini"


def migrate(on: Engine, target: str = HEAD) -> None:
    """Run migrations up or down to `target` ("base" removes everything), all in one transaction. Raises DatabaseError
    for a database that is newer than the code."""
    with writing(on) as connection:
        found = revision(connection)
        if found == target:
            return
        if found is not None and found > HEAD:
            raise DatabaseError(f"the database is at migration {found}, newer than this code ({HEAD}): update the code")
        config = Config(str(_CONFIG))
        config.attributes["connection"] = connection
        backwards = target == "base" or (found is not None and target < found)
        (alembic.command.downgrade if backwards else alembic.command.upgrade)(config, target)
