"""The way of a contributor, walked: one command writes an outlet's file, its recorded page and its test; nothing that
others share is touched, and the outlet is checked, crawled and stored as written."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from models.exits import Exit
from tests.khabar.onramp_kinds import KINDS, serve
from tests.khabar.onramp_sites import BLOG, Story, blog
from tests.spiders.conftest import share_compiled
from tests.spiders.hostile import HostileServer

ROOT: Final = Path(__file__).parents[2]
OURS: Final = ("outlets", "models", "spiders", "pipeline", "khabar", "review", "alembic", "tests")
"""Folders that a checkout needs to add an outlet."""
NAMES: Final = ("kohistan_example", *(kind.name for kind in KINDS))


class Checkout:
    """A copy of the repository in which a contributor works."""

    def __init__(self, folder: Path, replica: str) -> None:
        self.folder = folder
        for name in OURS:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "alembic.ini", "scrapy.cfg", "OUTLETS.md"):
            shutil.copy(ROOT / name, folder / name)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KHABAR_")}
        self.environment = {**kept, "PYTHONPATH": str(folder), "KHABAR_REPLICA": replica}
        self.before = self.files()

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """`python -m …` in the checkout."""
        return subprocess.run(
            [sys.executable, "-m", *command], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip

    def khabar(self, *arguments: str) -> str:
        """What the command says; it must succeed."""
        done = self.run("khabar.cli", *arguments)
        assert done.returncode == Exit.OK, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def files(self) -> dict[str, str]:
        """Every file but the database and the archive, with the hash of what is in it."""
        found = (p for p in self.folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        names = ((str(path.relative_to(self.folder)), path) for path in found)
        return {name: sha256(path.read_bytes()).hexdigest() for name, path in names if not name.startswith("var/")}

    def changed(self) -> set[str]:
        """Files that are new, gone or different."""
        return {name for name, _ in self.before.items() ^ self.files().items()}

    def outlet(self, name: str) -> dict[str, Any]:
        """The file as written."""
        (path,) = (self.folder / "outlets").glob(f"*/{name}.yml")
        found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return found


@pytest.fixture
def site_server() -> Iterator[HostileServer]:
    """A real HTTP server."""
    with HostileServer() as server:
        yield server


@pytest.fixture
def sites(site_server: HostileServer) -> dict[str, list[Story]]:
    """Outlet name to its stories, all served."""
    now = datetime.now(UTC)
    own = {kind.name: serve(site_server, kind, now) for kind in KINDS}
    return {"kohistan_example": blog(site_server, now), **own}


def test_a_contributor_adds_outlets_of_every_kind(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    site_server: HostileServer,
    sites: dict[str, list[Story]],
) -> None:
    """I1, I5, I6: WordPress, only a feed, only a news sitemap, only a list; JSON-LD and none; Dari with Solar Hijri
    dates; Russian in an old charset. One command each; then the documented ones, and every story is stored with title,
    text and time."""
    share_compiled(tmp_path_factory, monkeypatch)
    checkout = Checkout(tmp_path / "checkout", site_server.url)

    wanted = [(BLOG, "AF"), *((kind.home, kind.country) for kind in KINDS)]
    with ThreadPoolExecutor(2) as threads:
        said = list(
            threads.map(
                lambda w: checkout.khabar("outlets", "new", w[0], "--ownership", "independent", "--country", w[1]),
                wanted,
            )
        )
    for name, words in zip(NAMES, said, strict=True):
        assert f"khabar outlets check {name}" in words
    expected = {f"outlets/{'ru' if name == 'vesti_azia' else 'af'}/{name}.yml" for name in NAMES}
    pages = [*NAMES, "kohistan_example.fa"]
    expected |= {f"tests/outlets/pages/{page}.{ending}" for page in pages for ending in ("html", "yml")}
    assert checkout.changed() == expected

    for kind in KINDS:
        outlet = checkout.outlet(kind.name)
        assert [source["kind"] for source in outlet["sources"]] == [*kind.sources, "listing"]
        told = (outlet["title"], outlet["languages"], outlet["timezone"], outlet.get("calendar", "gregorian"))
        assert told == (kind.title, [kind.language], kind.timezone, kind.calendar)
    assert {source["kind"] for source in checkout.outlet("kohistan_example")["sources"]} == {
        "wordpress", "feed", "sitemap",
    }  # fmt: skip
    assert checkout.outlet("kohistan_example")["languages"] == ["en", "fa"]

    levels = {json.loads(line)["level"] for line in checkout.khabar("outlets", "check", *NAMES, "--json").splitlines()}
    assert levels <= {"seen", "warning"}

    checkout.khabar("outlets", "table")
    assert checkout.changed() == expected | {"OUTLETS.md"}

    golden = checkout.run(
        "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/outlets",
        "-k", f"({' or '.join(NAMES)}) and not (listing and two_sorts)",  # it has one source, and is told so
    )  # fmt: skip
    assert golden.returncode == 0, golden.stdout
    assert int(golden.stdout.split(" passed")[0].split()[-1]) >= len(pages) * 16 + 4 * len(NAMES) - 1

    checkout.khabar("init")
    checkout.khabar("crawl", *NAMES)
    checkout.khabar("process")
    rows = _stored(checkout.folder / "var" / "khabar.db")
    for name, stories in sites.items():
        own = {title: (text, at) for outlet, title, text, at in rows if outlet == name}
        assert set(own) == {story.title for story in stories}
        for story in stories:
            text, at = own[story.title]
            assert story.paragraphs[2] in text
            assert datetime.fromisoformat(at).replace(tzinfo=UTC, second=0) == story.at.replace(second=0)


def _stored(database: Path) -> list[tuple[str, str, str, str]]:
    """(outlet, title, text, published_at) of the stored articles."""
    connection = sqlite3.connect(database)
    try:
        return connection.execute(
            "SELECT a.outlet, v.title, v.text, v.published_at FROM articles a"
            " JOIN article_versions v ON v.article_id = a.id"
        ).fetchall()
    finally:
        connection.close()
