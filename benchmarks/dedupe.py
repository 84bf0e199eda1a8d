"""How well and how fast copies and stories are found: the tables of the dedupe stage, runnable by anyone.

    python benchmarks/dedupe.py [FOLDER] [--peers PYTHON]

Scores the replica's articles and their reprints and made-up articles, with floors that a change must not break, and the
labelled sets of FOLDER (`*.docs.jsonl` with `group` or `story`, `*.pairs.jsonl`). With an interpreter that has them,
datasketch, rensa and gaoya run beside ours, each in a process of its own. How fast we are is in `dedupe_speed.py`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import replica
from benchmarks.dedupe_speed import articles
from benchmarks.scores import bcubed, pair_scores, table, under_floors
from pipeline.dedupe.json_lines import dedupe_lines
from pipeline.items import DedupeInput

NEEDS = (
    "Labelled sets were not measured: `make bench-dedupe DATA=FOLDER` needs FOLDER/dedupe with *.docs.jsonl; "
    "see benchmarks/README.md."
)
ONE_EVENT = Path(__file__).parent / "one_event/items.jsonl"
PEERS = ("khabar", "datasketch", "rensa", "gaoya")
PEERS_ARTICLES = 5000


def shipped() -> dict[str, dict[str, float]]:
    """The replica's articles and their reprints, and made-up articles of which every fifth is a copy."""
    items, origins = replica.copies()
    return {
        "replica": copy_shares(items, origins),
        "generated": copy_shares(*generated(2000)),
        "one_event": across_languages(),
        "replica, stories": replica_stories(),
    }


def generated(count: int) -> tuple[list[DedupeInput], dict[str, str]]:
    """Made-up articles, and of each whose copy it is, itself for an origin."""
    made = list(islice(articles(), count))
    bodies = {  # a copy's body is that of its origin between two sentences
        item.id: item.text.removeprefix("By our own staff. ").removesuffix(" All rights reserved.") for item in made
    }
    first: dict[str, str] = {}
    return made, {name: first.setdefault(body, name) for name, body in bodies.items()}


def across_languages() -> dict[str, float]:
    """Our short items of five languages: B-cubed F1 of the stories; of the pairs in different languages the share of
    true ones that is `found` in one story, and of those in one story the share that is `right`."""
    gold = {row["id"]: row for row in map(json.loads, ONE_EVENT.read_text(encoding="utf-8").splitlines())}
    told = {row["id"]: row["story"] for row in dedupe_lines(gold.values())}
    pairs = [(a, b) for a, b in combinations(gold, 2) if gold[a]["language"] != gold[b]["language"]]
    return story_shares({name: row["story"] for name, row in gold.items()}, told, pairs)


def replica_stories() -> dict[str, float]:
    """The same of the replica's articles, of all pairs of articles."""
    items, events = replica.events()
    told = {row["id"]: row["story"] for row in dedupe_lines(map(json_row, items))}
    return story_shares(events, told, combinations(events, 2))


def story_shares(
    gold: Mapping[str, str], told: Mapping[str, str], pairs: Iterable[tuple[str, str]]
) -> dict[str, float]:
    """B-cubed F1, and of `pairs` the share of true ones `found` and of those in one story the share that is `right`."""
    same = [(gold[a] == gold[b], told[a] == told[b]) for a, b in pairs]
    both = sum(true and ours for true, ours in same)
    return {
        "articles": len(gold),
        "b3_f1": bcubed(gold, told),
        "found": both / sum(true for true, _ in same),
        "right": both / max(1, sum(ours for _, ours in same)),
    }


def copy_shares(items: Sequence[DedupeInput], origins: Mapping[str, str]) -> dict[str, float]:
    """Our `shares`."""
    return shares({row["id"]: row["copy_of"] for row in dedupe_lines(map(json_row, items))}, origins)


def shares(told: Mapping[str, str | None], origins: Mapping[str, str]) -> dict[str, float]:
    """Of the true copies the share that is `found` as one of its origin, and of what is called a copy the share that is
    `right`."""
    groups = Counter(origins.values())
    right = sum(told[i] is not None and origins[told[i] or ""] == origin for i, origin in origins.items())
    called = sum(copy is not None for copy in told.values())
    true = sum(groups.values()) - len(groups)
    return {"articles": len(origins), "copies": true, "found": right / true, "right": right / max(1, called)}


def json_row(item: DedupeInput) -> dict[str, Any]:
    """The item as the filter reads it."""
    return {**asdict(item), "published": item.published and item.published.isoformat()}


def peers(interpreter: str, folder: Path | None) -> Iterator[dict[str, object]]:
    """Ours and the peers on the same articles, one after the other."""
    made, origins = generated(PEERS_ARTICLES)
    sets = {"generated": ([json_row(item) for item in made], origins)}
    path = folder / "neardup.docs.jsonl" if folder else None
    if path and path.exists():
        gold = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        first: dict[str, str] = {}
        sets["neardup"] = gold, {row["id"]: first.setdefault(row["group"], row["id"]) for row in gold}
    for name, (rows, truth) in sets.items():
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
            file.flush()
            for system in PEERS:
                python = sys.executable if system == "khabar" else interpreter
                script = str(Path(__file__).with_name("dedupe_peers.py"))
                done = subprocess.run([python, script, system, file.name], check=True, capture_output=True, text=True)
                answer = json.loads(done.stdout)
                figures = shares(answer["told"], truth)
                same = pair_scores(truth, {i: copy or i for i, copy in answer["told"].items()})
                yield {"set": name, "system": system, **figures, **same,
                       "per_cpu_second": round(len(rows) / answer["seconds"]), "mb": answer["mb"]}  # fmt: skip


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
    """Prints the tables, and returns 1 when a figure is under its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--peers", metavar="PYTHON")
    asked = parser.parse_args()
    results = shipped()
    print(table([{"set": name, **figures} for name, figures in results.items()]))
    print("\n" + (table(list(quality(asked.folder))) if asked.folder else NEEDS))
    if asked.peers:
        print("\n" + table(list(peers(asked.peers, asked.folder))))
    broken = under_floors("dedupe", results)
    print("\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
