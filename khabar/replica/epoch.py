"""Keeps the demo's epoch day in a file, so that addresses and dates stay where they are on the next day."""

from datetime import UTC, date, datetime
from pathlib import Path

FILE = "replica_epoch"


def kept_epoch(var: Path) -> date:
    """The epoch day that `var` remembers; today (UTC), remembered from now on, when it has none.

    Raises OSError when the folder cannot be written, ValueError when the file holds no date.
    """
    path = var / FILE
    if path.exists():
        text = path.read_text(encoding="ascii").strip()
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"{path}: {text!r} is not a date such as 2026-11-24; delete the file") from error
    today = datetime.now(UTC).date()
    var.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{today.isoformat()}\n", encoding="ascii")
    return today
