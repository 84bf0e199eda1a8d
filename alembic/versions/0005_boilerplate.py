"""Boilerplate that is learned from recent pages, and what a new version of an article says otherwise."""

import sqlalchemy as sa

from alembic import op
from models.base import Id, Json, Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def added() -> list[sa.Column]:
    """The new columns of article_versions; new objects at each call, since a column belongs to one table only."""
    return [
        sa.Column("boilerplate_version", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("changed_from", sa.SmallInteger(), nullable=True),
        sa.Column("changes", Json, server_default=sa.text("'[]'"), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "page_prints",
        sa.Column("discovery_id", Id, autoincrement=False, nullable=False),
        sa.Column("outlet", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("fetched_at", Utc(), nullable=False),
        sa.Column("text_hash", sa.BigInteger(), nullable=False),
        sa.Column("announced_hash", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discovery_id"], ["discoveries.id"], name=op.f("fk_page_prints_discovery_id_discoveries")
        ),
        sa.PrimaryKeyConstraint("discovery_id", name=op.f("pk_page_prints")),
    )
    op.create_index("ix_page_prints_outlet", "page_prints", ["outlet"])
    op.create_table(
        "recurring_lines",
        sa.Column("outlet", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("last_seen_at", Utc(), nullable=False),
        sa.Column("example_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["example_id"], ["discoveries.id"], name=op.f("fk_recurring_lines_example_id_discoveries")
        ),
        sa.PrimaryKeyConstraint("outlet", "hash", name=op.f("pk_recurring_lines")),
    )
    op.create_table(
        "boilerplate_versions",
        sa.Column("outlet", sa.String(length=40), nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.PrimaryKeyConstraint("outlet", "version", name=op.f("pk_boilerplate_versions")),
    )
    for column in added():
        op.add_column("article_versions", column)


def downgrade() -> None:
    for column in reversed(added()):
        op.drop_column("article_versions", column.name)
    op.drop_table("boilerplate_versions")
    op.drop_table("recurring_lines")
    op.drop_table("page_prints")
