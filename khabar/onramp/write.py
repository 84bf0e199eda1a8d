"""Writes an outlet as the YAML that people read and edit: one line a fact, in the order of the schema."""

import os
from pathlib import Path
from typing import Any, Final

import yaml

from outlets import Outlet
from outlets.load import read

_ROWS: Final = frozenset({"sources", "evidence"})
"""Keys whose members have a line each."""


def yaml_of(outlet: Outlet, first_line: str) -> str:
    """The file's text, beginning with the comment `first_line`. Only what was said of the outlet is in it."""
    lines = [f"# {first_line}"]
    for key, value in outlet.model_dump(exclude_unset=True).items():
        if key in _ROWS:
            lines += [f"{key}:", *(f"  - {_flow(row)}" for row in value)]
        elif key == "assertions":
            lines += [f"{key}:", *(f"  {name}: {_flow(inner)}" for name, inner in value.items())]
        elif key == "examples":
            lines.append(f"{key}:")
            for name, inner in value.items():
                lines += [f"  {name}:", *(f"    - {_flow(row)}" for row in inner)]
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def write(outlet: Outlet, path: Path, first_line: str) -> None:
    """Write the file whole, once the loader has read it. Raises OutletError, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{os.getpid()}" / path.name  # the loader wants the outlet's name, and no list shows it
    draft.parent.mkdir()
    try:
        draft.write_text(yaml_of(outlet, first_line), encoding="utf-8")
        read(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
        draft.parent.rmdir()


def _flow(value: Any) -> str:
    """`value` on one line."""
    text: str = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**9)
    return text.strip()[1:-1]
