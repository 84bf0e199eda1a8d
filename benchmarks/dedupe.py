"""How well and how fast copies and stories are found: the tables of the dedupe stage, runnable by anyone.

    python benchmarks/dedupe.py speed [--stored 10000 --database URL]
    python benchmarks/dedupe.py quality [FOLDER]

`speed` fills a throw-away index (SQLite, or the given PostgreSQL database) with made-up articles of about 450 words,
one in five of them a copy, and says articles per CPU second of the last 5 000, peak memory, and bytes on disk for each
article. `quality` scores the replica's articles and their reprints, with floors that a change must not break, and the
labelled sets of FOLDER (`*.docs.jsonl` with `group` or `story`, `*.pairs.jsonl`).
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from sqlalchemy import Engine, text

from benchmarks import replica
from benchmarks.scores import bcubed, pair_scores, table, under_floors
from models.fingerprint import INDEX_TABLES
from models.session import engine, writing
from models.story_ruling import story_rulings
from pipeline.dedupe import stage as dedupe
from pipeline.dedupe.json_lines import dedupe_lines
from pipeline.items import DedupeInput

NEEDS = (
    "Labelled sets were not measured: `make bench-dedupe DATA=FOLDER` needs FOLDER/dedupe with *.docs.jsonl; "
    "see benchmarks/README.md."
)
BATCH = 500
A_DAY = 1000
WORDS = 450
ONE_EVENT = Path(__file__).parent / "one_event/items.jsonl"
MEASURED = 5000


def articles() -> Iterator[DedupeInput]:
    """Made-up articles without end, a thousand a day: words by Zipf's law, every fifth a copy of a recent one."""
    rnd = np.random.default_rng(1)
    syllables = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "ki", "zo", "ha", "je"]
    vocabulary = np.array(["".join(rnd.choice(syllables, rnd.integers(1, 5))) for _ in range(60_000)])
    share = 1 / np.arange(1, vocabulary.size + 1)
    share /= share.sum()
    start = datetime(2020, 1, 1, tzinfo=UTC)
    recent: list[str] = []
    number = 0
    while True:
        block = vocabulary[rnd.choice(vocabulary.size, (200, WORDS), p=share)]
        for row in block:
            if number % 5 == 4:
                body = "By our own staff. " + recent[int(rnd.integers(len(recent)))] + " All rights reserved."
            else:
                body = " ".join(row)
                recent = [*recent[-199:], body]
            published = start + timedelta(days=number / A_DAY)
            yield DedupeInput(str(number), f"https://x{number % 50}.example/{number}", body[:60], body, published)
            number += 1


def speed(on: Engine, stored: int, stories: bool) -> dict[str, float]:
    """Fill the index with `stored` articles and measure the last ones."""
    for one in (*INDEX_TABLES, story_rulings):
        one.create(on)
    source = articles()
    number = copies = 0
    spent = measured = 0.0
    while number < stored:
        batch = [(item, number + place) for place, item in enumerate(islice(source, BATCH), 1)]
        before = time.process_time()
        with writing(on) as connection:
            told = dedupe.relate_many(connection, batch, stories)
        spent = time.process_time() - before
        number += len(batch)
        if number > stored - MEASURED:
            measured += spent
            copies += sum(told[article_id].copy_of is not None for _, article_id in batch)
        if number % (BATCH * 40) == 0:
            if stories:
                with writing(on) as connection:
                    dedupe.regroup(connection)
            print(f"  {number} stored, {BATCH / spent:.0f} a CPU second", file=sys.stderr, flush=True)
    counted = min(MEASURED, stored)
    return {"per_cpu_second": round(counted / measured), "copies_found": round(copies / counted, 4)}


def disk(on: Engine) -> float:
    """Bytes of the whole index."""
    with on.connect() as connection:
        if on.dialect.name == "postgresql":
            names = [one.name for one in INDEX_TABLES]
            asked = text("SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relname = ANY(:names)")
            return float(connection.execute(asked, {"names": names}).scalar_one())
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        return float(pages * connection.execute(text("PRAGMA page_size")).scalar_one())


def shipped() -> dict[str, dict[str, float]]:
    """The replica's articles and their reprints, and made-up articles of which every fifth is a copy."""
    items, origins = replica.copies()
    made = list(islice(articles(), 2000))
    recent: dict[str, str] = {}
    for item in made:  # a copy's body is that of its origin between two sentences
        body = item.text.removeprefix("By our own staff. ").removesuffix(" All rights reserved.")
        recent.setdefault(body, item.id)
    made_origins = {
        item.id: recent[item.text.removeprefix("By our own staff. ").removesuffix(" All rights reserved.")]
        for item in made
    }
    return {
        "replica": copy_shares(items, origins),
        "generated": copy_shares(made, made_origins),
        "one_event": across_languages(),
    }


