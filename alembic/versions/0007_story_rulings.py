"""Rulings on stories become rows that are only added, with who made them and when."""

import sqlalchemy as sa

from alembic import op
from models.base import Id, Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER story_rulings_no_update BEFORE UPDATE ON story_rulings "
        "BEGIN SELECT RAISE(ABORT, 'story_rulings is append-only'); END",
        "CREATE TRIGGER story_rulings_no_delete BEFORE DELETE ON story_rulings "
        "BEGIN SELECT RAISE(ABORT, 'story_rulings is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION story_rulings_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'story_rulings is append-only'; END $$",
        "CREATE TRIGGER story_rulings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON story_rulings "
        "FOR EACH STATEMENT EXECUTE FUNCTION story_rulings_append_only()",
    ],
}


def upgrade() -> None:
    op.rename_table("story_rulings", "old_rulings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_story_rulings RENAME TO pk_old_rulings")
    op.create_table(
        "story_rulings",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_a", Id, nullable=False),
        sa.Column("article_b", Id, nullable=False),
        sa.Column("ruling", sa.String(length=8), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("article_a < article_b", name=op.f("ck_story_rulings_ordered")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_rulings")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_story_rulings_pair", "story_rulings", ["article_a", "article_b"])
    op.create_index("ix_story_rulings_article_b", "story_rulings", ["article_b"])
    op.execute(
        'INSERT INTO story_rulings (article_a, article_b, ruling, "by", at) SELECT article_id, other_id,'
        " CASE WHEN together THEN 'together' ELSE 'apart' END, 'unknown', CURRENT_TIMESTAMP FROM old_rulings"
        " ORDER BY article_id, other_id"
    )
    op.drop_table("old_rulings")
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
    members = sa.text("story <> article_id")
    op.create_index("ix_fingerprints_story", "fingerprints", ["story"], sqlite_where=members, postgresql_where=members)


def downgrade() -> None:
    op.drop_index("ix_fingerprints_story", table_name="fingerprints")
    op.rename_table("story_rulings", "new_rulings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_story_rulings RENAME TO pk_new_rulings")
    op.create_table(
        "story_rulings",
        sa.Column("article_id", Id, autoincrement=False, nullable=False),
        sa.Column("other_id", Id, autoincrement=False, nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "other_id", name=op.f("pk_story_rulings")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO story_rulings SELECT article_a, article_b, ruling = 'together' FROM new_rulings"
        " WHERE ruling <> 'free' AND id IN (SELECT max(id) FROM new_rulings GROUP BY article_a, article_b)"
    )
    op.drop_table("new_rulings")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION story_rulings_append_only()")
