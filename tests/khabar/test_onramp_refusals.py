"""`khabar outlets new` refuses what cannot be added in one sentence with its exit code, before it asks anything."""

from pathlib import Path
from typing import Final

import pytest

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