def across_languages() -> dict[str, float]:
    """Our short items of five languages: B-cubed F1 of the stories; of the pairs in different languages the share of
    true ones that is `found` in one story, and of those in one story the share that is `right`."""
    gold = {row["id"]: row for row in map(json.loads, ONE_EVENT.read_text(encoding="utf-8").splitlines())}
    told = {row["id"]: row["story"] for row in dedupe_lines(gold.values())}
    pairs = [
        (gold[a]["story"] == gold[b]["story"], told[a] == told[b])
        for a, b in combinations(gold, 2)
        if gold[a]["language"] != gold[b]["language"]
    ]
    both = sum(true and ours for true, ours in pairs)
    return {
        "articles": len(gold),
        "b3_f1": bcubed({name: row["story"] for name, row in gold.items()}, told),
        "found": both / sum(true for true, _ in pairs),
        "right": both / max(1, sum(ours for _, ours in pairs)),
    }


def copy_shares(items: Sequence[DedupeInput], origins: Mapping[str, str]) -> dict[str, float]:
    """Of the true copies the share that is `found` as one of its origin, and of what is called a copy the share that is
    `right`."""
    rows = ({**asdict(item), "published": item.published and item.published.isoformat()} for item in items)
    told = {row["id"]: row["copy_of"] for row in dedupe_lines(rows)}
    groups = Counter(origins.values())
    right = sum(told[i] is not None and origins[told[i]] == origin for i, origin in origins.items())
    called = sum(copy is not None for copy in told.values())
    true = sum(groups.values()) - len(groups)
    return {"articles": len(items), "copies": true, "found": right / true, "right": right / max(1, called)}


def quality(folder: Path) -> Iterator[dict[str, object]]:
    """One row of scores for each labelled set."""
    for path in sorted(folder.glob("*.docs.jsonl")):
        gold = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        name = path.name.removesuffix(".docs.jsonl")
        pairs = path.with_name(name + ".pairs.jsonl")
        if not any("text" in row for row in gold):
            continue
        before = time.process_time()
        told = {row["id"]: row for row in dedupe_lines(gold)}
        rate = round(len(gold) / (time.process_time() - before))
        row: dict[str, object] = {"set": name, "rows": len(gold), "per_cpu_second": rate}
        if "group" in gold[0]:
            origins = {i: r["copy_of"] or i for i, r in told.items()}
            row.update(pair_scores({r["id"]: r["group"] for r in gold}, origins))
        elif "story" in gold[0]:
            stories = {i: r["story"] for i, r in told.items()}
            row["b3_f1"] = round(bcubed({r["id"]: r["story"] for r in gold}, stories), 4)
        if pairs.exists():
            labelled = [json.loads(line) for line in pairs.read_text(encoding="utf-8").split("\n") if line]
            for language in sorted({pair["lang"] for pair in labelled}):
                row[f"pair_f1_{language}"] = same_story_f1(
                    [pair for pair in labelled if pair["lang"] == language], {i: r["story"] for i, r in told.items()}
                )
        yield row


def same_story_f1(labelled: list[dict[str, Any]], story: dict[str, str]) -> float:
    """F1 of the pairs that are said to be one event."""
    ours = [story[pair["a"]] == story[pair["b"]] for pair in labelled]
    true = [pair["label"] == 1 for pair in labelled]
    hits = sum(a and b for a, b in zip(ours, true, strict=True))
    return round(float(2 * hits / max(1, sum(ours) + sum(true))), 4)


def main() -> int:
    """Prints the tables of `quality`, and returns 1 when a figure is under its floor; for `speed` one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    fast = kinds.add_parser("speed")
    fast.add_argument("--stored", type=int, default=10_000)
    fast.add_argument("--database", default="")
    fast.add_argument("--stories", action="store_true")
    good = kinds.add_parser("quality")
    good.add_argument("folder", type=Path, nargs="?")
    asked = parser.parse_args()
    if asked.kind == "quality":
        results = shipped()
        print(table([{"set": name, **figures} for name, figures in results.items()]))
        if asked.folder:
            print("\n" + table(list(quality(asked.folder))))
        else:
            print("\n" + NEEDS)
        broken = under_floors("dedupe", results)
        print("\n".join(broken))
        return 1 if broken else 0
    with tempfile.TemporaryDirectory() as folder:
        on = engine(asked.database or f"sqlite:///{folder}/index.db")
        try:
            row = {"stored": asked.stored, "database": on.dialect.name, "stories": asked.stories}
            row.update(speed(on, asked.stored, asked.stories))
            row["bytes_per_article"] = round(disk(on) / asked.stored)
            row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(json.dumps(row))
        finally:
            on.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
