"""Why an article counts as a copy and why it is in its story, for the person who doubts it: scores and shared words."""

import difflib
import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from models.article import ArticleTag, ArticleVersion
from models.fingerprint import fingerprints
from models.story_ruling import Ruling, rulings_in_force
from pipeline.dedupe import copy_index
from pipeline.dedupe.copies import Known, Overlap
from pipeline.dedupe.fingerprints import plain
from pipeline.dedupe.marks import told
from pipeline.dedupe.stories import Part, brevity, link_with_rest, threshold
from pipeline.dedupe.story_index import around, links, renewed
from pipeline.dedupe.story_terms import term
from pipeline.dedupe.story_window import PARTS, part_of, window
from pipeline.items import JSON, Evidence, Facts, Tag, Tagged

SPAN_WORDS: Final = 6
"""Fewest words in a row that are shown as shared."""
SPANS: Final = 5
READ_WORDS: Final = 2000
MEMBERS: Final = 8
MOST_MEMBERS: Final = 200
SHARED_WORDS: Final = 10
_WORD: Final = re.compile(r"\w+")


def explain(connection: Connection, article_id: int) -> JSON:
    """`id, copy, copies, story, rulings` of a related article. Raises KeyError when the index does not know it.

    `copy` is None for an origin, else `of, kind, share, origin_share` (0 to 1), `why` (sentences: why that one leads)
    and `spans` of the article's own text (`start, end, text`). `copies` lists those that have it as origin. `story` has
    `id`, the `score` of the article with the rest and the score `needed` there (None when it is alone), and the closest
    `members`: `likeness`, the `words` that count most, each with its `weight` in the plain cosine, and the `marks`
    (places, actors, counts) that both have, by which languages meet. `rulings` are those on it: `article, ruling, by,
    at`. Words and spans are those of the stored text.
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
        "rulings": [_ruling(one, article_id) for one in rulings_in_force(connection, [article_id])],
    }


def _ruling(found: Ruling, article_id: int) -> JSON:
    other = found.article_b if found.article_a == article_id else found.article_a
    return {"article": str(other), "ruling": found.ruling, "by": found.by, "at": found.at.isoformat()}


def _copy(connection: Connection, known: Known, origin_id: int, found: Overlap | None) -> JSON:
    origin = copy_index.load(connection, [origin_id])[origin_id]
    why = _why(known, origin)
    texts = _texts(connection, [known.article_id, origin_id])
    return {
        "of": str(origin_id),
        "kind": known.copy_kind,
        "share": None if found is None else found.share / 1000,
        "origin_share": None if found is None else found.other_share / 1000,
        "why": why,
        "spans": shared_spans(texts.get(known.article_id, ""), texts.get(origin_id, "")),
    }


def _why(known: Known, origin: Known) -> list[str]:
    """Why `origin` leads, and what makes the two alike at first sight."""
    why = []
    if known.credits_other and not origin.credits_other:
        why.append("it names another outlet as its source, the origin does not")
    if known.at is None:
        why.append("its publication time is unknown" if origin.at is not None else "neither time is known")
    elif origin.at is not None and origin.at < known.at:
        why.append(f"it was published {known.at - origin.at} seconds after the origin")
    elif origin.at == known.at:
        why.append("both were published at the same time, and the order of their addresses decides")
    if known.content == origin.content:
        why.append("the words are the same in the same order")
    return why


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
    alone: JSON = {"id": str(known.story), "score": None, "needed": None, "members": []}
    rows = connection.execute(PARTS.where(fingerprints.c.story == known.story).limit(MOST_MEMBERS)).all()
    parts = {part.article_id: part for part in (part_of(*row) for row in rows)}
    if len(parts) < 2 or known.article_id not in parts:
        return alone
    crowd = window(connection, [known.article_id], ())
    parts |= {part.article_id: part for part in around(crowd, parts.keys())}
    listed = renewed(connection, list(parts.values()))
    alike, brief = links(listed), brevity(listed)
    mine = list(parts).index(known.article_id)
    mates = [index for index, part in enumerate(listed) if part.story == known.story and index != mine]
    text = _texts(connection, [known.article_id]).get(known.article_id, "")
    spoken = _marks(connection, known.article_id)
    return alone | {
        "score": round(link_with_rest(alike, brief, mine, mates), 3),
        "needed": round(threshold(len(crowd)), 3),
        "members": [
            {
                "id": str(listed[index].article_id),
                "likeness": round(float(alike[mine, index]), 3),
                "words": _words(listed[mine], listed[index], text),
                "marks": [spoken[one] for one in listed[index].marks if one in spoken],
            }
            for index in sorted(mates, key=lambda one: -alike[mine, one])[:MEMBERS]
        ],
    }


def _marks(connection: Connection, article_id: int) -> dict[int, str]:
    """The marks of an article's latest version in words, anew from its stored tags."""
    wanted = select(ArticleVersion).where(ArticleVersion.article_id == article_id)
    version = connection.execute(wanted.order_by(ArticleVersion.version.desc()).limit(1)).first()
    if version is None:
        return {}
    mine = (
        ArticleTag.article_id == article_id,
        ArticleTag.version == version.version,
        ArticleTag.is_deleted.is_(False),
    )
    tags = [
        Tag(row.scheme, row.code, row.label, row.confidence, _shown(row.evidence), row.rule, role=row.role or None)
        for row in connection.execute(select(ArticleTag.__table__).where(*mine).order_by(ArticleTag.id))
    ]
    tolls = {name: version.facts.get(name) for name in ("killed_low", "killed_high", "wounded_low", "wounded_high")}
    kinds = {name: tuple(tag for tag in tags if tag.scheme == name) for name in ("topic", "actor")}
    places = tuple(tag for tag in tags if tag.scheme not in kinds)
    tagged = Tagged(str(article_id), places, kinds["topic"], kinds["actor"], Facts(**tolls))
    return told(tagged, version.title, version.text, version.language)


def _shown(evidence: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(one["field"], one["start"], one["end"], one["text"]) for one in evidence)


def _words(mine: Part, other: Part, text: str) -> list[JSON]:
    """The words of `text` that both have, as they are first spelt in it, with what each adds to the cosine."""
    theirs = dict(zip(other.terms.hashes.tolist(), other.weights(), strict=True))
    weight = {
        one: own * theirs[one]
        for one, own in zip(mine.terms.hashes.tolist(), mine.weights(), strict=True)
        if one in theirs
    }
    found: dict[int, str] = {}
    for match in _WORD.finditer(text):
        for word in plain(match[0]).split():
            if term(word) in weight:
                found.setdefault(term(word), match[0])
    most = sorted(found, key=lambda one: -weight[one])[:SHARED_WORDS]
    return [{"word": found[one], "weight": round(float(weight[one]), 4)} for one in most]


def _texts(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The latest text of each, without its title: spans and words are shown as they stand there."""
    rows = connection.execute(
        select(ArticleVersion.article_id, ArticleVersion.text)
        .where(ArticleVersion.article_id.in_(ids))
        .order_by(ArticleVersion.version)
    )
    return {row.article_id: row.text for row in rows}
