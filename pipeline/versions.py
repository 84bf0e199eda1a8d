"""Whether a text that was fetched again says something else, and what: facts for a reviewer and for dashboards. White
space, case, punctuation and the outlet's boilerplate say nothing, and make no version."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from models.article import Article as ArticleRow
from models.article import ArticleTag, ArticleVersion
from models.boilerplate import BoilerplateVersion
from models.corrections import HUMAN
from pipeline.clean.boilerplate import story_lines
from pipeline.clean.changes import Change, changes
from pipeline.clean.text import fold
from pipeline.items import JSON, Article, Facts, Tagged
from pipeline.recent import Learned

GROUPS = {"topic": "topics", "actor": "actors", "person": "actors"}
"""Scheme of a tag -> field; every other scheme is one of places."""


def difference(
    connection: Connection, article_id: int, version: int, article: Article, tagged: Tagged, cut: Learned
) -> list[JSON]:
    """What `article` says otherwise than the stored `version`: `{"field", "before", "after"}`, for tags the labels that
    went and came; for a paragraph also `kind`, its number `at` (in the new text; of a removed one in the old) and the
    `numbers` that only one side has. Empty when its title and text say the same."""
    old = connection.execute(
        select(ArticleVersion.__table__).where(
            ArticleVersion.article_id == article_id, ArticleVersion.version == version
        )
    ).one()
    furniture = cut.folded.union(map(fold, article.cut), map(fold, _lines_cut_from(connection, article_id, old)))
    found = changes(
        old_title=old.title,
        old_text="\n".join(story_lines(old.text, furniture)),
        new_title=article.title,
        new_text="\n".join(story_lines(article.text, furniture)),
    )
    if not found:
        return []
    titles = [_field("title", old.title, article.title or "") for one in found if one.kind == "title"]
    return [
        *titles,
        *_facts(old, article, tagged.facts),
        *_tags(connection, article_id, version, tagged),
        *(_paragraph(one) for one in found if one.kind != "title"),
    ]


def _lines_cut_from(connection: Connection, article_id: int, old: Row[Any]) -> list[str]:
    """The boilerplate that was cut from the stored version."""
    if not old.boilerplate_version:
        return []
    outlet = select(ArticleRow.outlet).where(ArticleRow.id == article_id).scalar_subquery()
    lines: list[str] = connection.execute(
        select(BoilerplateVersion.lines).where(
            BoilerplateVersion.outlet == outlet, BoilerplateVersion.version == old.boilerplate_version
        )
    ).scalar_one()
    return lines


def _field(name: str, before: object, after: object) -> JSON:
    return {"field": name, "before": before, "after": after}


def _facts(old: Row[Any], article: Article, facts: Facts) -> Iterable[JSON]:
    """Fields whose value is another one now."""
    for name in ("killed", "wounded"):
        before = _range(old.facts.get(f"{name}_low"), old.facts.get(f"{name}_high"))
        after = _range(getattr(facts, f"{name}_low"), getattr(facts, f"{name}_high"))
        if before != after:
            yield _field(name, before, after)
    for name in ("detained", "event_type", "event_date"):
        if old.facts.get(name) != getattr(facts, name):
            yield _field(name, old.facts.get(name), getattr(facts, name))
    modified = article.modified.utc().isoformat() if article.modified else None
    texts: tuple[tuple[str, str | None, str | None], ...] = (
        ("published", old.published_local, article.published.iso() if article.published else None),
        ("modified", old.modified_at and old.modified_at.isoformat(), modified),
        ("authors", ", ".join(old.authors) or None, ", ".join(article.authors) or None),
        ("dateline", old.dateline, article.dateline),
    )
    for name, was, now in texts:
        if was != now:
            yield _field(name, was, now)


def _range(low: int | None, high: int | None) -> str | None:
    """ "3", "3–5", or None when the text does not say."""
    known = sorted({n for n in (low, high) if n is not None})
    return "–".join(map(str, known)) or None


def _tags(connection: Connection, article_id: int, version: int, tagged: Tagged) -> Iterable[JSON]:
    """Places of the event, actors and topics that went or came; the rules' own, whatever people made of them."""
    rows = connection.execute(
        select(ArticleTag.scheme, ArticleTag.role, ArticleTag.label).where(
            ArticleTag.article_id == article_id,
            ArticleTag.version == version,
            ArticleTag.source != HUMAN,
            or_(ArticleTag.is_deleted.is_(False), ArticleTag.refused),
        )
    )
    had = {(_group(scheme), label) for scheme, role, label in rows if _counts(scheme, role)}
    has = {(_group(tag.scheme), tag.label) for tag in tagged.tags if _counts(tag.scheme, tag.role or "")}
    for group in ("places", "actors", "topics"):
        gone, come = (sorted(label for g, label in one if g == group) for one in (had - has, has - had))
        if gone or come:
            yield _field(group, gone, come)


def _group(scheme: str) -> str:
    return GROUPS.get(scheme, "places")


def _counts(scheme: str, role: str) -> bool:
    return scheme in GROUPS or role == "event"


def _paragraph(one: Change) -> JSON:
    """Without its words: they stand in the versions' texts, which views do not give away."""
    before, after = one.numbers
    return {"field": "paragraph", "kind": one.kind, "at": one.at, "numbers": [list(before), list(after)]}
