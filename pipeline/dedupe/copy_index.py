"""Reads and writes the index of copies: three tables, few statements for many articles at once."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)

from models.fingerprint import fingerprints, overlaps, posted
from models.upsert import insert_or
from pipeline.dedupe.copies import CREDITS, UNDATED, WINDOW, Known, Overlap, is_near, time_of
from pipeline.dedupe.fingerprints import Fingerprint

FULL: Final = 24
"""Articles near in time that one hash leads to. A phrase of that many is a formula: it takes no more of them in."""
COMMON: Final = 8
"""A hash that leads to more articles than this makes no candidate alone."""
CANDIDATES: Final = 64
"""Most texts that one text is compared with (I7)."""
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


def candidates(
    connection: Connection, prints: dict[int, Fingerprint], times: dict[int, int | None]
) -> tuple[dict[int, list[int]], set[int]]:
    """For each article of `prints` those near to it in time that share posted hashes with it, stored ones and those of
    `prints`; and the articles that found a hash full, which may have likes that they cannot see.

    Also posts the hashes of `prints`, except where a hash is full at their time: what one year was full of takes no
    room from another. `times` has those of `prints`, and gets those of all whom they meet.
    """
    asked: set[int] = set()
    for found in prints.values():
        asked.update(found.asked)
    lists: dict[int, set[int]] = defaultdict(set)
    wanted = (
        select(posted.c.hash, posted.c.article_id, fingerprints.c.since)
        .outerjoin(fingerprints, fingerprints.c.article_id == posted.c.article_id)
        .where(among(connection, posted.c.hash), _is_near([times[key] for key in prints]))
    )
    for number, article_id, since in connection.execute(wanted, among_values(connection, asked)).all():
        lists[number].add(article_id)
        times.setdefault(article_id, None if since is None else time_of(since))
    added = []
    for article_id, found in prints.items():
        for number in found.posted:
            at = lists[number]
            if article_id not in at and len(_near(at, article_id, times)) < FULL:
                at.add(article_id)
                added.append((number, article_id))
    insert_whole(connection, posted, ("hash", "article_id"), added)
    crowded = {key for key, found in prints.items() if any(key not in lists[number] for number in found.posted)}
    return {article_id: _likely(lists, article_id, found, times) for article_id, found in prints.items()}, crowded


def _is_near(times: Collection[int | None]) -> ColumnElement[bool]:
    """Whether a stored text may be near to one of `times`; the undated and the forgotten are."""
    dated = [at for at in times if at is not None]
    if len(dated) < len(times) or not dated:
        return true()
    first, last = min(dated) - WINDOW, max(dated) + WINDOW
    since = fingerprints.c.since
    return or_(
        since.is_(None), since.between(first, last), since.between(first + CREDITS, last + CREDITS),
        since.in_([UNDATED, UNDATED + CREDITS]),
    )  # fmt: skip


def _near(ids: Collection[int], article_id: int, times: dict[int, int | None]) -> list[int]:
    mine = times[article_id]
    return [one for one in ids if is_near(times[one], mine)]


def _likely(lists: dict[int, set[int]], article_id: int, found: Fingerprint, times: dict[int, int | None]) -> list[int]:
    hits: Counter[int] = Counter()
    for number in found.asked:
        at = _near(lists.get(number, ()), article_id, times)
        weight = 1 if len(at) > COMMON else 2
        for other in at:
            hits[other] += weight
    del hits[article_id]
    enough = 1 if len(found.asked) == 1 else 2
    ranked = sorted((-score, other) for other, score in hits.items() if score >= enough)
    return [other for _, other in ranked[:CANDIDATES]]


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


def doubting(connection: Connection, origin: int) -> set[int]:
    """The texts whose overlap with `origin` is not enough by itself."""
    doubtful = select(overlaps.c.other_id).where(overlaps.c.article_id == origin, overlaps.c.share < 0)
    return set(connection.execute(doubtful).scalars())


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


def insert_whole(
    connection: Connection, into: Table, columns: Sequence[str], rows: Sequence[tuple[int, ...]], add_to: str = ""
) -> None:
    """Insert rows of whole numbers as one parameter: a third of the time of one parameter set a row.

    Where a row with the same key is there already, its column `add_to` grows by the new value.
    """
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
    statement = insert_or(connection, into).from_select(list(columns), values.where(true()))
    if add_to:
        key = [column.name for column in into.primary_key]
        grown = {add_to: into.c[add_to] + statement.excluded[add_to]}
        statement = statement.on_conflict_do_update(index_elements=key, set_=grown)
    connection.execute(statement, sent)


def among(connection: Connection, column: Any) -> ColumnElement[bool]:
    """`column` is one of any number of whole numbers, sent as one parameter (see `among_values`)."""
    if connection.dialect.name == "postgresql":
        whole = Integer if column.name == "hash" else BigInteger
        any_of: ColumnElement[bool] = column == any_(cast(bindparam("among"), ARRAY(whole)))
        return any_of
    each = func.json_each(bindparam("among")).table_valued("value")
    one_of: ColumnElement[bool] = column.in_(select(each.c.value))
    return one_of


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
