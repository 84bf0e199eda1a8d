"""What `khabar learn` says."""

from datetime import UTC, datetime
from typing import Any

from models.session import check_schema, engine
from pipeline.rank.learn import forget, learn


def learn_now() -> tuple[str, dict[str, Any]]:
    """Train once: (sentence, data)."""
    check_schema()
    done = learn(engine(), datetime.now(UTC))
    return done.sentence, done.as_json()


def forget_now() -> tuple[str, dict[str, Any]]:
    """Back to the rules alone: (sentence, data)."""
    check_schema()
    ranked = forget(engine(), datetime.now(UTC))
    return f"The rules stand alone again; {ranked} waiting articles moved.", {"ranked": ranked}
