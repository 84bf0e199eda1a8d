"""Recorded pages of the outlets: what the clean stage and each outlet's own file make of them, one test a field.

A page comes here by `khabar outlets new` or `khabar outlets record`, with others' words replaced; a person has reviewed
what is expected of it. The clock stands at the time of the recording.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from khabar.onramp.record import FIELDS, PAGES, fields_of, read_recorded
from outlets import load
from pipeline.clean.stage import clean

EXPECTATIONS = sorted(PAGES.glob("*.yml"))


@cache
def made_and_expected(expectations: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both as plain values."""
    page, expected = read_recorded(expectations, load(expectations.name.split(".")[0]))
    return fields_of(clean(page)), expected


@pytest.mark.parametrize(
    ("expectations", "field"),
    [pytest.param(path, field, id=f"{path.stem}-{field}") for path in EXPECTATIONS for field in FIELDS],
)
def test_field(expectations: Path, field: str) -> None:
    """I4: the same bytes give the same article, and it is the one that a person approved."""
    made, expected = made_and_expected(expectations)
    assert made[field] == expected[field]


def test_every_page_has_expectations_and_the_other_way_round() -> None:
    """A page without expectations proves nothing."""
    pages = {path.name.removesuffix(".gz").removesuffix(".html") for path in PAGES.glob("*.html*")}
    assert pages == {path.stem for path in EXPECTATIONS}
    assert pages
