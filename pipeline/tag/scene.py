"""What a whole text says about where it plays, gathered once, so that a doubtful name can be judged by its company."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.tag.datelines import dateline_spans
from pipeline.tag.reading import Found, Reading
from pipeline.tag.vocabulary import actors

_SURE = frozenset(("", "="))


@dataclass
class Scene:
    """Evidence of a text beyond the single name."""

    afghan: float = 0.0
    """0 nothing Afghan; 1 by the outlet only; 2 and more: safe Afghan names or actors."""
    countries: set[str] = field(default_factory=set)
    """Countries named without doubt."""
    provinces: set[str] = field(default_factory=set)
    """P-codes named without doubt, datelines aside."""
    actors: list[tuple[Reading, Found]] = field(default_factory=list)
    """Actors that only Afghanistan has, where they are named."""
    persons: frozenset[str] = frozenset()
    """Folded doubtful names that stand as part of a person's name somewhere."""
    datelines: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """By id of the reading."""

    def in_dateline(self, reading: Reading, found: Found) -> bool:
        """Whether the name stands in a dateline."""
        return any(start <= found.start < end for start, end in self.datelines[id(reading)])


def capitals_ok(reading: Reading, found: Found) -> bool:
    """Latin and Cyrillic names of lands start with a capital, unless the text is English without any."""
    name = found.word.name
    if name is None:
        return True
    if reading.lang == "en" and reading.no_caps:
        return True
    written = reading.original(found.start, found.end)
    capital = written != written.lower() and (" " in written or not written[:1].islower())
    return capital or written == written.upper() or (name.people and name.lang in ("ru", "tg", "uz"))


def survey(readings: Sequence[Reading], outlet_country: str | None) -> Scene:
    """Reads the safe names of a text."""
    scene = Scene(afghan=1.0 if outlet_country == "AF" else 0.0)
    for reading in readings:
        scene.datelines[id(reading)] = dateline_spans(reading)
        for found in reading.places:
            name = found.word.name
            if name is None or found.word.mark not in _SURE or not capitals_ok(reading, found):
                continue
            dateline = scene.in_dateline(reading, found)
            if name.place.kind != "world" or name.place.weight >= 500:
                scene.countries.add(name.place.country)
            if name.place.country == "AF":
                scene.afghan += 0.5 if dateline else 2.0
                if name.place.province and not dateline:
                    scene.provinces.add(name.place.province)
        scene.actors += [
            (reading, found) for found in reading.actors if actors()[found.word.ref].afghan and found.word.mark != "?"
        ]
    if "PK" in scene.countries and "AF" not in scene.countries:
        # "Taliban" is probably the Pakistani one; "Islamic Emirate" or "Taliban government" is not
        scene.actors = [
            (reading, found)
            for reading, found in scene.actors
            if found.word.ref != "taliban" or " " in reading.text[found.start : found.end]
        ]
    scene.afghan += len(scene.actors)
    return scene
