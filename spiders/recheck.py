"""The plan by which an article's page is asked again although no source says that it changed: outlets edit in silence,
and what they edit is news. Each step is kept only as far as this outlet's own history shows that it finds edits."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, exists, select

from models.article import ArticleVersion
from models.ledger import Discovery, Fetch
from spiders.polling import SLACK

STEPS: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
"""Ages, counted from when the article was first seen, at which its page is asked again."""
ENOUGH: Final = 20
"""Rechecks at a step before its history decides anything."""
RARELY: Final = 0.02
"""A step that finds an edit less often than this is skipped ..."""
SAMPLE: Final = 10
"""... but for every tenth article, so that an outlet that begins to edit is noticed."""
REMEMBERED: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Found:
    """What the rechecks at one step brought."""

    done: int = 0
    edited: int = 0

    @property
    def is_idle(self) -> bool:
        """Whether they hardly ever find an edit."""
        return self.done >= ENOUGH and self.edited < RARELY * self.done


@dataclass(frozen=True, slots=True)
class Plan:
    """One outlet's plan: STEPS, judged by its history."""

    found: Mapping[timedelta, Found] = field(default_factory=dict)

    def next(
        self, url_key: str, first_seen_at: datetime, now: datetime, published: datetime | None = None
    ) -> datetime | None:
        """When to ask the page after `now`; None: no more. An article that was older than the last step when it was
        first seen had its edits before we knew it. The same article gets the same answer: nothing is random."""
        if published is not None and first_seen_at - published > STEPS[-1]:
            return None
        age = now - first_seen_at + SLACK
        wanted = (step for step in STEPS if step > age and self._is_worth_it(step, url_key))
        step = next(wanted, None)
        return first_seen_at + step if step is not None else None

    def _is_worth_it(self, step: timedelta, url_key: str) -> bool:
        if not self.found.get(step, Found()).is_idle:
            return True
        digest = hashlib.sha256(f"{step.total_seconds():.0f} {url_key}".encode()).digest()
        return int.from_bytes(digest[:4], "big") % SAMPLE == 0


def step_of(age: timedelta) -> timedelta | None:
    """The step that a recheck at this age served; None before the first."""
    return max((step for step in STEPS if step <= age + SLACK), default=None)


def plan(connection: Connection, outlet: str, now: datetime) -> Plan:
    """The outlet's plan, from what its rechecks of the last 30 days brought: an edit is a new version of the text, and
    not merely other bytes."""
    made = exists().where(
        ArticleVersion.article_id == Discovery.article_id,
        ArticleVersion.body_sha256 == Fetch.body_sha256,
        ArticleVersion.fetched_at == Fetch.fetched_at,
    )
    rows = connection.execute(
        select(Fetch.fetched_at, Discovery.first_seen_at, made.label("edited"))
        .join(Discovery, Discovery.id == Fetch.discovery_id)
        .where(
            Discovery.outlet == outlet, Discovery.rechecks > 0, Discovery.first_seen_at > now - REMEMBERED,
            Fetch.kind == "recheck", Fetch.outcome.in_(("done", "not_modified")),
        )
    )  # fmt: skip
    found: dict[timedelta, Found] = {}
    for row in rows:
        if (step := step_of(row.fetched_at - row.first_seen_at)) is not None:
            before = found.get(step, Found())
            found[step] = Found(before.done + 1, before.edited + bool(row.edited))
    return Plan(found)
