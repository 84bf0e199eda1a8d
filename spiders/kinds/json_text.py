"""Reads JSON with bounds, and finds values in it by the paths that outlet files name (`data[].fields.url`)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from spiders.kinds.listed import Unreadable

MOST_VALUES: Final = 1_000_000
"""Values, counted by their separators: an empty list costs three bytes of text and sixty of memory."""
_MOST_STEPS: Final = 50
_SECONDS: Final = 10**11
"""A greater number counts milliseconds: as seconds it would be the year 5138."""


def load(body: bytes) -> Any:
    """The value in `body`; of a repeated key the last, NaN and Infinity as None. Raises Unreadable."""
    if not body.strip().removeprefix(b"\xef\xbb\xbf"):
        raise Unreadable("refused:empty", "the answer has no content")
    if sum(body.count(sign) for sign in (b",", b"[", b"{")) > MOST_VALUES:
        raise Unreadable("refused:too_large", f"the JSON holds more than {MOST_VALUES} values")
    try:
        return json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable("refused:not_a_feed", "the answer is not JSON") from error


def dig(value: Any, path: str) -> Any:
    """What is at `path` (names separated by dots) below `value`; None when there is nothing."""
    for name in path.split(".")[:_MOST_STEPS]:
        if name:
            value = value.get(name) if isinstance(value, dict) else None
    return value


def members(data: Any, path: str) -> Iterator[Any]:
    """Everything at `path`, in which `[]` after a name stands for each member of its list."""
    found = [data]
    parts = path.split("[]")
    for part in parts[:-1]:
        lists = [dig(level, part.removeprefix(".")) for level in found]
        found = [member for one in lists if isinstance(one, list) for member in one]
    yield from (dig(level, parts[-1]) for level in found)


def text(value: Any) -> str | None:
    """`value` when it is a text with something in it."""
    return value.strip() or None if isinstance(value, str) else None


def time(value: Any) -> str | None:
    """A time as it stands there, or from seconds or milliseconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < _SECONDS * 1000:
        return datetime.fromtimestamp(value if value < _SECONDS else value / 1000, UTC).isoformat()
    return text(value)
