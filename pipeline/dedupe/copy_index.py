"""Reads and writes what is remembered of each text and of each pair of likes: few statements for many articles at once.

`copy_blocks` has the third table, which leads from hashes to texts.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from models.fingerprint import fingerprints, overlaps
from models.upsert import insert_or
from pipeline.dedupe.copies import Known, Overlap

EDGES: Final = 24
"""Most overlaps kept of one text when it comes in: those with the earliest, who may be its origin."""
_LOCK: Final = 0x6B686162  # "khab": any number that nobody else takes


def lock(connection: Connection) -> None:
    """One writer of the index at a time until the transaction ends, so that two workers see each other's texts.

    SQLite's writers already wait for one another (BEGIN IMMEDIATE).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def load(connection: Connection, ids: Collection[int]) -> dict[int, Known]:
    """What the index knows of `ids`; unknown ones are left out."""
    if not ids:
        return {}
    rows = connection.execute(
        select(
            fingerprints.c.article_id, fingerprints.c.since, fingerprints.c.tie, fingerprints.c.size,
            fingerprints.c.content, fingerprints.c.sketch, fingerprints.c.copy_of, fingerprints.c.copy_kind,
            fingerprints.c.similarity, fingerprints.c.story,
        ).where(among(connection, fingerprints.c.article_id)),
        among_values(connection, ids),
    )  # fmt: skip
    return {row[0]: Known(*row) for row in rows}


def neighbours(connection: Connection, ids: Collection[int]) -> dict[int, list[tuple[int, Overlap]]]:
    """The stored overlaps of `ids`."""
    around: dict[int, list[tuple[int, Overlap]]] = {article_id: [] for article_id in ids}
    if ids:
        for article_id, other, share, other_share in connection.execute(
            select(overlaps.c.article_id, overlaps.c.other_id, overlaps.c.share, overlaps.c.other_share).where(
                among(connection, overlaps.c.article_id)
            ),
            among_values(connection, ids),
        ):
            found = Overlap(abs(share), abs(other_share), share > 0)
            around[article_id].append((other, found))
    return around


def with_many(connection: Connection, ids: Collection[int], many: int) -> set[int]:
    """Those of `ids` that have `many` overlaps or more; no more of them are read."""
    if not ids:
        return set()
    each, article_id = whole_numbers(connection)
    last = select(overlaps.c.other_id).where(overlaps.c.article_id == article_id).limit(1).offset(many - 1)
    found = select(article_id).select_from(each).where(last.scalar_subquery().is_not(None))
    return set(connection.execute(found, among_values(connection, ids)).scalars())


def add(connection: Connection, known: Iterable[Known]) -> None:
    """Write new rows of `known`."""
    rows = [_row(one) for one in known]
    if rows:
        connection.execute(insert(fingerprints), rows)


def join(connection: Connection, pairs: Iterable[tuple[int, int, Overlap]]) -> None:
    """Write new overlaps, both ways round."""
    both = []
    for article_id, other, found in pairs:
        both.append(_edge(article_id, other, found))
        both.append(_edge(other, article_id, found.turned()))
    insert_whole(connection, overlaps, ("article_id", "other_id", "share", "other_share"), both)


def remove(connection: Connection, ids: Collection[int]) -> None:
    """Forget the rows of `ids` and every overlap with them."""
    if not ids:
        return
    values = among_values(connection, ids)
    for other, pairs in neighbours(connection, ids).items():
        for article_id, _ in pairs:
            connection.execute(
                delete(overlaps).where(overlaps.c.article_id == article_id, overlaps.c.other_id == other)
            )
    connection.execute(delete(overlaps).where(among(connection, overlaps.c.article_id)), values)
    connection.execute(delete(fingerprints).where(among(connection, fingerprints.c.article_id)), values)


def write(connection: Connection, changed: Sequence[Known]) -> None:
    """Write what was decided about stored texts."""
    if changed:
        connection.execute(
            update(fingerprints)
            .where(fingerprints.c.article_id == bindparam("at"))
            .values(copy_of=bindparam("origin"), copy_kind=bindparam("kind"), similarity=bindparam("like"),
                    story=bindparam("event")),
            [
                {"at": one.article_id, "origin": one.copy_of, "kind": one.copy_kind, "like": one.similarity,
                 "event": one.story}
                for one in changed
            ],
        )  # fmt: skip


def insert_whole(connection: Connection, into: Table, columns: Sequence[str], rows: Sequence[tuple[int, ...]]) -> None:
    """Insert rows of whole numbers as one parameter: a third of the time of one parameter set a row."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        types = [into.c[name].type for name in columns]
        arrays = [cast(bindparam(name), ARRAY(type_)) for name, type_ in zip(columns, types, strict=True)]
        source = func.unnest(*arrays).table_valued(*columns).render_derived()
        values: Select[Any] = select(*(source.c[name] for name in columns))
        sent: dict[str, Any] = {name: [row[place] for row in rows] for place, name in enumerate(columns)}
    else:
        each = func.json_each(bindparam("rows")).table_valued("value")
        values = select(*(func.json_extract(each.c.value, f"$[{place}]") for place in range(len(columns))))
        sent = {"rows": json.dumps(rows)}
    connection.execute(insert_or(connection, into).from_select(list(columns), values), sent)


def among(connection: Connection, column: Any) -> ColumnElement[bool]:
    """`column` is one of any number of whole numbers, sent as one parameter (see `among_values`)."""
    if connection.dialect.name == "postgresql":
        any_of: ColumnElement[bool] = column == any_(cast(bindparam("among"), ARRAY(BigInteger)))
        return any_of
    one_of: ColumnElement[bool] = column.in_(select(whole_numbers(connection)[1]))
    return one_of


def whole_numbers(connection: Connection) -> tuple[FromClause, ColumnElement[int]]:
    """The numbers of `among_values` as rows: what to select from, and its column."""
    if connection.dialect.name == "postgresql":
        sent = func.unnest(cast(bindparam("among"), ARRAY(BigInteger)))
        each: Any = sent.table_valued("value").render_derived()
    else:
        each = func.json_each(bindparam("among")).table_valued("value")
    return each, each.c.value


def among_values(connection: Connection, values: Collection[int]) -> dict[str, Any]:
    """The parameter of `among`."""
    ordered = sorted(values)  # neighbours in the index are then read one after the other
    return {"among": ordered if connection.dialect.name == "postgresql" else json.dumps(ordered)}


def _row(one: Known) -> dict[str, Any]:
    return {
        "article_id": one.article_id, "since": one.since, "tie": one.tie, "size": one.size, "content": one.content,
        "sketch": one.sketch, "copy_of": one.copy_of, "copy_kind": one.copy_kind, "similarity": one.similarity,
        "story": one.story,
    }  # fmt: skip


def _edge(article_id: int, other: int, found: Overlap) -> tuple[int, int, int, int]:
    sign = 1 if found.sure else -1
    return article_id, other, sign * found.share, sign * found.other_share
