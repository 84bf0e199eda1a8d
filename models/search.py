"""The index of the search: which words stand in the latest text of each article, and which of them in its title.

SQLite keeps it as a contentless FTS5 table, PostgreSQL as a column of lexemes under a GIN index. Both are given folded
words (models/folding.py) and nothing else, so no tokenizer of a database has a say and both find the same. The writer
of articles keeps it in the transaction of the article; a trigger could not fold. Of a text that was cut for its rights
only what is stored is known here."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, text

from models.folding import fold

MAX_CHARS: Final = 200_000
"""Characters of a text that are indexed (I7)."""
MAX_WORD: Final = 60
"""Letters of a word that count."""
OF_TITLE: Final = "/"
"""Before a word that stands in the title. Folding leaves letters and digits only, so no word begins with it."""

CREATE: Final = {
    "sqlite": (
        "CREATE VIRTUAL TABLE article_words USING fts5(words, content='', columnsize=0, detail=none, "
        "tokenize=\"ascii tokenchars '/'\")",
    ),
    "postgresql": (
        "CREATE TABLE article_words (article_id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_article_words ON article_words USING gin (words)",
    ),
}
"""By dialect."""
_TAKE_OUT: Final = "INSERT INTO article_words (article_words, rowid, words) VALUES ('delete', :id, :words)"
_PUT_IN: Final = {
    "sqlite": "INSERT INTO article_words (rowid, words) VALUES (:id, :words)",
    "postgresql": (
        "INSERT INTO article_words (article_id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' '))) "
        "ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"
    ),
}  # fmt: skip

Entry = tuple[int, str, str]
"""Article, title, text."""


def put_in(connection: Connection, entries: Iterable[Entry]) -> None:
    """Index articles. One that was indexed with another text is first taken out with that text."""
    rows = _rows(entries)
    if rows:
        connection.execute(text(_PUT_IN[connection.dialect.name]), rows)


def take_out(connection: Connection, entries: Iterable[Entry]) -> None:
    """Forget articles, given with the very title and text that they were indexed with."""
    rows = _rows(entries)
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(text(_TAKE_OUT), rows)
    else:
        connection.execute(
            text("DELETE FROM article_words WHERE article_id = :id"), [{"id": row["id"]} for row in rows]
        )


def turn_to(connection: Connection, article: int, version: int, before: int) -> None:
    """Index a version of an article as it is stored; `before` is the one that was indexed, 0: none."""
    of_version = text("SELECT title, text FROM article_versions WHERE article_id = :article AND version = :version")
    for one, work in ((before, take_out), (version, put_in)):
        for said in connection.execute(of_version, {"article": article, "version": one}).all():
            work(connection, [(article, said.title, said.text)])


def _rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    made = ((article, _words(title, body)) for article, title, body in entries)
    return [{"id": article, "words": words} for article, words in made if words]


def _words(title: str, body: str) -> str:
    """Every word once; those of the title a second time with their mark."""
    of_title = [word[:MAX_WORD] for word in fold(title[:MAX_CHARS]).split()]
    of_text = [word[:MAX_WORD] for word in fold(body[:MAX_CHARS]).split()]
    return " ".join(dict.fromkeys([*(OF_TITLE + word for word in of_title), *of_title, *of_text]))


def index_all(connection: Connection, chunk: int = 2000) -> None:
    """Fill the empty index from the latest version of every article."""
    last = 0
    _, *indexes = CREATE[connection.dialect.name]
    if indexes:  # an index that is made afterwards takes a tenth of the time
        connection.execute(text("DROP INDEX ix_article_words"))
    latest = text(
        "SELECT a.id, v.title, v.text FROM articles a JOIN article_versions v ON v.article_id = a.id AND "
        "v.version = a.latest_version WHERE a.id > :last ORDER BY a.id LIMIT :chunk"
    )
    while rows := connection.execute(latest, {"last": last, "chunk": chunk}).all():
        put_in(connection, ((row[0], row[1], row[2]) for row in rows))
        last = rows[-1][0]
    for statement in indexes:
        connection.execute(text(statement))
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO article_words (article_words) VALUES ('optimize')"))
