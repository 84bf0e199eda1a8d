"""What the filters offer: read by leaping from one code to the next, since counting all tags would read millions."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, text

from models.place import Place

Pairs = tuple[tuple[str, str], ...]
"""(code, label) each."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    provinces: Pairs
    topics: Pairs
    actors: Pairs


def choices(connection: Connection) -> Choices:
    """The provinces, and the topics and actors that some article has."""
    provinces = connection.execute(select(Place.iso, Place.name_en).order_by(Place.name_en))
    return Choices(
        tuple((row.iso, row.name_en) for row in provinces), _labels(connection, "topic"), _labels(connection, "actor")
    )


_LABELS: Final = text(
    """
    WITH RECURSIVE known (code) AS (
        SELECT min(code) FROM article_tags WHERE scheme = :scheme AND NOT is_deleted
        UNION ALL
        SELECT (
            SELECT min(t.code) FROM article_tags t
            WHERE t.scheme = :scheme AND t.code > known.code AND NOT t.is_deleted
        )
        FROM known WHERE known.code IS NOT NULL
    )
    SELECT code, (
        SELECT t.label FROM article_tags t WHERE t.scheme = :scheme AND t.code = known.code AND NOT t.is_deleted
        ORDER BY t.article_id DESC LIMIT 1
    ) AS label
    FROM known WHERE code IS NOT NULL
    """
)


def _labels(connection: Connection, scheme: str) -> Pairs:
    """Every code of a scheme that a standing tag has, with the label that the newest of them carries."""
    rows = connection.execute(_LABELS, {"scheme": scheme})
    return tuple(sorted(((row.code, row.label) for row in rows), key=lambda pair: pair[1]))
