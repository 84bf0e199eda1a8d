"""Checks the command line of a backfill before anything is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime

from outlets import Outlet
from spiders.backfill.span import BadSpan, check_over, parse_span


def check_backfill(since: str, until: str, outlets: Sequence[Outlet]) -> None:
    """Raises BadSpan for a command line that names no outlet, or days that cannot be filled at one of them."""
    if not since or not until:
        raise BadSpan("a backfill needs both --from and --to, such as --from 2023-06-01 --to 2023-06-30")
    span = parse_span(since, until)
    if not outlets:
        raise BadSpan("name the outlets to backfill: a month of all of them takes days")
    for outlet in outlets:
        check_over(span, outlet, datetime.now(UTC))
