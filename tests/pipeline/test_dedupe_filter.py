"""`khabar dedupe` as a filter: same order, ids of the input, and an answer for every line."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.dedupe.json_lines import dedupe_lines
from tests.support.stories import garbled, report, seeded

DATA = Path(__file__).parents[3] / "shared" / "data" / "dedupe"


def rows() -> list[dict[str, Any]]:
    """Six origins of two events with copies, dated by the hour."""
    made: list[dict[str, Any]] = []
    for event in range(2):
        about = [f"{name}{event}" for name in ("zerabad", "kolimar", "tavusta", "melibo", "hadero", "pinaku", "jesobi")]
        for number in range(3):
            text = report(10 * event + number, 180, about)
            for copy in range(number + 1):
                at = f"2026-03-0{1 + event}T{number + 3 * copy:02}:00:00Z"
                way = text if copy == 0 else garbled(text, copy, 0.02)
                made.append({"id": f"e{event}n{number}c{copy}", "url": "", "title": "", "text": way, "published": at})
    return made


def test_copies_and_stories_come_out_in_the_order_of_the_input() -> None:
    """Every id of the answer stands in the input; copies point to the earliest; events are kept apart."""
    given = rows()
    told = list(dedupe_lines(given))
    assert [row["id"] for row in told] == [row["id"] for row in given]
    assert all(set(row) == {"id", "copy_of", "copy_kind", "similarity", "story"} for row in told)
    for row in told:
        event, number, copy = (int(row["id"][place]) for place in (1, 3, 5))
        assert row["copy_of"] == (f"e{event}n{number}c0" if copy else None)
    stories = [{row["story"] for row in told if row["id"][1] == str(event)} for event in range(2)]
    assert [len(story) for story in stories] == [1, 1]
    assert stories[0] != stories[1]


def test_the_order_of_lines_changes_neither_copies_nor_stories() -> None:
    """I4: shuffled input gives the same copies, and here the same stories too."""
    given = rows()
    first = {row["id"]: row for row in dedupe_lines(given)}
    seeded(3).shuffle(given)
    again = {row["id"]: row for row in dedupe_lines(given)}
    assert {key: row["copy_of"] for key, row in again.items()} == {key: row["copy_of"] for key, row in first.items()}
    for key in first:
        before, after = (
            {other for other in first if some[other]["story"] == some[key]["story"]} for some in (first, again)
        )
        assert before == after


def test_bad_lines_are_answered_and_hold_up_nobody() -> None:
    """A line that is no article gets its id back with the error; the rest is related."""
    bad: list[Any] = [
        None, 7, [], "text", {}, {"id": None}, {"id": True}, {"id": ""}, {"id": 1.5}, {"id": ["x"]},
        {"id": "u", "url": 5}, {"id": "t", "text": ["x"]}, {"id": "l", "language": 3},
    ]  # fmt: skip
    good = rows()
    mixed = [*bad, *good, {"id": good[0]["id"], "text": "the same id"}, {"id": 5, "published": "not a time"}]
    told = list(dedupe_lines(mixed))
    assert len(told) == len(mixed)
    assert all("error" in row and "\n" not in row["error"] for row in told[: len(bad)])
    assert "earlier line" in told[-2]["error"]
    assert told[-1] == {"id": 5, "copy_of": None, "copy_kind": None, "similarity": None, "story": 5}
    assert sum(bool(row.get("copy_of")) for row in told) == 6


EDGES = ["0001-01-01", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", 1e300, float("nan"), 0, True, ""]


@pytest.mark.parametrize("published", EDGES)
def test_any_publication_time_is_read_or_unknown(published: object) -> None:
    """I5: a time at the edge of the calendar, or none at all, stops nothing."""
    told = list(dedupe_lines([{"id": "a", "text": report(1), "published": published}, {"id": "b", "text": report(1)}]))
    assert sum(row["copy_of"] is not None for row in told) == 1


def test_no_rows_give_no_answers() -> None:
    """Nothing in, nothing out."""
    assert list(dedupe_lines([])) == []


def test_a_ticker_of_one_template_is_bounded() -> None:
    """I7: 1 200 lines that differ in one word cost a bounded number of comparisons each, and end in one group."""
    line = "the price of wheat in the market of the city of {} was steady today as traders in the old bazaar said again"
    told = list(dedupe_lines([{"id": number, "text": line.format(f"town{number}")} for number in range(1200)]))
    assert len({row["story"] for row in told}) == 1
    assert sum(row["copy_of"] is None for row in told) < 40


FLOORS = {"ecbplus": 0.87, "basil": 0.95}


@pytest.mark.skipif(not DATA.exists(), reason="the labelled sets are not part of the repository")
@pytest.mark.parametrize("name", ["basil", "ecbplus"])
def test_quality_stays_above_its_floor(name: str) -> None:
    """Independent reports of one event meet in a story (B-cubed F1) and are never taken for copies."""
    gold = [json.loads(line) for line in (DATA / f"{name}.docs.jsonl").read_text().splitlines()]
    told = {row["id"]: row for row in dedupe_lines(gold)}
    if name == "basil":
        assert not any(row["copy_of"] for row in told.values())
    precision = recall = 0.0
    for row in gold:
        ours = {one["id"] for one in gold if told[one["id"]]["story"] == told[row["id"]]["story"]}
        theirs = {one["id"] for one in gold if one["story"] == row["story"]}
        precision += len(ours & theirs) / len(ours)
        recall += len(ours & theirs) / len(theirs)
    assert 2 * precision * recall / (precision + recall) / len(gold) > FLOORS[name]
