"""The events that stories tell of."""

import sqlalchemy as sa

from alembic import op
from models.base import Id, Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("story_id", Id, autoincrement=False, nullable=False),
        sa.Column("event_date", sa.Date(), nullable=True),
        sa.Column("event_date_precision", sa.SmallInteger(), nullable=True),
        sa.Column("event_type", sa.String(length=40), nullable=False),
        sa.Column("sub_event_type", sa.String(length=60), nullable=True),
        sa.Column("adm0_iso3", sa.String(length=3), nullable=True),
        sa.Column("adm1_iso", sa.String(length=8), nullable=True),
        sa.Column("adm1_pcode", sa.String(length=8), nullable=True),
        sa.Column("adm2_pcode", sa.String(length=8), nullable=True),
        sa.Column("pcode_version", sa.String(length=32), nullable=True),
        sa.Column("geo_precision", sa.SmallInteger(), nullable=True),
        sa.Column("location_name", sa.Text(), nullable=True),
        *(sa.Column(name, sa.String(length=64), nullable=True) for name in ("actor1", "actor2", "claimed_by")),
        *(
            sa.Column(f"{field}_{end}", sa.Integer(), nullable=True)
            for field in ("killed", "wounded", "detained")
            for end in ("low", "best", "high")
        ),
        sa.Column("claimant", sa.Text(), nullable=True),
        sa.Column("n_articles", sa.Integer(), nullable=False),
        sa.Column("n_independent_origins", sa.Integer(), nullable=False),
        sa.Column("first_published_at", Utc(), nullable=True),
        sa.Column("first_seen_at", Utc(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("review_status", sa.String(length=12), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("change_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_events_story_id_stories")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_change_seq", "events", ["change_seq"])


def downgrade() -> None:
    op.drop_table("events")
