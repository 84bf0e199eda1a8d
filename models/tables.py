"""Every table in one metadata: import this, not the single modules, where all of them must be known."""

from models import (
    account,
    article,
    backfill,
    boilerplate,
    event,
    fingerprint,
    ledger,
    outlet_day,
    place,
    ranker,
    review,
    run,
    sample,
    saved_search,
    story_ruling,
)
from models.base import Base

__all__ = [
    "account", "article", "backfill", "boilerplate", "event", "fingerprint", "ledger", "metadata", "outlet_day",
    "place", "ranker", "review", "run", "sample", "saved_search", "story_ruling",
]  # fmt: skip

metadata = Base.metadata
