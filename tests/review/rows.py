"""Puts articles, versions, tags and runs into a database as the pipeline would, with evidence found in the text."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from models import search
from models.article import Article, ArticleTag, ArticleVersion, Story
from models.change import take_change_numbers
from models.ledger import Discovery
from models.run import Run
from outlets.schema import Outlet

NOW = datetime(2026, 3, 2, 3, 5, tzinfo=UTC)
"""07:35 in Kabul."""


def outlet(name: str, title: str, country: str, ownership: str, languages: list[str]) -> Outlet:
    """An outlet file's content, as short as the schema allows."""
    home = f"https://{name.replace('_', '-')}.example"
    return Outlet.model_validate(
        {
            "name": name, "title": title, "home": home, "country": country, "ownership": ownership,
            "languages": languages, "timezone": "Asia/Kabul", "sources": [{"kind": "feed", "url": f"{home}/feed"}],
            "article_url": ".", "assertions": {"min": {"kept": 1}},
        }
    )  # fmt: skip


OUTLETS: dict[str, Outlet | None] = {
    made.name: made
    for made in (
        outlet("khaama_press", "Khaama Press", "AF", "independent", ["en", "fa", "ps"]),
        outlet("pajhwok", "Pajhwok Afghan News", "AF", "independent", ["en", "ps", "fa"]),
        outlet("tass", "TASS", "RU", "state", ["en", "ru"]),
        outlet("tolonews", "TOLOnews", "AF", "private", ["en", "fa", "ps"]),
    )
}


@dataclass(frozen=True)
class T:
    """A tag on the words `on` of the title or text (wherever they are first)."""

    scheme: str
    code: str
    label: str
    on: str
    role: str = ""
    main: bool = False
    precision: int | None = None
    confidence: float = 0.9
    rule: str = "test.rule@1"


@dataclass(frozen=True)
class Text:
    """One version of an article."""

    title: str
    text: str
    language: str | None = "en"
    tags: tuple[T, ...] = ()
    published: tuple[datetime, str, str] | None = (NOW - timedelta(hours=3), "2026-03-02T04:35+04:30", "minute")
    calendar: str | None = "gregorian"
    facts: dict[str, Any] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    original: tuple[str, str] | None = None
    cited: tuple[str, ...] = ()
    dateline: str | None = None


def evidence(text: Text, words: str) -> dict[str, Any]:
    """Where `words` first stand in the title or else the text."""
    where = "title" if words in text.title else "text"
    start = (text.title if where == "title" else text.text).index(words)
    return {"field": where, "start": start, "end": start + len(words), "text": words}


def in_text(text: str, words: str) -> dict[str, Any]:
    """Evidence in the text itself."""
    start = text.index(words)
    return {"field": "text", "start": start, "end": start + len(words), "text": words}


def add(
    connection: Connection,
    outlet: str,
    slug: str,
    *texts: Text,
    relevance: float = 0.8,
    reasons: tuple[str, ...] = ("topic conflict.bombing", "about Afghanistan"),
    story: int | None = None,
    copy_of: int | None = None,
    url: str | None = None,
    seen: datetime = NOW - timedelta(hours=2),
) -> int:
    """An article with these versions, the last of them the latest; its id. Without `story` it begins one of its own."""
    article: int = connection.execute(
        insert(Article)
        .values(
            outlet=outlet, url_key=f"{outlet}.example/{slug}", url=url or f"https://{outlet}.example/{slug}",
            first_seen_at=seen, content_changed_at=seen, latest_version=len(texts), relevance=relevance,
            rule_relevance=relevance, relevance_reasons=list(reasons),
        )
        .returning(Article.id)
    ).scalar_one()  # fmt: skip
    if story is None:
        connection.execute(insert(Story).values(id=article, created_at=seen))
    connection.execute(
        update(Article)
        .where(Article.id == article)
        .values(
            story_id=story or article, copy_of=copy_of, copy_kind="syndicated" if copy_of else None,
            similarity=0.97 if copy_of else None,
        )
    )  # fmt: skip
    listed = f"https://{outlet}.example/{slug}"
    connection.execute(
        insert(Discovery).values(
            outlet=outlet, url_key=f"{outlet}.example/{slug}", url=listed, first_seen_at=seen, last_seen_at=seen,
            source=f"https://{outlet}.example/feed", hints={}, hint_sha256="d" * 64, stage="stored", outcome="done",
            article_id=article, run_id=1,
        )
    )  # fmt: skip
    for version, text in enumerate(texts, start=1):
        add_version(connection, article, version, text, seen + timedelta(minutes=30 * version))
    at = texts[-1].published[0] if texts[-1].published else seen
    connection.execute(update(Article).where(Article.id == article).values(dated_at=at, language=texts[-1].language))
    search.put_in(connection, [(article, texts[-1].title, texts[-1].text)])
    return article


def add_version(connection: Connection, article: int, version: int, text: Text, fetched: datetime) -> None:
    """One version with its tags."""
    numbers = iter(take_change_numbers(connection, 1 + len(text.tags)))
    at, local, precision = text.published or (None, None, None)
    connection.execute(
        insert(ArticleVersion).values(
            article_id=article, version=version,
            content_sha256=hashlib.sha256(f"{text.title}\n{text.text}".encode()).hexdigest(), body_sha256="b" * 64,
            fetched_at=fetched, title=text.title, text=text.text, authors=list(text.authors), language=text.language,
            published_at=at, published_local=local, published_precision=precision,
            published_basis="json_ld" if at else None, published_calendar=text.calendar if at else None,
            dateline=text.dateline, original_outlet=text.original and text.original[0],
            original_basis=text.original and text.original[1],
            cited_sources=[{"name": n, "outlet": None, "evidence": in_text(text.text, n)} for n in text.cited],
            quality=1.0, issues=[], facts=text.facts, run_id=1, clean_version="1", tag_version="1",
            change_seq=next(numbers),
        )
    )  # fmt: skip
    for tag in text.tags:
        connection.execute(
            insert(ArticleTag).values(
                article_id=article, version=version, scheme=tag.scheme, code=tag.code, label=tag.label, role=tag.role,
                precision=tag.precision, main=tag.main, confidence=tag.confidence, rule=tag.rule,
                evidence=[evidence(text, tag.on)], change_seq=next(numbers),
            )
        )  # fmt: skip


def add_run(
    connection: Connection, outlet: str, state: str = "ok", *, ago: timedelta = timedelta(minutes=40),
    reason: str | None = None, kind: str = "crawl",
) -> None:  # fmt: skip
    """A run that began `ago` before NOW."""
    finished = None if state == "running" else NOW - ago + timedelta(minutes=2)
    connection.execute(
        insert(Run).values(
            kind=kind, outlet=outlet, state=state, reason=reason, started_at=NOW - ago, finished_at=finished, stats={}
        )
    )
