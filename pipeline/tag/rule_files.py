"""Rule files with a part for each language (officials.yml, roles.yml): reading them, and what no rule may lack."""

from functools import cache
from typing import Any

from pipeline.tag.gazetteer import DATA, DataError
from pipeline.tag.vocabulary import read_yaml

_KEYS = frozenset(("id", "pattern", "version", "examples", "counter", "__lines__"))


@cache
def languages(file: str) -> tuple[str, ...]:
    """The languages that have rules in a file."""
    return tuple(lang for lang in _whole(file) if lang != "__lines__")


@cache
def _whole(file: str) -> dict[str, Any]:
    return read_yaml(file)


def part(file: str, lang: str) -> tuple[Any, str]:
    """What a file holds for one of its languages, and where (file and line)."""
    whole = _whole(file)
    return whole[lang], place_of(file, whole["__lines__"][lang])


def place_of(file: str, line: int) -> str:
    """A line of a data file as an error names it."""
    return f"{DATA / file}:{line}"


def checked(raw: dict[str, Any], file: str, lang: str, more: frozenset[str] = frozenset()) -> str:
    """Where a rule stands. `more` are keys that rules of this file have beside id, pattern, version, examples, counter.

    Raises:
        DataError: with file and line, when it has an unknown key, another language's id, or no examples.
    """
    where = place_of(file, min(raw["__lines__"].values()))
    if unknown := set(raw) - _KEYS - more:
        raise DataError(f"{place_of(file, raw['__lines__'][min(unknown)])}: unknown key {min(unknown)!r}")
    if not str(raw.get("id", "")).startswith(f"{lang}."):
        raise DataError(f"{where}: the id {raw.get('id')!r} does not begin with {lang}.")
    if not raw.get("examples") or not raw.get("counter"):
        raise DataError(f"{where}: rule {raw['id']} needs examples and counter")
    return where
