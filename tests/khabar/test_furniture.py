"""An outlet that prints its own call under every article, crawled for real: learned, cut, and no news when it goes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine, select

from khabar.replica import Replica
from khabar.replica.stories import CONTENT
from models.article import Article, ArticleVersion
from models.boilerplate import BoilerplateVersion
from tests.conftest import ROOT

CALL = "The Kabul Courier is printed in two cities and read in every valley of the land."


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The replica's stories, where one outlet's English texts end with CALL, but for those that were edited."""
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    path = folder / "khaama_press.en.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for story in data["stories"]:
        if "text" in story:
            story["text"] += f"\n\n{CALL}"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.mark.timeout(240)
def test_learned_from_a_crawl_and_silent_when_an_edit_drops_it(
    engine: Engine, khabar_env: dict[str, str], content: Path
) -> None:
    """I2: crawl, process, edit, publish, crawl, process: no stored text holds the call, each row names the version that
    cut it, and the edited article's second version tells the toll, not the call that went."""
    with Replica(content=content) as replica:

        def collect() -> None:
            for command in (["crawl", "khaama_press"], ["process"]):
                done = subprocess.run(
                    [sys.executable, "-m", "khabar.cli", *command], cwd=ROOT, text=True, capture_output=True,
                    check=False, env={**os.environ, **khabar_env, "KHABAR_REPLICA": replica.url},
                )  # fmt: skip
                assert done.returncode == 0, done.stdout + done.stderr

        collect()
        replica.edit()
        replica.publish("khaama_press", 2)
        collect()
    with engine.connect() as connection:
        rows = connection.execute(select(ArticleVersion).order_by(ArticleVersion.version)).all()
        made = connection.execute(select(BoilerplateVersion.outlet, BoilerplateVersion.lines)).all()
        latest = connection.execute(select(Article.id, Article.latest_version).where(Article.latest_version > 1)).all()
    assert [tuple(row) for row in made] == [("khaama_press", [CALL])]
    english = [row for row in rows if row.language == "en"]
    assert len(english) > 12
    assert {(row.boilerplate_version, CALL in row.text) for row in english} == {(1, False)}
    second = next(row for row in english if row.version == 2)
    assert [tuple(row) for row in latest] == [(second.article_id, 2)]
    told = {change["field"]: change for change in second.changes}
    assert (told["killed"]["before"], told["killed"]["after"]) == ("3", "11")
