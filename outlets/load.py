"""Reads outlet files and says file, key and line of whatever is wrong with one."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from outlets.schema import Outlet

FOLDER = Path(__file__).parent
MOST_BYTES = 8192
"""Of one file. libyaml follows brackets as deep as they go, so that some tens of thousands would end the process."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, where PyYAML was built with it: every start of a filter or a cleaning process reads all files."""


class OutletError(Exception):
    """An outlet file is missing or broken. The message is one sentence that names file, line and key."""

    exit_code = 3  # Exit.CONFIG of models/exits.py, which this package must not import


def paths(folder: Path = FOLDER) -> dict[str, Path]:
    """Every outlet file by outlet name, in alphabetical order. Of two files with one name the first; reading that
    outlet then fails, and the others are not held up."""
    return {name: files[0] for name, files in _files(folder).items()}


def _files(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*/*.yml"), key=lambda p: (p.stem, p)):
        found.setdefault(path.stem, []).append(path)
    return found


def _only(files: list[Path]) -> Path:
    if len(files) > 1:
        raise OutletError(f"{files[1]}: the outlet {files[1].stem} also has the file {files[0]}")
    return files[0]


def load(name: str, folder: Path = FOLDER) -> Outlet:
    """The outlet called `name`. Raises OutletError when there is none or its file is broken."""
    found = _files(folder)
    if name not in found:
        raise OutletError(unknown(name, list(found)))
    return read(_only(found[name]))


def unknown(name: str, known: Sequence[str]) -> str:
    """The sentence for a name that no file has: the names most like it, or where to find them all."""
    alike = get_close_matches(name, known) or [other for other in known if name and name in other][:3]
    every = f"`khabar outlets list` shows the {len(known)} known ones"
    hint = f"did you mean {' or '.join(alike)}?" if alike else every
    return f"unknown outlet {name!r}; {hint}"


def load_all(folder: Path = FOLDER) -> dict[str, Outlet]:
    """Every outlet by name. Raises OutletError at the first broken file; `survey` goes on instead."""
    return {name: read(_only(files)) for name, files in _files(folder).items()}


def survey(folder: Path = FOLDER) -> Iterator[tuple[str, Outlet | OutletError]]:
    """Every outlet, or what is wrong with its file, so that one broken file stops one outlet only."""
    for name, files in _files(folder).items():
        try:
            yield name, read(_only(files))
        except OutletError as error:
            yield name, error


def read(path: Path) -> Outlet:
    """The outlet in the file `path`, cached until the file changes."""
    try:
        stat = path.stat()
    except OSError as error:
        raise OutletError(f"{path}: cannot be read: {error.strerror}") from error
    if stat.st_size > MOST_BYTES:
        raise OutletError(f"{path}: has {stat.st_size} bytes; no outlet needs more than {MOST_BYTES}")
    return _read(path, stat.st_mtime_ns, stat.st_size)


@cache
def _read(path: Path, _mtime_ns: int, _size: int) -> Outlet:
    try:
        loader = _LOADER(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
        _refuse_repeated_keys(path, node)
    except OSError as error:
        raise OutletError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OutletError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = getattr(error, "problem", None) or str(error).replace("\n", " ")
        raise OutletError(f"{path}:{line}: is not valid YAML: {reason}") from error
    except RecursionError as error:
        raise OutletError(f"{path}:1: is nested too deeply") from error
    if not isinstance(data, dict) or not isinstance(node, yaml.MappingNode):
        raise OutletError(f"{path}:1: must be a list of keys and values")
    try:
        outlet = Outlet.model_validate(data)
    except ValidationError as error:
        raise OutletError(_sentence(path, node, error)) from error
    if outlet.name != path.stem:
        raise OutletError(
            f"{path}:{_line(node, ('name',))}: name: must equal the file's stem {path.stem!r}, not {outlet.name!r}"
        )
    for where, reason in outlet.contradicted_examples():
        raise OutletError(f"{path}:{_line(node, where)}: {'.'.join(map(str, where))}: {reason}")
    return outlet


def _refuse_repeated_keys(path: Path, node: yaml.Node | None) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key, value in node.value:
            if key.value in seen:
                raise OutletError(f"{path}:{key.start_mark.line + 1}: {key.value}: stands there twice")
            seen.add(key.value)
            _refuse_repeated_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(path, item)


def _sentence(path: Path, node: yaml.Node, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = tuple(part for part in first["loc"] if part != "[key]")
    reason = {"extra_forbidden": "unknown key", "missing": "is missing"}.get(
        first["type"], first["msg"].removeprefix("Value error, ")
    )
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{path}:{_line(node, where)}: {'.'.join(map(str, where)) or 'file'}: {reason}{more}"


def _line(node: yaml.Node, where: tuple[int | str, ...]) -> int:
    """The line of the deepest part of `where` that the file has."""
    line: int = node.start_mark.line + 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            match = next(((key, value) for key, value in node.value if key.value == part), None)
            if match is None:
                break
            line, node = match[0].start_mark.line + 1, match[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
