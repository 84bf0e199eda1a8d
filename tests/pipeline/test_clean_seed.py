"""The founding document comes out as promised. Runs where the shared data are; our own wording is in test_clean.py."""

from pathlib import Path

import pytest

from pipeline.clean.json_lines import page_from_json
from pipeline.clean.stage import clean

SEED = sorted((Path(__file__).parents[3] / "shared" / "data" / "seed").glob("*.txt"))


@pytest.mark.skipif(not SEED, reason="the founding document is not part of the repository")
@pytest.mark.parametrize("form", ["text", "paragraphs", "preformatted"])
def test_the_founding_document(form: str) -> None:
    """Title, author, origin, day, cited source, theme line and whole body."""
    text = SEED[0].read_text(encoding="utf-8")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    html = {
        "text": text,
        "paragraphs": "<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>",
        "preformatted": f"<html><body><pre>{text}</pre></body></html>",
    }[form]
    one = clean(page_from_json({"id": "seed", "url": "https://blog.example/2023/russia-warns", "html": html}))
    assert one.outcome == "done"
    assert one.title == "Russia Warns of Expanding Threat from Daesh in Afghanistan"
    assert one.authors == ("Fidel Rahmati",)
    assert one.original is not None
    assert (one.original.name, one.original.basis) == ("Khaama Press", "byline")
    assert one.published is not None
    assert (one.published.iso(), one.published.precision) == ("2023-06-15", "day")
    assert [source.name for source in one.cited] == ["TASS"]
    assert one.text.split("\n") == [" ".join(line.split()) for line in lines[3:]]
