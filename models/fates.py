"""What has become of every address that the daily runs discovered: how far it came, and why it went no further. The one
definition behind the coverage views and the counts of each day, so that they can never disagree."""

from typing import Final

from models.article import AF_SECURITY
from models.outcome import ADDRESS_REFUSALS, MOST_ATTEMPTS, OUTCOMES, RETRY_NEXT_RUN

REACHED: Final = ("discovered", "fetched", "cleaned", "kept", "tagged", "reviewed")
"""The steps of the funnel. Each address has reached exactly one of them last."""

STAGES: Final = ("discover", "fetch", "clean", "dedupe")
"""Where an address can be dropped. A kept article of low relevance is not dropped: it is other news."""

COPIES: Final = {
    "copy:exact": "The same text is at another outlet, which had it first.",
    "copy:near": "Nearly the same text is at another outlet, which had it first.",
    "copy:syndicated": "A syndicated text that another outlet had first.",
    "copy:same_article": "Another address of an article that we have.",
}
"""Reasons of the stage dedupe; those of the other stages are outcomes of the ledger."""

_NO_DROP: Final = ("pending", "done", "not_modified")
_ASKED_AGAIN: Final = RETRY_NEXT_RUN | {"refused:robots"}  # robots.txt may have changed by the next run

DROPS: Final = {**{name: words for name, words in OUTCOMES.items() if name not in _NO_DROP}, **COPIES}
"""Every reason for which an address can be dropped, in words."""


def _listed(names: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


_AGAIN: Final = """EXISTS (
            SELECT 1 FROM discoveries e WHERE e.article_id = d.article_id AND e.id < d.id AND e.backfill = {false})"""

FATES: Final = """
SELECT
    d.id AS discovery_id,
    d.outlet AS outlet,
    d.url AS url,
    d.first_seen_at AS first_seen_at,
    {day} AS day,
    {title} AS title,
    d.detail AS detail,
    a.id IS NULL AND d.outcome IN ({asked_again}) AND d.attempts < {most_attempts} AS will_retry,
    a.id AS article_id,
    a.copy_of AS copy_of,
    CASE
        WHEN a.id IS NULL THEN CASE WHEN d.stage = 'discovered' THEN 'discovered' ELSE 'fetched' END
        WHEN a.copy_of IS NOT NULL OR {again} THEN 'cleaned'
        WHEN a.relevance < {af_security} THEN 'kept'
        WHEN a.review_status IN ('accepted', 'rejected') THEN 'reviewed'
        ELSE 'tagged'
    END AS reached,
    CASE
        WHEN a.id IS NULL THEN CASE WHEN d.outcome NOT IN ({no_drop}) THEN d.outcome END
        WHEN {again} THEN 'copy:same_article'
        WHEN a.copy_of IS NOT NULL THEN 'copy:' || COALESCE(a.copy_kind, 'near')
    END AS reason,
    CASE
        WHEN a.id IS NOT NULL THEN 'dedupe'
        WHEN d.stage <> 'discovered' THEN 'clean'
        WHEN d.outcome IN ({address_refusals}) THEN 'discover'
        ELSE 'fetch'
    END AS stage
FROM discoveries d LEFT JOIN articles a ON a.id = d.article_id
WHERE d.backfill = {false}
"""
"""One row an address. `stage` is where it was dropped, when it was (`reason` is set then). A page that changed and was
not to be had again is no drop: we hold its article. What only a backfill named is not part of the daily picture."""

PARTS: Final = {
    "sqlite": {
        "false": "0",
        # without the fraction: SQLite would round the last half of a millisecond into the next day
        "day": "date(substr(d.first_seen_at, 1, 19), '+270 minutes')",
        "clock": "time(substr(d.first_seen_at, 1, 19), '+270 minutes')",
        "title": "json_extract(d.hints, '$.title')",
    },
    "postgresql": {
        "false": "false",
        "day": "CAST(d.first_seen_at AT TIME ZONE INTERVAL '04:30' AS date)",
        "clock": "to_char(d.first_seen_at AT TIME ZONE INTERVAL '04:30', 'HH24:MI:SS')",
        "title": "d.hints ->> 'title'",
    },
}


def fates(dialect: str) -> str:
    """FATES in the SQL of "sqlite" or "postgresql"."""
    parts = PARTS[dialect]
    return FATES.format(
        again=_AGAIN.format(**parts), no_drop=_listed(_NO_DROP), asked_again=_listed(_ASKED_AGAIN),
        most_attempts=MOST_ATTEMPTS, address_refusals=_listed(ADDRESS_REFUSALS), af_security=AF_SECURITY, **parts,
    )  # fmt: skip
