"""Brings a database to the tables that this code needs."""

from pathlib import Path

import alembic.command
from alembic.config import Config
from sqlalchemy import Engine

from models.session import HEAD, DatabaseError, _revision, writing

_CONFIG = Path(__file__).parent.parent / "alembic.ini"


def migrate(on: Engine, revision: str = "head") -> None:
    """Run migrations up to `revision`, all in one transaction. Raises DatabaseError for a database that is newer
    than the code."""
    with writing(on) as connection:
        found = _revision(connection)
        if found is not None and found > HEAD:
            raise DatabaseError(f"the database is at migration {found}, newer than this code ({HEAD}): update the code")
        config = Config(str(_CONFIG))
        config.attributes["connection"] = connection
        backwards = found is not None and (revision == "base" or revision < found)
        (alembic.command.downgrade if backwards else alembic.command.upgrade)(config, revision)
