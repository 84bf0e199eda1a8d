"""A diagnosis follows from the ledger and the given time alone, and from nothing that a process remembers (I4)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select

from models.day import begins
from models.ledger import Discovery, SourceState
from models.outlet_day import OutletDay
from models.run import Run
from models.session import reading, writing
from outlets import Outlet
from pipeline.coverage.baseline import Range, expected, has_risen
from pipeline.coverage.facts import Evidence, Reading, from_json, to_json
from pipeline.coverage.readings import merge
from pipeline.coverage.refresh import changed_rows, refresh
from pipeline.coverage.words import listing, moment, names

START = date(2026, 3, 1)
FEED, MAP = "https://news.test/feed/", "https://news.test/map.xml"
OUTLET = Outlet.model_validate({
    "name": "news", "title": "News", "home": "https://news.test/", "country": "AF", "ownership": "independent",
    "languages": ["en"], "timezone": "Asia/Kabul", "article_url": "^https://news.test/a/",
    "sources": [{"kind": "sitemap", "url": MAP}, {"kind": "feed", "url": FEED}],
    "assertions": {"min": {"discovered": 1}},
})  # fmt: skip


def at(day: int, hour: float = 5.5) -> datetime:
    """An hour of a day in Kabul."""
    return begins(START + timedelta(days=day)) + timedelta(hours=hour)


def crawl(engine: Engine, when: datetime, new: int, **feed: Any) -> None:
    """A run that found `new` addresses through the sitemap and, unless `feed` says another, through the feed."""
    both = {"outcome": "done", "requests": 1, "items": 20, "today": new, "seen_until": when.isoformat()}
    reports = [{"url": MAP, "kind": "sitemap", **both}, {"url": FEED, "kind": "feed", **both, **feed}]
    stats = {"sources": [{**report, "at": when.isoformat()} for report in reports]}
    with writing(engine) as connection:
        values = {"kind": "crawl", "outlet": "news", "started_at": when, "finished_at": when, "stats": stats}
        run = connection.execute(insert(Run).values(**values, state="ok").returning(Run.id)).scalar_one()
        for number in range(new):
            connection.execute(
                insert(Discovery).values(
                    outlet="news", url_key=f"{when.timestamp()}/{number}", url="https://news.test/a/1", source=MAP,
                    first_seen_at=when + timedelta(seconds=number), last_seen_at=when, hints={"language": "en"},
                    hint_sha256="h", run_id=run,
                )
            )  # fmt: skip


def rows(engine: Engine) -> list[dict[str, Any]]:
    """outlet_days without its stamps."""
    with reading(engine) as connection:
        found = connection.execute(select(OutletDay.__table__).order_by(OutletDay.day)).mappings().all()
    return [{k: v for k, v in row.items() if k not in ("change_seq", "diagnosed_at")} for row in found]


def test_reckoned_day_by_day_or_all_at_once(engine: Engine) -> None:
    """I4: three weeks reckoned each morning and evening are the same rows as reckoned once at the end; reckoning again
    changes none."""
    stale = {"outcome": "not_modified", "items": 20, "today": 0, "seen_until": None}
    for day in range(21):
        crawl(engine, at(day), 6 if day % 7 != 5 else 1, **(stale if day >= 17 else {}))
        refresh(engine, {"news": OUTLET}, at(day, 6))
        refresh(engine, {"news": OUTLET}, at(day, 20))
    kept = rows(engine)
    with reading(engine) as connection:
        assert changed_rows(connection, {"news": OUTLET}, at(20, 20))[0] == []
    with writing(engine) as connection:
        connection.execute(delete(OutletDay))
    refresh(engine, {"news": OUTLET}, at(20, 20))
    assert rows(engine) == kept
    assert [row["state"] for row in kept[7:17]] == ["ok"] * 10
    assert [row["state"] for row in kept[17:]] == ["feed_frozen"] * 4
    assert kept[-1]["reason"] == (
        "The feed listed nothing new since Tue 05:30 while the sitemap listed 19 new articles; the feed is frozen."
    )


def test_a_fault_that_lasts_never_becomes_the_usual(engine: Engine) -> None:
    """A month after the feed was lost it is still said."""
    for day in range(10):
        crawl(engine, at(day), 6)
    with writing(engine) as connection:
        known = {
            "outlet": "news",
            "url": FEED,
            "checked_at": at(44),
            "changed_at": at(9),
            "outcome": "refused:http_4xx",
        }
        connection.execute(insert(SourceState).values(**known))
    for day in range(10, 45):
        crawl(engine, at(day), 6, outcome="refused:http_4xx", status=410, detail="status 410", items=0, today=0)
        refresh(engine, {"news": OUTLET}, at(day, 6))
    assert [row["state"] for row in rows(engine)] == ["ok"] * 10 + ["feed_moved"] * 35
    assert "status 410" in rows(engine)[-1]["reason"]


def test_what_a_run_remembers_is_no_reading(engine: Engine) -> None:
    """I6: a source that was not due was not heard. Yesterday's failure is not told again as today's, and yesterday's
    good answer does not vouch for today."""
    for day in range(8):
        crawl(engine, at(day), 6)
    lost = {"outcome": "refused:http_4xx", "status": 410, "detail": "status 410", "items": 0, "today": 0}
    not_due = {"requests": 0, "asked": False}
    crawl(engine, at(8), 6, **lost)
    crawl(engine, at(9), 6, **lost, **not_due)
    crawl(engine, at(10), 6, **not_due)
    refresh(engine, {"news": OUTLET}, at(10, 6))
    told = rows(engine)[-3:]
    assert [row["state"] for row in told] == ["feed_moved", "ok", "ok"]
    heard = [[source["url"] for source in row["evidence"]["sources"]] for row in told]
    assert heard == [[MAP, FEED], [MAP], [MAP]]


def test_a_day_that_is_not_over_is_compared_with_mornings(engine: Engine) -> None:
    """At noon nobody expects the evening's articles."""
    for day in range(12):
        for hour in (5.5, 17.5):
            crawl(engine, at(day, hour), 6)
    crawl(engine, at(12), 6)
    refresh(engine, {"news": OUTLET}, at(12, 12))
    noon = rows(engine)[-1]
    assert (noon["state"], noon["expected_low"] <= 6 <= noon["expected_high"] < 12) == ("ok", True)
    refresh(engine, {"news": OUTLET}, at(12, 22))
    assert rows(engine)[-1]["expected_low"] >= 6


