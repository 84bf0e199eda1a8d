"""What is learned from decisions: rankers, weekly samples, and the relevance that the rules alone gave."""

import sqlalchemy as sa

from alembic import op
from models.base import Id, Json, Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("rule_relevance", sa.Float(), server_default=sa.text("0"), nullable=False))
    op.execute("UPDATE articles SET rule_relevance = relevance")  # until now there was nothing else
    op.create_table(
        "rankers",
        sa.Column("id", Id, nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("weights", Json, nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.Column("adopted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankers")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_samples",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("drawn_of", sa.Integer(), nullable=False),
        sa.Column("drawn_at", Utc(), nullable=False),
        sa.Column("drawn_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_review_samples_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("week", "kind", "article_id", name=op.f("pk_review_samples")),
    )
    op.create_index(op.f("ix_review_samples_article_id"), "review_samples", ["article_id"])


def downgrade() -> None:
    op.drop_table("review_samples")
    op.drop_table("rankers")
    op.drop_column("articles", "rule_relevance")
