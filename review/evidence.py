"""Gathers everything that is claimed about one version of an article, with the words that each claim rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from models.article import ArticleTag
from models.corrections import HUMAN
from review.highlight import Span, located
from review.labels import GROUPS, PRECISIONS, ROLES, ROLES_SHORT

FINE = {1: "exact", 2: "district"}
"""Precision worth a word on the chip; province or wider is the rule."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One tag for the reader. Codes of several schemes for one place in one role are one chip."""

    ids: tuple[int, ...]
    group: str
    label: str
    role: str
    """In words; "" when the tag has none."""
    is_event: bool
    short: str
    """Role and fineness as the chip itself says them: "event, district"."""
    precision: int | None
    main: bool
    confidence: float
    codes: tuple[tuple[str, str], ...]
    """(scheme, code)."""
    rules: tuple[str, ...]
    evidence: tuple[dict[str, Any], ...]
    is_human: bool = False
    """A reviewer put it there."""

    @property
    def says(self) -> str:
        """How sure it is and by which rule, in a few words."""
        return f"{self.confidence:.2f} {', '.join(self.rules[:2])}"

    @property
    def explains(self) -> str:
        """Why it is there, in one line."""
        precision = PRECISIONS.get(self.precision or 0, "")
        codes = ", ".join(f"{scheme} {code}" for scheme, code in self.codes)
        words = " · ".join(f"“{item.get('text', '')}”" for item in self.evidence[:3])
        sure, rules = f"confidence {self.confidence:.2f}", f"rule {', '.join(self.rules)}"
        parts = (self.role, precision, sure, codes, rules, words)
        return " | ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Toll:
    """One number of the coded event, as a range."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who said what number."""

    field: str
    value: int
    claimant: str
    words: str


def group_of(scheme: str) -> str:
    """Which kind of evidence a scheme's tags are."""
    return {"topic": "topic", "actor": "actor", "person": "actor"}.get(scheme, "place")


def tags_of(connection: Connection, versions: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[Row[Any]]]:
    """The standing tags of each (article, version)."""
    wanted = set(versions)
    rows = connection.execute(
        select(ArticleTag.__table__)
        .where(ArticleTag.article_id.in_({article for article, _ in wanted}), ArticleTag.is_deleted.is_(False))
        .order_by(ArticleTag.id)
    )
    found: dict[tuple[int, int], list[Row[Any]]] = {key: [] for key in wanted}
    for row in rows:
        if (row.article_id, row.version) in found:
            found[row.article_id, row.version].append(row)
    return found


def refused_tags(connection: Connection, article: int, version: int) -> list[Row[Any]]:
    """The tags that the rules give this version and a person refused."""
    mine = (ArticleTag.article_id == article, ArticleTag.version == version, ArticleTag.refused)
    return list(connection.execute(select(ArticleTag.__table__).where(*mine).order_by(ArticleTag.id)))


def chips(tags: Iterable[Row[Any]]) -> dict[str, list[Chip]]:
    """Chips by group: the main place first, then where it happened, then the finest and surest."""
    together: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for tag in tags:
        together.setdefault((group_of(tag.scheme), tag.label, tag.role), []).append(tag)
    found: dict[str, list[Chip]] = {"place": [], "topic": [], "actor": []}
    for (group, label, role), rows in together.items():
        precision = min((row.precision for row in rows if row.precision), default=None)
        evidence = {(e.get("field"), e.get("start"), e.get("end")): e for row in rows for e in row.evidence}
        found[group].append(
            Chip(
                ids=tuple(row.id for row in rows),
                group=group,
                label=label,
                role=", ".join(part for part in (ROLES.get(role, role), _of(rows[0])) if part),
                is_event=role == "event",
                short=", ".join(part for part in (ROLES_SHORT.get(role, ""), FINE.get(precision or 0, "")) if part),
                precision=precision,
                main=any(row.main for row in rows),
                confidence=max(row.confidence for row in rows),
                codes=tuple((row.scheme, row.code) for row in rows),
                rules=tuple(dict.fromkeys(rule for row in rows for rule in (row.rule, row.role_rule) if rule)),
                evidence=tuple(evidence.values()),
                is_human=any(row.source == HUMAN for row in rows),
            )
        )
    for listed in found.values():
        listed.sort(key=lambda c: (not c.main, not c.is_event, c.precision or 9, -c.confidence, c.label))
    return found


def _of(row: Row[Any]) -> str:
    """Whose spokesman or official a person is."""
    return f"of {row.organisation}" if row.organisation else ""


def spans(
    text: str, field: str, tags: Iterable[Row[Any]], facts: Mapping[str, Any], cited: Iterable[Any]
) -> list[Span]:
    """All evidence in one field ("title", "text" or "dateline") of a version."""
    found: list[Span] = []
    for tag in tags:
        group = group_of(tag.scheme)
        role = f" ({ROLES.get(tag.role, tag.role)})" if tag.role else ""
        found += located(text, tag.evidence, field, group, f"{GROUPS[group]}: {tag.label}{role}", tag.rule, tag.id)
    for claim in _claim_rows(facts):
        by = f", says {claim['claimant']}" if claim.get("claimant") else ""
        label = f"{GROUPS['toll']}: {claim.get('value')} {claim.get('field')}{by}"
        found += located(text, [claim.get("evidence")], field, "toll", label, "")
    for source in cited:
        if isinstance(source, dict):
            label = f"{GROUPS['source']}: {source.get('name')}"
            found += located(text, [source.get("evidence")], field, "source", label, "")
    return found


def tolls(facts: Mapping[str, Any]) -> list[Toll]:
    """The numbers that the text gives; nothing for those that it does not."""
    ranges = (
        ("killed", facts.get("killed_low"), facts.get("killed_high")),
        ("wounded", facts.get("wounded_low"), facts.get("wounded_high")),
        ("detained", facts.get("detained"), facts.get("detained")),
    )
    return [Toll(field, figures(low, high)) for field, low, high in ranges if (low, high) != (None, None)]


def claims(facts: Mapping[str, Any]) -> list[Claim]:
    """Who said what, the same by the same only once."""
    found: dict[tuple[str, int, str], Claim] = {}
    for row in _claim_rows(facts):
        words = str((row.get("evidence") or {}).get("text", ""))
        claim = Claim(str(row.get("field", "")), row.get("value", 0), row.get("claimant") or "", words)
        found.setdefault((claim.field, claim.value, claim.claimant), claim)
    return list(found.values())


def _claim_rows(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for row in facts.get("claims") or [] if isinstance(row, dict)]


def figures(low: int | None, high: int | None) -> str:
    """A toll in words: "3", "3–5", "at least 3" or "up to 5"."""
    if high is None:
        return f"at least {low}"
    if low is None:
        return f"up to {high}"
    return str(low) if low == high else f"{low}–{high}"
