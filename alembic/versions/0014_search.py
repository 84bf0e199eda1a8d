"""The index of the search, saved searches, and what lets the queue be read in its order."""

import sqlalchemy as sa

from alembic import op
from models import search
from models.base import Id, Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WAITS = sa.text("CASE WHEN review_status = 'new' THEN backfilled = false ELSE review_status = 'changed' END")
RANKED = ["relevance", "dated_at", "id"]


def upgrade() -> None:
    op.add_column("articles", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column(
        "articles",
        sa.Column("dated_at", Utc(), server_default=sa.text("'1970-01-01 00:00:00'"), nullable=False),
    )
    latest = "article_versions v WHERE v.article_id = articles.id AND v.version = articles.latest_version"
    op.execute(
        f"UPDATE articles SET language = (SELECT v.language FROM {latest}), "
        f"dated_at = coalesce((SELECT v.published_at FROM {latest}), first_seen_at)"
    )
    op.drop_index("ix_articles_queue", table_name="articles")
    op.create_index("ix_articles_queue", "articles", ["review_status", *RANKED])
    op.create_index("ix_articles_ranked", "articles", RANKED)
    op.create_index("ix_articles_waiting", "articles", RANKED, sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index("ix_articles_dated_at", "articles", ["dated_at", "id"])
    op.create_index("ix_articles_content_changed_at", "articles", ["content_changed_at"])
    op.create_index("ix_articles_language", "articles", ["language"])
    op.drop_index("ix_articles_story_id", table_name="articles")
    op.create_index("ix_articles_story_id", "articles", ["story_id", "copy_of", sa.text("relevance DESC"), "id"])
    op.drop_index("ix_article_tags_code", table_name="article_tags")
    op.create_index("ix_article_tags_code", "article_tags", ["scheme", "code", "article_id", "version", "is_deleted"])
    op.drop_index("ix_runs_work", table_name="runs")
    op.create_index("ix_runs_work", "runs", ["kind", "outlet", "id"])
    op.create_index("ix_review_decisions_reviewer", "review_decisions", ["reviewer", "decided_at"])
    undoes = sa.text("undoes IS NOT NULL")
    op.create_index(
        "ix_review_decisions_undoes", "review_decisions", ["undoes"], sqlite_where=undoes, postgresql_where=undoes
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", Id, nullable=False),
        sa.Column("reviewer", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("reviewer", "name", name=op.f("uq_saved_searches_reviewer_name")),
        sqlite_autoincrement=True,
    )
    default = sa.text("is_default")
    op.create_index(
        "ix_saved_searches_default", "saved_searches", ["reviewer"], unique=True,
        sqlite_where=default, postgresql_where=default,
    )
    for statement in search.CREATE[op.get_bind().dialect.name]:
        op.execute(statement)
    search.index_all(op.get_bind())


def downgrade() -> None:
    op.execute("DROP TABLE article_words")
    op.drop_table("saved_searches")
    op.drop_index("ix_review_decisions_undoes", table_name="review_decisions")
    op.drop_index("ix_review_decisions_reviewer", table_name="review_decisions")
    op.drop_index("ix_article_tags_code", table_name="article_tags")
    op.create_index("ix_article_tags_code", "article_tags", ["scheme", "code"])
    op.drop_index("ix_runs_work", table_name="runs")
    op.create_index("ix_runs_work", "runs", ["kind", "outlet"])
    op.drop_index("ix_articles_story_id", table_name="articles")
    op.create_index("ix_articles_story_id", "articles", ["story_id"])
    for name in ("language", "content_changed_at", "dated_at", "waiting", "ranked", "queue"):
        op.drop_index(f"ix_articles_{name}", table_name="articles")
    op.create_index("ix_articles_queue", "articles", ["review_status", "relevance"])
    op.drop_column("articles", "dated_at")
    op.drop_column("articles", "language")
