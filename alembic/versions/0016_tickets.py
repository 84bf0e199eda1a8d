"""Tickets on outlets whose pages are read wrongly, and who looks at which story just now."""

import sqlalchemy as sa

from alembic import op
from models.base import Id, Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outlet_tickets",
        sa.Column("id", Id, nullable=False),
        sa.Column("outlet", sa.String(40), nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("decision_id", Id, nullable=False),
        sa.Column("opened_by", sa.String(80), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("closed_by", sa.String(80)),
        sa.Column("closed_at", Utc()),
        sa.Column("outcome", sa.Text()),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_outlet_tickets_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decisions.id"], name=op.f("fk_outlet_tickets_decision_id_review_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlet_tickets")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_outlet_tickets_decision_id")),
        sqlite_autoincrement=True,
    )
    still = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_outlet_tickets_open", "outlet_tickets", ["outlet"], sqlite_where=still, postgresql_where=still
    )
    op.create_table(
        "looks",
        sa.Column("story_id", Id, autoincrement=False, nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("story_id", "reviewer", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_until"), "looks", ["until"])


def downgrade() -> None:
    op.drop_table("looks")
    op.drop_table("outlet_tickets")
