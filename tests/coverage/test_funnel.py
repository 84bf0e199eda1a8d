"""The funnel adds up, whatever the ledger holds: no address is missing and none is counted twice."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from models.article import AF_SECURITY, Article
from models.day import begins, day_of
from models.fates import DROPS, REACHED
from models.ledger import Discovery
from models.outcome import ADDRESS_REFUSALS, OUTCOMES
from models.outlet_day import OutletDay
from models.session import reading, writing
from models.views import VIEWS
from pipeline.coverage.refresh import refresh

TODAY = date(2026, 3, 4)
FIRST = begins(TODAY - timedelta(days=2))
NOW = begins(TODAY) + timedelta(hours=9)
OUTLETS = ("amu_tv", "tass")
OPEN = ("pending", "done", "not_modified")
REFUSALS = sorted(set(OUTCOMES) - set(OPEN))

ROW = st.fixed_dictionaries({
    "outlet": st.sampled_from(OUTLETS),
    "at": st.integers(0, 3 * 86_400 - 1).map(lambda second: FIRST + timedelta(seconds=second)),
    "stage": st.sampled_from(["discovered", "fetched", "cleaned", "stored"]),
    "outcome": st.sampled_from(["pending", "done", *REFUSALS]),
    "article": st.none() | st.integers(0, 5),
    "backfill": st.booleans(),
    "attempts": st.integers(0, 12),
})  # fmt: skip
ARTICLE = st.fixed_dictionaries({
    "relevance": st.sampled_from([0.0, AF_SECURITY - 0.01, AF_SECURITY, 1.0]),
    "copy_kind": st.sampled_from([None, None, "exact", "near", "syndicated"]),
    "review_status": st.sampled_from(["new", "accepted", "rejected", "changed"]),
})  # fmt: skip


def fill(connection: Connection, rows: list[dict[str, Any]], articles: list[dict[str, Any]]) -> list[int]:
    """The ids of the discoveries, in the order of `rows`."""
    for table in (OutletDay, Discovery, Article):
        connection.execute(delete(table))
    ids: list[int] = []
    made = []
    for number, article in enumerate(articles):
        values = {
            "outlet": "amu_tv", "url_key": f"a/{number}", "url": "https://amu.tv/1", "first_seen_at": NOW,
            "content_changed_at": NOW, "latest_version": 1, **article,
        }  # fmt: skip
        made.append(connection.execute(insert(Article).values(**values).returning(Article.id)).scalar_one())
    for article_id, article in zip(made, articles, strict=True):
        if article["copy_kind"]:
            connection.execute(update(Article).where(Article.id == article_id).values(copy_of=made[0]))
    for number, row in enumerate(rows):
        values = {
            "outlet": row["outlet"], "url_key": f"x/{number}", "url": f"https://x.test/{number}", "source": "s",
            "first_seen_at": row["at"], "last_seen_at": row["at"], "hints": {"title": "T"}, "hint_sha256": "h",
            "stage": row["stage"], "outcome": row["outcome"], "backfill": row["backfill"], "run_id": 1,
            "attempts": row["attempts"],
            "article_id": made[row["article"]] if row["article"] is not None and row["article"] < len(made) else None,
        }  # fmt: skip
        ids.append(connection.execute(insert(Discovery).values(**values).returning(Discovery.id)).scalar_one())
    return ids


def fate(row: dict[str, Any], articles: list[dict[str, Any]], is_again: bool) -> tuple[str, str, str | None]:
    """(last step reached, stage of the drop, reason), said once more and without SQL."""
    number = row["article"]
    if number is None or number >= len(articles):
        reason = None if row["outcome"] in OPEN else row["outcome"]
        if row["stage"] == "discovered":
            return "discovered", "discover" if row["outcome"] in ADDRESS_REFUSALS else "fetch", reason
        return "fetched", "clean", reason
    article = articles[number]
    if is_again:
        return "cleaned", "dedupe", "copy:same_article"
    if article["copy_kind"]:
        return "cleaned", "dedupe", f"copy:{article['copy_kind']}"
    if article["relevance"] < AF_SECURITY:
        return "kept", "", None
    return ("reviewed" if article["review_status"] in ("accepted", "rejected") else "tagged"), "", None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=25), articles=st.lists(ARTICLE, max_size=5))
def test_every_address_is_counted_once(
    engine: Engine, rows: list[dict[str, Any]], articles: list[dict[str, Any]]
) -> None:
    """I1: per outlet and day in Kabul, the steps, the drops with their reasons and what waits add up to what was
    discovered; the list of drops holds exactly those that the counts count, and nothing of a backfill."""
    with writing(engine) as connection:
        ids = fill(connection, rows, articles)
    refresh(engine, {}, NOW)
    expected: dict[tuple[str, date], Counter[str]] = {}
    drops: dict[int, tuple[str, str]] = {}
    met: set[int] = set()
    for number, row in zip(ids, rows, strict=True):
        if row["backfill"]:
            continue
        reached, stage, reason = fate(row, articles, row["article"] in met)
        if row["article"] is not None:
            met.add(row["article"])
        if reason:
            drops[number] = (stage, reason)
        expected.setdefault((row["outlet"], day_of(row["at"])), Counter()).update(
            [reached, *([f"drop {stage}", f"reason {reason}"] if reason else [f"open {reached}"])]
        )
    with reading(engine) as connection:
        days = {(day.outlet, day.day): day for day in connection.execute(select(OutletDay.__table__))}
        listed = connection.execute(text("SELECT * FROM v1_coverage_drops")).mappings().all()
    assert set(days) == set(expected)
    for key, day in days.items():
        seen = expected[key]
        assert day.discovered == sum(seen[step] for step in REACHED)
        assert day.discovered == day.fetched + day.dropped_at_discover + day.dropped_at_fetch + day.waiting_for_fetch
        assert day.fetched == day.cleaned + day.dropped_at_clean + day.waiting_for_clean
        assert day.cleaned == day.kept + day.duplicates
        assert day.discovered >= day.fetched >= day.cleaned >= day.kept >= day.tagged >= day.reviewed >= 0
        assert (day.reviewed, day.tagged, day.kept) == (
            seen["reviewed"], seen["reviewed"] + seen["tagged"], seen["reviewed"] + seen["tagged"] + seen["kept"],
        )  # fmt: skip
        assert day.dropped_at_discover == seen["drop discover"]
        assert day.dropped_at_fetch == seen["drop fetch"]
        assert day.dropped_at_clean == seen["drop clean"]
        assert day.duplicates == seen["drop dedupe"]
        assert (day.waiting_for_fetch, day.waiting_for_clean) == (seen["open discovered"], seen["open fetched"])
        assert day.drops == {name[7:]: number for name, number in seen.items() if name.startswith("reason ")}
        assert sum(day.drops.values()) == sum(n for name, n in seen.items() if name.startswith("drop "))
    assert {row["discovery_id"]: (row["stage"], row["reason"]) for row in listed} == drops
    assert len(listed) == len(drops)
    assert {row["reason"] for row in listed} <= set(DROPS)


def test_a_day_is_kabuls(engine: Engine) -> None:
    """Midnight in Kabul is 19:30 UTC, winter and summer, and SQL and Python agree on it."""
    moments = [
        datetime(2026, month, 10, 19, 29, 59, 999_999, tzinfo=UTC) + timedelta(microseconds=step)
        for month in (1, 7) for step in (0, 1)
    ]  # fmt: skip
    with writing(engine) as connection:
        for number, at in enumerate(moments):
            connection.execute(
                insert(Discovery).values(
                    outlet="tass", url_key=f"x/{number}", url="https://x.test/", source="s", first_seen_at=at, run_id=1,
                    last_seen_at=at, hints={}, hint_sha256="h", outcome="refused:robots",
                )
            )  # fmt: skip
    with reading(engine) as connection:
        found = connection.execute(text("SELECT day FROM v1_coverage_drops ORDER BY first_seen_at")).scalars().all()
    assert [str(day) for day in found] == ["2026-01-10", "2026-01-11", "2026-07-10", "2026-07-11"]
    assert [day_of(at).isoformat() for at in moments] == [str(day) for day in found]


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_has_its_words(outcome: str) -> None:
    """A drop is never shown by a bare code; what waits or is done is no drop."""
    assert (outcome in DROPS) == (outcome not in OPEN)
    assert DROPS.get(outcome, "Done.").endswith(".")


def test_health_rows_move_only_with_what_they_say(engine: Engine) -> None:
    """I2, and the contract with dashboards: reckoning again moves no change number; a decision moves its day's alone,
    and the drops of a day carry the number of their day."""
    stored = {"outlet": "tass", "stage": "stored", "outcome": "done", "backfill": False, "attempts": 0}
    rows = [{**stored, "at": NOW - timedelta(days=age, hours=1), "article": age} for age in (0, 1)]
    rows.append({**rows[0], "article": None, "stage": "discovered", "outcome": "refused:robots"})
    article = {"relevance": 1.0, "copy_kind": None, "review_status": "new"}
    with writing(engine) as connection:
        fill(connection, rows, [article, article])

    def health() -> dict[str, tuple[int, int]]:
        with reading(engine) as connection:
            found = connection.execute(text("SELECT day, change_seq, reviewed, is_deleted FROM v1_outlet_health")).all()
        assert not any(row.is_deleted for row in found)
        return {str(row.day): (row.change_seq, row.reviewed) for row in found}

    refresh(engine, {}, NOW)
    first = health()
    refresh(engine, {}, NOW + timedelta(minutes=5))
    assert health() == first
    with writing(engine) as connection:
        newest = select(Article.id).order_by(Article.id).limit(1).scalar_subquery()
        connection.execute(update(Article).where(Article.id == newest).values(review_status="accepted"))
    refresh(engine, {}, NOW + timedelta(minutes=9))
    second = health()
    moved = {day for day in first if first[day] != second[day]}
    assert moved == {TODAY.isoformat()}
    assert second[TODAY.isoformat()] == (second[TODAY.isoformat()][0], 1)
    assert second[TODAY.isoformat()][0] > max(number for number, _ in first.values())
    with reading(engine) as connection:
        (drop,) = connection.execute(text("SELECT * FROM v1_coverage_drops")).mappings().all()
        stamps = set(connection.execute(select(OutletDay.diagnosed_at)).scalars())
    assert (drop["change_seq"], drop["reason"]) == (second[TODAY.isoformat()][0], "refused:robots")
    assert drop["will_retry"]
    assert stamps == {NOW + timedelta(minutes=9)}


def test_the_views_exist() -> None:
    """Under the names of the contract."""
    assert {"v1_outlet_health", "v1_coverage_drops"} <= set(VIEWS)
