"""Trains a ranker on the older decisions, judges it on the newer ones, and puts it to use only when it is better."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select, update

from models.article import Article
from models.give_way import give_way
from models.ranker import RankerRow, in_use
from models.session import reading, writing
from pipeline.rank.decisions import Example, examples, tags_of
from pipeline.rank.features import BIAS, RULES, features
from pipeline.rank.fit import fit, predict
from pipeline.rank.judge import Verdict, compare
from pipeline.rank.ranker import Ranker
from pipeline.store import touch

LEAST: Final = 100
"""Decisions below which nothing is learned."""
LEAST_OF_A_KIND: Final = 20
"""Accepted and rejected ones, each, among those to learn from and half as many among those to judge by."""
_HELD_OUT: Final = 0.3
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Learned:
    """What a training came to."""

    decisions: int
    accepted: int
    verdict: Verdict | None = None
    """None: too few decisions to learn from."""
    weights: dict[str, float] | None = None
    adopted: bool = False
    ranked: int = 0
    """Waiting articles whose relevance moved."""

    @property
    def sentence(self) -> str:
        """For people."""
        rejected = self.decisions - self.accepted
        base = f"{self.decisions} decisions that teach ({self.accepted} accepted, {rejected} rejected)"
        if self.verdict is None:
            return f"Nothing was learned: {base}; needed are {LEAST}, {LEAST_OF_A_KIND} of each kind, old and new."
        before, after = self.verdict.before, self.verdict.after
        said = (
            f"{base}. On the held-out ones log loss {before.log_loss:.3f} → {after.log_loss:.3f}, "
            f"right order {before.order:.3f} → {after.order:.3f}."
        )
        if not self.adopted:
            return f"{said} Not surely better, so nothing changes."
        return f"{said} Better, so it is used from now on; {self.ranked} waiting articles moved."

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "decisions": self.decisions, "accepted": self.accepted, "adopted": self.adopted, "ranked": self.ranked,
            "weights": self.weights, "held_out": self.verdict.as_json() if self.verdict else None,
        }  # fmt: skip


def learn(on: Engine, now: datetime) -> Learned:
    """Train, judge against what is in use, write down what came of it, and adopt what is better."""
    with reading(on) as connection:
        known = examples(connection)
        used = Ranker(*in_use(connection))
    accepted = sum(example.accepted for example in known)
    train, held_out = divide(known)
    if not _enough(train, LEAST_OF_A_KIND) or not _enough(held_out, LEAST_OF_A_KIND // 2) or len(known) < LEAST:
        return Learned(len(known), accepted)
    verdict = judge(used, train, held_out)
    weights = _weights(known if verdict.is_better else train)
    _add(on, made_at=now, decisions=len(known), weights=weights, report=verdict.as_json(), adopted=verdict.is_better)
    return Learned(len(known), accepted, verdict, weights, verdict.is_better, rank_waiting(on))


def forget(on: Engine, now: datetime) -> int:
    """Go back to the rules alone. How many waiting articles moved."""
    _add(on, made_at=now, decisions=0, weights={}, report={}, adopted=True)
    return rank_waiting(on)


def rank_waiting(on: Engine) -> int:
    """Give every article that waits for a decision the relevance that the ranker in use says, a batch a transaction:
    when it is interrupted, the next call does the rest. What was decided stays as it was (I3). How many moved."""
    with reading(on) as connection:
        waiting = connection.execute(
            select(Article.id).where(Article.review_status == "new").order_by(Article.id)
        ).scalars()
        ids = list(waiting)
    return sum(give_way(on, partial(_rank, ids=ids[start : start + _BATCH])) for start in range(0, len(ids), _BATCH))


def _rank(connection: Connection, ids: Sequence[int]) -> int:
    ranker = Ranker(*in_use(connection))
    wanted = (
        Article.id, Article.latest_version, Article.relevance, Article.rule_relevance, Article.relevance_reasons
    )  # fmt: skip
    rows = connection.execute(select(*wanted).where(Article.id.in_(ids)).with_for_update()).all()
    tags = dict(tags_of(connection, [(row.id, row.latest_version) for row in rows]))
    moved = []
    for row in rows:
        score, reasons = ranker.rank(row.rule_relevance, row.relevance_reasons, tags[row.id])
        if (score, reasons) != (row.relevance, row.relevance_reasons):
            done = connection.execute(
                update(Article)
                .where(Article.id == row.id, Article.review_status == "new")
                .values(relevance=score, relevance_reasons=reasons)
            )
            if done.rowcount:
                moved.append((row.id, row.latest_version))
    touch(connection, moved)
    return len(moved)


def divide(known: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """The older stories to learn from, the newer ones to judge by; a story is on one side whole."""
    first: dict[int, int] = {}
    for place, example in enumerate(known):
        first.setdefault(example.story, place)
    limit = len(known) * (1 - _HELD_OUT)
    train = [example for example in known if first[example.story] < limit]
    return train, [example for example in known if first[example.story] >= limit]


def _enough(known: Sequence[Example], least: int) -> bool:
    accepted = sum(example.accepted for example in known)
    return min(accepted, len(known) - accepted) >= least


def judge(used: Ranker, train: Sequence[Example], held_out: Sequence[Example]) -> Verdict:
    """What is in use against what `train` teaches. Both are fitted to how often reviewers accept at all, so that only
    what the tags add can make a difference: a ranker never moves everything up or down."""
    said = [example.accepted for example in train]
    before = fit(_with_score_of(used, train), said, only=(BIAS, RULES))
    after = fit(_features(train), said)
    return compare(
        predict(before, _with_score_of(used, held_out)),
        predict(after, _features(held_out)),
        [example.accepted for example in held_out],
    )


def _weights(known: Sequence[Example]) -> dict[str, float]:
    """What the tags add; how often reviewers accept at all is left out."""
    fitted = fit(_features(known), [example.accepted for example in known])
    return {name: weight for name, weight in fitted.items() if name not in (BIAS, RULES)}


def _features(known: Sequence[Example]) -> list[dict[str, float]]:
    return [features(example.by_rules, example.tags) for example in known]


def _with_score_of(used: Ranker, known: Sequence[Example]) -> list[dict[str, float]]:
    return [features(used.rank(example.by_rules, (), example.tags)[0], ()) for example in known]


def _add(on: Engine, **values: Any) -> None:
    with writing(on) as connection:
        connection.execute(insert(RankerRow).values(values))
