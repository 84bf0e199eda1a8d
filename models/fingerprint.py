"""The index of the dedupe stage: what is remembered of every text, so that a restart forgets no copy and no story.

Written by `pipeline.dedupe` alone, in the transaction that stores the article. Article ids carry no foreign key: the
index may know an article a moment before its row, and outlives none of it (see `pipeline.dedupe.forget`).
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, text

from models.base import Base, Id

fingerprints = Table(
    "fingerprints",
    Base.metadata,
    Column("article_id", Id, primary_key=True, autoincrement=False),
    Column("since", BigInteger, nullable=False, comment="Seconds since 1970; undated and credited texts come last."),
    Column("tie", Integer, nullable=False, comment="Decides between equal times, from the address alone."),
    Column("size", Integer, nullable=False, comment="Distinct three-word shingles."),
    Column("content", BigInteger, nullable=False, comment="Hash of all words in order."),
    Column("sketch", LargeBinary, nullable=False),
    Column("copy_of", Id),
    Column("copy_kind", String(12)),
    Column("similarity", SmallInteger, comment="Per mille."),
    Column("story", Id, nullable=False),
    Index("ix_fingerprints_copy_of", "copy_of", sqlite_where=text("copy_of IS NOT NULL"),
          postgresql_where=text("copy_of IS NOT NULL")),
    Index("ix_fingerprints_story", "story", sqlite_where=text("story <> article_id"),
          postgresql_where=text("story <> article_id")),
)  # fmt: skip
"""One row an article: its sketch, its place in the order of origins, and what was decided about it."""

blocks = Table(
    "posted_blocks",
    Base.metadata,
    Column("block", Integer, primary_key=True, autoincrement=False, comment="Bucket of hashes, then week."),
    Column("entries", LargeBinary, nullable=False, comment="Eight bytes for each hash of an article."),
    postgresql_with={"autovacuum_vacuum_scale_factor": 0, "autovacuum_vacuum_threshold": 2000},
)
"""Inverted index of a few shingles of each text (see `pipeline.dedupe.copy_blocks`). Entries of an older text may stay:
every hit is checked by sketch. Only this week's blocks grow, and each time leave an old version: their room is used
again when it is told free by their number, not by their share of all weeks."""

overlaps = Table(
    "overlaps",
    Base.metadata,
    Column("article_id", Id, primary_key=True, autoincrement=False),
    Column("other_id", Id, primary_key=True, autoincrement=False),
    Column("share", SmallInteger, nullable=False, comment="Per mille of the article's text that the other has."),
    Column("other_share", SmallInteger, nullable=False, comment="Per mille of the other's text that the article has."),
    sqlite_with_rowid=False,
)
"""Pairs that share enough text to be copies, both ways round. Shares below zero are doubtful ones."""

story_parts = Table(
    "story_parts",
    Base.metadata,
    Column("article_id", Id, primary_key=True, autoincrement=False),
    Column("at", BigInteger, index=True, comment="Seconds since 1970, NULL when undated."),
    Column("terms", LargeBinary, nullable=False),
    Column("marks", LargeBinary),
)
"""The telling words of each text; kept, because a backfill may bring its neighbours years later."""

story_terms = Table(
    "story_terms",
    Base.metadata,
    Column("term", BigInteger, primary_key=True, autoincrement=False, comment="-1 counts the articles themselves."),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""In how many recent articles each term stood: the background against which a word is rare."""

INDEX_TABLES = (fingerprints, blocks, overlaps, story_parts, story_terms)
