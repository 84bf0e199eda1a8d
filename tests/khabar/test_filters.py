"""Filters: the same order, the pipeline's own code, and no line that ends the run."""

import io
import json
from collections.abc import Iterator

from khabar.filters import run_filter, same
from tests.khabar.conftest import Run


def test_bad_lines_keep_their_place() -> None:
    """Whatever the work reads ahead, each answer stands where its line stood."""

    def read_ahead(rows: Iterator[dict[str, object]]) -> Iterator[dict[str, object]]:
        yield from [{"id": row["id"], "seen": True} for row in rows]

    lines = [b'{"id": 1}\n', b"nonsense\n", b"[1]\n", b"\n", b'{"id": 2}\n', b'{"no": "id"}\n', b"\xff\n", b"[" * 99999]
    out = io.BytesIO()
    run_filter(lines, out, same, read_ahead, same)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row.get("id") for row in rows] == [1, None, None, 2, None, None, None]
    assert ["error" in row for row in rows] == [False, True, True, False, True, True, True]


def test_a_failing_row_is_its_own_error() -> None:
    """An exception names itself and its row, and the next row goes on."""

    def read(row: dict[str, object]) -> dict[str, object]:
        if row["id"] == 1:
            raise KeyError("text")
        return row

    out = io.BytesIO()
    run_filter([b'{"id": 1}', b'{"id": 2}'], out, read, iter, same)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {"id": 1, "error": "KeyError: 'text'"}, {"id": 2},
    ]  # fmt: skip


def test_an_id_comes_back_as_it_was_given() -> None:
    """A number stays a number, though the stages know ids as text: whoever joins by id must find it."""
    out = io.BytesIO()
    run_filter([b'{"id": 7}'], out, lambda row: str(row["id"]), iter, lambda text: {"id": text, "seen": True})
    assert json.loads(out.getvalue()) == {"id": 7, "seen": True}


PAGE = """Press "Enter" to skip to content

Border guards seize weapons near Islam Qala

By Mina Sahar in Khaama Press online, March 3, 2025
HERAT - Border guards in Herat province seized 40 rifles near the Islam Qala crossing on Sunday, a spokesman said.
The weapons were hidden in a lorry that had come from Iran, TASS reported, and two men were detained for questioning.
Officials said that the province had seen a rise in smuggling since the beginning of the year.
"""


def test_clean_and_tag_work_as_one_line_of_shell(khabar: Run) -> None:
    """`khabar clean | khabar tag`: a republished page of bare text keeps its author, day, origin and cited source."""
    cleaned = khabar("clean", input=json.dumps({"id": "a", "url": "https://example.org/x", "html": PAGE}) + "\n{\n")
    assert cleaned.returncode == 0, cleaned.stderr
    article, error = (json.loads(line) for line in cleaned.stdout.splitlines())
    assert "error" in error
    assert article["title"] == "Border guards seize weapons near Islam Qala"
    assert (article["authors"], article["original_outlet"]) == (["Mina Sahar"], "Khaama Press")
    assert (article["published"], article["published_precision"]) == ("2025-03-03", "day")
    assert [source["name"] for source in article["cited_sources"]] == ["TASS"]
    assert "skip to content" not in article["text"]
    tagged = khabar("tag", input=json.dumps(article))
    (row,) = (json.loads(line) for line in tagged.stdout.splitlines())
    assert ("iso3166-2", "AF-HER") in {(tag["scheme"], tag["code"]) for tag in row["regions"]}
    for tag in row["regions"] + row["topics"] + row["actors"]:
        for span in tag["evidence"]:
            assert article[span["field"]][span["start"] : span["end"]] == span["text"]


def test_dedupe_finds_the_copy(khabar: Run) -> None:
    """The same text at another outlet is a copy of the earlier one, whichever comes first in the input."""
    text = PAGE.split("\n", 5)[5]
    rows = [
        {"id": "late", "url": "https://b.example/1", "title": "Weapons", "text": text, "published": "2025-03-04"},
        {"id": "early", "url": "https://a.example/1", "title": "Rifles", "text": text, "published": "2025-03-03"},
    ]
    done = khabar("dedupe", input="\n".join(json.dumps(row) for row in rows))
    late, early = (json.loads(line) for line in done.stdout.splitlines())
    assert (late["id"], late["copy_of"], late["copy_kind"]) == ("late", "early", "exact")
    assert (early["copy_of"], early["story"]) == (None, late["story"])
