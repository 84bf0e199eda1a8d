"""Which place each name in a text means, if any: context, cue words and capitals decide, never the name alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.items import Role
from pipeline.tag.gazetteer import Name, Place
from pipeline.tag.matching import fold
from pipeline.tag.persons import is_person, name_before, name_start, persons
from pipeline.tag.reading import Found, Reading, longest
from pipeline.tag.scene import Scene, capitals_ok, survey
from pipeline.tag.vocabulary import little_words, next_words, words_before

# A name right beside one of these is a place of that level: "Nerkh district", "ولسوالی نرخ", "провинция Гор".
_CUES = {
    "cue_province": ("province", "admin1"),
    "cue_district": ("district", "place"),
    "cue_city": ("place", "province"),
}
_LINKS = frozenset(("", "of", "the", "د", "in the", "у", "wa"))
_LINKS_AFTER = frozenset(("", "په", "له"))  # د نرخ په ولسوالۍ کې
_AND = re.compile(r"^(?: and| و| او| и| as well as)?(?: [^ ]+){0,3}(?: and| و| او| и)? ?$")
_CUE_REACH = 40
_PARENT_REACH = 28  # "Ghormach district of the volatile Faryab province"
_QUOTED_AFTER = re.compile(r"(\w+) [«“\"']+\Z")
_PLURALS = ("s", "ونو", "ونه", "یو", "ах", "ов")
_CAPITALS = {"AF01": "AF", "PK-IS": "PK", "TJ-DU": "TJ"}
_ALSO_IN_IRAN = frozenset(("AF22", "AF26", "AF34"))  # Sarpol-e Zahab, Zabol, Nimruz county
_BEFORE_PLACES = frozenset(("in", "from", "to", "with", "near", "across", "throughout", "for", "and", "at"))
_AFGHANISTAN = Place("country", "AF", "Afghanistan", country="AF")
# "Islamic State of Iraq and the Levant" says nothing about Iraq.
_HOLD_PLACES = frozenset(("is_core", "iskp", "imu", "etim"))
_LONGER_NAMES = frozenset(
    ("north", "south", "east", "west", "new", "saint", "st", "san", "santa", "port", "mount", "fort")
)
# The state of Georgia and the country share a name: these tell the country.
_NEAR_GEORGIA = frozenset(("GE", "RU", "AM", "AZ", "TR", "UA"))


@dataclass(frozen=True, slots=True)
class Mention:
    """One name in a text that we take for a place."""

    place: Place
    reading: Reading
    start: int
    end: int
    sentence: int
    role: Role
    confidence: float
    rule: str


def _cue_beside(reading: Reading, found: Found, kind: str, only: str = "") -> bool:
    """Whether a cue word for this kind stands right before or after the name, or after a list that the name is in."""
    for group, levels in _CUES.items():
        if kind not in levels or (only and group != only):
            continue
        for cue in reading.around(group, found.start - _CUE_REACH, found.end + _CUE_REACH):
            if cue.end <= found.start and found.start - cue.end <= 5:
                if reading.text[cue.end : found.start].strip() in _LINKS:
                    return True
            elif cue.start >= found.end and cue.start - found.end <= _CUE_REACH:
                between = reading.text[found.end : cue.start]
                if between.strip() in _LINKS_AFTER:
                    return True
                listed = group != "cue_city" and reading.text[cue.start : cue.end].endswith(_PLURALS)
                if listed and _AND.match(between):
                    return True
    return False


def _province_alone(reading: Reading, found: Found, place: Place) -> bool:
    """Whether a doubtful province name is one even in a text that names nothing else Afghan."""
    if place.kind != "province":
        return False
    return _cue_beside(reading, found, "province", only="cue_province") or _located(reading, found)


def _located(reading: Reading, found: Found) -> bool:
    """Whether the name stands as a place does: "in Ghor", "در غور", "په غور کې". Not for names that Iran has too."""
    if found.word.ref in _ALSO_IN_IRAN:
        return False
    before = reading.token_before(found.start)
    if reading.lang == "ps":
        return before == "په" and reading.token_after(found.end) == "کی"
    return before in ("in", "across", "throughout", "در")


def _stands_as_person(reading: Reading, found: Found, scene: Scene) -> bool:
    if reading.title_case(found.sentence):  # capitals prove nothing
        return False
    known = reading.text[found.start : found.end] in scene.persons and not _located(reading, found)
    return known or is_person(reading, found)


def mentions(readings: Sequence[Reading], outlet_country: str | None = None) -> list[Mention]:
    """Every accepted place name of the text, in order, with the role that its form gives (not yet: event)."""
    scene = survey(readings, outlet_country)
    scene.persons = persons(
        (reading, found)
        for reading in readings
        for found in reading.places
        if found.word.mark == "?" and found.word.name and found.word.name.place.country == "AF"
    )
    accepted: list[Mention] = []
    for reading in readings:
        candidates = [found for found in reading.places if capitals_ok(reading, found)]
        names_of_groups = [found for found in reading.actors if found.word.ref in _HOLD_PLACES]
        press_end = -9
        for span in longest([*reading.press, *names_of_groups, *candidates]):
            if span[0].word.layer == "press":
                press_end = span[0].end
                if span[0].word.ref:
                    accepted.append(_press(reading, span[0]))
                continue
            if span[0].word.layer == "actor":
                continue
            mention = _choose(reading, span, scene)
            if mention is None:
                continue
            if scene.in_dateline(reading, span[0]):
                mention = replace(mention, role="dateline", rule="places.dateline")
            elif 0 <= mention.start - press_end <= 3:  # "Afghan Islamic Press, Peshawar"
                mention = replace(mention, role="source", rule="places.press")
            accepted.append(mention)
    if scene.actors and not any(m.place.country == "AF" and m.role not in ("source", "dateline") for m in accepted):
        accepted.append(_by_actor(*scene.actors[0]))
    return _districts_in_their_province(accepted)


def _by_actor(reading: Reading, found: Found) -> Mention:
    """A text that names the Taliban and no land is about Afghanistan."""
    return Mention(
        _AFGHANISTAN, reading, found.start, found.end, found.sentence, "mentioned", 0.6, "places.by_afghan_actor"
    )


def _press(reading: Reading, found: Found) -> Mention:
    place = Place("country", found.word.ref, found.word.ref, country=found.word.ref)
    return Mention(place, reading, found.start, found.end, found.sentence, "source", 0.9, "places.press")


def _is_team(reading: Reading, found: Found) -> bool:
    """ "клуб «Вашингтон»", "تیم «بلخ»": in quotes after a word for a team."""
    if reading.text[found.start - 2 : found.start] != "  ":  # nothing but a blank before it
        return False
    first, _ = reading.folded.span(found.start, found.end)
    before = _QUOTED_AFTER.search(reading.folded.original[max(0, first - 24) : first])
    return before is not None and fold(before.group(1)) in little_words("team", reading.lang)


def _in_a_name(reading: Reading, found: Found, place: Place) -> bool:
    """ "The Taliban (outlawed in Russia)": the note that the law asks of a newspaper; "the New Kabul Bank": a house."""
    if place.country == "AF":
        return reading.token_after(found.end) in little_words("house_after", reading.lang)
    if reading.lang not in ("ru", "en"):
        return False
    banned = words_before("outlawed", reading.lang)
    return banned.search(reading.text, max(0, found.start - 48), found.start) is not None


def _surname_after(reading: Reading, found: Found) -> bool:
    """ "Nimroz Khan", "Gul" and the like: a person called after a province."""
    return reading.token_after(found.end) in little_words("surname_after", reading.lang) and not reading.no_caps


def _score(reading: Reading, found: Found, name: Name, scene: Scene) -> tuple[float, str] | None:
    """How sure a name is and by which rule, or None when it is not taken for this place."""
    place, mark = name.place, found.word.mark
    if _is_team(reading, found) or _in_a_name(reading, found, place):
        return None
    if mark in ("", "="):
        if place.kind != "world":
            if place.kind == "province" and _surname_after(reading, found):
                return None
            return 0.95, f"places.{place.kind}"
        if place.label == "Georgia" and scene.countries & _NEAR_GEORGIA and "US" not in scene.countries:
            return None
        if place.weight < 3000 and " " not in name.written and is_person(reading, found):
            return None
        if reading.token_before(found.start) in _LONGER_NAMES and name_start(reading, found):
            return None
        known = place.country in scene.countries
        return (0.85 if known else 0.7) + min(place.weight, 9999) * 1e-6, "places.world"
    beside = _cue_beside(reading, found, place.kind)
    if mark == "?":
        if place.country == "AF":
            if scene.afghan < 1 and not _province_alone(reading, found, place):
                return None
            if not beside and _stands_as_person(reading, found, scene):
                return None
        elif is_person(reading, found) or (
            place.country not in scene.countries and reading.token_before(found.start) not in _BEFORE_PLACES
        ):
            return None
        return (0.85 if beside else 0.7) + min(place.weight, 9999) * 1e-6, f"places.{place.kind}_in_context"
    alone = reading.lang == "ru" and place.kind == "province"  # "в провинции Гор"
    if not beside or (place.country == "AF" and scene.afghan < 1 and not alone):
        return None
    if place.kind == "district" and name_before(reading, found):
        return None
    return 0.8, f"places.{place.kind}_with_cue"


def _choose(reading: Reading, span: list[Found], scene: Scene) -> Mention | None:
    options: list[tuple[float, Found, Name, str]] = []
    for found in span:
        name = found.word.name
        scored = _score(reading, found, name, scene) if name else None
        if name is None or scored is None:
            continue
        score, rule = scored
        if name.place.kind == "district" and name.place.province in scene.provinces:
            score += 0.04
        options.append((score, found, name, rule))
    if not options:
        return None
    score, found, name, rule = max(options, key=lambda option: option[0])
    place = name.place
    rivals = {option[2].place.province for option in options if option[0] >= score - 0.005}
    if place.kind == "district" and len(rivals) > 1:  # one name, several provinces, and nothing says which
        place, rule, score = _AFGHANISTAN, "places.district_unclear", 0.6
    if place.code in _CAPITALS and _is_government(reading, found):
        country = _CAPITALS[place.code]
        place, rule = Place("country", country, country, country=country), "places.capital_as_government"
    origin = reading.token_after(found.end) in little_words("origin_after", reading.lang)
    role: Role = "nationality" if name.people or origin else "mentioned"
    return Mention(place, reading, found.start, found.end, found.sentence, role, min(score, 0.99), rule)


def _districts_in_their_province(found: list[Mention]) -> list[Mention]:
    """Drops a district that the text itself puts into another province ("Khogyani district, Ghazni province")."""
    kept = []
    for index, mention in enumerate(found):
        if mention.place.kind == "district" and index + 1 < len(found):
            after = found[index + 1]
            if (
                after.reading is mention.reading
                and after.place.kind == "province"
                and after.place.province != mention.place.province
                and 0 <= after.start - mention.end <= _PARENT_REACH
                and " and " not in mention.reading.text[mention.end : after.start]
            ):
                continue
        kept.append(mention)
    return kept


def _with_a_land(reading: Reading, found: Found) -> bool:
    """ "Uzbekistan and Kabul", "Kabul and Islamabad": two governments."""
    link = reading.token_before(found.start)
    if link not in ("and", "و", "او", "и", "اور"):
        return False
    end = found.start - 2 - len(link)
    names = [other.word.name for other in reading.places if other.end == end and other.word.name]
    return any(name.place.kind == "country" or name.place.code in _CAPITALS for name in names)


def _is_government(reading: Reading, found: Found) -> bool:
    """ "Kabul" that speaks, agrees or is recognised is a government, not a city."""
    start, end = found.start, found.end
    before = reading.token_before(start)
    cues = reading.around("government", start - _CUE_REACH, start)
    if any(0 < start - cue.end <= 4 for cue in cues) and before != "په":  # Pashto "in"
        return True
    if not next_words("government_after", reading.lang).match(reading.text, end) and not _with_a_land(reading, found):
        return False
    if before in little_words("locative", reading.lang) and before not in ("of", "to"):
        return False
    return not any(
        cue.start == end + 1 or cue.end == start - 1
        for group in _CUES
        for cue in reading.around(group, start - _CUE_REACH, end + 2)
    )
