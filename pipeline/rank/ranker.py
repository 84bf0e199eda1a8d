"""A ranker corrects the rules' relevance by what was learned; without weights it changes nothing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pipeline.items import Tagged
from pipeline.rank.features import TagKey, features, log_odds

LEARNED: Final = "learned:"
"""How the reason begins that a ranker adds; the rules give none like it."""
_TOLD: Final = 2


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights by feature; see models/ranker.py."""

    id: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)

    def rank(self, by_rules: float, reasons: Sequence[str], tags: Iterable[TagKey]) -> tuple[float, list[str]]:
        """The relevance and its reasons, from what the rules said and the standing tags."""
        said = [reason for reason in reasons if not reason.startswith(LEARNED)]
        known = {name: self.weights[name] for name in features(by_rules, tags) if name in self.weights}
        if not known:
            return by_rules, said
        score = round(1 / (1 + math.exp(-log_odds(by_rules) - sum(known.values()))), 3)
        told = sorted(known.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:_TOLD]
        why = ", ".join(f"{name} {weight:+.1f}" for name, weight in told)
        return score, [*said, f"{LEARNED} {by_rules:.2f} by the rules, {why}"]

    def apply(self, tagged: Tagged) -> Tagged:
        """`tagged` with the learned relevance; what the rules said is kept beside it."""
        rules = tagged.relevance
        score, reasons = self.rank(rules.score, rules.reasons, ((t.scheme, t.code, t.role or "") for t in tagged.tags))
        return replace(tagged, relevance=replace(rules, score=score, reasons=tuple(reasons), by_rules=rules.score))
