"""What a ranker may look at: the rules' own score, and the codes of the tags. No words and no names of outlets, so that
what was learned can be read, and does not turn against a source."""

import math
from collections.abc import Iterable
from typing import Final

RULES: Final = "rules"
"""The log odds of the score that the rules gave; the one feature that is not yes or no."""
BIAS: Final = "bias"

_SCHEMES: Final = frozenset(("topic", "actor", "iso3166-1"))
_CLOSEST: Final = 0.01
"""Scores are kept this far from 0 and 1, where log odds have no end."""


TagKey = tuple[str, str, str]
"""Scheme, code and role."""


def features(score: float, tags: Iterable[TagKey]) -> dict[str, float]:
    """Feature -> value, of a score from 0 to 1 and the standing tags."""
    found = {BIAS: 1.0, RULES: log_odds(score)}
    for scheme, code, role in tags:
        if scheme in _SCHEMES:
            found[f"{scheme} {code} {role}".strip() if scheme == "iso3166-1" else f"{scheme} {code}"] = 1.0
    return found


def log_odds(score: float) -> float:
    """Of a score from 0 to 1."""
    kept = min(1 - _CLOSEST, max(_CLOSEST, score))
    return math.log(kept / (1 - kept))
