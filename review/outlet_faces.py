"""What a reader must know of an outlet beside its name: whose voice it is. Never two outlets under one label."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from models.settings import settings
from outlets import watch
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


def watched(names: Collection[str] | None = None) -> dict[str, Outlet | None]:
    """The outlets `names` (default: those of KHABAR_OUTLETS); None for one whose file is broken."""
    chosen = watch.watched(settings().outlets) if names is None else names
    return {name: found if isinstance(found, Outlet) else None for name, found in survey() if name in chosen}


def faces(outlets: Mapping[str, Outlet | None], names: Iterable[str] = ()) -> dict[str, Face]:
    """The faces of `outlets` and of further names that the database knows but no file (any more)."""
    found = {name: Face(name, name) for name in names}
    for name, outlet in outlets.items():
        found[name] = Face(name, outlet.title, outlet.ownership, outlet.country) if outlet else Face(name, name)
    return found
