"""Real pages of our outlets and of their kind: what must come out of them. Runs where the shared pages are."""

import gzip
import json
from functools import cache
from pathlib import Path

import pytest

from outlets import OutletError, load
from pipeline.clean.stage import clean
from pipeline.items import Article, Page

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "outlet_pages"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the saved pages are not part of the repository")


@cache
def article(name: str, outlet: str | None = None) -> Article:
    row = next(r for r in json.loads((FOLDER / "index.json").read_text(encoding="utf-8")) if r["id"] == name)
    path = next((FOLDER / "pages").glob(f"{name}.html*"))
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        ours = load(outlet) if outlet else None
    except OutletError:
        ours = None
    return clean(Page(name, row.get("url") or "", body, outlet=ours))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("khaama-2016", "2016-04-23"),
        ("tass-ru-2020", "2020-06-29"),
        ("aljazeera-2019-afghanistan", "2019-11-20"),
        ("voa-2024", "2024-04-28"),
        ("kommersant-2025", None),
        ("mk-ru-2020", "2020-09-23"),
        ("yjc-fa-2020", None),
        ("khabaronline-fa-2020", None),
        ("aryanews-fa-2020", "2020-06-22"),
        ("sputnik-ar-2020", "2020-03-17"),
    ],
)
def test_saved_pages_of_our_outlets(name: str, day: str | None) -> None:
    """Every one is an article with title, text, language and, where it is beyond doubt, its day."""
    one = article(name)
    assert one.outcome == "done", one.issues
    assert one.title
    assert len(one.text) > 250
    assert one.language == (
        "fa"
        if "-fa-" in name
        else "ar"
        if "-ar-" in name
        else "ru"
        if name.startswith(("tass-ru", "kommersant", "mk-ru"))
        else "en"
    )
    assert one.published is not None
    if day:
        assert one.published.at.date().isoformat() == day


def test_khaama_with_its_outlet_file() -> None:
    """The house byline means nobody, and the title carries no site name."""
    one = article("khaama-2016", "khaama_press")
    assert "khaama" not in (one.title or "").lower()
    assert not any("khaama" in name.lower() for name in one.authors)
