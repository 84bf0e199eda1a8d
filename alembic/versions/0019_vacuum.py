"""PostgreSQL tells the room of old blocks of postings free after each two thousand of them, however many weeks it has."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NAMES = ("autovacuum_vacuum_scale_factor", "autovacuum_vacuum_threshold")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE posted_blocks SET ({NAMES[0]} = 0, {NAMES[1]} = 2000)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE posted_blocks RESET ({', '.join(NAMES)})")
