"""Reads labelled pages with another extractor, as its manual says; run by an interpreter that has it.

    PEER_PYTHON benchmarks/clean_peers.py SYSTEM FOLDER [LIMIT]

Writes one JSON object a page, with the CPU seconds that it took. Imports nothing of ours.
"""

import gzip
import importlib
import json
import logging
import socket
import sys
import warnings
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from time import process_time
from typing import Any

Row = dict[str, Any]


def newspaper4k(body: bytes, url: str) -> Row:
    """Its article, from HTML that is at hand."""
    article = importlib.import_module("newspaper").Article(url or "https://page.example/")
    article.download(input_html=_decoded(body))
    article.parse()
    return {
        "title": article.title,
        "authors": article.authors,
        "published": _written(article.publish_date),
        "text": article.text,
    }


def readability_lxml(body: bytes, _url: str) -> Row:
    """Its title and summary; the summary is HTML. It tells no authors and no times."""
    document = importlib.import_module("readability").Document(_decoded(body))
    summary = importlib.import_module("lxml.html").fromstring(document.summary())
    lines = (" ".join(part.split()) for part in summary.itertext())
    return {"title": document.short_title(), "text": "\n".join(line for line in lines if line)}


def news_please(body: bytes, url: str) -> Row:
    """Its article, from HTML that is at hand."""
    found = importlib.import_module("newsplease").NewsPlease.from_html(_decoded(body), url=url or None)
    return {
        "title": found.title,
        "authors": found.authors,
        "published": _written(found.date_publish),
        "text": found.maintext,
    }


SYSTEMS: dict[str, Callable[[bytes, str], Row]] = {
    "newspaper4k": newspaper4k,
    "readability-lxml": readability_lxml,
    "news-please": news_please,
}


def _decoded(body: bytes) -> str:
    """The page as text, as BeautifulSoup decodes it: all three want text."""
    return importlib.import_module("bs4").UnicodeDammit(body, is_html=True).unicode_markup or ""


def _written(at: Any) -> str | None:
    return at.isoformat() if hasattr(at, "isoformat") else at or None


def _no_network(*_address: object, **_options: object) -> None:
    """newspaper4k, which news-please uses, asks the site for every picture, and waits for names nobody resolves."""
    raise socket.gaierror("a benchmark reads what is at hand")


def main() -> None:
    """A page that raises counts as one without an answer; the last line on standard error says how many did."""
    system, folder = SYSTEMS[sys.argv[1]], Path(sys.argv[2])
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else None
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    socket.getaddrinfo = _no_network  # type: ignore[assignment]
    raised = 0
    with (folder / "gold.jsonl").open(encoding="utf-8") as rows:
        for line in islice(rows, limit):
            gold = json.loads(line)
            body = gzip.decompress((folder / "pages" / f"{gold['id']}.html.gz").read_bytes())
            start = process_time()
            try:
                row = system(body, gold.get("url") or "")
            except Exception:  # whatever another library raises: it gave no answer
                row, raised = {}, raised + 1
            row["seconds"] = round(process_time() - start, 5)
            print(json.dumps({"id": gold["id"], **row}, ensure_ascii=False), flush=True)
    print(f"{raised} pages raised", file=sys.stderr)


if __name__ == "__main__":
    main()
