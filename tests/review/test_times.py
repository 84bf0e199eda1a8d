"""I5: a time is shown exactly as it is known."""

from datetime import UTC, datetime, timedelta

import pytest

from review.times import UNKNOWN, ago, claimed, instant

AT = datetime(2026, 3, 1, 21, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("precision", "local", "text", "kabul"),
    [
        ("second", "2026-03-02T02:00:12+04:30", "1 Mar 2026 21:30 UTC", "2 Mar 02:00 Kabul"),
        ("minute", "2026-03-02T02:00+04:30", "1 Mar 2026 21:30 UTC", "2 Mar 02:00 Kabul"),
        ("hour", "2026-03-02T02:00+04:30", "1 Mar 2026 about 21:30 UTC", "about 2 Mar 02:00 Kabul"),
        ("day", "2026-03-02", "2 Mar 2026", ""),
        (None, None, "1 Mar 2026", ""),
    ],
)
def test_a_time_is_as_exact_as_its_claim(precision: str | None, local: str | None, text: str, kabul: str) -> None:
    """I5: a day has no clock time, and its date is the one that was claimed, not the one of another zone."""
    shown = claimed(AT, local, precision)
    assert (shown.text, shown.kabul) == (text, kabul)


def test_an_unknown_time_says_so() -> None:
    """I5: NULL is unknown, never a guess."""
    assert claimed(None, None, None) == UNKNOWN == instant(None)
    assert UNKNOWN.text == "unknown"
    assert UNKNOWN.machine == ""


def test_a_solar_hijri_date_is_marked() -> None:
    """I5: the calendar of the claim is kept in sight."""
    assert "Solar Hijri" in claimed(AT, "2026-03-02", "day", "solar_hijri").note


def test_same_day_in_both_zones_shows_the_date_once() -> None:
    """I5: the Kabul clock follows without a date when the date is the same."""
    assert instant(AT - timedelta(hours=12)).kabul == "14:00 Kabul"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "just now"), (59, "59 min ago"), (60, "1 h ago"), (2879, "47 h ago"), (2880, "2 days ago"),
     (-9, "in the future")],
)  # fmt: skip
def test_ago(minutes: int, words: str) -> None:
    """The largest unit that fits; a clock that runs ahead is not hidden."""
    assert ago(AT - timedelta(minutes=minutes), AT) == words
