"""Migrations go up, down and up again on a populated database, and never drift from the models."""

import re
from datetime import UTC, datetime
from pathlib import Path

import alembic
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from models.migrate import migrate
from models.session import HEAD, DatabaseError, check_schema, writing
from models.tables import metadata
from tests.conftest import ROOT
from tests.support.rows import insert_article


def test_head_is_the_newest_migration() -> None:
    """The revision that the code asks for is the last file in alembic/versions."""
    assert max(path.name.split("_")[0] for path in (ROOT / "alembic/versions").glob("0*.py")) == HEAD


def test_models_and_migrations_do_not_drift(engine: Engine) -> None:
    """The migrated database holds exactly the tables of the models, and the search's, which each database has its own
    way to keep (models/search.py)."""
    options = {
        "compare_type": True, "compare_server_default": True,
        "include_name": lambda name, kind, _parents: kind != "table" or not name.startswith("article_words"),
        # SQLite does not tell which way the columns of an index run.
        "include_object": lambda _found, name, _kind, _reflected, _other: name != "ix_articles_story_id",
    }  # fmt: skip
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_up_down_up_on_a_populated_database(engine: Engine) -> None:
    """Down removes everything of ours, whatever the tables hold; up makes the same database again."""
    before = _shape(engine)
    with writing(engine) as connection:
        insert_article(connection)
    migrate(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert inspect(engine).get_view_names() == []
    migrate(engine)
    assert _shape(engine) == before
    with writing(engine) as connection:
        insert_article(connection)


def _shape(on: Engine) -> dict[str, list[str]]:
    found = inspect(on)
    names = [*found.get_table_names(), *found.get_view_names()]
    return {name: sorted(column["name"] for column in found.get_columns(name)) for name in names}


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    """I2: `khabar init` may be run at any time."""
    with writing(engine) as connection:
        article = insert_article(connection)
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM articles")).scalars().all() == [article]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [("0000", "this code needs"), ("9999", "newer than this code")],
    ids=["older", "newer"],
)
def test_wrong_revisions_are_named(engine: Engine, found: str, sentence: str) -> None:
    """A database that does not fit stops the work with one sentence, before anything is written."""
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": found})
    with pytest.raises(DatabaseError, match=sentence):
        check_schema(engine)


def test_alembic_folder_does_not_shadow_the_library() -> None:
    """With an __init__.py our folder would be imported instead of the library."""
    assert not (ROOT / "alembic/__init__.py").exists()
    assert not (ROOT / "alembic/versions/__init__.py").exists()
    assert Path(str(alembic.__file__)).is_relative_to(ROOT / "alembic") is False


def test_decisions_can_be_added_but_never_changed(engine: Engine) -> None:
    """I3: the database itself refuses to change or delete a decision."""
    decide = text(
        "INSERT INTO review_decisions (article_id, version, content_sha256, action, reviewer, decided_at, before, "
        "after, change_seq) VALUES (:article, 1, 'x', 'accept', 'ana', :at, '{}', '{}', 1)"
    )
    with writing(engine) as connection:
        article = insert_article(connection)
        connection.execute(decide, {"article": article, "at": datetime(2026, 1, 1, tzinfo=UTC)})
    for statement in ("UPDATE review_decisions SET action = 'reject'", "DELETE FROM review_decisions"):
        with (
            pytest.raises(Exception, match=re.escape("review_decisions is append-only")),
            writing(engine) as connection,
        ):
            connection.execute(text(statement))
