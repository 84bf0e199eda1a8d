"""Fixtures that all tests share: a migrated database of each kind, and settings that touch nothing but tmp_path."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, text

from models.migrate import migrate
from models.session import engine as engine_of
from models.settings import settings
from tests.support.postgres import Postgres, find_binaries

# No test watches the clock: by default hypothesis fails an example that takes over 200 ms, which says something about
# the machine only.
hypothesis_settings.register_profile("khabar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("khabar")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def need(available: bool, what: str, command: str) -> None:
    """Skip with the command that provides `what`; under CI a missing part is a failure instead."""
    if available:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: {command}")
    pytest.skip(f"{what} is missing: {command}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "khabar.db"
    made = engine_of(f"sqlite:///{path}")
    migrate(made)
    made.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A real PostgreSQL server of this test process, with a migrated template database."""
    need(find_binaries() is not None, "PostgreSQL", "apt-get install postgresql")
    with Postgres() as server:
        server.create("template_khabar")
        made = create_engine(server.url("template_khabar"))
        migrate(made)
        made.dispose()
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database: each test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "khabar.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
        yield url
        engine_of(url).dispose()
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = server.create(template="template_khabar")
    url = server.url(name)
    yield url
    engine_of(url).dispose()
    server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Engine:
    """The engine of `database_url`, as the product makes it."""
    return engine_of(database_url)


@pytest.fixture
def khabar_env(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """KHABAR_ settings for this process and its children: database_url, and an archive and var below tmp_path."""
    values = {
        "KHABAR_DATABASE_URL": database_url,
        "KHABAR_ARCHIVE_URL": str(tmp_path / "archive"),
        "KHABAR_VAR": str(tmp_path / "var"),
        "KHABAR_REPLICA": "",
        "KHABAR_CONTACT": "",
        "KHABAR_OUTLETS": "",
        "KHABAR_REVIEW_ORIGIN": "",
        "KHABAR_REVIEW_PROXIES": "",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield values
    settings.cache_clear()


@pytest.fixture
def counts(engine: Engine) -> "Counts":
    """Row counts of the tables that a re-run must not change (I2)."""
    return Counts(engine)


class Counts:
    """Callable: table name -> number of rows, for every table whose rows mean content."""

    TABLES = ("discoveries", "articles", "article_versions", "article_tags", "stories", "review_decisions")

    def __init__(self, on: Engine) -> None:
        self.on = on

    def __call__(self) -> dict[str, int]:
        with self.on.connect() as connection:
            return {
                name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608 (fixed names)
                for name in self.TABLES
            }
