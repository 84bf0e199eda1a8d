"""Claimed times: every kind that news pages write, and those that must stay unknown."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.clean.dates import Reader

FETCHED = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


def reader(**options: object) -> Reader:
    settings: dict[str, object] = {"zone": ZoneInfo("Asia/Kabul"), "fetched_at": FETCHED, **options}
    return Reader(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "iso", "precision", "calendar"),
    [
        ("2026-08-23T09:05:07+04:30", "2026-08-23T09:05:07+04:30", "second", "gregorian"),
        ("2024-04-28 07:00:00Z", "2024-04-28T07:00:00+00:00", "second", "gregorian"),
        ("20 Nov 2019 08:02 GMT", "2019-11-20T08:02:00+00:00", "second", "gregorian"),
        ("Thu, 15 Jun 2023 10:00:00 +0430", "2023-06-15T10:00:00+04:30", "second", "gregorian"),
        ("Thu, 15 Jun 2023 10:00:00 GMT+4:30", "2023-06-15T10:00:00+04:30", "second", "gregorian"),
        ("2023-06-15T00:00:00Z", "2023-06-15", "day", "gregorian"),
        ("June 15, 2023", "2023-06-15", "day", "gregorian"),
        ("15 июня 2023, 13:20", "2023-06-15T13:20+04:30", "minute", "gregorian"),
        ("Sept. 5, 2023, 3:45 p.m. EDT", "2023-09-05T15:45-04:00", "minute", "gregorian"),
        ("09:31 August 20, 2019", "2019-08-20T09:31+04:30", "minute", "gregorian"),
        ("15.06.2023 - 10:30 Uhr", "2023-06-15T10:30+04:30", "minute", "gregorian"),
        ("2023年6月15日 10:20", "2023-06-15T10:20+04:30", "minute", "gregorian"),
        ("1700000000000", "2023-11-14T22:13:20+00:00", "second", "gregorian"),
        # D03 and D04: Solar Hijri in digits, and by Persian, Dari and Pashto month names
        ("1405/06/01", "2026-08-23", "day", "solar_hijri"),
        ("۱۴۰۵-۰۶-۰۱", "2026-08-23", "day", "solar_hijri"),
        ("۱ شهریور ۱۴۰۵", "2026-08-23", "day", "solar_hijri"),
        ("۵ سنبله ۱۴۰۴", "2025-08-27", "day", "solar_hijri"),
        ("۱۰ حمل ۱۴۰۳ - ۱۴:۳۰", "2024-03-29T14:30+04:30", "minute", "solar_hijri"),
        ("د ۱۴۰۴ کال د وږی ۵", "2025-08-27", "day", "solar_hijri"),
        ("۳ غویی ۱۴۰۳", "2024-04-22", "day", "solar_hijri"),
        # D06: relative to the fetch
        ("2 hours ago", "2026-09-01T14:30+04:30", "hour", "gregorian"),
        ("دو ساعت پیش", "2026-09-01T14:30+04:30", "hour", "gregorian"),
        ("دوه ساعته مخکې", "2026-09-01T14:30+04:30", "hour", "gregorian"),
        ("вчера, 14:05", "2026-08-31T14:05+04:30", "minute", "gregorian"),
        ("vor 3 Tagen", "2026-08-29", "day", "gregorian"),
        ("دیروز", "2026-08-31", "day", "gregorian"),
    ],
)
def test_times_keep_precision_zone_and_calendar(raw: str, iso: str, precision: str, calendar: str) -> None:
    """I5: a claim is stored exactly as precise as it is, with its calendar."""
    stamp = reader().read(raw, "meta")
    assert stamp is not None
    assert (stamp.iso(), stamp.precision, stamp.calendar) == (iso, precision, calendar)


@pytest.mark.parametrize(
    ("raw", "issue"),
    [
        ("2024-02-30", "bad_date"),  # D01: never rounded
        ("32 January 2024", "bad_date"),
        ("2024-05-01T25:61:00", "bad_date"),
        ("Mon, 32 Jan 2024 10:00:00 GMT", "bad_date"),
        ("1404/12/30 1403/13/01", "bad_date"),
        ("2099-01-01", "future_date"),  # D02
        ("2026-09-04T12:00:00Z", "future_date"),
        ("1 محرم 1445", "lunar_date"),  # D05
        ("03/04/2024", "ambiguous_date"),  # D07
        ("0001-01-01", "bad_date"),  # D10
        ("-62135596800", "bad_date"),
        ("1970-01-01T00:00:00Z", "bad_date"),
    ],
)
def test_impossible_times_are_unknown_and_named(raw: str, issue: str) -> None:
    """I5: unknown is None with a reason, never a guess."""
    one = reader()
    assert one.read(raw, "meta") is None
    assert issue in one.issues


@pytest.mark.parametrize("raw", ["", None, "yesterday's news", "0", "No. 4711/12", "© 2019", True])
def test_what_is_no_time_is_no_time(raw: object) -> None:
    """I5: D09 and D10, years of a footer and stray numbers make no date."""
    assert reader(fetched_at=None).read(raw, "text") is None  # type: ignore[arg-type]


def test_order_of_day_and_month_comes_from_the_outlet() -> None:
    """I5: D07, the same digits are two days, and only the outlet's file decides."""
    assert reader(order="dmy").read("03/04/2024", "text").iso() == "2024-04-03"  # type: ignore[union-attr]
    assert reader(order="mdy").read("03/04/2024", "text").iso() == "2024-03-04"  # type: ignore[union-attr]
    assert reader().read("23/04/2024", "text").iso() == "2024-04-23"  # type: ignore[union-attr]


def test_an_hour_that_the_clock_skipped_leaves_the_day() -> None:
    """I5: D08, 02:30 on the night of the change does not exist in Berlin."""
    one = reader(zone=ZoneInfo("Europe/Berlin"))
    stamp = one.read("2026-03-29 02:30", "meta")
    assert stamp is not None
    assert (stamp.iso(), stamp.precision) == ("2026-03-29", "day")
    assert "dst_gap" in one.issues


def test_relative_times_need_the_fetch_time() -> None:
    """I4: no clock is read; without the fetch time "2 hours ago" is unknown."""
    assert reader(fetched_at=None).read("2 hours ago", "text") is None
