"""The first tables: ledger, articles, review, runs; and the triggers that keep decisions as they are."""

import sqlalchemy as sa

from alembic import op
from models.base import Id, Json, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER review_decisions_no_update BEFORE UPDATE ON review_decisions "
        "BEGIN SELECT RAISE(ABORT, 'review_decisions is append-only'); END",
        "CREATE TRIGGER review_decisions_no_delete BEFORE DELETE ON review_decisions "
        "BEGIN SELECT RAISE(ABORT, 'review_decisions is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION review_decisions_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'review_decisions is append-only'; END $$",
        "CREATE TRIGGER review_decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review_decisions "
        "FOR EACH STATEMENT EXECUTE FUNCTION review_decisions_append_only()",
    ],
}


def upgrade() -> None:
    op.create_table('change_counter',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('value', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_counter'))
    )
    op.create_table('fingerprints',
    sa.Column('article_id', Id, autoincrement=False, nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False, comment='Seconds since 1970; undated and credited texts come last.'),
    sa.Column('tie', sa.Integer(), nullable=False, comment='Decides between equal times, from the address alone.'),
    sa.Column('size', sa.Integer(), nullable=False, comment='Distinct three-word shingles.'),
    sa.Column('content', sa.BigInteger(), nullable=False, comment='Hash of all words in order.'),
    sa.Column('sketch', sa.LargeBinary(), nullable=False),
    sa.Column('copy_of', Id, nullable=True),
    sa.Column('copy_kind', sa.String(length=12), nullable=True),
    sa.Column('similarity', sa.SmallInteger(), nullable=True, comment='Per mille.'),
    sa.Column('story', Id, nullable=False),
    sa.PrimaryKeyConstraint('article_id', name=op.f('pk_fingerprints'))
    )
    op.create_index('ix_fingerprints_copy_of', 'fingerprints', ['copy_of'], unique=False, sqlite_where=sa.text('copy_of IS NOT NULL'), postgresql_where=sa.text('copy_of IS NOT NULL'))
    op.create_table('host_states',
    sa.Column('host', sa.String(length=255), nullable=False),
    sa.Column('robots_txt', sa.Text(), nullable=True),
    sa.Column('robots_status', sa.SmallInteger(), nullable=True),
    sa.Column('robots_etag', sa.Text(), nullable=True),
    sa.Column('robots_fetched_at', Utc(), nullable=True),
    sa.Column('wait_until', Utc(), nullable=True),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_host_states'))
    )
    op.create_table('leases',
    sa.Column('work', sa.String(length=60), nullable=False),
    sa.Column('fence', sa.BigInteger(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('taken_at', Utc(), nullable=False),
    sa.PrimaryKeyConstraint('work', name=op.f('pk_leases'))
    )
    op.create_table('outlets',
    sa.Column('outlet', sa.String(length=40), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('ownership', sa.String(length=16), nullable=False),
    sa.Column('home', sa.Text(), nullable=False),
    sa.Column('timezone', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('outlet', name=op.f('pk_outlets'))
    )
    op.create_table('overlaps',
    sa.Column('article_id', Id, autoincrement=False, nullable=False),
    sa.Column('other_id', Id, autoincrement=False, nullable=False),
    sa.Column('share', sa.SmallInteger(), nullable=False, comment="Per mille of the article's text that the other has."),
    sa.Column('other_share', sa.SmallInteger(), nullable=False, comment="Per mille of the other's text that the article has."),
    sa.PrimaryKeyConstraint('article_id', 'other_id', name=op.f('pk_overlaps')),
    sqlite_with_rowid=False
    )
    op.create_table('places',
    sa.Column('iso', sa.String(length=8), nullable=False),
    sa.Column('level', sa.String(length=12), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('name_fa', sa.Text(), nullable=False),
    sa.Column('name_ps', sa.Text(), nullable=False),
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('pcode', sa.String(length=8), nullable=False),
    sa.Column('pcode_version', sa.String(length=32), nullable=False),
    sa.Column('pcode_verified', sa.Boolean(), nullable=False),
    sa.Column('geonames_adm1', sa.String(length=8), nullable=False),
    sa.Column('fips', sa.String(length=8), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.PrimaryKeyConstraint('iso', name=op.f('pk_places')),
    sa.UniqueConstraint('fips', name=op.f('uq_places_fips')),
    sa.UniqueConstraint('geonames_adm1', name=op.f('uq_places_geonames_adm1')),
    sa.UniqueConstraint('pcode', name=op.f('uq_places_pcode'))
    )
    op.create_table('posted_hashes',
    sa.Column('hash', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('article_id', Id, autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('hash', 'article_id', name=op.f('pk_posted_hashes')),
    sqlite_with_rowid=False
    )
    op.create_table('runs',
    sa.Column('id', Id, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('outlet', sa.String(length=40), nullable=False),
    sa.Column('replica', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('state', sa.String(length=12), server_default='running', nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('started_at', Utc(), nullable=False),
    sa.Column('finished_at', Utc(), nullable=True),
    sa.Column('stats', Json, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_runs')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_runs_work', 'runs', ['kind', 'outlet'], unique=False)
    op.create_table('source_states',
    sa.Column('outlet', sa.String(length=40), nullable=False),
    sa.Column('url', sa.String(length=1024), nullable=False),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.Column('body_sha256', sa.String(length=64), nullable=True),
    sa.Column('items', sa.Integer(), nullable=True),
    sa.Column('checked_at', Utc(), nullable=False),
    sa.Column('changed_at', Utc(), nullable=True),
    sa.Column('outcome', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('outlet', 'url', name=op.f('pk_source_states'))
    )
    op.create_table('stories',
    sa.Column('id', Id, autoincrement=False, nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stories'))
    )
    op.create_table('story_parts',
    sa.Column('article_id', Id, autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=True, comment='Seconds since 1970, NULL when undated.'),
    sa.Column('terms', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('article_id', name=op.f('pk_story_parts'))
    )
    op.create_index(op.f('ix_story_parts_at'), 'story_parts', ['at'], unique=False)
    op.create_table('story_rulings',
    sa.Column('article_id', Id, autoincrement=False, nullable=False),
    sa.Column('other_id', Id, autoincrement=False, nullable=False),
    sa.Column('together', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('article_id', 'other_id', name=op.f('pk_story_rulings')),
    sqlite_with_rowid=False
    )
    op.create_table('story_terms',
    sa.Column('term', sa.BigInteger(), autoincrement=False, nullable=False, comment='-1 counts the articles themselves.'),
    sa.Column('articles', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term', name=op.f('pk_story_terms')),
    sqlite_with_rowid=False
    )
    op.create_table('articles',
    sa.Column('id', Id, nullable=False),
    sa.Column('outlet', sa.String(length=40), nullable=False),
    sa.Column('url_key', sa.String(length=1024), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('first_seen_at', Utc(), nullable=False),
    sa.Column('content_changed_at', Utc(), nullable=False),
    sa.Column('latest_version', sa.SmallInteger(), nullable=False),
    sa.Column('copy_of', Id, nullable=True),
    sa.Column('copy_kind', sa.String(length=12), nullable=True),
    sa.Column('similarity', sa.Float(), nullable=True),
    sa.Column('story_id', Id, nullable=True),
    sa.Column('relevance', sa.Float(), server_default=sa.text('0'), nullable=False),
    sa.Column('relevance_reasons', Json, server_default=sa.text("'[]'"), nullable=False),
    sa.Column('review_status', sa.String(length=12), server_default='new', nullable=False),
    sa.Column('reviewed_version', sa.SmallInteger(), nullable=True),
    sa.Column('reviewed_by', sa.String(length=80), nullable=True),
    sa.Column('reviewed_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['copy_of'], ['articles.id'], name=op.f('fk_articles_copy_of_articles')),
    sa.ForeignKeyConstraint(['story_id'], ['stories.id'], name=op.f('fk_articles_story_id_stories')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_articles')),
    sa.UniqueConstraint('outlet', 'url_key', name=op.f('uq_articles_outlet_url_key')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_articles_copy_of'), 'articles', ['copy_of'], unique=False)
    op.create_index(op.f('ix_articles_outlet'), 'articles', ['outlet'], unique=False)
    op.create_index('ix_articles_queue', 'articles', ['review_status', 'relevance'], unique=False)
    op.create_index(op.f('ix_articles_story_id'), 'articles', ['story_id'], unique=False)
    op.create_table('article_tags',
    sa.Column('id', Id, nullable=False),
    sa.Column('article_id', Id, nullable=False),
    sa.Column('version', sa.SmallInteger(), nullable=False),
    sa.Column('scheme', sa.String(length=16), nullable=False),
    sa.Column('scheme_version', sa.String(length=32), server_default=sa.text("('')"), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=12), server_default=sa.text("('')"), nullable=False),
    sa.Column('precision', sa.SmallInteger(), nullable=True),
    sa.Column('main', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('source', sa.String(length=8), server_default='rule', nullable=False),
    sa.Column('rule', sa.String(length=80), nullable=False),
    sa.Column('evidence', Json, nullable=False),
    sa.Column('is_deleted', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('change_seq', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_article_tags_article_id_articles')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_tags')),
    sa.UniqueConstraint('article_id', 'version', 'scheme', 'code', 'role', 'source', name=op.f('uq_article_tags_article_id_version_scheme_code_role_source')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_article_tags_change_seq'), 'article_tags', ['change_seq'], unique=False)
    op.create_index('ix_article_tags_code', 'article_tags', ['scheme', 'code'], unique=False)
    op.create_table('article_versions',
    sa.Column('article_id', Id, nullable=False),
    sa.Column('version', sa.SmallInteger(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('body_sha256', sa.String(length=64), nullable=False),
    sa.Column('fetched_at', Utc(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('authors', Json, nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('published_at', Utc(), nullable=True),
    sa.Column('published_local', sa.String(length=32), nullable=True),
    sa.Column('published_precision', sa.String(length=8), nullable=True),
    sa.Column('published_basis', sa.String(length=16), nullable=True),
    sa.Column('published_calendar', sa.String(length=16), nullable=True),
    sa.Column('modified_at', Utc(), nullable=True),
    sa.Column('dateline', sa.Text(), nullable=True),
    sa.Column('original_outlet', sa.Text(), nullable=True),
    sa.Column('original_basis', sa.String(length=16), nullable=True),
    sa.Column('cited_sources', Json, nullable=False),
    sa.Column('url_canonical', sa.Text(), nullable=True),
    sa.Column('access', sa.String(length=8), server_default='full', nullable=False),
    sa.Column('quality', sa.Float(), nullable=False),
    sa.Column('issues', Json, nullable=False),
    sa.Column('facts', Json, nullable=False),
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.Column('clean_version', sa.String(length=16), nullable=False),
    sa.Column('tag_version', sa.String(length=16), nullable=False),
    sa.Column('change_seq', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_article_versions_article_id_articles')),
    sa.PrimaryKeyConstraint('article_id', 'version', name=op.f('pk_article_versions')),
    sa.UniqueConstraint('article_id', 'content_sha256', name=op.f('uq_article_versions_article_id_content_sha256'))
    )
    op.create_index(op.f('ix_article_versions_body_sha256'), 'article_versions', ['body_sha256'], unique=False)
    op.create_index(op.f('ix_article_versions_change_seq'), 'article_versions', ['change_seq'], unique=False)
    op.create_index(op.f('ix_article_versions_published_at'), 'article_versions', ['published_at'], unique=False)
    op.create_index(op.f('ix_article_versions_run_id'), 'article_versions', ['run_id'], unique=False)
    op.create_table('discoveries',
    sa.Column('id', Id, nullable=False),
    sa.Column('outlet', sa.String(length=40), nullable=False),
    sa.Column('url_key', sa.String(length=1024), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('first_seen_at', Utc(), nullable=False),
    sa.Column('last_seen_at', Utc(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('hints', Json, nullable=False),
    sa.Column('hint_sha256', sa.String(length=64), nullable=False),
    sa.Column('stage', sa.String(length=12), server_default='discovered', nullable=False),
    sa.Column('outcome', sa.String(length=32), server_default='pending', nullable=False),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('attempts', sa.SmallInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('fetch_id', sa.BigInteger(), nullable=True),
    sa.Column('article_id', Id, nullable=True),
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_discoveries_article_id_articles')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discoveries')),
    sa.UniqueConstraint('outlet', 'url_key', name=op.f('uq_discoveries_outlet_url_key')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_discoveries_outlet'), 'discoveries', ['outlet'], unique=False)
    op.create_index(op.f('ix_discoveries_run_id'), 'discoveries', ['run_id'], unique=False)
    op.create_index('ix_discoveries_work', 'discoveries', ['outcome', 'stage'], unique=False)
    op.create_table('review_decisions',
    sa.Column('id', Id, nullable=False),
    sa.Column('article_id', Id, nullable=False),
    sa.Column('version', sa.SmallInteger(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('reviewer', sa.String(length=80), nullable=False),
    sa.Column('decided_at', Utc(), nullable=False),
    sa.Column('undoes', Id, nullable=True),
    sa.Column('before', Json, nullable=False),
    sa.Column('after', Json, nullable=False),
    sa.Column('change_seq', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['articles.id'], name=op.f('fk_review_decisions_article_id_articles')),
    sa.ForeignKeyConstraint(['undoes'], ['review_decisions.id'], name=op.f('fk_review_decisions_undoes_review_decisions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_decisions')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_review_decisions_article_id'), 'review_decisions', ['article_id'], unique=False)
    op.create_index(op.f('ix_review_decisions_change_seq'), 'review_decisions', ['change_seq'], unique=False)
    op.create_table('fetches',
    sa.Column('id', Id, nullable=False),
    sa.Column('outlet', sa.String(length=40), nullable=False),
    sa.Column('discovery_id', Id, nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('final_url', sa.Text(), nullable=True),
    sa.Column('fetched_at', Utc(), nullable=False),
    sa.Column('status', sa.SmallInteger(), nullable=True),
    sa.Column('outcome', sa.String(length=32), nullable=False),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('body_sha256', sa.String(length=64), nullable=True),
    sa.Column('body_bytes', sa.Integer(), nullable=True),
    sa.Column('items', sa.Integer(), nullable=True),
    sa.Column('headers', Json, nullable=False),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.Column('seconds', sa.Double(), nullable=True),
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['discovery_id'], ['discoveries.id'], name=op.f('fk_fetches_discovery_id_discoveries')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fetches')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_fetches_body_sha256'), 'fetches', ['body_sha256'], unique=False)
    op.create_index(op.f('ix_fetches_discovery_id'), 'fetches', ['discovery_id'], unique=False)
    op.create_index(op.f('ix_fetches_outlet'), 'fetches', ['outlet'], unique=False)
    op.create_index(op.f('ix_fetches_run_id'), 'fetches', ['run_id'], unique=False)

    op.execute("INSERT INTO change_counter (id, value) VALUES (1, 0)")
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f('ix_fetches_run_id'), table_name='fetches')
    op.drop_index(op.f('ix_fetches_outlet'), table_name='fetches')
    op.drop_index(op.f('ix_fetches_discovery_id'), table_name='fetches')
    op.drop_index(op.f('ix_fetches_body_sha256'), table_name='fetches')
    op.drop_table('fetches')
    op.drop_index(op.f('ix_review_decisions_change_seq'), table_name='review_decisions')
    op.drop_index(op.f('ix_review_decisions_article_id'), table_name='review_decisions')
    op.drop_table('review_decisions')
    op.drop_index('ix_discoveries_work', table_name='discoveries')
    op.drop_index(op.f('ix_discoveries_run_id'), table_name='discoveries')
    op.drop_index(op.f('ix_discoveries_outlet'), table_name='discoveries')
    op.drop_table('discoveries')
    op.drop_index(op.f('ix_article_versions_run_id'), table_name='article_versions')
    op.drop_index(op.f('ix_article_versions_published_at'), table_name='article_versions')
    op.drop_index(op.f('ix_article_versions_change_seq'), table_name='article_versions')
    op.drop_index(op.f('ix_article_versions_body_sha256'), table_name='article_versions')
    op.drop_table('article_versions')
    op.drop_index('ix_article_tags_code', table_name='article_tags')
    op.drop_index(op.f('ix_article_tags_change_seq'), table_name='article_tags')
    op.drop_table('article_tags')
    op.drop_index(op.f('ix_articles_story_id'), table_name='articles')
    op.drop_index('ix_articles_queue', table_name='articles')
    op.drop_index(op.f('ix_articles_outlet'), table_name='articles')
    op.drop_index(op.f('ix_articles_copy_of'), table_name='articles')
    op.drop_table('articles')
    op.drop_table('story_terms')
    op.drop_table('story_rulings')
    op.drop_index(op.f('ix_story_parts_at'), table_name='story_parts')
    op.drop_table('story_parts')
    op.drop_table('stories')
    op.drop_table('source_states')
    op.drop_index('ix_runs_work', table_name='runs')
    op.drop_table('runs')
    op.drop_table('posted_hashes')
    op.drop_table('places')
    op.drop_table('overlaps')
    op.drop_table('outlets')
    op.drop_table('leases')
    op.drop_table('host_states')
    op.drop_index('ix_fingerprints_copy_of', table_name='fingerprints', sqlite_where=sa.text('copy_of IS NOT NULL'), postgresql_where=sa.text('copy_of IS NOT NULL'))
    op.drop_table('fingerprints')
    op.drop_table('change_counter')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION review_decisions_append_only()")
