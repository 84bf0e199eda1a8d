"""KHABAR_OUTLETS: one function says what is watched, and an unknown name is never ignored."""

from pathlib import Path

import pytest

from outlets import OutletError
from outlets.watch import watched


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three outlet files; what is in them does not matter here."""
    (tmp_path / "af").mkdir()
    for name in ("tass", "amu_tv", "khaama_press"):
        (tmp_path / "af" / f"{name}.yml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("", ["amu_tv", "khaama_press", "tass"]),
        (" , ", ["amu_tv", "khaama_press", "tass"]),
        ("tass", ["tass"]),
        (" tass,\n amu_tv ,tass,", ["amu_tv", "tass"]),
    ],
)
def test_what_the_setting_lists_is_watched_and_all_when_it_lists_nothing(
    folder: Path, chosen: str, expected: list[str]
) -> None:
    """In one order, each once, whatever the blanks."""
    assert watched(chosen, folder) == expected


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("tass,khama_press", "KHABAR_OUTLETS: unknown outlet 'khama_press'; did you mean khaama_press?"),
        ("TASS", "KHABAR_OUTLETS: unknown outlet 'TASS'; `khabar outlets list` shows the 3 known ones"),
        ("tass;amu_tv", "KHABAR_OUTLETS: unknown outlet 'tass;amu_tv'; did you mean "),
    ],
)
def test_an_unknown_name_is_one_sentence_that_names_the_setting(folder: Path, chosen: str, sentence: str) -> None:
    """I6: an outlet that nobody watches because of a typing error would be a silent gap."""
    with pytest.raises(OutletError) as caught:
        watched(chosen, folder)
    assert str(caught.value).startswith(sentence)
    assert caught.value.exit_code == 3
