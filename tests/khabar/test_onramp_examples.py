"""A drafted file proves its pattern on what was read of the site, as the loader then demands of it for ever."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from khabar.onramp.draft import Given
from khabar.onramp.new import add
from models.settings import settings
from outlets import OutletError
from outlets.load import read
from tests.khabar.onramp_sites import BLOG, blog
from tests.spiders.hostile import HostileServer


def test_a_drafted_file_gives_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I1: articles that were read, pages of the menu that are none, and the month in which a source was seen."""
    with HostileServer() as server:
        monkeypatch.setenv("KHABAR_REPLICA", server.url)
        settings.cache_clear()
        stories = blog(server, datetime.now(UTC))
        added = add(f"{BLOG}/", Given("independent", "AF", "kohistan"), tmp_path / "outlets", tmp_path / "pages")
    outlet = read(added.path)
    assert 1 <= len(outlet.examples.articles) <= 3
    assert set(outlet.examples.articles) <= {f"{BLOG}{story.path}" for story in stories}
    assert f"{BLOG}/about-us/" in outlet.examples.others
    assert {source.seen for source in outlet.sources} == {f"{datetime.now(UTC):%Y-%m}"}
    article = outlet.examples.articles[0]
    text = added.path.read_text(encoding="utf-8").replace(f"- '{article}'", f"- '{BLOG}/about-us/'")
    added.path.write_text(text, encoding="utf-8")
    with pytest.raises(OutletError, match=r"examples\.articles\.0: .*about-us/ does not match article_url"):
        read(added.path)
