"""What an address means for whoever asks: their own last shift, and the outlets that are state-owned today."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from review.filters import Filter
from review.outlet_faces import Face

_AGES: Final = {
    "24h": timedelta(hours=24), "3d": timedelta(days=3), "7d": timedelta(days=7), "30d": timedelta(days=30),
}  # fmt: skip


def meant(wanted: Filter, outlets: Mapping[str, Face], now: datetime, shift: datetime) -> Filter:
    """The filter with what no address can say. `shift` is the end of the reader's last (review/shift.py)."""
    since = owned = None
    if wanted.new:
        since = shift if wanted.new == "shift" else now - _AGES[wanted.new]
    if wanted.ownership:
        owned = tuple(sorted(name for name, face in outlets.items() if face.ownership == wanted.ownership))
    return replace(wanted, new_since=since, owned=owned)
