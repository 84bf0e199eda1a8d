"""The days that a backfill may be asked for; a mistake is one sentence, exit code 2, and nothing is asked."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.exits import Exit
from outlets import load
from outlets.dated import Period
from spiders.backfill.span import BadSpan, check_over, days_of, parse_span
from tests.spiders.conftest import World, environment
from tests.spiders.hostile import HostileServer


def test_a_span_has_its_first_and_its_last_day() -> None:
    """Both are included; one day is a span."""
    span = parse_span("2023-06-01", "2023-06-30")
    assert span == Period(date(2023, 6, 1), date(2023, 6, 30))
    assert len(list(days_of(span))) == 30
    assert list(days_of(parse_span("2024-02-29", "2024-02-29"))) == [date(2024, 2, 29)]


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("2023-06-30", "2023-06-01", "the span ends before it begins: from 2023-06-30 to 2023-06-01"),
        ("2023-6-1", "2023-06-30", "from '2023-6-1' is not a day such as 2023-06-01"),
        ("2023-06-01", "2023-06-31", "to '2023-06-31' is not a day"),
        ("20230601", "2023-06-30", "from '20230601' is not a day"),
        ("2023-W22-4", "2023-06-30", "from '2023-W22-4' is not a day"),
        ("last month", "", "from 'last month' is not a day"),
        ("۲۰۲۳-۰۶-۰۱", "2023-06-30", "is not a day"),
        ("2023-06-01", "", "to '' is not a day"),
        ("1402-03-11", "1402-03-12", "from 1402-03-11: no outlet's archive reaches back before 1995-01-01"),
        ("2022-01-01", "2023-06-30", "the span has 546 days, and a backfill takes at most 366: split it"),
    ],
)
def test_a_span_that_is_none(since: str, until: str, sentence: str) -> None:
    """Named, with what was given."""
    with pytest.raises(BadSpan, match=sentence) as caught:
        parse_span(since, until)
    assert caught.value.exit_code == Exit.USAGE


def test_a_span_ends_before_the_outlets_today() -> None:
    """At 20:00 UTC it is already tomorrow in Kabul, but not yet in Moscow at 20:30."""
    now = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    span = parse_span("2026-11-24", "2026-11-24")
    check_over(span, load("amu_tv"), now)
    with pytest.raises(BadSpan, match=r"2026-11-24 is not over yet at TASS \(Europe/Moscow\): .* on 2026-11-23 at the"):
        check_over(span, load("tass"), now)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["amu_tv", "--from", "2023-07-01", "--to", "2023-06-01"], "the span ends before it begins"),
        (["amu_tv", "--from", "2023-06-01"], "a backfill needs both --from and --to"),
        (["amu_tv", "--again"], "a backfill needs both --from and --to"),
        (["--from", "2023-06-01", "--to", "2023-06-30"], "name the outlets to backfill"),
        (["amu_tv", "--from", "2099-01-01", "--to", "2099-01-02"], "2099-01-02 is not over yet at Amu TV"),
    ],
)
def test_the_command_says_what_is_wrong(small_world: World, arguments: list[str], sentence: str) -> None:
    """Exit code 2 and one line, before anything is asked."""
    with HostileServer() as server:
        small_world.point_to(server.url)
        done = subprocess.run(
            [sys.executable, "-m", "khabar.cli", "crawl", *arguments], env=environment(), capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip
        assert server.asked == []
    assert (done.returncode, done.stderr.count("\n")) == (Exit.USAGE, 1), done.stderr
    assert done.stderr.startswith(f"khabar: {sentence}")


def test_an_unknown_outlet_is_named(small_world: World) -> None:
    """Exit code 3, as for every outlet file that is missing."""
    done = subprocess.run(
        [sys.executable, "-m", "khabar.cli", "crawl", "kabul_today", "--from", "2023-06-01", "--to", "2023-06-02"],
        env=environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (Exit.CONFIG, 1), done.stderr
    assert "kabul_today" in done.stderr


def test_scrapy_says_what_is_wrong(small_world: World, outlet_folder: Callable[..., Path]) -> None:
    """The same words where Scrapy people ask."""
    small_world.point_to("http://127.0.0.1:9")
    folder = outlet_folder("news")
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "news", "-s", f"KHABAR_OUTLETS_FOLDER={folder}",
         "-a", "since=2099-01-01", "-a", "until=2099-01-02"],
        cwd=Path(__file__).parent.parent.parent, env=environment(), capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == Exit.USAGE, done.stderr
    assert "khabar: 2099-01-02 is not over yet at News (Asia/Kabul)" in done.stderr
