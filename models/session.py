"""Engines and transactions: one place that knows how SQLite and PostgreSQL must be spoken to."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.sql import column

from models.exits import Exit
from models.settings import settings

HEAD: Final = "0019"
"""The migration that this code needs. A test compares it with alembic/versions."""


class DatabaseError(Exception):
    """The database cannot be used as it is. The message is one sentence that says what to do."""

    exit_code = Exit.DATABASE


def engine(url: str | None = None) -> Engine:
    """The engine of `url` (default: the settings'), one a process. Raises DatabaseError for a malformed address."""
    return _engine(url or settings().database_url)


_LIVELY: Final = {
    "connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip
"""A server that is gone without a word is noticed in a minute, not in the two hours of TCP. The address comes first."""


@cache
def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseError("KHABAR_DATABASE_URL is not a database address such as sqlite:///var/khabar.db") from error
    if address.get_backend_name() != "sqlite":
        return _postgresql(address)
    if address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"{Path(address.database).parent}: cannot be made: {error.strerror}") from error
    made = create_engine(address, connect_args={"timeout": 30})
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _postgresql(address: URL) -> Engine:
    try:
        if address.get_backend_name() == "postgresql":
            return create_engine(address, pool_pre_ping=True, connect_args={**_LIVELY, **address.query})
    except (ImportError, ArgumentError):
        pass  # said below
    asked = address.drivername
    raise DatabaseError(f"KHABAR_DATABASE_URL: {asked} is not served: take sqlite:///… or postgresql+psycopg://…")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a commit survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Read-then-write in a deferred transaction fails at once with BUSY_SNAPSHOT, whatever the timeout: writers
    # take the write lock first, and then wait their turn.
    writing = connection.get_execution_options().get("khabar_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def writing(on: Engine | None = None) -> Iterator[Connection]:
    """A transaction that writes: committed at the end, rolled back whole by any exception."""
    with _plain_errors(), (on or engine()).connect() as connection:
        connection.execution_options(khabar_writing=True)
        with connection.begin():
            yield connection


@contextmanager
def reading(on: Engine | None = None) -> Iterator[Connection]:
    """A transaction that only reads: one consistent picture."""
    with _plain_errors(), (on or engine()).connect() as connection, connection.begin():
        yield connection


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Failures of the database itself, as opposed to our mistakes, in one sentence."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        unreached = isinstance(error, OperationalError) and error.statement is None  # while it connects or commits
        if unreached or error.connection_invalidated or any(sign in reason for sign in _UNUSABLE):
            raise DatabaseError(f"the database cannot be used: {reason}") from error
        raise


_UNUSABLE = (
    "unable to open", "readonly database", "read-only", "disk is full", "disk I/O", "database is locked",
    "connection failed", "could not connect", "Connection refused", "not a database", "malformed",
    "No space left", "is being accessed", "terminating connection", "does not exist",
)  # fmt: skip


def check_schema(on: Engine | None = None) -> None:
    """Raises DatabaseError unless the database is migrated to exactly what this code needs."""
    try:
        with _plain_errors(), (on or engine()).connect() as connection:
            found = revision(connection)
    except DatabaseError:
        raise
    except SQLAlchemyError as error:
        raise DatabaseError(f"the database cannot be read: {error}") from error
    if found is None:
        raise DatabaseError("the database is not set up yet: run `khabar init`")
    if found < HEAD:
        raise DatabaseError(f"the database is at migration {found}, this code needs {HEAD}: run `khabar init`")
    if found > HEAD:
        raise DatabaseError(f"the database is at migration {found}, newer than this code ({HEAD}): update the code")


def revision(connection: Connection) -> str | None:
    """The migration that the database is at; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = table("alembic_version", column("version_num"))
    found: str | None = connection.execute(select(version.c.version_num)).scalar()
    return found
