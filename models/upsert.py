"""INSERT … ON CONFLICT in the dialect of the connection: SQLite and PostgreSQL share the words, SQLAlchemy does not."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase


def insert_or(connection: Connection, into: type[DeclarativeBase] | Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows on_conflict_do_nothing and on_conflict_do_update."""
    table: Any = into if isinstance(into, Table) else into.__table__
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
