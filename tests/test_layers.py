"""The one-way rule: who may import whom is checked, not remembered."""

import subprocess
import sys

from tests.conftest import ROOT

CODE = ("outlets", "models", "spiders", "pipeline", "review", "khabar", "dags")


def test_import_contracts_hold() -> None:
    """The layers of ARCHITECTURE.md, as import-linter reads them from pyproject.toml."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_dags_hold_no_logic() -> None:
    """A DAG file reads its registry and calls one function a task; it imports no database, parser or crawler."""
    for path in (ROOT / "dags").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 100, path
        for name in ("sqlalchemy", "scrapy", "lxml", "trafilatura", "models."):
            assert f"import {name}" not in text, (path, name)
            assert f"from {name}" not in text, (path, name)


def test_files_stay_short() -> None:
    """Over 300 lines a file holds more than one thought; data and generated files are not code."""
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in CODE
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert long == {}
