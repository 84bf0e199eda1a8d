"""What collection remembers: when to ask sources and articles again, manners of hosts, and what only a backfill named."""

import sqlalchemy as sa

from alembic import op
from models.base import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEDULED = sa.text("recheck_at IS NOT NULL")


def added() -> dict[str, list[sa.Column]]:
    """The new columns by table; new objects at each call, since a column belongs to one table only."""
    return {
        "discoveries": [
            sa.Column("recheck_at", Utc(), nullable=True),
            sa.Column("rechecks", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
            sa.Column("backfill", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        ],
        "source_states": [
            sa.Column("interval_seconds", sa.Integer(), nullable=True),
            sa.Column("due_at", Utc(), nullable=True),
        ],
        "host_states": [
            sa.Column("robots_last_modified", sa.Text(), nullable=True),
            sa.Column("tdm_json", sa.Text(), nullable=True),
            sa.Column("tdm_fetched_at", Utc(), nullable=True),
            sa.Column("failed_runs", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        ],
    }


def upgrade() -> None:
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(
        "ix_discoveries_recheck", "discoveries", ["outlet", "recheck_at"],
        sqlite_where=SCHEDULED, postgresql_where=SCHEDULED,
    )


def downgrade() -> None:
    op.drop_index("ix_discoveries_recheck", table_name="discoveries")
    for table, columns in added().items():
        for column in columns:
            op.drop_column(table, column.name)
