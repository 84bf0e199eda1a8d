"""How fresh a source's list is, measured by addresses and not by the dates that it claims: which of them the ledger saw
only lately. Two sources of one outlet can be compared by it, whatever their length, order and clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from models.day import begins, day_of
from models.ledger import Discovery

CHUNK = 400
"""Keys in one statement."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What one reading of a source says. Times are None when it lists nothing that the ledger knows."""

    today: int = 0
    """Addresses that it lists and that the ledger first saw today, whichever source named them first."""
    seen_until: datetime | None = None
    """When the ledger first saw the youngest address that it lists: what came later, it does not have."""


def freshness(connection: Connection, outlet: str, keys: Sequence[str], now: datetime) -> Freshness:
    """The freshness of a list with the url_keys `keys`, after it was entered."""
    midnight = begins(day_of(now))
    today, until = 0, None
    for start in range(0, len(keys), CHUNK):
        listed = (Discovery.outlet == outlet, Discovery.url_key.in_(keys[start : start + CHUNK]))
        seen = func.max(Discovery.first_seen_at)
        count, latest = connection.execute(
            select(func.count().filter(Discovery.first_seen_at >= midnight), seen).where(*listed)
        ).one()
        today += count
        until = max(until, latest) if until and latest else until or latest
    return Freshness(today, until)
