"""What a reader must know of an outlet beside its name: whose voice it is. Never two outlets under one label."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outlets.load import survey
from outlets.schema import Outlet
from review.labels import OWNERSHIP


@dataclass(frozen=True, slots=True)
class Face:
    """An outlet as the desk shows it."""

    name: str
    title: str
    ownership: str = ""
    """Of the closed vocabulary; "" when we do not watch this outlet."""
    country: str = ""

    @property
    def owner(self) -> str:
        """The ownership in words."""
        return OWNERSHIP.get(self.ownership, self.ownership)


def watched() -> dict[str, Outlet | None]:
    """Every outlet; None for one whose file is broken."""
    return {name: found if isinstance(found, Outlet) else None for name, found in survey()}


def faces(outlets: Mapping[str, Outlet | None], names: Iterable[str] = ()) -> dict[str, Face]:
    """The faces of `outlets` and of further names that the database knows but no file (any more)."""
    found = {name: Face(name, name) for name in names}
    for name, outlet in outlets.items():
        found[name] = Face(name, outlet.title, outlet.ownership, outlet.country) if outlet else Face(name, name)
    return found