def test_days_without_a_word(engine: Engine) -> None:
    """A crawl that died tells nothing, and that is said; nothing is made up for it. So is a file that is gone."""
    crawl(engine, at(0), 3)
    with writing(engine) as connection:
        values = {"kind": "crawl", "outlet": "news", "started_at": at(1), "stats": {}, "state": "interrupted"}
        connection.execute(insert(Run).values(**values, reason="ended without a word"))
    refresh(engine, {"news": OUTLET}, at(1, 6))
    assert [(row["state"], row["reason"]) for row in rows(engine)][-1] == (
        None, "Its last crawl told nothing: ended without a word.",
    )  # fmt: skip
    refresh(engine, {}, at(1, 6))
    assert {row["state"] for row in rows(engine)} == {None}
    assert "no readable outlet file" in rows(engine)[0]["reason"]


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [([6] * 10, 2, 10), ([100] * 10, 80, 119), ([6, 6, 6, 90, 6, 6], 2, 10), ([1] * 6, 0, 2), ([0] * 6, 0, 1)],
    ids=["steady", "large", "one-backlog", "slow", "nothing"],
)
def test_what_is_usual(counts: list[int], low: int, high: int) -> None:
    """One odd day does not move it; small numbers have room for chance."""
    history = [(date(2026, 3, 1) + timedelta(days=number), count) for number, count in enumerate(counts)]
    found = expected(history, date(2026, 3, 14))
    assert found is not None
    assert (found.low, found.high) == (low, high)


def test_fridays_are_like_fridays() -> None:
    """With a few of them known all days count, widened by what the weekday had; with enough they stand alone."""
    days: Iterable[date] = [date(2026, 2, 1) + timedelta(days=number) for number in range(34)]
    history = [(day, 1 if day.weekday() == 4 else 10) for day in days]
    assert expected(history, date(2026, 3, 13)) == Range(0, 2, 1)
    assert expected(history, date(2026, 3, 12)) == Range(4, 16, 10)
    assert expected(history[:10], date(2026, 3, 13)) == Range(0, 16, 10)
    assert expected(history[:4], date(2026, 3, 13)) is None


def test_shares_change_only_for_a_reason() -> None:
    """One odd article is none; half of many is."""
    assert not has_risen(1, 1, 0.0)
    assert has_risen(2, 2, 0.0)
    assert has_risen(5, 10, 0.1)
    assert not has_risen(3, 10, 0.2)
    assert not has_risen(20, 100, 0.0)
    assert not has_risen(0, 0, 0.0)


def reading_(hour: float, outcome: str = "done", **more: Any) -> Reading:
    """A reading of the feed."""
    return Reading(FEED, "feed", at(0, hour), outcome, at(0, hour), at(0, hour), **more)


def test_readings_of_a_day_become_one() -> None:
    """The last answer counts, with the best of the day's lists and the time since when it answers like that."""
    good = reading_(5, items=20, today=6, seen_until=at(0, 5))
    unchanged = reading_(12, "not_modified", items=20)
    lost = reading_(18, "refused:unreachable")
    day = merge(merge(good, unchanged), lost)
    assert (day.items, day.today, day.seen_until) == (20, 6, at(0, 5))
    assert (day.first_at, day.since, day.at) == (at(0, 5), at(0, 18), at(0, 18))
    assert merge(good, unchanged).since == at(0, 5)
    assert from_json(to_json(Evidence(sources=(day,)))).sources == (day,)


def test_the_words() -> None:
    """Sources by what they are, times by Kabul's clock, lists as people say them."""
    assert moment(at(0, 4.1667), START) == "04:10"
    assert moment(at(0, 4.1667), START + timedelta(days=2)) == "Sun 04:10"
    assert moment(at(0, 4.1667), START + timedelta(days=9)) == "Sun 1 Mar 04:10"
    assert [listing(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert names(OUTLET, [reading_(5)]) == {FEED: "feed"}
    two = [reading_(5), Reading("https://news.test/b/", "feed", at(0), "done", at(0), at(0))]
    assert set(names(OUTLET, two).values()) == {"feed news.test/feed/", "feed news.test/b/"}
