"""The contract with dashboards: columns and types of the v1_* views are frozen; columns are only ever added."""

import json
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from models.session import writing
from models.views import VIEWS
from tests.support.rows import insert_article

FROZEN = Path(__file__).parent / "v1_views.json"


def test_views_keep_their_columns_and_types(engine: Engine) -> None:
    """Every frozen column is still there, in its place, with its type, on both databases. New columns come last, and
    are frozen by adding them to v1_views.json."""
    frozen = json.loads(FROZEN.read_text())[engine.dialect.name]
    found = {
        name: [[column["name"], str(column["type"])] for column in inspect(engine).get_columns(name)] for name in VIEWS
    }
    assert found == frozen


def test_both_databases_offer_the_same_columns() -> None:
    """A dashboard built on SQLite works on PostgreSQL."""
    frozen = json.loads(FROZEN.read_text())
    names = {kind: {view: [c[0] for c in columns] for view, columns in frozen[kind].items()} for kind in frozen}
    assert names["sqlite"] == names["postgresql"]


def test_rows_are_readable_through_the_views(engine: Engine) -> None:
    """Values that dashboards join and filter on come out plain: codes, spans, truth values, change numbers."""
    with writing(engine) as connection:
        article = insert_article(connection)
        row = connection.execute(text("SELECT * FROM v1_articles")).mappings().one()
        tag = connection.execute(text("SELECT * FROM v1_article_tags")).mappings().one()
    assert (row["article_id"], row["version"], bool(row["is_latest"]), bool(row["is_deleted"])) == (
        article,
        1,
        True,
        False,
    )
    assert (tag["scheme"], tag["code"], tag["span_text"], tag["span_start"], tag["span_end"]) == (
        "iso3166-2", "AF-KDZ", "Kunduz", 9, 15,
    )  # fmt: skip
    assert 0 < row["change_seq"] != tag["change_seq"] > 0
