"""The one writer of article rows. Every function runs inside the caller's transaction and may be repeated: the same
content changes no row (I2), and nothing here touches a review decision (I3)."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from models import search
from models.article import Article as ArticleRow
from models.article import ArticleTag, ArticleVersion, Story
from models.change import take_change_numbers
from models.corrections import obey
from models.events import refresh
from models.ledger import Discovery
from models.outcome import DONE, check
from models.upsert import insert_or
from outlets.urls import BadUrl, url_key
from pipeline.finished import Finished
from pipeline.items import JSON, DedupeInput, Evidence, Relation
from pipeline.tag_rows import tag_rows
from pipeline.versions import difference

_AT_ONCE = 500
"""Ids in one question."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing did: the article, its version, and whether either is new."""

    article_id: int
    version: int
    is_new_article: bool
    is_new_version: bool


def content_sha256(title: str, text: str) -> str:
    """Identity of a content: white space and Unicode composition do not make a new version."""
    plain = [" ".join(unicodedata.normalize("NFC", part).split()) for part in (title, text)]
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()


def refuse(connection: Connection, discovery_id: int, outcome: str, detail: str | None) -> None:
    """Close an address with a named refusal or quarantine. An article that we already hold stays as it is."""
    connection.execute(
        update(Discovery)
        .where(Discovery.id == discovery_id)
        .values(stage="cleaned", outcome=check(outcome), detail=detail)
    )


def keep(connection: Connection, item: Finished, run_id: int) -> Stored:
    """Store an article, its version and tags, and mark its address done."""
    sha256 = content_sha256(item.article.title or "", item.article.text)
    key, issues = _identity(connection, item)
    row = _find_or_insert(connection, item, key)
    is_new_article = row.latest_version == 0
    known, newest = (None, 0) if is_new_article else _versions(connection, row.id, sha256)
    changed: list[JSON] = []
    if known is None and not is_new_article:
        changed = difference(connection, row.id, row.latest_version, item.article, item.tagged, item.boilerplate)
        known = None if changed else row.latest_version
    version = known or 1 + newest
    if known is None:
        replaces = None if is_new_article else row.latest_version
        _insert_version(connection, item, row.id, version, sha256, issues, run_id, replaces, changed)
    if row.latest_version != version:
        _turn_to(connection, item, row, version)
    connection.execute(
        update(Discovery)
        .where(Discovery.id == item.discovery_id)
        .values(stage="stored", outcome=DONE, detail=None, article_id=row.id)
    )
    return Stored(row.id, version, is_new_article, known is None)


def _identity(connection: Connection, item: Finished) -> tuple[str, list[str]]:
    """The article's key: its canonical address's, unless that already belongs to an article with another title (a site
    whose pages all name one canonical address would otherwise become a single article)."""
    issues = list(item.article.issues)
    if not item.article.canonical_url:
        return item.url_key, issues
    try:
        canonical = url_key(item.article.canonical_url, item.ignored)
    except BadUrl:
        return item.url_key, issues
    if canonical == item.url_key:
        return canonical, issues
    title = connection.execute(
        select(ArticleVersion.title)
        .join(ArticleRow, and_(ArticleRow.id == ArticleVersion.article_id))
        .where(ArticleRow.outlet == item.outlet, ArticleRow.url_key == canonical)
        .order_by(ArticleVersion.version.desc())
        .limit(1)
    ).scalar()
    if title is None or title == item.article.title:
        return canonical, issues
    return item.url_key, [*issues, "canonical_collapse"]


def _find_or_insert(connection: Connection, item: Finished, key: str) -> Row[int, int, str]:
    wanted = (ArticleRow.id, ArticleRow.latest_version, ArticleRow.review_status)
    find = select(*wanted).where(ArticleRow.outlet == item.outlet, ArticleRow.url_key == key).with_for_update()
    row = connection.execute(find).one_or_none()
    if row is None:
        row = connection.execute(
            insert_or(connection, ArticleRow)
            .values(
                outlet=item.outlet,
                url_key=key,
                url=item.url,
                first_seen_at=item.first_seen_at,
                content_changed_at=item.fetched_at,
                backfilled=item.is_old,
                latest_version=0,
            )
            .on_conflict_do_nothing()
            .returning(*wanted)
        ).one_or_none()
    return row or connection.execute(find).one()  # another writer was faster


def _versions(connection: Connection, article_id: int, sha256: str) -> tuple[int | None, int]:
    """(the version with this content, the newest version) of an article that has some."""
    rows = connection.execute(
        select(ArticleVersion.version, ArticleVersion.content_sha256).where(ArticleVersion.article_id == article_id)
    ).all()
    known = next((row.version for row in rows if row.content_sha256 == sha256), None)
    return known, max(row.version for row in rows)


