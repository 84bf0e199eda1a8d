"""How fast copies are found, and in how much room, with few and with very many articles stored.

    python benchmarks/dedupe_speed.py [--stored 10000] [--database sqlite|postgresql|URL] [--stories]

Fills a throw-away index with made-up articles of 450 words, one in five of them a copy, and says articles per CPU
second of the last 5 000, peak memory, and bytes on disk for each article. With more than 10 000 stored a second index
of 10 000 takes its last articles in turn with the first, so that both are measured in the same minutes. `postgresql`
starts a server of its own, whose CPU time is counted apart.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from sqlalchemy import Engine, text

from benchmarks.dedupe_peers import peak_mb
from models.fingerprint import INDEX_TABLES, blocks, fingerprints, overlaps
from models.session import engine, writing
from models.story_ruling import story_rulings
from pipeline.dedupe import stage as dedupe
from pipeline.items import DedupeInput
from tests.support.postgres import Postgres

BATCH = 500
A_DAY = 1000
WORDS = 450
FEW = 10_000
MEASURED = 5000
CELLS = 1 << 16
COPIES = (fingerprints, blocks, overlaps)
"""The tables that copies are found by; the others are of stories."""


def articles() -> Iterator[DedupeInput]:
    """Made-up articles without end, a thousand a day: words by Zipf's law, every fifth a copy of a recent one."""
    rnd = np.random.default_rng(1)
    syllables = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "ki", "zo", "ha", "je"]
    vocabulary = ["".join(rnd.choice(syllables, rnd.integers(1, 5))) for _ in range(60_000)]
    below = np.cumsum(1 / np.arange(1, len(vocabulary) + 1))
    below /= below[-1]
    guide = below.searchsorted(np.arange(CELLS + 1) / CELLS, side="right")
    start = datetime(2020, 1, 1, tzinfo=UTC)
    recent: list[str] = []
    number = 0
    while True:
        chance = rnd.random((200, WORDS))
        cells = (chance * CELLS).astype(np.int64)
        places = guide[cells]  # four in five words have a cell for themselves, which is quicker than to search
        several = places != guide[cells + 1]
        places[several] = below.searchsorted(chance[several], side="right")
        for row in places.tolist():
            if number % 5 == 4:
                body = "By our own staff. " + recent[int(rnd.integers(len(recent)))] + " All rights reserved."
            else:
                body = " ".join([vocabulary[place] for place in row])
                recent = [*recent[-199:], body]
            published = start + timedelta(days=number / A_DAY)
            yield DedupeInput(str(number), f"https://x{number % 50}.example/{number}", body[:60], body, published)
            number += 1


class Index:
    """A throw-away index that takes in made-up articles, and what its last batch cost."""

    def __init__(self, on: Engine, stories: bool) -> None:
        self.on, self.stories = on, stories
        self.source = articles()
        self.number = 0
        self.batches: list[tuple[float, float, int]] = []
        """Of each measured one: CPU seconds of this process and of the database server, and copies found."""
        with writing(on) as connection:
            for one in (*INDEX_TABLES, story_rulings):
                one.create(connection)

    def take(self, measured: bool) -> None:
        """Relate the next BATCH articles."""
        batch = [(item, self.number + place) for place, item in enumerate(islice(self.source, BATCH), 1)]
        with writing(self.on) as connection:
            server = server_seconds(connection.execute(text("SELECT pg_backend_pid()")).scalar_one()) if (
                connection.dialect.name == "postgresql") else None  # fmt: skip
            before = time.process_time()
            told = dedupe.relate_many(connection, batch, self.stories)
        spent = time.process_time() - before
        self.number += BATCH
        if measured:
            copies = sum(told[article_id].copy_of is not None for _, article_id in batch)
            self.batches.append((spent, server() if server else 0.0, copies))
        if self.stories and self.number % (BATCH * 40) == 0:
            with writing(self.on) as connection:
                dedupe.regroup(connection)
        if self.number % (BATCH * 100) == 0:
            print(f"  {self.number} stored, {BATCH / spent:.0f} a CPU second", file=sys.stderr, flush=True)

    def figures(self) -> dict[str, object]:
        """What was measured."""
        ours, servers, copies = (sum(column) for column in zip(*self.batches, strict=True))
        count = BATCH * len(self.batches)
        row: dict[str, object] = {
            "stored": self.number, "database": self.on.dialect.name, "per_cpu_second": round(count / ours),
        }  # fmt: skip
        if servers:
            row["per_cpu_second_with_server"] = round(count / (ours + servers))
        if self.stories:
            row["stories"] = True
        sizes = disk(self.on)
        of_copies = sum(sizes[table.name] for table in COPIES)
        row["bytes_of_copies"] = round(of_copies / self.number)
        row["bytes_of_stories"] = round((sum(sizes.values()) - of_copies) / self.number)
        row["copies_found"] = round(copies / count, 4)
        return row


class server_seconds:
    """CPU seconds that a process of this machine spends from now on until it is called."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.before = self._now()

    def __call__(self) -> float:
        return self._now() - self.before

    def _now(self) -> float:
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def disk(on: Engine) -> dict[str, float]:
    """Bytes of each table of the index, with its own indexes."""
    names = [one.name for one in INDEX_TABLES]
    asked = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relname = ANY(:names)"
    if on.dialect.name == "sqlite":
        asked = ("SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name "
                 "WHERE m.tbl_name IN (SELECT value FROM json_each(:names)) GROUP BY 1")  # fmt: skip
    with on.connect() as connection:
        sent = names if on.dialect.name == "postgresql" else json.dumps(names)
        return {name: float(size) for name, size in connection.execute(text(asked), {"names": sent})}


def speed(many: Engine, few: Engine | None, stored: int, stories: bool) -> list[dict[str, object]]:
    """Fill the index of `many` with `stored` articles, that of `few` with FEW, and measure the last of both in turn."""
    began = time.monotonic()
    sizes = [(many, stored)] + ([(few, FEW)] if few is not None else [])
    indexes = []
    for on, size in sizes:
        index = Index(on, stories)
        while index.number < size - MEASURED:
            index.take(measured=False)
        indexes.append(index)
    for _ in range(MEASURED // BATCH):
        for index in indexes:
            index.take(measured=True)
    rows = [index.figures() for index in indexes]
    rows[0]["peak_mb"] = round(peak_mb())
    rows[0]["minutes"] = round((time.monotonic() - began) / 60, 1)
    return rows


def main() -> None:
    """Prints a JSON object for each index."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=FEW)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--stories", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        addresses = [f"sqlite:///{folder}/{name}.db" for name in ("many", "few")]
        if asked.database == "postgresql":
            server = stack.enter_context(Postgres())
            with server.admin.connect() as connection:  # a week passes in seconds here: so must the server's minutes
                connection.execute(text("ALTER SYSTEM SET autovacuum_naptime = '1s'"))
                connection.execute(text("SELECT pg_reload_conf()"))
            addresses = [server.url(server.create(name)) for name in ("many", "few")]
        elif asked.database != "sqlite":
            addresses = [asked.database]
        engines = [engine(address) for address in addresses]
        for on in engines:
            stack.callback(on.dispose)
        few = engines[1] if asked.stored > FEW and len(engines) > 1 else None
        for row in speed(engines[0], few, asked.stored, asked.stories):
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
