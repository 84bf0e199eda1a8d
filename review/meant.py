"""What an address means for whoever asks: their own shifts, and the outlets that are state-owned today."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from review.filters import Filter
from review.outlet_faces import Face
from review.shift import Shift

_AGES: Final = {
    "24h": timedelta(hours=24), "3d": timedelta(days=3), "7d": timedelta(days=7), "30d": timedelta(days=30),
}  # fmt: skip


def meant(wanted: Filter, outlets: Mapping[str, Face], now: datetime, shift: Shift) -> Filter:
    """The filter with what no address can say. `shift` is the reader's."""
    since = owned = None
    if wanted.new:
        since = shift.before if wanted.new == "shift" else now - _AGES[wanted.new]
    if wanted.ownership:
        owned = tuple(sorted(name for name, face in outlets.items() if face.ownership == wanted.ownership))
    own = (shift.reviewer, shift.began) if wanted.decided else None
    return replace(wanted, new_since=since, owned=owned, own=own)
