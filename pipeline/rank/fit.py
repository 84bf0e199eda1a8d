"""Logistic regression with a pull towards the rules: what few decisions say moves little. A page of numpy; scikit-learn
would add 100 MB to every installation for it."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np

from pipeline.rank.features import BIAS, RULES

_SEEN_IN: Final = 5
"""Decisions that must carry a feature before it gets a weight."""
_PULL: Final = 20.0
"""Precision of the normal prior around the rules alone (weight 1 for them, 0 for all others). With 1 or 5, labelled
sets (benchmarks/learn.py) were ordered worse than by the rules: too much was made of single decisions."""
_STEPS: Final = 50
_CLOSE: Final = 1e-8


def fit(
    examples: Sequence[Mapping[str, float]], accepted: Sequence[bool], only: Collection[str] | None = None
) -> dict[str, float]:
    """Weights by feature (of `only`, if given): the most probable ones, by Newton's method. Deterministic."""
    counts = Counter(name for example in examples for name in example if only is None or name in only)
    names = [BIAS, RULES, *sorted(n for n, seen in counts.items() if seen >= _SEEN_IN and n not in (BIAS, RULES))]
    column = {name: number for number, name in enumerate(names)}
    x = np.zeros((len(examples), len(names)))
    for row, example in enumerate(examples):
        for name, value in example.items():
            if name in column:
                x[row, column[name]] = value
    y = np.array(accepted, dtype=float)
    centre = np.zeros(len(names))
    centre[column[RULES]] = 1.0
    weights = centre.copy()
    for _ in range(_STEPS):
        p: Any = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - _PULL * (weights - centre)
        curvature = (x * (p * (1 - p))[:, None]).T @ x + _PULL * np.eye(len(names))
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if float(np.abs(step).max()) < _CLOSE:
            break
    return {name: round(float(weights[number]), 4) for name, number in column.items()}


def predict(weights: Mapping[str, float], examples: Sequence[Mapping[str, float]]) -> list[float]:
    """The probability of acceptance, by weights that `fit` gave."""
    sums = [sum(weights.get(name, 0.0) * value for name, value in example.items()) for example in examples]
    return [1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) for total in sums]
