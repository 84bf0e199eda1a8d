"""What people are shown of the coverage ledger is what the views say, and it adds up."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from models.coverage import DAYS, DROPPED, STEPS, BadDay, Day, day_of_all, days_of_one, drops, latest, parse_day, say
from models.fates import DROPS
from models.outlet_day import BROKEN, STATES
from models.session import reading, writing
from pipeline.coverage.refresh import refresh
from tests.coverage.test_funnel import ARTICLE, NOW, OUTLETS, ROW, TODAY, fill


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=25), articles=st.lists(ARTICLE, max_size=5), most=st.integers(0, 3))
def test_the_figures_are_the_views_and_add_up(
    engine: Engine, rows: list[dict[str, Any]], articles: list[dict[str, Any]], most: int
) -> None:
    """I1: what was discovered is kept, dropped or waiting; the drops by stage and reason, of which at most `most` are
    named, are as many as were counted; and all of it is what v1_outlet_health and v1_coverage_drops say."""
    with writing(engine) as connection:
        fill(connection, rows, articles)
    refresh(engine, {}, NOW)
    with reading(engine) as connection:
        health = {(row["outlet_id"], str(row["day"])): row for row in _all(connection, "v1_outlet_health")}
        listed = [(row["outlet_id"], str(row["day"]), row["url"]) for row in _all(connection, "v1_coverage_drops")]
        for name in OUTLETS:
            for day in days_of_one(connection, name, TODAY, 5):
                row = health.pop((name, day.day.isoformat()), None)
                found = drops(connection, name, day.day, most)
                assert sum(one.number for one in found) == len([r for r in listed if r[:2] == (name, str(day.day))])
                if day.figures is None or row is None:
                    assert (row, day.figures, found) == (None, None, [])
                    continue
                assert {name: row[name] for name in day.figures} == day.figures
                assert day.figures["discovered"] == day.figures["kept"] + (day.dropped or 0) + (day.waiting or 0)
                by_stage = dict.fromkeys(DROPPED, 0)
                for one in found:
                    by_stage["duplicates" if one.stage == "dedupe" else f"dropped_at_{one.stage}"] += one.number
                    assert len(one.first) == min(most, one.number)
                    assert {(d.stage, d.reason) for d in one.first} <= {(one.stage, one.reason)}
                    assert one.words == DROPS[one.reason]
                assert by_stage == {column: day.figures[column] for column in DROPPED}
                assert day in day_of_all(connection, day.day, OUTLETS)
    assert health == {}


def _all(connection: Any, view: str) -> Any:
    return connection.execute(text(f"SELECT * FROM {view}")).mappings().all()  # noqa: S608 (fixed names)


def test_nothing_is_not_zero(engine: Engine) -> None:
    """I6: a watched outlet without a row is listed as not collected, without figures, and before those that are ok."""
    row = {"outlet": "tass", "at": NOW, "stage": "stored", "outcome": "done", "article": 0, "backfill": False}
    article = {"relevance": 1.0, "copy_kind": None, "review_status": "new"}
    with writing(engine) as connection:
        fill(connection, [{**row, "attempts": 0}], [article])
    refresh(engine, {}, NOW)
    with writing(engine) as connection:
        connection.execute(text("UPDATE outlet_days SET state = 'ok', reason = 'Well.'"))
    with reading(engine) as connection:
        found = day_of_all(connection, TODAY, ["amu_tv", "tass"])
        days = days_of_one(connection, "tass", TODAY)
        assert set(latest(connection, TODAY + timedelta(days=2))) == {"tass"}
        assert latest(connection, TODAY + timedelta(days=3)) == {}
    assert [(one.outlet, one.words, one.dropped) for one in found] == [
        ("amu_tv", "not collected", None), ("tass", "ok", 0)
    ]  # fmt: skip
    assert found[0].as_json()["discovered"] is None
    assert len(days) == DAYS
    assert [one.figures is None for one in days] == [False] + [True] * (DAYS - 1)


def test_the_troubled_come_first() -> None:
    """The most basic cause before the others, what is not known before what is quiet or well."""
    counted = dict.fromkeys(STEPS, 0)
    days = [Day("x", TODAY, counted, state) for state in (*reversed(STATES), None)]
    assert [one.state for one in sorted(days, key=lambda one: one.trouble)] == [
        *(state for state in STATES if state in BROKEN), None, "quiet", "ok",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "raw", ["", "today", "2026-02-30", "2026-W01-1", "20260301", "2026-03-05", "0001-01-01", "٢٠٢٦-٠٣-٠١"]
)
def test_a_day_that_cannot_be_meant(raw: str) -> None:
    """One sentence, never a traceback, and never another day."""
    with pytest.raises(BadDay, match=r"\w"):
        parse_day(raw, TODAY)


def test_a_day_says_whether_it_is_over() -> None:
    """Figures that can still grow are not taken for a day's result."""
    assert parse_day("2026-03-04", TODAY) == TODAY
    assert say(TODAY, TODAY) == "Wed 4 Mar 2026 in Kabul, so far"
    assert say(date(2026, 3, 3), TODAY) == "Tue 3 Mar 2026 in Kabul, the whole day"
