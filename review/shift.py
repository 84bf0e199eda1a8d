"""When a reviewer's last shift ended. Nobody punches a clock: decisions with no long pause between them are a shift."""

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


def last_shift(connection: Connection, reviewer: str, now: datetime) -> datetime:
    """The last decision of the shift before the present one, which may not have begun."""
    later = now
    query = select(ReviewDecision.decided_at).where(
        ReviewDecision.reviewer == reviewer, ReviewDecision.decided_at <= now
    )
    newest_first = query.order_by(ReviewDecision.decided_at.desc()).execution_options(yield_per=200)
    with connection.execute(newest_first) as rows:
        for (decided,) in rows:
            if later - decided >= PAUSE:
                return max(decided, now - AT_MOST)
            later = decided
    return later - BEFORE_THE_FIRST
