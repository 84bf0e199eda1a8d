"""What a new article costs from its archived page to its rows, beside trafilatura alone on the same pages.

    python benchmarks/whole.py [FOLDER] [--database URL]

A throw-away ledger lists the pages of FOLDER (as of benchmarks/clean.py; default: the replica's), and one processing
run cleans, tags, stores and dedupes them, as `khabar process` does. CPU seconds; cleaning, which the run leaves to a
process of its own, is measured on the same pages beside it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import trafilatura
from sqlalchemy import insert

from benchmarks import replica
from benchmarks.clean import labelled
from benchmarks.scores import table
from models.archive import open_archive
from models.ledger import Discovery, Fetch
from models.migrate import migrate
from models.session import engine, writing
from outlets.schema import Outlet
from pipeline.clean.stage import clean
from pipeline.items import Page
from pipeline.process import process

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OUTLET = Outlet.model_validate(
    {
        "name": "bench", "title": "Bench", "home": "https://bench.example", "country": "AF",
        "ownership": "independent", "languages": ["en", "fa", "ps", "ru", "fr", "es"], "timezone": "Asia/Kabul",
        "sources": [{"kind": "feed", "url": "https://bench.example/feed"}], "article_url": ".",
        "assertions": {"min": {"kept": 1}},
    }
)  # fmt: skip


def ours(pages: Sequence[Page], database: str | None) -> tuple[float, int]:
    """(CPU seconds without cleaning, articles) of one processing run over `pages`."""
    with tempfile.TemporaryDirectory() as folder:
        on = engine(database or f"sqlite:///{folder}/whole.db")
        migrate(on)
        archive = open_archive(f"{folder}/archive")
        with writing(on) as connection:
            for number, page in enumerate(pages, start=1):
                sha256 = archive.put(page.body)
                url = page.url or f"https://bench.example/{number}"
                connection.execute(
                    insert(Discovery).values(
                        id=number, outlet="bench", url_key=f"bench.example/{number}", url=url, first_seen_at=NOW,
                        last_seen_at=NOW, source="https://bench.example/feed", hints={}, hint_sha256="h",
                        stage="fetched", fetch_id=number, run_id=1,
                    )
                )  # fmt: skip
                connection.execute(
                    insert(Fetch).values(
                        id=number, outlet="bench", discovery_id=number, kind="article", url=url, final_url=url,
                        fetched_at=NOW, status=200, outcome="done", body_sha256=sha256, body_bytes=len(page.body),
                        headers={}, run_id=1,
                    )
                )  # fmt: skip
        start = time.process_time()
        done = process(on, archive, {"bench": OUTLET}, lookback_days=14, now=lambda: NOW)
        used = time.process_time() - start
        on.dispose()
    return used, done.new_articles


def cleaning(pages: Sequence[Page]) -> float:
    """CPU seconds of the clean stage."""
    start = time.process_time()
    for page in pages:
        clean(replace(page, outlet=OUTLET))
    return time.process_time() - start


def library(pages: Sequence[Page]) -> float:
    """CPU seconds of trafilatura's extraction with metadata."""
    start = time.process_time()
    for page in pages:
        trafilatura.bare_extraction(page.body, url=page.url or None, with_metadata=True)
    return time.process_time() - start


def main() -> None:
    """Runs of each in turn; below the table the median of the ratios."""
    parser = argparse.ArgumentParser(description="A new article's cost, from archived page to rows.")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--database", help="Address of an empty PostgreSQL database; one run only.")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    sources = labelled(asked.folder, None) if asked.folder else replica.pages()
    pages = [page for page, _ in sources]
    library(pages[:5])  # the first pages load models and patterns
    ours(pages[:5], None)
    rows = []
    for _ in range(asked.runs):
        used, articles = ours(pages, asked.database)
        cleaned = cleaning(pages)
        alone = library(pages)
        rows.append(
            {
                "pages": len(pages), "articles": articles, "clean, s": round(cleaned, 1),
                "tag, store, dedupe, s": round(used, 1), "trafilatura, s": round(alone, 1),
                "ratio": (used + cleaned) / alone,
            }
        )  # fmt: skip
    rows.sort(key=lambda row: float(str(row["ratio"])))
    print(table(rows))
    print(f"\nmedian ratio {rows[len(rows) // 2]['ratio']:.2f}")


if __name__ == "__main__":
    main()
