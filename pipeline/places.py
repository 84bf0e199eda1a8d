"""Which place each name in a text means, if any: context, cue words and capitals decide, never the name alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.gazetteer import Place
from pipeline.items import Role
from pipeline.reading import Found, Reading, longest

# A name right beside one of these is a place of that level: "Nerkh district", "ولسوالی نرخ", "провинция Гор".
_CUES = {
    "cue_province": ("province", "admin1"),
    "cue_district": ("district", "place"),
    "cue_city": ("place", "province"),
}
_LINKS = frozenset(("", "of", "the", "د", "in the", "у", "wa"))
_AND = re.compile(r"^(?: and| و| او| и| as well as)?(?: [^ ]+){0,3}(?: and| و| او| и)? ?$")
_CAPITALS = {"Kabul": "AF", "AF01": "AF", "PK-IS": "PK"}
_DATELINE = re.compile(
    r"\A.{0,160}?(?P<a>\b[A-ZА-ЯЁ]{3,}(?:[ -][A-ZА-ЯЁ]{2,}){0,3}(?:, [A-Z][A-Za-z. ]{2,24})?)"
    r"(?= ?\([^)\n]{2,40}\)|, \d{1,2} [а-я]+|, [A-Z][a-z]{2,8}\.? \d| ?[—–]| -{1,2} |: | ?/)"
    r"|\A\s*(?P<b>[A-Z][a-z]+(?:[ -][A-Z][a-z]+){0,2}(?:, [A-Z][A-Za-z.]+)?) ?\([^)\n]{2,40}\) ?[—–:-]"
    r"|\A\s*(?P<c>[\u0600-\u06ff\u200c]+(?: [\u0600-\u06ff\u200c]+)?) ?(?:\([^)\n]{2,40}\)|[—–])"
    r"|\A\s*\([^)\n]{0,30}?(?P<d>[\u0600-\u06ff]+)\)",
    re.S,
)


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


def _cue_beside(reading: Reading, found: Found, cues: dict[str, list[Found]], kinds: tuple[str, ...]) -> bool:
    """Whether a cue word for one of these kinds stands right before or after the name, or after a list that it ends."""
    for group, levels in _CUES.items():
        if not any(kind in levels for kind in kinds):
            continue
        for cue in cues.get(group, ()):
            if cue.end <= found.start and found.start - cue.end <= 5:
                if reading.text[cue.end : found.start].strip() in _LINKS:
                    return True
            elif cue.start >= found.end and cue.start - found.end <= 40:
                between = reading.text[found.end : cue.start]
                if len(between.strip()) <= 1 or (
                    group != "cue_city" and cue.word.ref and _is_list(reading, cue, between)
                ):
                    return True
    return False


def _is_list(reading: Reading, cue: Found, between: str) -> bool:
    plural = reading.text[cue.start : cue.end].endswith(("s", "ونو", "ونه", "یو", "ах", "ов"))
    return plural and bool(_AND.match(between))


def _person_beside(reading: Reading, found: Found) -> bool:
    """Latin script: a capitalised word right beside a name makes it part of a person's or firm's name."""
    if reading.no_caps or reading.all_caps:
        return False
    original = reading.folded.original
    first, last = reading.folded.span(found.start, found.end)
    after = re.match(r" ([A-Z][a-z]+|[a-z]{2}\b)?", original[last : last + 24])
    if after and after.group(1) and after.group(1)[0].isupper() and reading.token_after(found.end) not in _NOT_NAMES:
        return True
    before = re.search(r"([A-Z][a-z]+|Mr\.|Ms\.) $", original[max(0, first - 24) : first])
    if not before or reading.token_before(found.start) in _NOT_NAMES:
        return False
    return found.start - 1 - len(before.group(1)) - 1 > reading.sentence_span(found.sentence)[0]


_NOT_NAMES = frozenset(
    [
        "in",
        "at",
        "near",
        "from",
        "of",
        "to",
        "province",
        "district",
        "city",
        "town",
        "the",
        "and",
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "central",
        "police",
        "governor",
        "provincial",
        "afghan",
        "afghanistan",
        "afghanistan's",
        "airport",
        "university",
        "on",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "capital",
        "hospital",
    ]
)


def dateline_end(reading: Reading) -> int:
    """Folded offset up to which the text is a dateline ("KABUL, Afghanistan (June 14) —"), or 0."""
    match = _DATELINE.match(reading.folded.kept)
    return match.end() + 1 if match and reading.field == "text" else 0


def afghan_context(readings: Sequence[Reading], outlet_country: str | None) -> float:
    """How surely the text is about Afghanistan: 0 none, 1 by its outlet only, more by each safe name or actor in it."""
    score = 1.0 if outlet_country == "AF" else 0.0
    for reading in readings:
        ends = dateline_end(reading)
        for found in reading.places:
            if found.word.name and found.word.name.place.country == "AF" and found.word.mark in ("", "="):
                score += 0.5 if found.start < ends else 2.0
        score += sum(1.0 for found in reading.actors if found.word.ref in _AFGHAN_ACTORS)
    return score


_AFGHAN_ACTORS = frozenset(
    [
        "taliban",
        "iskp",
        "nrf",
        "aff",
        "haqqani",
        "gdi",
        "ppv",
        "unama",
        "fmr_ansf",
        "zabihullah_mujahid",
        "hibatullah_akhundzada",
        "sirajuddin_haqqani",
    ]
)


def mentions(readings: Sequence[Reading], outlet_country: str | None = None) -> list[Mention]:
    """Every accepted place name of the text, with its role so far (the event role is given by regions.tag_regions)."""
    context = afghan_context(readings, outlet_country)
    safe: set[str] = set()
    provinces: set[str] = set()
    for reading in readings:
        for found in reading.places:
            name = found.word.name
            if name and found.word.mark in ("", "=") and _script_ok(reading, found):
                safe.add(name.place.country)
                if name.place.province:
                    provinces.add(name.place.province)
    accepted: list[Mention] = []
    for reading in readings:
        ends = dateline_end(reading)
        cues: dict[str, list[Found]] = {}
        for found in reading.groups:
            if found.word.ref in _CUES:
                cues.setdefault(found.word.ref, []).append(found)
        for span in longest([*reading.press, *(f for f in reading.places if _script_ok(reading, f))]):
            if span[0].word.layer == "press":
                accepted.append(_press(reading, span[0]))
                continue
            mention = _choose(reading, span, cues, context, safe, provinces)
            if mention is None:
                continue
            if mention.start < ends:
                mention = replace(mention, role="dateline", rule="places.dateline")
            accepted.append(mention)
    return accepted


def _press(reading: Reading, found: Found) -> Mention:
    place = Place("country", found.word.ref, found.word.ref, country=found.word.ref)
    return Mention(place, reading, found.start, found.end, found.sentence, "source", 0.9, "places.press")


def _script_ok(reading: Reading, found: Found) -> bool:
    """Latin and Cyrillic names of lands start with a capital, unless the whole text has none."""
    name = found.word.name
    if reading.no_caps or name is None:
        return True
    first = reading.original(found.start, found.end)[:1]
    if first.isupper() or not first.isalpha() or (not first.islower()):
        return True
    return name.people and name.lang in ("ru", "tg", "uz")


def _choose(
    reading: Reading,
    span: list[Found],
    cues: dict[str, list[Found]],
    context: float,
    safe: set[str],
    provinces: set[str],
) -> Mention | None:
    options: list[tuple[float, Found, str]] = []
    for found in span:
        name = found.word.name
        if name is None:
            continue
        place, mark = name.place, found.word.mark
        beside = bool(cues) and _cue_beside(reading, found, cues, (place.kind,))
        if mark in ("", "="):
            score, rule = (0.95, f"places.{place.kind}")
        elif mark == "?":
            about = safe if place.country != "AF" else ({"AF"} if context >= 1 else set())
            if not beside and (place.country not in about or _person_beside(reading, found)):
                continue
            if beside and place.country == "AF" and context <= 0 and reading.lang != "ru":
                continue
            score, rule = (0.85 if beside else 0.7), f"places.{place.kind}_in_context"
        else:
            if not beside or (place.country == "AF" and context < 1 and reading.lang not in ("ru",)):
                continue
            score, rule = 0.8, f"places.{place.kind}_with_cue"
        if place.kind == "district" and place.province in provinces:
            score += 0.04
        options.append((score + (0.01 if beside else 0), found, rule))
    if not options:
        return None
    options.sort(key=lambda option: -option[0])
    score, found, rule = options[0]
    name = found.word.name
    assert name is not None  # noqa: S101 - filtered above
    place = name.place
    rivals = {o[1].word.name.place.province for o in options if o[1].word.name and o[0] >= score - 0.005}
    if place.kind == "district" and len(rivals) > 1:  # one name, several provinces, and nothing says which
        place, rule, score = Place("country", "AF", "Afghanistan", country="AF"), "places.district_unclear", 0.6
    if place.kind == "province" and place.code in _CAPITALS and _is_government(reading, found):
        place, rule = Place("country", "AF", "Afghanistan", country="AF"), "places.capital_as_government"
    role: Role = "nationality" if name.people else "mentioned"
    return Mention(place, reading, found.start, found.end, found.sentence, role, min(score, 0.99), rule)


def _is_government(reading: Reading, found: Found) -> bool:
    """ "Kabul" that speaks, agrees or is recognised is a government, not a city."""
    near_after = near_before = located = False
    for group in reading.groups:
        ref = group.word.ref
        if ref == "government_after" and group.start == found.end + 1:
            near_after = True
        elif ref == "government" and 0 < found.start - group.end <= 4:
            near_before = True
        elif (
            ref == "locative"
            and group.end == found.start - 1
            and reading.text[group.start : group.end] not in ("of", "to")
        ) or (ref in _CUES and (group.start == found.end + 1 or group.end == found.start - 1)):
            located = True
    return near_before or (near_after and not located)
