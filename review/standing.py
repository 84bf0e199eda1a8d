"""What an article's decisions add up to. Each action speaks of one aspect; the last word on each that nobody took back
counts, and everything here can be worked out again from the rows alone (I3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

ASPECTS: Final = {
    "accept": "verdict", "reject": "verdict", "edit": "edit", "assign": "assign", "flag": "flag", "unflag": "flag",
    "note": "note", "merge": "story", "split": "story",
}  # fmt: skip
"""Every action but undo, and what it speaks of."""

SILENT: Final = ("note",)
"""Actions that surprise nobody: what a colleague only noted makes no decision on an article stale."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an article stands after all its verdicts."""

    status: str
    """new, accepted, rejected or changed."""
    version: int | None
    by: str | None
    at: datetime | None
    decision: int | None

    def as_json(self) -> dict[str, Any]:
        """For the before and after columns."""
        at = self.at.isoformat() if self.at else None
        return {"status": self.status, "version": self.version, "by": self.by, "at": at, "decision": self.decision}


def standing(decisions: Iterable[Any], latest_version: int) -> Standing:
    """The latest verdict that was not taken back counts; for an earlier version it counts as changed."""
    valid = valid_rows(decisions, "verdict")
    if not valid:
        return Standing("new", None, None, None, None)
    last = valid[-1]
    status = {"accept": "accepted", "reject": "rejected"}[last.action] if last.version == latest_version else "changed"
    return Standing(status, last.version, last.reviewer, last.decided_at, last.id)


def valid_rows(decisions: Iterable[Any], aspect: str) -> list[Any]:
    """The rows on one aspect that nobody took back, oldest first."""
    rows = sorted(decisions, key=lambda row: row.id)
    undone = {row.undoes for row in rows if row.action == "undo"}
    return [row for row in rows if ASPECTS.get(row.action) == aspect and row.id not in undone]


def state(decisions: Iterable[Any], aspect: str) -> dict[str, Any]:
    """What the last valid row on an aspect other than the verdict left; {} where there is none."""
    valid = valid_rows(decisions, aspect)
    return dict(valid[-1].after) if valid else {}


def may_undo(row: Any, decisions: Sequence[Any]) -> bool:
    """Whether `row` still stands and nothing later on the same aspect leans on it. Notes lean on nothing."""
    valid = valid_rows(decisions, ASPECTS[row.action])
    return any(known.id == row.id for known in (valid if row.action in SILENT else valid[-1:]))


def what_was(row: Any, decisions: Iterable[Any]) -> dict[str, Any]:
    """What stands on the aspect of `row` once it is taken back: what the row before left, or for a move between stories
    what was before, since runs move articles as well."""
    aspect = ASPECTS[row.action]
    if aspect == "story":
        return dict(row.before)
    return state([known for known in decisions if known.id != row.id], aspect)
