"""The map of the provinces: each is an area, shaded by its number of stories. No pin is drawn where only a province is
known."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import Any, Final

from review.desk import HERE

SHAPES: Final = HERE / "data/provinces.json"
_FULL: Final = 5
"""Stories from which a province may have the full colour, so that a quiet week looks quiet."""
_PALEST: Final = 0.15
"""Opacity of a province with one story of many; one without any has none."""


@dataclass(frozen=True, slots=True)
class Area:
    """A province on the map."""

    iso: str
    name: str
    shape: str
    """Path of its border, in units of the map."""
    x: int
    y: int
    """Where its number stands."""
    stories: int
    shade: float
    """0 to 1: opacity of its colour. Grows with the root of the number, so that one bad province hides no other."""


@dataclass(frozen=True, slots=True)
class Map:
    """The country."""

    width: int
    height: int
    areas: tuple[Area, ...]


def province_map(stories: Mapping[str, int], names: Mapping[str, str]) -> Map:
    """The map of `stories` by ISO 3166-2 code; `names` are what a reader calls the provinces."""
    shapes = _shapes()
    most = max(_FULL, *(stories.get(iso, 0) for iso in shapes["provinces"]))
    areas = []
    for iso, drawn in shapes["provinces"].items():
        number = stories.get(iso, 0)
        shade = _PALEST + (1 - _PALEST) * sqrt(number / most) if number else 0.0
        areas.append(Area(iso, names.get(iso, iso), drawn["shape"], drawn["x"], drawn["y"], number, round(shade, 2)))
    return Map(shapes["width"], shapes["height"], tuple(areas))


@cache
def _shapes() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(SHAPES.read_text(encoding="utf-8"))
    return read
