"""Fetched pages that wait in the ledger, without a crawl."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update

from models.archive import Archive, open_archive
from models.lease import begin_run, end_run
from models.ledger import Discovery, Fetch
from models.session import writing
from models.upsert import insert_or
from outlets import Outlet, load
from tests.support.pages import NOW


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive in the place that `khabar_env` names."""
    return open_archive(str(tmp_path / "archive"))


@pytest.fixture
def outlet() -> dict[str, Outlet]:
    """One real outlet file."""
    return {"khaama_press": load("khaama_press")}


Waiting = Callable[..., list[int]]


@pytest.fixture
def waiting(engine: Engine, archive: Archive) -> Waiting:
    """waiting(bodies): ledger rows of fetched pages, as a crawl leaves them; their ids. Addresses are numbered from
    `first`, a known one is fetched again; `titles` are what the feed calls them."""

    def make(bodies: list[bytes], *, first: int = 0, titles: Sequence[str] = ()) -> list[int]:
        run = begin_run(engine, "crawl", "khaama_press")
        ids = []
        for number, body in enumerate(bodies, first):
            sha256 = archive.put(body)
            with writing(engine) as connection:
                url = f"https://www.khaama.com/blast-{number}"
                hints = {"title": titles[number - first]} if titles else {}
                discovery: int = connection.execute(
                    insert_or(connection, Discovery)
                    .values(
                        outlet="khaama_press", url=url, url_key=url.removeprefix("https://www."), first_seen_at=NOW,
                        last_seen_at=NOW, source="https://www.khaama.com/feed/", hints=hints, hint_sha256="h", run_id=1,
                    )
                    .on_conflict_do_update(index_elements=("outlet", "url_key"), set_={"outcome": "pending"})
                    .returning(Discovery.id)
                ).scalar_one()  # fmt: skip
                fetch: int = connection.execute(
                    insert(Fetch)
                    .values(
                        outlet="khaama_press", discovery_id=discovery, kind="article", url=url, fetched_at=NOW,
                        status=200, outcome="done", body_sha256=sha256, headers={"content-type": "text/html"}, run_id=1,
                    )
                    .returning(Fetch.id)
                ).scalar_one()  # fmt: skip
                connection.execute(
                    update(Discovery).where(Discovery.id == discovery).values(stage="fetched", fetch_id=fetch)
                )
                ids.append(discovery)
        end_run(engine, run, "ok", {})
        return ids

    return make
