"""What a text tells in any language, for stories across languages."""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story_parts", sa.Column("marks", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("story_parts", "marks")
