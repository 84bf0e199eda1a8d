"""Keeps the demo's epoch day in a file, so that addresses and dates stay where they are on the next day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

FILE = "replica_epoch"

KEPT = timedelta(days=5)
"""An older epoch is forgotten: its articles would leave the crawl's lookback one after the other."""


def kept_epoch(var: Path) -> date:
    """The epoch day that `var` remembers; today (UTC), remembered from now on, when it has none or an old one.

    Raises OSError when the folder cannot be written, ValueError when the file holds no date.
    """
    path = var / FILE
    today = datetime.now(UTC).date()
    if path.exists():
        text = path.read_text(encoding="ascii").strip()
        try:
            epoch = date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"{path}: {text!r} is not a date such as 2026-11-24; delete the file") from error
        if epoch > today - KEPT:
            return epoch
    var.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{today.isoformat()}\n", encoding="ascii")
    return today
