"""The clean stage beside trafilatura alone, on the same pages in the same process: processor time, and predictions that
any scorer can read. `python benchmarks/clean.py FOLDER [--out FOLDER] [--limit N]`."""

import argparse
import gzip
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import trafilatura

from pipeline.clean.json_lines import article_to_json
from pipeline.clean.stage import clean
from pipeline.items import Page

Row = dict[str, Any]


def pages(folder: Path, limit: int | None) -> Iterator[Page]:
    """The pages of a folder with gold.jsonl (rows with id and url) and pages/<id>.html.gz."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as rows:
        for number, line in enumerate(rows):
            if limit is not None and number >= limit:
                return
            row = json.loads(line)
            body = gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
            yield Page(row["id"], row.get("url") or "", body)


def khabar(page: Page) -> Row:
    """The whole stage: decoding, walls, text, title, authors, times, language, origin, quality."""
    return article_to_json(clean(page))


def library(page: Page) -> Row:
    """trafilatura alone: text and its metadata."""
    found = trafilatura.bare_extraction(page.body, url=page.url or None, with_metadata=True)
    if found is None:
        return {"id": page.id}
    names = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"id": page.id, "title": found.title, "authors": names, "published": found.date, "text": found.text}


SYSTEMS: dict[str, Callable[[Page], Row]] = {"khabar": khabar, "trafilatura": library}


def main() -> None:
    """Prints seconds and pages a second for each system, and writes predictions when asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--out", type=Path, help="folder for <system>.jsonl")
    arguments.add_argument("--limit", type=int)
    options = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    spent = dict.fromkeys(SYSTEMS, 0.0)
    written: dict[str, list[Row]] = {name: [] for name in SYSTEMS}
    count = 0
    for page in pages(options.folder, options.limit):
        count += 1
        for name in sorted(SYSTEMS, reverse=count % 2 == 0):  # in turn, so that neither always finds a warm cache
            start = process_time()
            row = SYSTEMS[name](page)
            seconds = process_time() - start
            if count > 1:  # the first page loads models and patterns
                spent[name] += seconds
            written[name].append({**row, "seconds": round(seconds, 5)})
    print("| system | pages | CPU seconds | pages a second |\n|---|---|---|---|")
    for name, seconds in spent.items():
        print(f"| {name} | {count - 1} | {seconds:.2f} | {(count - 1) / max(seconds, 1e-9):.1f} |")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        for name, rows in written.items():
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (options.out / f"{name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
