"""The news organisations that texts name: our own outlets and the agencies that others quote, by every spelling."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ahocorasick
import yaml

from outlets import Outlet
from outlets.load import survey

_FILE = Path(__file__).parent.parent / "data" / "news_agencies.yml"


@dataclass(frozen=True, slots=True)
class Agency:
    """One news organisation. `outlet` is our outlet's name, when we watch it."""

    name: str
    outlet: str | None
    hosts: tuple[str, ...]


@cache
def registry() -> dict[str, Agency]:
    """Agencies by folded spelling. Read once: the data file and the outlet files' titles and credits."""
    found: dict[str, Agency] = {}
    ours = {name: outlet for name, outlet in survey() if isinstance(outlet, Outlet)}
    linked: dict[str, Agency] = {}
    for entry in yaml.safe_load(_FILE.read_text(encoding="utf-8")):
        outlet = entry.get("outlet")
        agency = Agency(entry["name"], outlet if outlet in ours or not ours else None, tuple(entry.get("hosts", ())))
        linked |= {agency.outlet: agency} if agency.outlet else {}
        for spelling in (entry["name"], *entry["names"]):
            found.setdefault(_key(spelling), agency)
    for name, outlet in ours.items():
        agency = linked.get(name) or Agency(outlet.title, name, tuple(sorted(outlet.all_hosts)))
        for spelling in (outlet.title, *outlet.credits):
            if len(spelling) > 2:
                found.setdefault(_key(spelling), agency)
    return found


def _key(spelling: str) -> str:
    """Short names are acronyms and keep their case: AP is an agency, "ap" is nothing."""
    text = " ".join(spelling.split())
    return text if len(text) <= 3 else text.casefold()


def named(text: str) -> Agency | None:
    """The agency that `text` is a spelling of, with or without "The" and "news agency" around it."""
    text = " ".join(text.strip(" .,;:()[]«»\"'/").split())
    for form in (
        text,
        re.sub(r"^(?:the|агентство|خبرگزاری)\s+", "", text, flags=re.I),
        re.sub(r"\s+(?:online|news agency|agency|website|newspaper|news)$", "", text, flags=re.I),
    ):
        if agency := registry().get(_key(form)):
            return agency
    return None


def mentions(text: str) -> Iterator[tuple[int, int]]:
    """The places in `text` where a known spelling stands as a whole word, the longest one at each place, in order."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow in lower case, and places would no longer agree
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    end_of_last = 0
    best: dict[int, int] = {}
    for last, length in _automaton().iter(lowered):
        start, end = last - length + 1, last + 1
        if (start == 0 or not _joins(text[start - 1])) and (end == len(text) or not _joins(text[end])):
            best[start] = max(end, best.get(start, 0))
    for start in sorted(best):
        if start >= end_of_last:
            end_of_last = best[start]
            if end_of_last - start > 3 or text[start:end_of_last] in _written():
                yield start, end_of_last


def _joins(character: str) -> bool:
    return character.isalnum() or character in "_-\u200c"


@cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    for spelling in _written():
        name = " ".join(spelling.split()).lower()
        automaton.add_word(name, len(name))
    automaton.make_automaton()
    return automaton


@cache
def _written() -> frozenset[str]:
    listed = {s for e in yaml.safe_load(_FILE.read_text(encoding="utf-8")) for s in (e["name"], *e["names"])}
    ours = {s for _, o in survey() if isinstance(o, Outlet) for s in (o.title, *o.credits) if len(s) > 2}
    return frozenset(listed | ours)


def is_own(agency: Agency, url: str, outlet: Outlet | None) -> bool:
    """Whether the page itself belongs to `agency`."""
    if outlet is not None and (agency.outlet == outlet.name or agency.name.casefold() == outlet.title.casefold()):
        return True
    host = (urlsplit(url).hostname or "").lower()
    return any(host == h or host.endswith(f".{h}") for h in agency.hosts)
