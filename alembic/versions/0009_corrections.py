"""Reviewers correct tags and facts, assign and flag: what follows from their decisions stands on the article."""

import sqlalchemy as sa

from alembic import op
from models.base import Json

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("assigned_to", sa.String(80)))
    given = sa.text("assigned_to IS NOT NULL")
    op.create_index("ix_articles_assigned_to", "articles", ["assigned_to"], sqlite_where=given, postgresql_where=given)
    op.add_column("articles", sa.Column("flagged", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("articles", sa.Column("corrections", Json, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("article_tags", sa.Column("refused", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("article_tags", "refused")
    op.drop_index("ix_articles_assigned_to", "articles")
    for name in ("corrections", "flagged", "assigned_to"):
        op.drop_column("articles", name)
