"""The clean stage beside trafilatura alone, on the same pages in the same process: quality and processor time.

    python benchmarks/clean.py [FOLDER] [--out FOLDER] [--limit N] [--peers INTERPRETER] [--memory N]

Without FOLDER the pages are those of the replica, with floors that a change must not break. FOLDER adds labelled pages
of the real web: gold.jsonl (rows with id, url, title, authors, published, text) and pages/<id>.html.gz. --peers also
reads them with the extractors that INTERPRETER has (clean_peers.py); --memory says what a worker of the pool holds
after N pages.
"""

import argparse
import gzip
import json
import logging
import multiprocessing
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import trafilatura

from benchmarks import replica
from benchmarks.scores import body_f1, instant, same_authors, same_day, same_title, table, under_floors
from pipeline.clean.json_lines import article_to_json
from pipeline.clean.pool import CleanPool
from pipeline.clean.stage import clean
from pipeline.items import Page

NEEDS = (
    "Real pages were not measured: `make bench-clean DATA=FOLDER` needs FOLDER/extraction/dev with gold.jsonl and "
    "pages/<id>.html.gz; see benchmarks/README.md."
)
Row = dict[str, Any]
Labelled = tuple[Page, Row]


def labelled(folder: Path, limit: int | None) -> Iterator[Labelled]:
    """The pages of a folder with what gold.jsonl says of them; a field that it leaves empty is not scored."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as rows:
        for number, line in enumerate(rows):
            if limit is not None and number >= limit:
                return
            row = json.loads(line)
            body = gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
            names = row.get("authors") or None
            authors = names.split(";") if isinstance(names, str) else names
            yield Page(row["id"], row.get("url") or "", body), {**row, "authors": authors}


def khabar(page: Page) -> Row:
    """The whole stage: decoding, walls, text, title, authors, times, language, origin, quality."""
    return article_to_json(clean(page))


def unknown_outlet(page: Page) -> Row:
    """The same without what the outlet's file says: as for any site of the web."""
    return khabar(replace(page, outlet=None))


def library(page: Page) -> Row:
    """trafilatura alone: text and its metadata."""
    found = trafilatura.bare_extraction(page.body, url=page.url or None, with_metadata=True)
    if found is None or isinstance(found, dict):
        return {"id": page.id}
    names = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"id": page.id, "title": found.title, "authors": names, "published": found.date, "text": found.text}


SYSTEMS: dict[str, Callable[[Page], Row]] = {
    "replica": khabar,
    "replica, unknown outlet": unknown_outlet,
    "replica, trafilatura": library,
}
PEERS = ("newspaper4k", "readability-lxml", "news-please")
REAL: dict[str, Callable[[Page], Row]] = {"khabar": khabar, "trafilatura": library}


def run(systems: dict[str, Callable[[Page], Row]], pages: Sequence[Labelled]) -> dict[str, list[Row]]:
    """What each system makes of each page, with the CPU seconds that it took under `seconds`."""
    told: dict[str, list[Row]] = {name: [] for name in systems}
    for system in systems.values():
        system(pages[0][0])  # the first page loads models and patterns
    for count, (page, _) in enumerate(pages):
        for name in sorted(systems, reverse=count % 2 == 0):  # in turn, so that neither always finds a warm cache
            start = process_time()
            row = systems[name](page)
            told[name].append({**row, "seconds": round(process_time() - start, 5)})
    return told


def measure(truths: Sequence[Row], told: Sequence[Row]) -> dict[str, float]:
    """Body F1, and the share of right titles, days and author sets, each over the pages whose truth is known."""
    both = list(zip(truths, told, strict=True))
    title = [same_title(t["title"], r.get("title")) for t, r in both if t.get("title")]
    day = [same_day(at, r.get("published")) for t, r in both if (at := instant(t.get("published")))]
    names = [same_authors(t["authors"], r.get("authors") or ()) for t, r in both if t.get("authors") is not None]
    return {
        "pages": len(both),
        "body": body_f1([(t["text"], r.get("text") or "") for t, r in both if t.get("text")]),
        "title": fmean(title),
        "day": fmean(day),
        "authors": fmean(names),
    }


def shipped() -> dict[str, dict[str, float]]:
    """The figures of each system on the replica's pages."""
    pages = replica.pages()
    return {name: measure([truth for _, truth in pages], rows) for name, rows in run(SYSTEMS, pages).items()}


def peers(interpreter: str, folder: Path, limit: int | None) -> Iterator[tuple[str, list[Row]]]:
    """What each peer makes of the pages, in a process of its own."""
    script = Path(__file__).with_name("clean_peers.py")
    for name in PEERS:
        command = [interpreter, str(script), name, str(folder), *([str(limit)] if limit else [])]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"{name}: {done.stderr.strip().splitlines()[-1]}")
        yield name, [json.loads(line) for line in done.stdout.splitlines()]


def memory(pages: Sequence[Page], count: int) -> list[Row]:
    """MB that one worker holds after a tenth and after all of `count` pages, and the most that it ever held."""
    rows: list[Row] = []
    with CleanPool(1, pages_per_process=count + 1) as pool:
        for done, _ in enumerate(pool.clean_many(islice(cycle(pages), count)), start=1):
            if done in (count // 10, count):
                [worker] = multiprocessing.active_children()
                status = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii")
                held, most = (int(re.findall(rf"{key}:\s+(\d+)", status)[0]) / 1024 for key in ("VmRSS", "VmHWM"))
                rows.append({"pages": done, "MB": round(held), "most MB": round(most)})
    return rows


def compare(folder: Path, limit: int | None, out: Path | None, interpreter: str | None) -> list[Row]:
    """Quality and speed on labelled pages; `speed` is how many times as fast as trafilatura."""
    pages = list(labelled(folder, limit))
    told = run(REAL, pages)
    told.update(peers(interpreter, folder, limit) if interpreter else ())
    spent = {name: sum(row["seconds"] for row in rows) for name, rows in told.items()}
    if out:
        out.mkdir(parents=True, exist_ok=True)
        for name, rows in told.items():
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (out / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return [
        {
            "system": name,
            **measure([truth for _, truth in pages], rows),
            "pages a CPU second": f"{len(pages) / spent[name]:.1f}",
            "speed": f"{spent['trafilatura'] / spent[name]:.2f} ×",
        }
        for name, rows in told.items()
    ]


def main() -> int:
    """Prints the tables, and writes predictions when asked. Returns 1 when a figure is under its floor."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path, nargs="?")
    arguments.add_argument("--out", type=Path, help="folder for the predictions on FOLDER, <system>.jsonl")
    arguments.add_argument("--limit", type=int)
    arguments.add_argument("--peers", metavar="INTERPRETER", help="a Python that has benchmarks/peers.txt")
    arguments.add_argument("--memory", metavar="N", type=int, help="pages that a worker cleans to show what it holds")
    options = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    results = shipped()
    print(table([{"set": name, **figures} for name, figures in results.items()]))
    if options.folder:
        print("\n" + table(compare(options.folder, options.limit, options.out, options.peers)))
    else:
        print("\n" + NEEDS)
    if options.memory:
        real = labelled(options.folder, options.limit) if options.folder else replica.pages()
        print("\n" + table(memory([page for page, _ in real], options.memory)))
    broken = under_floors("clean", results)
    print("\n".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
