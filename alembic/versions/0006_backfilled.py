"""Articles that only a backfill found are told apart from the day's news."""

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "articles", sa.Column("backfilled", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    # Those that are stored already: what pipeline/store.py sets from now on, as far as the ledger alone tells it.
    op.execute(
        "UPDATE articles SET backfilled = true WHERE EXISTS (SELECT 1 FROM discoveries d WHERE d.article_id = articles.id)"
        " AND NOT EXISTS (SELECT 1 FROM discoveries d WHERE d.article_id = articles.id AND d.backfill = false)"
    )


def downgrade() -> None:
    op.drop_column("articles", "backfilled")
