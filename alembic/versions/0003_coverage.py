"""The coverage ledger by outlet and day, and the indexes that reckon it."""

import sqlalchemy as sa

from alembic import op
from models.base import Json, Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTS = (
    "discovered", "dropped_at_discover", "dropped_at_fetch", "waiting_for_fetch", "fetched", "dropped_at_clean",
    "waiting_for_clean", "cleaned", "duplicates", "kept", "tagged", "reviewed", "http_errors", "blocked", "undated",
)


def upgrade() -> None:
    op.create_table(
        "outlet_days",
        sa.Column("outlet", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False) for name in COUNTS),
        sa.Column("drops", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("dropped_ids", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("evidence", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("expected_low", sa.Integer(), nullable=True),
        sa.Column("expected_high", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("diagnosed_at", Utc(), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outlet", "day", name=op.f("pk_outlet_days")),
    )
    op.create_index("ix_outlet_days_day", "outlet_days", ["day"])
    op.create_index("ix_outlet_days_change_seq", "outlet_days", ["change_seq"])
    # Led by the outlet, it serves whatever the index on the outlet alone served.
    op.create_index("ix_discoveries_seen", "discoveries", ["outlet", "backfill", "first_seen_at"])
    op.drop_index("ix_discoveries_outlet", table_name="discoveries")
    op.create_index("ix_discoveries_article_id", "discoveries", ["article_id"])
    op.create_index("ix_runs_started", "runs", ["kind", "started_at"])


def downgrade() -> None:
    op.drop_index("ix_runs_started", table_name="runs")
    op.drop_index("ix_discoveries_article_id", table_name="discoveries")
    op.create_index("ix_discoveries_outlet", "discoveries", ["outlet"])
    op.drop_index("ix_discoveries_seen", table_name="discoveries")
    op.drop_table("outlet_days")
