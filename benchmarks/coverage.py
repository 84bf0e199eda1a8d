"""How long it takes to reckon the coverage ledger of a million addresses, and to read it: by the command, on the pages
and through the views.

    coverage.py [URL [ADDRESSES]]     URL: an empty database; without it one of SQLite that goes away again
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, insert, text

from models.article import Article, ArticleVersion
from models.day import begins, day_of
from models.ledger import Discovery
from models.migrate import migrate
from models.run import Run
from models.session import engine as engine_of
from models.session import reading, writing
from outlets import Outlet
from outlets.load import survey
from pipeline.coverage.refresh import refresh
from review.app import create_app

ADDRESSES = 1_000_000
DAYS = 400
TIMES = 3
"""Each reading is done so often; the best counts."""
NOW = datetime.now(UTC)
OUTLETS: dict[str, Outlet] = {name: found for name, found in survey() if isinstance(found, Outlet)}
NAMES = sorted(OUTLETS)[:50]
FATES = (  # of twenty addresses: stage, outcome, whether there is an article
    *[("stored", "done", True)] * 13, ("fetched", "pending", False), ("discovered", "refused:http_4xx", False),
    *[("discovered", "refused:not_article", False)] * 2, ("cleaned", "refused:soft_404", False),
    ("discovered", "refused:robots", False), ("stored", "done", True),
)  # fmt: skip


def rows(addresses: int) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Each address with its article, spread over the outlets and days, the oldest first."""
    first = begins(day_of(NOW) - timedelta(days=DAYS - 1))
    step = (NOW - first) / addresses
    for number in range(1, addresses + 1):
        name, at = NAMES[number % len(NAMES)], first + number * step
        stage, outcome, has_article = FATES[(number // len(NAMES)) % len(FATES)]
        url = f"https://{name}.example/{number}"
        seen: dict[str, Any] = {"outlet": name, "url_key": url, "url": url, "first_seen_at": at}
        article = None
        if has_article:
            status = "accepted" if at < NOW - timedelta(days=2) else "new"
            article = {
                **seen, "id": number, "content_changed_at": at, "latest_version": 1, "review_status": status,
                "relevance": (number % 97) / 97, "copy_of": number - 50 if number % 7 == 0 and number > 5000 else None,
                "copy_kind": "near" if number % 7 == 0 and number > 5000 else None,
            }  # fmt: skip
            if number % 7 == 0 and FATES[((number - 50) // len(NAMES)) % len(FATES)][2] is False:
                article |= {"copy_of": None, "copy_kind": None}
        yield {
            **seen, "id": number, "last_seen_at": at, "source": OUTLETS[name].sources[0].url,
            "hints": {"title": f"Story {number}", "language": "en"}, "hint_sha256": "h" * 64, "stage": stage,
            "outcome": outcome, "run_id": 1, "article_id": number if has_article else None, "attempts": 1,
        }, article  # fmt: skip


def version(article: dict[str, Any]) -> dict[str, Any]:
    """The article's text, short: only its length is read."""
    number, at = article["id"], article["first_seen_at"]
    return {
        "article_id": number, "version": 1, "content_sha256": f"{number:064}", "body_sha256": "b" * 64,
        "fetched_at": at, "title": f"Story {number}", "text": "word " * 60, "authors": ["A"], "language": "en",
        "published_at": at, "published_local": at.isoformat(), "published_precision": "minute",
        "published_basis": "meta", "published_calendar": "gregorian", "cited_sources": [], "quality": 1.0,
        "issues": [], "facts": {}, "run_id": 1, "clean_version": "1", "tag_version": "1", "change_seq": number,
    }  # fmt: skip


def crawls() -> Iterator[dict[str, Any]]:
    """Two crawls a day of every outlet, with what its sources said."""
    for back in reversed(range(DAYS)):
        for hour in (1, 13):
            at = begins(day_of(NOW) - timedelta(days=back)) + timedelta(hours=hour)
            for name in NAMES:
                said = {"outcome": "done", "requests": 1, "items": 30, "today": 20, "seen_until": at.isoformat()}
                reports = [{"url": s.url, "kind": s.kind, "at": at.isoformat(), **said} for s in OUTLETS[name].sources]
                yield {
                    "kind": "crawl", "outlet": name, "started_at": at, "finished_at": at, "state": "ok",
                    "stats": {"sources": reports},
                }  # fmt: skip


def fill(on: Engine, addresses: int) -> None:
    """The ledger as a year of the product would leave it."""
    made = rows(addresses)
    while chunk := list(islice(made, 20_000)):
        articles = [article for _, article in chunk if article]
        with writing(on) as connection:
            connection.execute(insert(Article), articles)
            connection.execute(insert(ArticleVersion), [version(article) for article in articles])
            connection.execute(insert(Discovery), [row for row, _ in chunk])
    with writing(on) as connection:
        connection.execute(insert(Run), list(crawls()))
        connection.execute(text("UPDATE change_counter SET value = :most"), {"most": addresses + 1})
        connection.execute(text("ANALYZE"))


def timed(what: str, work: Callable[[], object], times: int = TIMES) -> None:
    """The seconds of the best of `times`."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    print(f"{best:9.3f} s  {what}", flush=True)


def measure(on: Engine, url: str, addresses: int) -> None:
    """Print a line for every use."""
    began = time.perf_counter()
    fill(on, addresses)
    print(f"{time.perf_counter() - began:9.1f} s  to make {addresses} addresses of {len(NAMES)} outlets on {DAYS} days")
    outlet, today = NAMES[7], day_of(NOW)
    watched = {name: OUTLETS[name] for name in NAMES}
    timed("refresh, the first: every day", lambda: refresh(on, watched, NOW), 1)
    timed("refresh, as after every processing", lambda: refresh(on, watched, NOW), 2)
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",
        "KHABAR_DATABASE_URL": url,
        "KHABAR_OUTLETS": ",".join(NAMES),
    }

    def khabar(*arguments: str) -> None:
        command = [sys.executable, "-m", "khabar.cli", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr.decode())

    timed("khabar --help, for comparison", lambda: khabar("--help"))
    timed("khabar coverage", lambda: khabar("coverage"))
    timed("khabar coverage OUTLET", lambda: khabar("coverage", outlet))
    timed("khabar coverage OUTLET --day", lambda: khabar("coverage", outlet, "--day", today.isoformat()))
    timed("khabar status", lambda: khabar("status"))
    app = create_app(on, outlets=lambda: watched, now=lambda: NOW)

    def get(path: str) -> None:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
                return await client.get(path)

        asyncio.run(ask()).raise_for_status()

    timed("page /coverage", lambda: get("/coverage"))
    timed("page /coverage/OUTLET, today", lambda: get(f"/coverage/{outlet}"))
    timed("page /coverage/OUTLET, 300 days ago", lambda: get(f"/coverage/{outlet}?day={today - timedelta(days=300)}"))
    timed("page / (the queue with the health strip)", lambda: get("/"))
    for what, sql in VIEWS.items():

        def ask(sql: str = sql) -> None:
            with reading(on) as connection:
                connection.execute(text(sql), {"outlet": outlet, "day": str(today - timedelta(days=90))}).all()

        timed(what, ask, 2)


VIEWS = {
    "v1_outlet_health, 90 days of all outlets": "SELECT * FROM v1_outlet_health WHERE day >= CAST(:day AS {date})",
    "v1_outlet_health, next 1000 changes":
        "SELECT * FROM v1_outlet_health WHERE change_seq > 0 ORDER BY change_seq LIMIT 1000",
    "v1_coverage_drops, one outlet's day":
        "SELECT * FROM v1_coverage_drops WHERE outlet_id = :outlet AND day = CAST(:day AS {date})",
    "v1_coverage_drops, next 1000 changes":
        "SELECT * FROM v1_coverage_drops WHERE change_seq > 0 ORDER BY change_seq LIMIT 1000",
    "v1_coverage_drops, all by reason": "SELECT reason, count(*) FROM v1_coverage_drops GROUP BY reason",
}  # fmt: skip


def main(url: str = "", addresses: str = str(ADDRESSES)) -> None:
    """Make, measure, throw away."""
    with tempfile.TemporaryDirectory() as folder:
        address = url or f"sqlite:///{Path(folder) / 'khabar.db'}"
        on = engine_of(address)
        date_type = "text" if on.dialect.name == "sqlite" else "date"
        VIEWS.update({what: sql.format(date=date_type) for what, sql in VIEWS.items()})
        migrate(on)
        measure(on, address, int(addresses))
        on.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
