"""What a reader saw when deciding. Every form carries it, so that nobody decides on what has changed since."""

import re
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Seen:
    """An article at its version and its last decision (0: none)."""

    article_id: int
    version: int
    last_decision: int

    def __str__(self) -> str:
        return f"{self.article_id}.{self.version}.{self.last_decision}"

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Raises ValueError for anything that `str` would not give."""
        match = re.fullmatch(r"([0-9]{1,18})\.([0-9]{1,4})\.([0-9]{1,18})", raw, re.ASCII)
        if not match:
            raise ValueError(f"{raw!r} is not an item of this desk")
        return cls(*map(int, match.groups()))
