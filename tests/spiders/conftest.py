"""What crawl tests share: a running replica, settings that point to it, and crawls in a real subprocess."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text, update

from khabar.replica import Replica
from models.ledger import SourceState
from models.session import engine as engine_of
from models.session import writing
from models.settings import settings
from spiders.crawl import CrawlResult, backfill, crawl

Rows = list[dict[str, Any]]


class World:
    """A database, an archive, a replica, and the crawls that join them."""

    def __init__(self, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.folder, self.monkeypatch = engine, folder, monkeypatch
        self.log = folder / "crawl.log"

    def point_to(self, url: str, contact: str = "") -> None:
        """Crawl the replica at `url`; with "" a live run."""
        self.monkeypatch.setenv("KHABAR_REPLICA", url)
        self.monkeypatch.setenv("KHABAR_CONTACT", contact)
        settings.cache_clear()

    def crawl(self, outlet: str = "khaama_press", **options: str) -> CrawlResult:
        """One crawl as the DAG runs it."""
        return crawl(outlet, log_path=self.log, timeout=300, options=options)

    def backfill(
        self, outlets: list[str], since: str, until: str, folder: Path | None = None, **how: Any
    ) -> Iterator[CrawlResult]:
        """One backfill as the DAG runs it, of outlets in `folder`."""
        options = {"KHABAR_OUTLETS_FOLDER": str(folder)} if folder else {}
        return backfill(outlets, since, until, log_path=self.log, timeout=300, options=options, **how)

    def set_due(self, url: str | None = None, *, hours: float) -> None:
        """Move the time at which the source at `url`, or every source, is due, to `hours` from now."""
        at = datetime.now(UTC) + timedelta(hours=hours)
        which = (SourceState.url == url,) if url else ()
        with writing(self.engine) as connection:
            connection.execute(update(SourceState).where(*which).values(due_at=at))

    def rows(self, sql: str) -> Rows:
        """What a query finds."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(sql)).mappings()]

    def ledger(self) -> dict[str, tuple[str, str]]:
        """url_key to (stage, outcome)."""
        found = self.rows("SELECT url_key, stage, outcome FROM discoveries")
        return {row["url_key"]: (row["stage"], row["outcome"]) for row in found}

    def bodies(self) -> dict[str, str]:
        """url_key to the SHA-256 of the page that the ledger holds for it."""
        found = self.rows("SELECT d.url_key, f.body_sha256 FROM discoveries d JOIN fetches f ON f.id = d.fetch_id")
        return {row["url_key"]: row["body_sha256"] for row in found}

    def archived(self) -> set[str]:
        """The hashes of all archived bodies."""
        return {path.stem for path in (self.folder / "archive").rglob("*.zst")}


@pytest.fixture(autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children share compiled modules."""
    share_compiled(tmp_path_factory, monkeypatch)


def share_compiled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without, each of many crawls spends two of its three seconds compiling."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(shared / "compiled"))


@pytest.fixture
def world(
    khabar_env: dict[str, str], engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """On SQLite and on PostgreSQL."""
    yield World(engine, tmp_path, monkeypatch)
    engine.dispose()


@pytest.fixture
def small_world(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """On SQLite only, for what does not depend on the database."""
    with sqlite_world(sqlite_template, tmp_path, monkeypatch) as made:
        yield made


@contextmanager
def sqlite_world(template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world in `folder`, on a copy of the empty database."""
    path = folder / "khabar.db"
    shutil.copy(template, path)
    values = {
        "KHABAR_DATABASE_URL": f"sqlite:///{path}", "KHABAR_ARCHIVE_URL": str(folder / "archive"),
        "KHABAR_VAR": str(folder / "var"), "KHABAR_REPLICA": "", "KHABAR_CONTACT": "",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    made = engine_of(values["KHABAR_DATABASE_URL"])
    yield World(made, folder, monkeypatch)
    made.dispose()
    settings.cache_clear()


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A replica of its own, because tests turn its handles."""
    with Replica() as running:
        yield running


@pytest.fixture
def outlet_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes an outlet file of a test; gives the folder for KHABAR_OUTLETS_FOLDER."""

    return lambda name, **changes: write_outlet(tmp_path, name, **changes)


def write_outlet(folder: Path, name: str, **changes: Any) -> Path:
    """An outlet file of a test in `folder`; gives the folder for KHABAR_OUTLETS_FOLDER."""
    values: dict[str, Any] = {
        "name": name, "title": name.title(), "home": "https://news.test/", "country": "AF",
        "ownership": "independent", "languages": ["en"], "timezone": "Asia/Kabul",
        "sources": [{"kind": "feed", "url": "https://news.test/feed/"}],
        "article_url": r"^https?://news\.test(:\d+)?/a/[^/?]+$", "assertions": {"min": {"discovered": 1}},
    } | changes  # fmt: skip
    path = folder / "outlets" / "zz" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), encoding="utf-8")  # JSON is YAML
    return folder / "outlets"


def sqlite_write_lock(path: Path) -> sqlite3.Connection:
    """A connection that holds the write lock until it is closed."""
    holder = sqlite3.connect(path, isolation_level=None, timeout=30)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def environment() -> dict[str, str]:
    """This process's environment for a child that imports our packages."""
    root = str(Path(__file__).parent.parent.parent)
    return {**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": ""}
