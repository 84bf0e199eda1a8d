"""The phrases of `data/phrases.yml` as compiled patterns: words are data, so that a language is added without code."""

import re
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent.parent / "data" / "phrases.yml"
_FRAMES = {"start": r"^(?:{})(?!\w)", "prefix": "^(?:{})", "anywhere": "(?:{})", "whole": r"^(?:{})\s*[:：>»]*$"}


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The phrases called `name` as one pattern. Raises KeyError when the file has none of that name."""
    entry = _entries()[name]
    return re.compile(_FRAMES[entry["place"]].format("|".join(entry["phrases"])), re.I)


@cache
def _entries() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return entries
