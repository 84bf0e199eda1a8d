"""Running the command as a person does: in a process of its own, in an empty folder."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from khabar.replica import Replica

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def khabar(tmp_path: Path) -> Run:
    """khabar("status", "--json", input=…, KHABAR_X=…): the finished process; working folder and settings are new."""

    def run(
        *arguments: str, input: str | None = None, timeout: float = 120, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KHABAR_")}
        return subprocess.run(
            [sys.executable, "-m", "khabar.cli", *arguments],
            cwd=tmp_path,
            env={**kept, **settings},
            input=input,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def replica_url() -> Iterator[str]:
    """The base address of a replica that no test changes."""
    with Replica(date(2026, 3, 15)) as replica:
        yield replica.url
