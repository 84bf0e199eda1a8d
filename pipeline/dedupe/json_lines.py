"""`khabar dedupe`: the dedupe stage as a JSON-lines filter, on the very code of the pipeline and a throw-away index."""

import math
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine

from models.fingerprint import INDEX_TABLES
from models.story_ruling import story_rulings
from pipeline.dedupe import stage as dedupe
from pipeline.dedupe import story_index
from pipeline.dedupe.story_window import WINDOW
from pipeline.items import JSON, DedupeInput, TagInput
from pipeline.tag.reading import language_of
from pipeline.tag.stage import tag

BATCH: Final = 500
"""Rows looked up together; any other number gives the same copies."""
STRETCH: Final = 2500
"""Rows after which stories are grouped: half of what is looked at together, so that every text meets its neighbours."""
READ: Final = 4000
"""Characters that are tagged, when the input is in more than one language."""
_TEXTS: Final = ("url", "title", "text", "language", "outlet", "original_outlet")


class BadRow(ValueError):
    """A row that cannot be read. The message is one sentence."""


def dedupe_lines(rows: Iterable[Any]) -> Iterator[JSON]:
    """One answer for each row, in order: `id, copy_of, copy_kind, similarity, story`, or `id, error`.

    Reads `id, url, title, text, published, language, outlet`. All rows are read before the first answer, because a
    later row may turn out to be the origin of an earlier one. `copy_of` and `story` are ids of the input.
    """
    with tempfile.TemporaryDirectory(prefix="khabar-dedupe-") as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'index.db'}")
        try:
            with engine.begin() as connection:
                for table in (*INDEX_TABLES, story_rulings):
                    table.create(connection)
                yield from _answers(connection, rows)
        finally:
            engine.dispose()


def _answers(connection: Connection, rows: Iterable[Any]) -> list[JSON]:
    places: list[int | JSON] = []
    numbers: dict[str | int, int] = {}
    names: list[str | int] = []
    relations = {}
    batch: list[tuple[DedupeInput, int]] = []
    earlier: deque[tuple[int, DedupeInput]] = deque(maxlen=WINDOW)
    languages: set[str] = set()
    for row in rows:
        name = row.get("id") if isinstance(row, dict) else None
        try:
            item = _item(row)
            if name in numbers:
                raise BadRow("the id stands on an earlier line")
        except BadRow as error:
            places.append({"id": name, "error": str(error)})
            continue
        numbers[row["id"]] = len(names)
        places.append(len(names))
        languages.add(_language(item))
        if len(languages) == 1:
            earlier.append((len(names), replace(item, text=item.text[:READ])))
        else:  # only now are tags worth their time: they bring languages together
            if earlier:
                relations.update(dedupe.relate_many(connection, batch, stories=False))
                batch = []
                told = {number: dedupe.marks_of(_tagged(one)) for number, one in earlier}
                story_index.mark(connection, told)
                earlier.clear()
            item = _tagged(item)
        batch.append((item, len(names)))
        names.append(row["id"])
        if len(names) % BATCH == 0:
            relations.update(dedupe.relate_many(connection, batch, stories=False))
            batch = []
            if len(names) % STRETCH == 0:
                relations.update(dedupe.regroup(connection))
    relations.update(dedupe.relate_many(connection, batch, stories=False))
    relations.update(dedupe.regroup(connection))
    answers: list[JSON] = []
    for place in places:
        if not isinstance(place, int):
            answers.append(place)
            continue
        relation = relations[place]
        answers.append(
            {
                "id": names[place],
                "copy_of": None if relation.copy_of is None else names[int(relation.copy_of)],
                "copy_kind": relation.copy_kind,
                "similarity": relation.similarity,
                "story": names[int(relation.story)],
            }
        )
    return answers


def _language(item: DedupeInput) -> str:
    """As declared, else by script: in Latin letters nobody can tell quickly, and English is meant."""
    found = language_of(f"{item.title} {item.text[:300]}", item.language)
    return "en" if found == "uz" and not item.language else found


def _tagged(item: DedupeInput) -> DedupeInput:
    language = _language(item)
    return replace(item, tagged=tag(TagInput(item.id, item.title, item.text[:READ], language)), language=language)


def _item(row: Any) -> DedupeInput:
    if not isinstance(row, dict):
        raise BadRow("the line is not an object")
    name = row.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise BadRow("id is missing or neither text nor a whole number")
    for key in _TEXTS:
        if not isinstance(row.get(key), str | None):
            raise BadRow(f"{key} is not text")
    return DedupeInput(
        id=str(name),
        url=row.get("url") or "",
        title=row.get("title") or "",
        text=row.get("text") or "",
        published=_instant(row.get("published")),
        language=row.get("language"),
        outlet=row.get("outlet"),
        original_outlet=row.get("original_outlet"),
    )


def _instant(value: Any) -> datetime | None:
    """The claimed time; without a zone it is taken as UTC. Unreadable times are unknown ones."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read
