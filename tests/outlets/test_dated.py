"""Addresses of an outlet's archive: which days each one holds, and mistakes in them told in words."""

from datetime import date
from pathlib import Path

import pytest

from outlets import OutletError, load
from outlets.dated import Period, addresses, month_of, template_problem
from tests.outlets.test_load import GOOD, write

JUNE = Period(date(2023, 6, 1), date(2023, 6, 30))


def test_a_template_of_days_has_an_address_for_each_day() -> None:
    """Newest first, written as wide as the template says; each address knows its day."""
    found = list(addresses("https://news.example/sitemap.xml?yyyy={year}&mm={month:02}&dd={day:02}", JUNE))
    assert len(found) == 30
    assert found[0] == ("https://news.example/sitemap.xml?yyyy=2023&mm=06&dd=30", Period(*[date(2023, 6, 30)] * 2))
    assert found[-1][0].endswith("mm=06&dd=01")


def test_a_template_of_months_or_years_has_an_address_for_each_one_touched() -> None:
    """A month that the span only touches is read too; plain {month} has no leading zero."""
    span = Period(date(2022, 12, 30), date(2023, 2, 1))
    months = list(addresses("https://news.example/{year}/{month}/", span))
    assert [url for url, _ in months] == [f"https://news.example/{part}/" for part in ("2023/2", "2023/1", "2022/12")]
    assert months[0][1] == month_of(2023, 2) == Period(date(2023, 2, 1), date(2023, 2, 28))
    assert [url for url, _ in addresses("https://news.example/{year}.xml", span)][1] == "https://news.example/2022.xml"


def test_a_template_without_a_date_is_one_address() -> None:
    """An index that holds everything."""
    assert list(addresses("https://news.example/archive.xml", JUNE)) == [("https://news.example/archive.xml", None)]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("https://news.example/{yaer}/", "{yaer} is none of the fields"),
        ("https://news.example/{}/", "is none of the fields"),
        ("https://news.example/{year.real}/", "is none of the fields"),
        ("https://news.example/{year!r}/", "is none of the fields"),
        ("https://news.example/{year:>99999999}/", "is none of the fields"),
        ("https://news.example/{month}/", "{month} needs {year}"),
        ("https://news.example/{year}/{day}/", "{day} needs {month}"),
        ("https://news.example/{year", "not a usable address"),
    ],
)
def test_a_mistake_in_a_template_is_one_sentence(template: str, words: str, tmp_path: Path) -> None:
    """And the outlet file that holds it does not load, with its line and key."""
    assert words in (template_problem(template) or "")
    write(tmp_path, GOOD.replace("language: en}", f'language: en, archive: "{template}"}}'))
    with pytest.raises(OutletError, match=r"some_outlet\.yml:9: sources\.0\.archive: "):
        load("some_outlet", tmp_path)


def test_an_archive_is_a_web_address_and_never_of_rest(tmp_path: Path) -> None:
    """WordPress's interface can be asked for any time, so that a template there is a misunderstanding."""
    write(tmp_path, GOOD.replace("language: en}", 'language: en, archive: "file:///{year}"}'))
    with pytest.raises(OutletError, match=r"sources\.0\.archive: "):
        load("some_outlet", tmp_path)
    rest = GOOD.replace("kind: feed", "kind: wordpress").replace(
        "language: en}", 'language: en, archive: "https://a.b/"}'
    )
    write(tmp_path, rest)
    with pytest.raises(OutletError, match="a wordpress source needs none"):
        load("some_outlet", tmp_path)
