"""The queue finds what is flagged by an index."""

import sqlalchemy as sa

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_articles_flagged", "articles", ["flagged"], sqlite_where=sa.text("flagged IS 1"),
        postgresql_where=sa.text("flagged IS true"),
    )


def downgrade() -> None:
    op.drop_index("ix_articles_flagged", "articles")
