"""Finds copies among texts with one library, as its manual says; run by an interpreter that has it.

    PEER_PYTHON benchmarks/dedupe_peers.py SYSTEM FILE

FILE has a JSON object a line, `id, text` and for our own also `url, title, published`. Every text is looked up, then
added, in the order of the file; it belongs to whom its earliest find belongs to. Writes one JSON object: `told` (whose
copy each text is, or null), `seconds` of CPU and the `mb` that memory grew by.
"""

import importlib
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

Row = dict[str, Any]
Told = Iterator[tuple[str, str | None]]
THRESHOLD = 0.3
"""Of Jaccard similarity: the lowest of 0.3, 0.5 and 0.7, with which each of the three finds most."""
SHINGLE = 5
HASHES = 128
BATCH = 500


def khabar(rows: Iterable[Row]) -> Told:
    """Ours: an index in SQLite, 500 texts a transaction; the words of stories are learned too."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    read = importlib.import_module("pipeline.dedupe.json_lines")._item
    dedupe = importlib.import_module("pipeline.dedupe.stage")
    session = importlib.import_module("models.session")
    tables = [*importlib.import_module("models.fingerprint").INDEX_TABLES,
              importlib.import_module("models.story_ruling").story_rulings]  # fmt: skip
    items = [read(row) for row in rows]
    last = {}
    with tempfile.TemporaryDirectory() as folder:
        on = session.engine(f"sqlite:///{folder}/index.db")
        with session.writing(on) as connection:
            for table in tables:
                table.create(connection)
        for start in range(0, len(items), BATCH):
            batch = [(item, start + place) for place, item in enumerate(items[start : start + BATCH])]
            with session.writing(on) as connection:
                last.update(dedupe.relate_many(connection, batch, stories=False))
        on.dispose()
    for place, item in enumerate(items):
        origin = last[place].copy_of
        yield item.id, None if origin is None else items[int(origin)].id


def datasketch(rows: Iterable[Row]) -> Told:
    """MinHash of shingles in an LSH index."""
    library = importlib.import_module("datasketch")
    index = library.MinHashLSH(threshold=THRESHOLD, num_perm=HASHES)
    roots = Roots()
    for place, row in enumerate(rows):
        made = library.MinHash(num_perm=HASHES)
        made.update_batch([one.encode() for one in _shingles(row["text"])])
        yield row["id"], roots.add(place, row["id"], index.query(made))
        index.insert(place, made)


def rensa(rows: Iterable[Row]) -> Told:
    """The same in Rust; what its index finds is verified, since it says more than the threshold allows."""
    library = importlib.import_module("rensa")
    index = library.RMinHashLSH(THRESHOLD, HASHES, HASHES // 4)
    roots, kept = Roots(), []
    for place, row in enumerate(rows):
        made = library.RMinHash(HASHES, 42)
        made.update(_shingles(row["text"]))
        found = [other for other in index.query(made) if made.jaccard(kept[other]) >= THRESHOLD]
        yield row["id"], roots.add(place, row["id"], found)
        kept.append(made)
        index.insert(place, made)


def gaoya(rows: Iterable[Row]) -> Told:
    """An index of texts in Rust, which makes the shingles and verifies by itself."""
    library = importlib.import_module("gaoya.minhash")
    words = (SHINGLE, SHINGLE)
    index = library.MinHashStringIndex(32, THRESHOLD, HASHES // 3, 3, None, "word", True, words)
    roots = Roots()
    for place, row in enumerate(rows):
        yield row["id"], roots.add(place, row["id"], index.query(row["text"]))
        index.insert_document(place, row["text"])


SYSTEMS: dict[str, Callable[[Iterable[Row]], Told]] = {
    "khabar": khabar,
    "datasketch": datasketch,
    "rensa": rensa,
    "gaoya": gaoya,
}


class Roots:
    """Whom each text belongs to."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, place: int, name: str, found: Iterable[int]) -> str | None:
        """The one whom the earliest of `found` belongs to; None when nothing was found."""
        earliest = min((other for other in found if other != place), default=None)
        root = None if earliest is None else self.names[earliest]
        self.names.append(root or name)
        return root


def _shingles(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return list({" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))})


def peak_mb() -> float:
    """The most memory that this process held; ru_maxrss would be that of the process which started it."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))[0]) / 1024


def main() -> None:
    """Runs SYSTEM over FILE."""
    system = SYSTEMS[sys.argv[1]]
    rows = [json.loads(line) for line in Path(sys.argv[2]).read_text(encoding="utf-8").split("\n") if line]
    for module in ("numpy", *([sys.argv[1]] if sys.argv[1] != "khabar" else [])):
        importlib.import_module(module)
    before = peak_mb()
    start = process_time()
    told = dict(system(rows))
    seconds = process_time() - start
    print(json.dumps({"told": told, "seconds": round(seconds, 3), "mb": round(peak_mb() - before)}))


if __name__ == "__main__":
    main()
