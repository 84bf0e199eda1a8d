"""What is new in an item that came back to the queue, because its text says something else than when it was decided."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, tuple_

from models.article import Article, ArticleVersion
from review.cards import Card, rows_of
from review.difference import Difference, compare
from review.evidence import tags_of


def differences(connection: Connection, cards: Iterable[Card]) -> dict[int, Difference]:
    """By article, what its latest version says otherwise than the one that was reviewed; of changed ones only."""
    reviewed = {
        card.article_id: card.reviewed_version for card in cards if card.status == "changed" and card.reviewed_version
    }
    if not reviewed:
        return {}
    table = ArticleVersion.__table__
    wanted = select(table).where(
        table.c.article_id.in_(reviewed),  # SQLite reads the whole table for pairs alone
        tuple_(table.c.article_id, table.c.version).in_(reviewed.items()),
    )
    old = {row.article_id: row for row in connection.execute(wanted)}
    new = {row.id: row for row in rows_of(connection, Article.id.in_(reviewed))}
    tags = tags_of(connection, [*reviewed.items(), *((row.id, row.version) for row in new.values())])
    return {
        article: compare(old[article], new[article], tags[article, version], tags[article, new[article].version])
        for article, version in reviewed.items() if article in old
    }  # fmt: skip
