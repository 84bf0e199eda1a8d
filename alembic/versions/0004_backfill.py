"""How far a backfill has come."""

import sqlalchemy as sa

from alembic import op
from models.base import Id, Json, Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backfill_parts",
        sa.Column("id", Id, nullable=False),
        sa.Column("outlet", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=1024), nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=32), server_default="pending", nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("named", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("undated", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("issues", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("read_at", Utc(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill_parts")),
        sa.UniqueConstraint("outlet", "since", "until", "url", name=op.f("uq_backfill_parts_outlet_since_until_url")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("backfill_parts")
