"""What a reader's words ask of the index of the search (models/search.py), in the language of either database. Whatever
is typed is text: quotes, brackets, stars, AND and NEAR are words or part words, and never operators."""

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Connection, Select, cast, column, func, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from models.folding import fold
from models.search import MAX_WORD, OF_TITLE

PREFIX: Final = 4
"""A word of so many letters also finds the words that it begins: most of our languages bend the end of a word."""
NEWEST: Final = 100_000
"""Articles among which PostgreSQL looks for the newest ones with a frequent word."""
_HALF_SPACE: Final = re.compile("[\u200b-\u200d]+")
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_FTS5: Final = table("article_words", column("rowid"), column("article_words"))
_LEXEMES: Final = table("article_words", column("article_id"), column("words"))

Spelling = tuple[str, ...]
"""Folded words that all must stand in a text."""


def asked(q: str) -> list[list[Spelling]]:
    """What a reader's words ask for: for each the spellings of which one must be there. Everything is text; what is
    no letter or digit parts words. A half-space may be written as nothing or as a space, on either side."""
    written = [part for part in q.split() if fold(part)]
    joined = [fold(part) for part in written]
    found: list[list[Spelling]] = []
    for number, part in enumerate(written):
        spellings: list[Spelling] = [tuple(joined[number].split())]
        halves = fold(_HALF_SPACE.sub(" ", part)).split()
        if _HALF_SPACE.search(part):
            spellings.append(tuple(halves))
        for left, right in ((number - 1, number), (number, number + 1)):
            if left >= 0 and right < len(written) and all(_ARABIC.search(written[one]) for one in (left, right)):
                spellings.append(tuple((joined[left] + joined[right]).split()))
        found.append(list(dict.fromkeys(tuple(word[:MAX_WORD] for word in spelling) for spelling in spellings)))
    return found


def with_words(connection: Connection, q: str, *, in_title: bool = False) -> Select[Any]:
    """The ids (`id`) of the articles with all words of `q` (in their titles); of none when it has no word."""
    if connection.dialect.name == "sqlite":
        return select(_FTS5.c.rowid.label("id")).where(
            _FTS5.c.article_words.bool_op("MATCH")(_of_fts5(asked(q), in_title))
        )
    return select(_LEXEMES.c.article_id.label("id")).where(_match(q, in_title))


def newest_with_words(connection: Connection, q: str, most: int) -> Select[Any]:
    """Those of `with_words` that were stored last."""
    found = with_words(connection, q)
    if connection.dialect.name == "sqlite":
        return found.order_by(_FTS5.c.rowid.desc()).limit(most)
    # PostgreSQL reads the articles themselves, from the last one on, and would not stop before it has met enough.
    last = select(func.max(_LEXEMES.c.article_id)).scalar_subquery()
    return found.where(_LEXEMES.c.article_id > last - NEWEST).order_by(_LEXEMES.c.article_id.desc()).limit(most)


def has_words(
    connection: Connection, article: Any, q: str, *, in_title: bool = False, hits: CTE | None = None
) -> ColumnElement[bool]:
    """Whether the article of this id column has the words, asked of each article that is looked at anyway. SQLite reads
    all articles with them once, or `hits`; PostgreSQL looks at the words of each."""
    if connection.dialect.name == "sqlite":
        found = with_words(connection, q, in_title=in_title) if hits is None else select(hits.c.id)
        kept: ColumnElement[bool] = (article + 0).in_(found)  # + 0: else the reading would begin there
        return kept
    found = select(literal(1)).where(_LEXEMES.c.article_id == article, _match(q, in_title))
    return found.scalar_subquery().is_not(None)  # not EXISTS, which would become a join


def _match(q: str, in_title: bool) -> ColumnElement[bool]:
    made = _expression(asked(q), OF_TITLE if in_title else "", " & ", " | ", "'{}'", "'{}':*")
    found: ColumnElement[bool] = _LEXEMES.c.words.bool_op("@@")(cast(literal(made), TSQUERY))
    return found


def _of_fts5(wanted: Sequence[Sequence[Spelling]], in_title: bool) -> str:
    return _expression(wanted, OF_TITLE if in_title else "", " AND ", " OR ", '"{}"', '"{}" *') or '""'


def _expression(
    wanted: Sequence[Sequence[Spelling]], mark: str, both: str, either: str, whole: str, beginning: str
) -> str:
    """In a database's own language. Words hold letters and digits only, so nothing needs to be escaped."""

    def word(one: str) -> str:
        return (beginning if len(one) >= PREFIX else whole).format(mark + one)

    def one_of(spellings: Sequence[Spelling]) -> str:
        return "(" + either.join("(" + both.join(map(word, spelling)) + ")" for spelling in spellings) + ")"

    return both.join(map(one_of, wanted))
