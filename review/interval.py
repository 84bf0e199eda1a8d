"""How sure a share is, when few were looked at."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with the 95 % interval of Wilson (1927), which holds for small numbers too."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def low(self) -> float:
        """At least, with 95 % confidence both ways."""
        return self._bound(-1)

    @property
    def high(self) -> float:
        """At most."""
        return self._bound(1)

    def _bound(self, side: int) -> float:
        if not self.whole:
            return 0.0 if side < 0 else 1.0
        n, p, z = self.whole, self.part / self.whole, _Z
        middle = p + z * z / (2 * n)
        width = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return min(1.0, max(0.0, (middle + side * width) / (1 + z * z / n)))

    def __str__(self) -> str:
        """ "83 % (70–91)"."""
        if self.value is None:
            return "–"
        return f"{self.value * 100:.0f} % ({self.low * 100:.0f}–{self.high * 100:.0f})"