def _insert_version(
    connection: Connection, item: Finished, article_id: int, version: int, sha256: str, issues: list[str], run_id: int,
    replaces: int | None, changed: list[JSON],
) -> None:  # fmt: skip
    article, published = item.article, item.article.published
    tags = tag_rows(article_id, version, item.tagged.tags)
    numbers = iter(take_change_numbers(connection, 1 + len(tags)))
    connection.execute(
        insert(ArticleVersion).values(
            article_id=article_id,
            version=version,
            content_sha256=sha256,
            body_sha256=item.body_sha256,
            fetched_at=item.fetched_at,
            title=article.title or "",
            text=article.text,
            authors=list(article.authors),
            language=article.language,
            published_at=published and published.utc(),
            published_local=published and published.iso(),
            published_precision=published and published.precision,
            published_basis=published and published.basis,
            published_calendar=published and published.calendar,
            modified_at=article.modified and article.modified.utc(),
            dateline=article.dateline,
            original_outlet=article.original and (article.original.outlet or article.original.name),
            original_basis=article.original and article.original.basis,
            cited_sources=[_cited(source.name, source.outlet, source.evidence) for source in article.cited],
            url_canonical=article.canonical_url,
            access=article.access,
            quality=article.quality,
            issues=issues,
            facts=asdict(item.tagged.facts),
            run_id=run_id,
            clean_version=item.clean_version,
            tag_version=item.tag_version,
            boilerplate_version=item.boilerplate.version,
            changed_from=replaces,
            changes=changed,
            change_seq=next(numbers),
        )
    )
    if tags:
        connection.execute(insert(ArticleTag), [{**tag, "change_seq": next(numbers)} for tag in tags])


def _cited(name: str, outlet: str | None, evidence: Evidence) -> JSON:
    return {"name": name, "outlet": outlet, "evidence": asdict(evidence)}


def _turn_to(connection: Connection, item: Finished, row: Row[int, int, str], version: int) -> None:
    """Make `version` the latest. What was decided for an earlier one shows as changed; the decision itself stays."""
    relevance = item.tagged.relevance
    published = item.article.published
    connection.execute(
        update(ArticleRow)
        .where(ArticleRow.id == row.id)
        .values(
            latest_version=version,
            content_changed_at=item.fetched_at,
            dated_at=published.utc() if published else ArticleRow.first_seen_at,
            language=item.article.language,
            relevance=relevance.score,
            rule_relevance=relevance.score if relevance.by_rules is None else relevance.by_rules,
            relevance_reasons=list(relevance.reasons),
            review_status="new" if row.review_status == "new" else "changed",
        )
    )
    if row.latest_version:
        touch(connection, [(row.id, row.latest_version)])
        obey(connection, row.id, version)  # what people corrected holds for every version
        refresh(connection, [connection.execute(select(ArticleRow.story_id).where(ArticleRow.id == row.id)).scalar()])
    search.turn_to(connection, row.id, version, row.latest_version)


def touch(connection: Connection, versions: Iterable[tuple[int, int]]) -> None:
    """Give these (article, version) rows new change numbers, because what the views say of them has changed."""
    rows = sorted(set(versions))
    if not rows:
        return
    numbers = take_change_numbers(connection, len(rows))
    connection.execute(
        update(ArticleVersion)
        .where(ArticleVersion.article_id == bindparam("of"), ArticleVersion.version == bindparam("at"))
        .values(change_seq=bindparam("number")),
        [{"of": of, "at": at, "number": number} for (of, at), number in zip(rows, numbers, strict=True)],
    )


def relate(connection: Connection, relations: Mapping[int, Relation], now: datetime) -> None:
    """Write whose copy each article is and which story it belongs to. Rows that already say so stay untouched."""
    wanted = (ArticleRow.id, ArticleRow.latest_version, ArticleRow.copy_of, ArticleRow.copy_kind, ArticleRow.story_id)
    ids = sorted(relations)
    rows = [
        row
        for start in range(0, len(ids), _AT_ONCE)
        for row in connection.execute(select(*wanted).where(ArticleRow.id.in_(ids[start : start + _AT_ONCE])))
    ]
    moved, changed, stories = [], [], set()
    for row in rows:
        relation = relations[row.id]
        copy_of, story = int(relation.copy_of) if relation.copy_of else None, int(relation.story)
        if (row.copy_of, row.copy_kind, row.story_id) != (copy_of, relation.copy_kind, story):
            moved.append(
                {
                    "of": row.id, "copy_of": copy_of, "copy_kind": relation.copy_kind,
                    "similarity": relation.similarity, "story_id": story,
                }
            )  # fmt: skip
            changed.append((row.id, row.latest_version))
            stories |= {row.story_id, story}
    if not moved:
        return
    connection.execute(
        insert_or(connection, Story).on_conflict_do_nothing(),
        [{"id": story, "created_at": now} for story in sorted({one["story_id"] for one in moved})],
    )
    names = ("copy_of", "copy_kind", "similarity", "story_id")
    connection.execute(
        update(ArticleRow).where(ArticleRow.id == bindparam("of")).values({name: bindparam(name) for name in names}),
        moved,
    )
    touch(connection, changed)
    refresh(connection, stories)


def dedupe_input(item: Finished, article_id: int) -> DedupeInput:
    """What the dedupe stage reads of a stored article."""
    published = item.article.published
    return DedupeInput(
        id=str(article_id),
        url=item.url,
        title=item.article.title or "",
        text=item.article.text,
        published=published.at if published else None,
        language=item.article.language,
        outlet=item.outlet,
        original_outlet=item.article.original.outlet if item.article.original else None,
        tagged=item.tagged,
    )
