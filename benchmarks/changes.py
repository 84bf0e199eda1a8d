"""How long a page of the change feed takes on a database of many articles with their tags, and the whole of it.

changes.py [URL [ADDRESSES]]     URL: an empty database; without it one of SQLite that goes away again
"""

import asyncio
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import httpx
from sqlalchemy import Engine, insert, select, text

from models.article import Article, ArticleTag
from models.migrate import migrate
from models.session import engine as engine_of
from models.session import reading, writing
from review.app import create_app

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks.coverage import NOW, fill

ADDRESSES = 300_000
TAGS = 5
"""An article."""
TIMES = 15
"""Each page is read so often; the best and the second worst are said."""


def tag(on: Engine) -> int:
    """Five tags an article; the number of the newest change."""
    with reading(on) as connection:
        articles = connection.execute(select(Article.id).order_by(Article.id)).scalars().all()
    seq = articles[-1] + 1
    rows = (
        {
            "article_id": article, "version": 1, "scheme": "topic", "code": f"t{number}", "label": "A topic",
            "role": "", "confidence": 0.9, "rule": "test.rule@1", "change_seq": seq + place * TAGS + number,
            "evidence": [{"field": "text", "start": 0, "end": 4, "text": "word"}],
        }
        for place, article in enumerate(articles) for number in range(TAGS)
    )  # fmt: skip
    while chunk := list(islice(rows, 50_000)):
        with writing(on) as connection:
            connection.execute(insert(ArticleTag), chunk)
    newest: int = seq + len(articles) * TAGS
    with writing(on) as connection:
        connection.execute(text("UPDATE change_counter SET value = :most"), {"most": newest})
        connection.execute(text("ANALYZE"))
    return newest


async def measure(on: Engine, newest: int) -> None:
    """Print a line for every page."""
    app = create_app(on, outlets=dict, now=lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:

        async def page(after: int, limit: int) -> dict[str, int]:
            answer = await client.get(f"/api/v1/changes?after={after}&limit={limit}")
            answer.raise_for_status()
            found: dict[str, int] = answer.json()
            return found

        for limit in (100, 1000):
            for where, after in (("first", 0), ("middle", newest // 2), ("last", newest - limit), ("empty", newest)):
                took = []
                for _ in range(TIMES):
                    began = time.perf_counter()
                    await page(after, limit)
                    took.append(time.perf_counter() - began)
                took.sort()
                print(f"{took[0] * 1000:8.1f} ms, {took[-2] * 1000:.1f} at most  limit {limit}, the {where} page")
        began, cpu, after, rows = time.perf_counter(), time.process_time(), max(0, newest - 100_000), 0
        while True:
            found = await page(after, 1000)
            rows += len(found["rows"])  # type: ignore[arg-type]
            after = found["next"]
            if not found["more"]:
                break
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        print(f"{rows / wall:8.0f} rows a second over the last {rows}; {cpu / rows * 1e6:.0f} µs of our CPU a row")


def main(url: str, addresses: int) -> None:
    """Fill an empty database and measure."""
    on = engine_of(url)
    migrate(on)
    began = time.perf_counter()
    fill(on, addresses)
    newest = tag(on)
    print(f"{time.perf_counter() - began:8.0f} s to make {newest} changes")
    asyncio.run(measure(on, newest))


if __name__ == "__main__":
    count = int(sys.argv[2]) if len(sys.argv) > 2 else ADDRESSES
    if len(sys.argv) > 1:
        main(sys.argv[1], count)
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(f"sqlite:///{Path(folder) / 'khabar.db'}", count)
