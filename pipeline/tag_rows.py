"""Tags as rows: what a version gets when it is stored, and what changes of them when its text is tagged again."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from models.article import ArticleTag
from models.change import take_change_numbers
from models.corrections import HUMAN, key_of
from pipeline.items import JSON, Tag

_CONTENT = ("label", "precision", "main", "evidence", "organisation", "organisation_code")


def tag_rows(article_id: int, version: int, tags: Iterable[Tag]) -> list[JSON]:
    """One row per (scheme, code, role); the most confident of equals, so that a repeated tag cannot break a batch."""
    best: dict[tuple[str, str, str], Tag] = {}
    for tag in tags:
        key = (tag.scheme, tag.code, tag.role or "")
        if key not in best or tag.confidence > best[key].confidence:
            best[key] = tag
    return [
        {
            "article_id": article_id,
            "version": version,
            "scheme": tag.scheme,
            "scheme_version": tag.scheme_version,
            "code": tag.code,
            "label": tag.label,
            "role": tag.role or "",
            "precision": tag.precision,
            "main": tag.main,
            "confidence": tag.confidence,
            "source": "rule",
            "rule": tag.rule,
            "evidence": [asdict(span) for span in tag.evidence],
            "role_rule": tag.role_rule,
            "organisation": tag.organisation,
            "organisation_code": tag.organisation_code,
        }
        for tag in best.values()
    ]


def bring_in_line(
    connection: Connection, article_id: int, version: int, tags: Iterable[Tag], *, dry_run: bool = False
) -> dict[str, list[str]]:
    """Make the rows that rules gave say what `tags` say: kind of change (added, changed, removed) -> the rule of each.

    A row that says the same stays with its number and its rule's version; one that no rule gives any more is marked
    deleted; one that a person refused stays refused while a rule gives it. Rows of people are none of ours.
    """
    rows: Iterable[Row[Any]] = connection.execute(
        select(ArticleTag.__table__).where(
            ArticleTag.article_id == article_id, ArticleTag.version == version, ArticleTag.source != HUMAN
        )
    )
    known = {key_of(row): row for row in rows}
    wanted = {key_of(values): values for values in tag_rows(article_id, version, tags)}
    difference: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}
    new: list[JSON] = []
    changes: list[tuple[int, JSON]] = []
    for key, values in wanted.items():
        row = known.get(key)
        if row is None:
            new.append(values)
            difference["added"].append(values["rule"])
        elif not _same(row, values):
            kept = {} if row.refused else {"is_deleted": False}
            changes.append((row.id, {**values, **kept}))
            difference["changed" if not row.is_deleted or row.refused else "added"].append(values["rule"])
    for key, row in known.items():
        if key not in wanted and (row.refused or not row.is_deleted):
            changes.append((row.id, {"is_deleted": True, "refused": False}))
            difference["removed"].append(row.rule)
    if dry_run or not (new or changes):
        return difference
    numbers = iter(take_change_numbers(connection, len(new) + len(changes)))
    if new:
        connection.execute(insert(ArticleTag), [{**values, "change_seq": next(numbers)} for values in new])
    for tag_id, values in changes:
        connection.execute(update(ArticleTag).where(ArticleTag.id == tag_id).values(**values, change_seq=next(numbers)))
    return difference


def _same(row: Row[Any], values: JSON) -> bool:
    """Whether a standing row says what the rules say now, whatever the version of the rule that first said it."""
    if row.is_deleted and not row.refused:
        return False
    told = (row.rule.partition("@")[0], row.role_rule.partition("@")[0], round(row.confidence, 6))
    tells = (values["rule"].partition("@")[0], values["role_rule"].partition("@")[0], round(values["confidence"], 6))
    return told == tells and all(getattr(row, name) == values[name] for name in _CONTENT)
