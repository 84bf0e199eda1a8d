"""How fast the desk answers over a million articles: its pages as a browser asks for them, each many times with other
filters and words, the statement that takes most of each, and the size of the search's index. (A file named review.py
would hide the package.)

    review_speed.py [URL [ARTICLES]]     URL: an empty database, or one that this script has filled; without it one of
                                         SQLite that goes away again
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from review_world import ACTORS, LANGUAGES, NAMES, OUTLETS, PROVINCES, TOPICS, World, fill, vocabulary
from sqlalchemy import Connection, Engine, event, func, select, text

from models.article import Article
from models.migrate import migrate
from models.session import engine as engine_of
from models.session import reading
from review.app import create_app

ARTICLES = 1_000_000
TIMES = 40
"""Requests of each kind, after a few that warm up."""
WARM = 6
ANEW = "overview, 90 days, anew"
"""As after each change; the kind before shows what is kept."""
SIZES = {
    "sqlite": "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'article_words%'",
    "postgresql": "SELECT pg_total_relation_size('article_words')",
}


def filters(chance: random.Random) -> dict[str, str]:
    """One to three filters, as readers combine them."""
    offered = {
        "province": PROVINCES, "topic": TOPICS, "actor": ACTORS, "language": list(LANGUAGES), "outlet": NAMES,
        "ownership": ["state", "independent", "public"], "new": ["24h", "7d", "30d"],
        "status": ["all", "accepted", "changed", "past"], "relevance": ["0.3", "0.6"],
    }  # fmt: skip
    chosen = chance.sample(list(offered), chance.randint(1, 3))
    return {name: chance.choice(offered[name]) for name in chosen}


def words(chance: random.Random) -> str:
    """One or two words of a language, from such as every twentieth text has to such as one in thousands."""
    known = vocabulary(chance.choice(list(LANGUAGES)))
    return " ".join(known[int(20 * 400 ** chance.random())] for _ in range(chance.randint(1, 2)))


def kinds(size: int) -> dict[str, Callable[[random.Random], str]]:
    """What is asked for: a name -> an address, another each time."""

    def query(path: str, **parameters: str) -> str:
        return f"{path}?{urlencode(parameters)}"

    return {
        "queue, where it begins": lambda _: "/",
        "queue, all that waits": lambda _: "/?status=open",
        "queue, filtered": lambda c: query("/", **filters(c)),
        "search": lambda c: query("/", q=words(c), order=c.choice(["relevance", "newest", "match"])),
        "search, filtered": lambda c: query("/", q=words(c), **filters(c)),
        "story": lambda c: f"/story/{c.randint(1, size)}?status=open",
        "article": lambda c: f"/articles/{c.randint(1, size)}?status=open",
        "overview": lambda c: query("/overview", days=c.choice(["7", "28", "90"])),
        ANEW: lambda _: "/overview?days=90",
        "merge": lambda c: f"/story/{c.randint(1, size)}/merge",
        "coverage": lambda _: "/coverage",
    }


class Clock:
    """The time that each statement takes: by the clock, and of this process's CPU."""

    def __init__(self, on: Engine) -> None:
        self.began: list[tuple[float, float]] = []
        self.took: dict[str, list[tuple[float, float]]] = defaultdict(list)
        event.listen(on, "before_cursor_execute", self.start)
        event.listen(on, "after_cursor_execute", self.stop)

    def start(self, *_: Any) -> None:
        """A statement begins."""
        self.began.append((time.perf_counter(), time.thread_time()))

    def stop(self, _connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        """It has ended."""
        began, cpu = self.began.pop()
        self.took[" ".join(statement.split())].append((time.perf_counter() - began, time.thread_time() - cpu))


def share(values: list[float], of: float) -> float:
    """The value that `of` of them do not exceed."""
    return sorted(values)[min(len(values) - 1, int(of * len(values)))]


def measure(on: Engine) -> None:
    """Print a line for every kind, then the slowest statements."""
    with reading(on) as connection:
        size, last = connection.execute(select(func.max(Article.id), func.max(Article.first_seen_at))).one()
        room = connection.execute(text(SIZES[on.dialect.name])).scalar_one()
    now = last + timedelta(minutes=30)
    print(f"{size} articles; the search's index has {room / 1e6:.0f} MB, {room / size:.0f} bytes an article")
    app = create_app(on, outlets=lambda: {name: OUTLETS[name] for name in NAMES}, now=lambda: now)
    clock = Clock(on)
    print("kind                        ms p50   ms p95  CPU p50  CPU p95   of SQL       KB     sent")
    for kind, address in kinds(size).items():
        chance = random.Random(kind)  # noqa: S311
        clock.took.clear()
        found = asyncio.run(asked(app, [address(chance) for _ in range(WARM + TIMES)], anew=kind == ANEW))[WARM:]
        walls, cpus, sizes, sent = map(list, zip(*found, strict=True))
        spent = sum(cpu for times in clock.took.values() for _, cpu in times) / (WARM + TIMES)
        figures = (share(walls, 0.5), share(walls, 0.95), share(cpus, 0.5), share(cpus, 0.95), spent * 1000)
        weights = (share(sizes, 0.95), share(sent, 0.95))
        print(f"{kind:26}" + " ".join(f"{figure:8.0f}" for figure in (*figures, *weights)), flush=True)
        for statement, times in sorted(clock.took.items(), key=lambda pair: -sum(wall for wall, _ in pair[1]))[:1]:
            took = [wall * 1000 for wall, _ in times]
            print(f"  {len(took):5} × p50 {share(took, 0.5):.1f} p95 {share(took, 0.95):.1f} ms  {statement[:100]}")


async def asked(app: Any, addresses: list[str], *, anew: bool = False) -> list[tuple[float, float, float, float]]:
    """For each request: ms by the clock, ms of CPU, KB of the page, KB on the wire."""
    found = []
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for address in addresses:
            if anew:
                app.state.overviews.clear()
            wall, cpu = time.perf_counter(), time.process_time()
            answer = await client.get(address)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            if answer.status_code not in (200, 303, 404):
                raise SystemExit(f"{address}: {answer.status_code}")
            found.append((wall * 1e3, cpu * 1e3, len(answer.content) / 1e3, answer.num_bytes_downloaded / 1e3))
    return found


def main(url: str = "", articles: str = str(ARTICLES)) -> None:
    """Make unless it is made, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        on = engine_of(url or f"sqlite:///{Path(folder) / 'khabar.db'}")
        migrate(on)
        with reading(on) as connection:
            is_made = connection.execute(select(func.count()).select_from(select(Article.id).limit(1).subquery()))
            is_made = bool(is_made.scalar_one())
        if not is_made:
            began = time.perf_counter()
            fill(on, World(int(articles), datetime.now(UTC).replace(microsecond=0)))
            print(f"{time.perf_counter() - began:.0f} s to make the database", flush=True)
        measure(on)
        on.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
