"""Why an article counts as a copy and why it is in its story, for the person who doubts it: scores and shared words."""

import difflib
import re
from collections.abc import Sequence, Set
from typing import Any, Final

from sqlalchemy import Connection, select

from models.article import ArticleVersion
from models.fingerprint import fingerprints, story_parts
from pipeline.dedupe import copy_index
from pipeline.dedupe.copies import Known, Overlap
from pipeline.dedupe.fingerprints import plain
from pipeline.dedupe.stories import likeness
from pipeline.dedupe.story_terms import term
from pipeline.dedupe.story_window import part_of
from pipeline.items import JSON

SPAN_WORDS: Final = 6
"""Fewest words in a row that are shown as shared."""
SPANS: Final = 5
READ_WORDS: Final = 2000
MEMBERS: Final = 8
MOST_MEMBERS: Final = 200
SHARED_WORDS: Final = 10
_WORD: Final = re.compile(r"\w+")


def explain(connection: Connection, article_id: int) -> JSON:
    """`id, copy, copies, story` of a related article. Raises KeyError when the index does not know it.

    `copy` is None for an origin, else `of, kind, share, origin_share` (0 to 1), `why` (sentences) and `spans` of the
    article's own text (`start, end, text`). `copies` lists those that have it as origin. `story` has `id` and
    the closest `members` with `likeness` and the `words` that count most. Words and spans need the stored texts; where
    rights do not allow keeping them they are empty.
    """
    known = copy_index.load(connection, [article_id])[article_id]
    around = dict(copy_index.neighbours(connection, [article_id])[article_id])
    copies = connection.execute(
        select(fingerprints.c.article_id).where(fingerprints.c.copy_of == article_id).order_by(fingerprints.c.since)
    ).scalars()
    return {
        "id": str(article_id),
        "copy": None if known.copy_of is None else _copy(connection, known, known.copy_of, around.get(known.copy_of)),
        "copies": [str(one) for one in copies],
        "story": _story(connection, known),
    }


def _copy(connection: Connection, known: Known, origin_id: int, found: Overlap | None) -> JSON:
    origin = copy_index.load(connection, [origin_id])[origin_id]
    why = []
    if known.credits_other and not origin.credits_other:
        why.append("it names another outlet as its source, the origin does not")
    if known.at is None:
        why.append("its publication time is unknown" if origin.at is not None else "neither time is known")
    elif origin.at is not None and origin.at <= known.at:
        why.append(f"it was published {known.at - origin.at} seconds after the origin")
    if known.content == origin.content:
        why.append("the words are the same in the same order")
    texts = _texts(connection, [known.article_id, origin_id])
    return {
        "of": str(origin_id),
        "kind": known.copy_kind,
        "share": None if found is None else found.share / 1000,
        "origin_share": None if found is None else found.other_share / 1000,
        "why": why,
        "spans": shared_spans(texts.get(known.article_id, ""), texts.get(origin_id, "")),
    }


def shared_spans(text: str, other: str) -> list[dict[str, Any]]:
    """The longest runs of words of `text` that stand in `other` too, longest first: `start, end, text`."""
    places = [match.span() for match in _WORD.finditer(text)][:READ_WORDS]
    mine = [plain(text[start:end]) for start, end in places]
    theirs = [plain(match[0]) for match in _WORD.finditer(other)][:READ_WORDS]
    blocks = difflib.SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks()
    longest = sorted((block for block in blocks if block.size >= SPAN_WORDS), key=lambda block: (-block.size, block.a))
    made = []
    for block in longest[:SPANS]:
        start, end = places[block.a][0], places[block.a + block.size - 1][1]
        made.append({"start": start, "end": end, "text": text[start:end]})
    return made


def _story(connection: Connection, known: Known) -> JSON:
    columns = (
        fingerprints.c.article_id,
        story_parts.c.at,
        story_parts.c.terms,
        fingerprints.c.story,
        fingerprints.c.copy_of,
    )
    beside = select(*columns).join(story_parts, story_parts.c.article_id == fingerprints.c.article_id)
    rows = connection.execute(beside.where(fingerprints.c.story == known.story).limit(MOST_MEMBERS)).all()
    parts = sorted((part_of(*row) for row in rows), key=lambda part: part.article_id != known.article_id)
    closest = []
    if len(parts) > 1 and parts[0].article_id == known.article_id:
        text = _texts(connection, [known.article_id]).get(known.article_id, "")
        alike = likeness(parts)[0]
        for index in sorted(range(1, len(parts)), key=lambda one: -alike[one])[:MEMBERS]:
            other = parts[index]
            common = set(parts[0].terms.hashes.tolist()).intersection(other.terms.hashes.tolist())
            shown = {"likeness": round(float(alike[index]), 3), "words": _words(common, text)}
            closest.append({"id": str(other.article_id), **shown})
    return {"id": str(known.story), "members": closest}


def _words(common: Set[int], text: str) -> list[str]:
    """The words of `text` with the `common` terms, as they are first spelt in it."""
    found: dict[int, str] = {}
    for match in _WORD.finditer(text):
        for word in plain(match[0]).split():
            if term(word) in common:
                found.setdefault(term(word), match[0])
    return list(found.values())[:SHARED_WORDS]


def _texts(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(
        select(ArticleVersion.article_id, ArticleVersion.text)
        .where(ArticleVersion.article_id.in_(ids))
        .order_by(ArticleVersion.version)
    )
    return {row.article_id: row.text for row in rows}
