"""The index of what is of one status tells as well what a backfill found."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BEFORE = ["review_status", "relevance", "dated_at", "id"]


def upgrade() -> None:
    op.drop_index("ix_articles_queue", table_name="articles")
    op.create_index("ix_articles_queue", "articles", [*BEFORE, "backfilled"])


def downgrade() -> None:
    op.drop_index("ix_articles_queue", table_name="articles")
    op.create_index("ix_articles_queue", "articles", BEFORE)
