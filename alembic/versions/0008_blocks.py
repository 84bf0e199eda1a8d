"""The hashes that lead to copies go from a row each into blocks of eight bytes each; what is stored is converted."""

import struct
from collections import defaultdict

import sqlalchemy as sa

from alembic import op
from models.base import Id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As pipeline/dedupe/copies.py and copy_blocks.py have it at this revision.
UNDATED, CREDITS, CROWD, DAY = 1 << 40, 1 << 42, 1 << 44, 86_400
FIRST_WEEK = 150_000


def posted_hashes() -> sa.Table:
    return sa.Table(
        "posted_hashes",
        sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"}),
        sa.Column("hash", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("article_id", Id, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def posted_blocks() -> sa.Table:
    return sa.Table(
        "posted_blocks",
        sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"}),
        sa.Column(
            "block", sa.Integer(), primary_key=True, autoincrement=False, comment="Bucket of hashes, then week."
        ),
        sa.Column(
            "entries", sa.LargeBinary(), nullable=False, comment="Eight bytes for each hash of an article."
        ),
    )


def upgrade() -> None:
    connection = op.get_bind()
    hashes, blocks = posted_hashes(), posted_blocks()
    blocks.create(connection)
    fingerprints = sa.table("fingerprints", sa.column("article_id", Id), sa.column("since", sa.BigInteger()))
    for bucket in range(1 << 10):  # one after the other: eleven million rows at once would not fit
        first = (bucket << 22) - (1 << 32 if bucket >> 9 else 0)
        rows = connection.execute(
            sa.select(hashes.c.hash, hashes.c.article_id, fingerprints.c.since)
            .join(fingerprints, fingerprints.c.article_id == hashes.c.article_id)
            .where(hashes.c.hash.between(first, first + (1 << 22) - 1))
            .order_by(hashes.c.article_id)
        )
        made = defaultdict(bytearray)
        for number, article_id, since in rows:
            since -= (since + CROWD // 2) // CROWD * CROWD
            at = since - CREDITS if since >= CREDITS // 2 else since
            week, weekday = (0, 0) if at == UNDATED else (at // DAY // 7 + FIRST_WEEK, at // DAY % 7)
            entry = (number & ((1 << 22) - 1)) << 42 | weekday << 39 | article_id
            made[bucket << 20 | week] += struct.pack("<Q", entry)
        if made:
            sent = [{"block": block, "entries": bytes(entries)} for block, entries in made.items()]
            connection.execute(sa.insert(blocks), sent)
    hashes.drop(connection)


def downgrade() -> None:
    connection = op.get_bind()
    hashes, blocks = posted_hashes(), posted_blocks()
    hashes.create(connection)
    for block in connection.execute(sa.select(blocks.c.block).order_by(blocks.c.block)).scalars().all():
        entries = connection.execute(sa.select(blocks.c.entries).where(blocks.c.block == block)).scalar_one()
        pairs = set()
        for (entry,) in struct.iter_unpack("<Q", entries):
            number = (block >> 20) << 22 | entry >> 42
            pairs.add((number - (1 << 32 if number >> 31 else 0), entry & ((1 << 39) - 1)))
        connection.execute(sa.insert(hashes), [{"hash": one, "article_id": article} for one, article in sorted(pairs)])
    blocks.drop(connection)
