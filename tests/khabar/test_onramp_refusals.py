"""`khabar outlets new` refuses what cannot be added in one sentence with its exit code, before it asks anything."""

from pathlib import Path
from typing import Final

import pytest

from khabar.onramp.new import CannotAdd, all_or_nothing
from models.exits import Exit
from tests.khabar.conftest import Run

CONTACT: Final = "https://khabar-monitor.net/contact"


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "words_"),
    [
        (["ftp://x.test/"], {}, Exit.USAGE, "the scheme is ftp, not http or https"),
        (["nonsense"], {}, Exit.USAGE, "its host has no domain"),
        (["https://news.test/"], {}, Exit.CONFIG, "KHABAR_CONTACT"),
        (["https://news.test/", "--name", "tass"], {"KHABAR_CONTACT": CONTACT}, Exit.USAGE, "tass.yml exists"),
        (
            ["https://tass.ru/", "--name", "other"],
            {"KHABAR_CONTACT": CONTACT},
            Exit.USAGE,
            "tass.ru is watched as tass",
        ),
    ],
    ids=["scheme", "no-host", "no-contact", "name-taken", "site-taken"],
)
def test_what_cannot_be_added_is_refused_before_a_request(
    khabar: Run, tmp_path: Path, arguments: list[str], settings: dict[str, str], code: Exit, words_: str
) -> None:
    """One sentence and the documented exit code; nothing is written."""
    done = khabar("outlets", "new", *arguments, "--ownership", "independent", "--country", "AF", **settings)
    assert done.returncode == code
    assert done.stderr.startswith("khabar: ")
    assert done.stderr.count("\n") == 1
    assert words_ in done.stderr
    assert not list(tmp_path.rglob("*.yml"))


def test_an_outlet_is_added_whole_or_not_at_all(tmp_path: Path) -> None:
    """Ctrl-C between the file and its page leaves neither, and what was there before as it was."""
    old, new, page = tmp_path / "old.yml", tmp_path / "new.yml", tmp_path / "new.fa.html"
    old.write_text("before")

    def interrupted() -> None:
        with all_or_nothing((tmp_path, "old.yml"), (tmp_path, "new.*")):
            for path in (old, new, page):
                path.write_text("after")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.name for path in tmp_path.iterdir()] == ["old.yml"]
    assert old.read_text() == "before"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One sentence with the path, and no half of an outlet."""
    (tmp_path / "pages").write_text("a file, no folder")

    def written() -> None:
        with all_or_nothing((tmp_path, "x.yml")):
            (tmp_path / "x.yml").write_text("half")
            (tmp_path / "pages").mkdir()

    with pytest.raises(CannotAdd, match=r"/pages cannot be written: "):
        written()
    assert not (tmp_path / "x.yml").exists()
