"""What of a text tells its event in any language: places, actors, topics, counts and names, as numbers that can be
compared. Read from the tags, which know five languages, and from the letters of names.

A mark is 32 bits: four for its kind, the rest a hash. Marks are stored with the terms of a text and are used only
between texts of different languages (`pipeline.dedupe.crossing`).
"""

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from pipeline.dedupe.fingerprints import plain
from pipeline.dedupe.story_terms import rates, term
from pipeline.items import Tagged
from pipeline.tag.matching import fold
from pipeline.tag.numbers import counts
from pipeline.tag.reading import language_of

LANGUAGE, COUNTRY, PROVINCE, PLACE, ACTOR, TOPIC, COUNT, DECIMAL, KILLED, WOUNDED, NAME = range(11)
LEAD: Final = 700
"""Characters of title and text in which counts and names are read: what happened stands first."""
MOST: Final = 60
"""Marks of one text that are remembered."""
NAME_LETTERS: Final = 3
"""Consonants from which a name is told apart from other words."""
RARE: Final = 3e-4
"""Share of texts up to which a word may be a name, in scripts without capitals."""
_BITS: Final = 28
_VALUES: Final = (1 << _BITS) - 1
_DECIMAL: Final = re.compile(r"(?<![\d.,])\d{1,3}[.,٫]\d{1,2}(?![\d.,٫])")
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SOUNDS: Final = {
    sound: letters.split()
    for sound, letters in {
        "b": "b ب б", "p": "p پ п", "t": "t ت ط ټ ٹ т", "s": "s c ث س ص ش ښ с ш щ ц", "j": "j ج ځ ж",
        "k": "k q ک ك ق к", "h": "h x ح ه ھ ہ خ х", "d": "d د ډ ڈ д", "z": "z ذ ز ض ظ ژ ږ з", "r": "r ر ړ ڑ р",
        "g": "g غ گ ګ г", "f": "f ف ф", "l": "l ل л", "m": "m م м", "n": "n ن ڼ ں н", "C": "چ څ ч",
    }.items()
}  # fmt: skip
_SOUND: Final = {ord(letter): sound for sound, letters in _SOUNDS.items() for letter in letters}
_PAIRS: Final = (("kh", "h"), ("sh", "s"), ("ch", "C"), ("gh", "g"), ("zh", "j"), ("дж", "j"), ("th", "t"), ("ph", "f"))


def mark(kind: int, value: object) -> int:
    """The mark of a value; whole numbers can be read from theirs."""
    number = value if isinstance(value, int) else zlib.crc32(str(value).encode())
    return kind << _BITS | number & _VALUES


def kind_of(one: int) -> int:
    """What kind a mark is of."""
    return one >> _BITS


def number_of(one: int) -> int:
    """The number of a COUNT, KILLED or WOUNDED mark."""
    return one & _VALUES


def told(tagged: Tagged, title: str, text: str, language: str | None) -> dict[int, str]:
    """The marks of a text, ascending, each in words for people."""
    found: dict[int, str] = {}

    def note(kind: int, value: object, words: str) -> None:
        found.setdefault(mark(kind, value), words)

    lang = language_of(f"{title} {text[:2000]}", language)
    lead = f"{title}\n{text[:LEAD]}"
    note(LANGUAGE, lang, f"language {lang}")
    for tag in tagged.regions:
        if tag.role in ("nationality", "source", "dateline"):
            continue
        if tag.scheme == "iso3166-1":
            if tag.code != "AF":
                note(COUNTRY, tag.code, tag.label)
        elif tag.scheme == "iso3166-2":
            note(PROVINCE, tag.code, tag.label)
        elif not (tag.scheme == "pcode" and len(tag.code) <= 4):  # a province once more
            note(PLACE, tag.code, tag.label)
    listed = [tag for tag in tagged.actors if tag.scheme == "actor"]  # others are names, which meet as names
    for tag in listed:
        note(ACTOR, tag.code, tag.label)
    for tag in tagged.topics:
        note(TOPIC, tag.code, tag.label)
    facts = tagged.facts
    for kind, low, high in (
        (KILLED, facts.killed_low, facts.killed_high),
        (WOUNDED, facts.wounded_low, facts.wounded_high),
    ):
        if low is not None and low == high:
            note(kind, low, f"{low} {'killed' if kind == KILLED else 'wounded'}")
    folded = f" {fold(lead)} "
    for number in counts(folded, 0, len(folded), lang):
        if number.value > 1:
            note(COUNT, number.value, f"the number {number.value}")
    for match in _DECIMAL.finditer(plain_digits(lead)):
        value = match[0].replace(",", ".").replace("٫", ".")
        note(DECIMAL, value, f"the number {value}")
    known = {
        skeleton(word)
        for tag in (*tagged.regions, *listed)
        for shown in (tag.evidence if tag.role_rule == "" else tag.evidence[:1])  # then come the words of its role
        for word in _WORD.findall(shown.text)
    }
    for name in names(lead):
        if skeleton(name) not in known:  # else a place would count twice
            note(NAME, skeleton(name), f"the name {name}")
    return dict(sorted(sorted(found.items())[:MOST]))


def packed(found: Iterable[int]) -> bytes:
    """Four bytes a mark."""
    return np.fromiter(found, "<u4").tobytes()


def unpacked(data: bytes | None) -> tuple[int, ...]:
    """The marks that `packed` wrote."""
    return tuple(np.frombuffer(data or b"", "<u4").tolist())


def names(text: str) -> Iterable[str]:
    """Words that may be names: with a capital, or rare ones where the script has no capitals."""
    for match in _WORD.finditer(text):
        word = match[0]
        if len(skeleton(word)) < NAME_LETTERS:
            continue
        if word[0].isupper() or ("\u0600" <= word[0] <= "\u06ff" and _is_rare(word)):
            yield word


@lru_cache(maxsize=100_000)
def _is_rare(word: str) -> bool:
    parts = plain(word).split()
    return bool(parts) and bool((rates(np.array([term(part) for part in parts], np.int64)) <= RARE).all())


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """The consonants of a name as they sound in any of the scripts: Sadeqi, صادقی and Садеки are sdk."""
    lowered = word.lower()
    for pair, sound in _PAIRS:
        lowered = lowered.replace(pair, sound)
    sounds = [_SOUND.get(ord(char), char if char == "C" else "") for char in lowered]
    kept = "".join(sounds)
    return "".join(char for place, char in enumerate(kept) if place == 0 or char != kept[place - 1])


def plain_digits(text: str) -> str:
    """Arabic and Persian digits as ASCII ones."""
    return text.translate(_DIGITS)


_DIGITS: Final = {ord(char): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, char in enumerate(digits)}
