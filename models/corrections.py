"""What people corrected in an article. It stands over what the rules say of it, in later versions too: the writer of
articles calls `obey` for each new version, so no run brings back a tag that a person refused (I3)."""

from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from models.article import Article, ArticleTag
from models.change import take_change_numbers

HUMAN: Final = "human"
"""`article_tags.source` of what a person said."""

Corrections = dict[str, Any]
"""`{"facts": {field: value or None}, "tags": [{scheme, code, label, role, precision, main, holds}]}`; {}: none."""


def corrected(facts: dict[str, Any], corrections: Corrections) -> dict[str, Any]:
    """The facts of a version with the corrections over them."""
    return {**facts, **corrections.get("facts", {})}


def key_of(tag: Any) -> tuple[str, str, str]:
    """What a ruling is about."""
    return (tag["scheme"], tag["code"], tag["role"]) if isinstance(tag, dict) else (tag.scheme, tag.code, tag.role)


def obey(connection: Connection, article_id: int, version: int, corrections: Corrections | None = None) -> None:
    """Bring the tags of one version in line with the article's corrections (default: those that it has stored). A tag
    of the rules that a person refused stays as a row, deleted and `refused`; what a person said is a row of its own.
    Rows that already are so stay untouched (I2)."""
    if corrections is None:
        corrections = connection.execute(select(Article.corrections).where(Article.id == article_id)).scalar_one()
    rows = connection.execute(
        select(ArticleTag.__table__).where(ArticleTag.article_id == article_id, ArticleTag.version == version)
    ).all()
    said = {key_of(ruling): ruling for ruling in corrections.get("tags", [])}
    of_rules = {key_of(row): row for row in rows if row.source != HUMAN}
    of_people = {key_of(row): row for row in rows if row.source == HUMAN}
    changed: list[tuple[int, dict[str, Any]]] = []
    for key, row in of_rules.items():
        refused = _is_said(row) and key in said and not _agrees(row, said[key])
        wanted = {"refused": refused, "is_deleted": refused or not _is_said(row)}
        changed += _needed(row, wanted)
    new: list[dict[str, Any]] = []
    for key in said.keys() | of_people.keys():
        ruling, rule_row = said.get(key), of_rules.get(key)
        holds = ruling is not None and ruling["holds"] and (rule_row is None or not _agrees(rule_row, ruling))
        if key in of_people:
            wanted = {"is_deleted": not holds}
            if ruling is not None and holds:
                wanted |= {"main": ruling["main"], "precision": ruling["precision"]}
            changed += _needed(of_people[key], wanted)
        elif ruling is not None and holds:
            evidence = rule_row.evidence if rule_row is not None else []
            said_columns = {name: value for name, value in ruling.items() if name != "holds"}
            new.append({**said_columns, "evidence": evidence, "article_id": article_id, "version": version})
    numbers = iter(take_change_numbers(connection, len(changed) + len(new)) if changed or new else ())
    for tag_id, values in changed:
        connection.execute(update(ArticleTag).where(ArticleTag.id == tag_id).values(**values, change_seq=next(numbers)))
    for values in new:
        by_person = {"source": HUMAN, "rule": HUMAN, "confidence": 1.0, "change_seq": next(numbers)}
        connection.execute(insert(ArticleTag).values(**values, **by_person))


def _is_said(row: Row[Any]) -> bool:
    """Whether the rules (still) say it."""
    return not row.is_deleted or bool(row.refused)


def _agrees(row: Row[Any], ruling: dict[str, Any]) -> bool:
    """Whether the rules say what the person said, so that their row can stand with its evidence."""
    same = (row.main, row.precision) == (ruling["main"], ruling["precision"])
    return bool(ruling["holds"] and same and _is_said(row))


def _needed(row: Row[Any], wanted: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    return [(row.id, wanted)] if any(getattr(row, name) != value for name, value in wanted.items()) else []
