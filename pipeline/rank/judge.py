"""Whether a ranker is better than another on decisions that it was not trained on."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

_CLOSEST: Final = 0.01
_SURE: Final = 2.326
"""Standard errors of one-sided 99 %: with few decisions chance would pass for learning too often at 95 %."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well scores fit decisions."""

    log_loss: float
    """Mean surprise; 0 is perfect, 0.693 a coin."""
    order: float
    """How often an accepted article stands before a rejected one (the area under the ROC curve); equals count half."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two rankers on the same decisions."""

    before: Figures
    after: Figures
    gain: float
    """Mean log loss saved."""
    gain_low: float
    """What it saves at least, with 99 % confidence."""

    @property
    def is_better(self) -> bool:
        """Surely less surprised, and ordering no worse."""
        return self.gain_low > 0 and self.after.order >= self.before.order - 0.001

    def as_json(self) -> dict[str, Any]:
        """Plain values, rounded for people."""
        rounded: dict[str, Any] = {
            name: {key: round(value, 4) for key, value in asdict(figures).items()}
            for name, figures in (("before", self.before), ("after", self.after))
        }
        return rounded | {"gain": round(self.gain, 4), "gain_low": round(self.gain_low, 4), "better": self.is_better}


def compare(before: Sequence[float], after: Sequence[float], accepted: Sequence[bool]) -> Verdict:
    """Of two lists of scores for the same decisions, at least two."""
    saved = [_surprise(a, y) - _surprise(b, y) for a, b, y in zip(before, after, accepted, strict=True)]
    mean = sum(saved) / len(saved)
    spread = math.sqrt(sum((one - mean) ** 2 for one in saved) / (len(saved) - 1) / len(saved))
    return Verdict(figures(before, accepted), figures(after, accepted), mean, mean - _SURE * spread)


def figures(scores: Sequence[float], accepted: Sequence[bool]) -> Figures:
    """Of scores against decisions, of which there is at least one."""
    loss = sum(_surprise(score, y) for score, y in zip(scores, accepted, strict=True)) / len(scores)
    return Figures(loss, _order(scores, accepted))


def _surprise(score: float, accepted: bool) -> float:
    kept = min(1 - _CLOSEST, max(_CLOSEST, score))
    return -math.log(kept if accepted else 1 - kept)


def _order(scores: Sequence[float], accepted: Sequence[bool]) -> float:
    """By the rank sum of Mann and Whitney: a decision costs no comparison with every other."""
    places: dict[float, list[int]] = {}
    for place, score in enumerate(sorted(scores), 1):
        places.setdefault(score, []).append(place)
    middle = {score: sum(held) / len(held) for score, held in places.items()}
    good = sum(accepted)
    pairs = good * (len(accepted) - good)
    ranks = sum(middle[score] for score, yes in zip(scores, accepted, strict=True) if yes)
    return (ranks - good * (good + 1) / 2) / pairs if pairs else 1.0
