"""Documentation is tested: what the README says is what the code has."""

import re

import pytest

from khabar.cli import app, outlets_app, rules_app
from khabar.user_commands import token_app, users_app
from models.exits import MEANING, Exit
from models.settings import Settings
from models.views import VIEWS
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")


def test_every_setting_is_documented() -> None:
    """A setting that nobody can find does not exist."""
    named = set(re.findall(r"`KHABAR_([A-Z_]+)`", README))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_default_is_the_documented_one() -> None:
    """The table's second column."""
    said = dict(re.findall(r"^\| `KHABAR_([A-Z_]+)` \| `([^`]+)` \|", README, re.M))
    real = {name.upper(): str(field.default) for name, field in Settings.model_fields.items() if field.default}
    assert said == {name: default for name, default in real.items() if default}


def test_every_exit_code_is_documented() -> None:
    """With its number and its meaning."""
    said = {int(code): meaning for code, meaning in re.findall(r"^\| (\d+) \| (.+) \|$", README, re.M)}
    assert said == {code.value: meaning for code, meaning in MEANING.items()}
    assert set(MEANING) == set(Exit)


def test_every_command_is_documented() -> None:
    """In the README's table or in its text."""
    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    names += [f"outlets {command.name}" for command in outlets_app.registered_commands]
    names += [f"rules {command.name}" for command in rules_app.registered_commands]
    names += [f"users {command.name}" for command in users_app.registered_commands]
    names += [f"users token {command.name}" for command in token_app.registered_commands]
    shown = README + (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [name for name in names if f"khabar {name}" not in shown] == []


def test_every_control_has_its_test() -> None:
    """What SECURITY.md says is tested is tested by a test of that name."""
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    texts = {file: (ROOT / "tests/review" / file).read_text(encoding="utf-8") for file, _ in named}
    assert [f"{file}::{name}" for file, name in named if f"def {name}(" not in texts[file]] == []


def test_every_invariant_has_its_proofs() -> None:
    """The files that ARCHITECTURE.md names after an invariant are there, and say that they prove it."""
    rows = re.findall(r"^\| (I\d) \|.*\| ([^|]+) \|$", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.M)
    assert [name for name, _ in rows] == [f"I{number}" for number in range(1, 9)]
    for name, files in rows:
        for file in files.split(", "):
            assert name in (ROOT / f"tests/{file}.py").read_text(encoding="utf-8"), (name, file)


def test_every_view_is_named() -> None:
    """Dashboard builders start here."""
    assert [name for name in VIEWS if f"`{name}`" not in README] == []


def test_every_make_target_in_the_readme_exists() -> None:
    """A command that is shown must run."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.M)) <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page: str) -> None:
    """Files that a page links to, pictures too."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_no_file_names_a_registry_host() -> None:
    """Pins carry hashes; where they come from is the installer's business."""
    hosts = re.compile(r"https://|index.url\b|find.links\b")
    files = [ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("requirements*.txt"), *ROOT.glob(".ci/*")]
    lines = [(path.name, line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert [found for found in lines if hosts.search(found[1]) and "--no-emit" not in found[1]] == []


def test_every_requirement_is_pinned_with_hashes() -> None:
    """And the installer's own requirements too."""
    for path in ROOT.glob("requirements*.txt"):
        names = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0].isalnum()]
        assert names
        assert all("==" in line and line.endswith("\\") for line in names), path.name
