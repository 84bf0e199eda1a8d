"""Which provinces a text tells of, and which it only names: in a list, in a heading, or for what came before."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.tag.gazetteer import Place
from pipeline.tag.places import Mention
from pipeline.tag.vocabulary import little_words

_AFGHANISTAN = Place("country", "AF", "Afghanistan", country="AF")
# What may stand between two names of a list, folded; commas fold to nothing.
_LIST_LINKS = frozenset(("", "and", "و", "او", "и", "اور", "as well as", "provinces", "province", "provinces and"))
_LINE_END = re.compile(r"[^.!?؟۔…\s\"'”»’)\]]\s*\n\s*\Z")
_HEADING_LETTERS = 110
_DASH = re.compile(r"\s*[-‐‑–—]\s*")
_ROAD_REACH = 24


def told_places(found: Sequence[Mention]) -> list[Mention]:
    """Takes the province from names that are not where the story plays; they count for the country alone.

    Those are a province named only for what came before ("he had planned attacks in Kabul"), one of several in a
    heading that the text under it never comes back to, and one of several in a list ("operations in Khost, Paktika and
    Logar") of which the text takes up others, and two that name a road ("the Kabul-Kandahar highway"). All only if
    another province carries the story.
    """
    inside = [m for m in found if _in_province(m)]
    provinces = {m.place.province for m in inside}
    if len(provinces) < 2:
        return list(found)
    listed = _listed(inside)
    headed = {m.place.province for m in inside if _in_heading(m)}
    on_roads = _on_roads(inside)
    foreground = [m for m in inside if not _is_background(m) and id(m) not in on_roads]
    below = {m.place.province for m in foreground if not _in_heading(m)} or _first(inside)
    told = {m.place.province for m in foreground} or below
    if len(headed) > 1 and below:
        told -= headed - below
    alone = {m.place.province for m in foreground if not _in_heading(m) and id(m) not in listed}
    for fellows in listed.values():
        if fellows & alone:
            told -= {p for p in fellows if p not in alone}
    return [
        replace(m, place=_AFGHANISTAN, role="mentioned", rule="places.background")
        if _in_province(m) and m.place.province not in told
        else m
        for m in found
    ]


def _on_roads(inside: Sequence[Mention]) -> set[int]:
    """The ids of two mentions with a dash between them and a word for a road beside them."""
    found: set[int] = set()
    for one, other in pairwise(inside):
        reading = one.reading
        if other.reading is not reading or not _DASH.fullmatch(reading.folded.kept, one.end - 1, other.start - 1):
            continue
        before = reading.text[max(0, one.start - _ROAD_REACH) : one.start].split()
        after = reading.text[other.end : other.end + _ROAD_REACH].split()
        roads = tuple(little_words("road", reading.lang))
        if roads and any(word.startswith(roads) for word in (*before[-2:], *after[:3])):
            found |= {id(one), id(other)}
    return found


def _first(inside: Sequence[Mention]) -> set[str]:
    """The provinces of the first sentence under the heading that names any: what an account of the past began with."""
    under = [m for m in inside if not _in_heading(m)]
    return {m.place.province for m in under if m.sentence == under[0].sentence}


def _listed(inside: Sequence[Mention]) -> dict[int, set[str]]:
    """By id of each mention that stands in a list of several provinces: the provinces of that list."""
    lists: dict[int, set[str]] = defaultdict(set)
    group: list[Mention] = []
    for mention in inside:
        last = group[-1] if group else None
        if (
            last is None
            or last.reading is not mention.reading
            or last.sentence != mention.sentence
            or last.place.kind != "province"
            or mention.place.kind != "province"
            or mention.reading.text[last.end : mention.start].strip() not in _LIST_LINKS
        ):
            group = []
        group.append(mention)
        names = {one.place.province for one in group}
        if len(names) > 1:
            for one in group:
                lists[id(one)] = names
    return lists


def _in_province(mention: Mention) -> bool:
    return mention.place.province.startswith("AF") and mention.role in ("event", "mentioned", "nationality")


def _in_heading(mention: Mention) -> bool:
    """In the title, or in a first or a short line of the text that ends without a full stop."""
    if mention.reading.field == "title":
        return True
    start, end = mention.reading.sentence_span(mention.sentence)
    if mention.sentence and end - start > _HEADING_LETTERS:
        return False
    ending = _LINE_END.search(mention.reading.folded.kept[max(0, end - 8) : end - 1])
    return ending is not None


def _is_background(mention: Mention) -> bool:
    """Where somebody is from; or after a cue for what came before, unless an outcome stands between it and the name."""
    if mention.role == "nationality":
        return True
    if mention.reading.field != "text":
        return False
    bag = mention.reading.bags[mention.sentence]
    cues = [cue.start for cue in bag.get("background", ()) if cue.start < mention.start]
    return bool(cues) and not any(max(cues) < end.start < mention.start for end in bag.get("outcome", ()))
