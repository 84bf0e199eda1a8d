"""Runs a stage as a filter: one JSON object a line in, one a line out, in the same order, whatever a line holds."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, TypeVar

Row = dict[str, Any]
T = TypeVar("T")
R = TypeVar("R")


def run_filter(
    lines: Iterable[bytes],
    out: IO[bytes],
    read: Callable[[Row], T],
    work: Callable[[Iterator[T]], Iterator[R]],
    write: Callable[[R], Row],
) -> None:
    """Turn each line into what `work` takes, and each result into a line. `work` gives exactly one result for each
    thing it is given, in order; it may read ahead. What `read` refuses, and a line that is no JSON object, becomes
    {"id": …, "error": …} at its place."""
    waiting: deque[tuple[Any, str | None]] = deque()  # id, and the error; None: the next result of `work` answers it

    def readable() -> Iterator[T]:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            row: Row = {}
            try:
                row = _parse(line, number)
                thing = read(row)
            except Exception as error:
                kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
                waiting.append((row.get("id"), f"{kind}{error}"))
                continue
            waiting.append((row["id"], None))
            yield thing

    def write_errors() -> None:
        while waiting and waiting[0][1] is not None:
            number, error = waiting.popleft()
            _write(out, {"id": number, "error": error})

    for result in work(readable()):
        write_errors()
        number, _ = waiting.popleft()
        _write(out, {**write(result), "id": number})  # as it was given: the stages know ids as text
    write_errors()
    out.flush()


def same(row: Row) -> Row:
    """For a `work` that takes and gives rows."""
    return row


def _parse(line: bytes, number: int) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"line {number} is not JSON: {error}") from error
    if not isinstance(row, dict):
        raise ValueError(f"line {number} is not a JSON object")
    if row.get("id") is None:
        raise ValueError(f"line {number} has no id")
    return row


def _write(out: IO[bytes], row: Row) -> None:
    try:
        line = json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair
        line = json.dumps(row).encode()
    out.write(line + b"\n")
