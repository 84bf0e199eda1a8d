"""When a reviewer's last shift ended and this one began. Nobody punches a clock: decisions with no long pause between
them are a shift."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from models.review import ReviewDecision

PAUSE: Final = timedelta(hours=5)
"""Without a decision for so long, the shift is over."""
BEFORE_THE_FIRST: Final = timedelta(hours=24)
"""How far back "new" reaches for somebody without a shift."""
AT_MOST: Final = timedelta(days=14)
"""Who comes back from holidays is not shown more as new; nothing that waits is lost by it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The present one of a reviewer, which may not have begun."""

    reviewer: str
    before: datetime
    """The last decision of the one before."""
    began: datetime
    """Its first decision; the present moment when it has none."""


def shift_of(connection: Connection, reviewer: str, now: datetime) -> Shift:
    """From the reviewer's decisions up to `now`."""
    began = now
    query = select(ReviewDecision.decided_at).where(
        ReviewDecision.reviewer == reviewer, ReviewDecision.decided_at <= now
    )
    newest_first = query.order_by(ReviewDecision.decided_at.desc()).execution_options(yield_per=200)
    with connection.execute(newest_first) as rows:
        for (decided,) in rows:
            if began - decided >= PAUSE:
                return Shift(reviewer, max(decided, now - AT_MOST), began)
            began = decided
    return Shift(reviewer, began - BEFORE_THE_FIRST, began)
