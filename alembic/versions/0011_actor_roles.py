"""By which rule an actor has its role, and whose spokesman or official a person is."""

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def added() -> list[sa.Column]:
    """The new columns of article_tags; new objects at each call, since a column belongs to one table only."""
    empty = sa.text("''")
    return [
        sa.Column("role_rule", sa.String(length=80), server_default=empty, nullable=False),
        sa.Column("organisation", sa.Text(), server_default=empty, nullable=False),
        sa.Column("organisation_code", sa.String(length=64), server_default=empty, nullable=False),
    ]


def upgrade() -> None:
    for column in added():
        op.add_column("article_tags", column)


def downgrade() -> None:
    for column in reversed(added()):
        op.drop_column("article_tags", column.name)
