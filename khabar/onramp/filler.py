"""Other words for others' words: each word of a text has one filler word of its script and about its length, found by
hash, so that a title stays the same title wherever the page repeats it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import yaml

WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u0655\u0670])*")
"""Letters with the marks above and below them."""
_RULES: Final = Path(__file__).parents[2] / "pipeline" / "data"
_DAYS: Final = """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun gmt utc
    شنبه یکشنبه دوشنبه چهارشنبه پنجشنبه پنج‌شنبه جمعه سه‌شنبه پیر اتوار منگل بدھ جمعرات ہفتہ
    понедельник вторник среда четверг пятница суббота воскресенье
""".split()  # noqa: SIM905 (a text of words)
_BY_SCRIPT: Final[Mapping[str, tuple[str, ...]]] = {
    "latin": ("en", "fr", "es", "tr", "uz"), "arabic": ("fa", "ps", "ur", "ar"), "cyrillic": ("ru", "tg"),
    "cjk": ("zh",),
}  # fmt: skip
"""Languages of each script; the first where the page's own is written in another."""


def script_of(word: str) -> str:
    """latin, arabic, cyrillic or cjk, by the first letter; every other script counts as latin."""
    name = unicodedata.name(word[0], "")
    for sign, script in (("ARABIC", "arabic"), ("CYRILLIC", "cyrillic"), ("CJK", "cjk")):
        if name.startswith(sign):
            return script
    return "latin"


def filler_for(word: str, language: str | None, *, is_label: bool) -> str:
    """What stands where `word` stood: itself when it names a month or weekday or, in a label, is one of the words by
    which dates and bylines are read; else a word of its script, in the page's language where that has the script."""
    low = _folded(word)
    if len(word) == 1 or low in _dates() or (is_label and low in _labels()):
        return word
    script = script_of(word)
    if script == "cjk":
        return "".join(_pick(_words("zh", 1), letter) for letter in word)
    code = language if language in _BY_SCRIPT[script] else _BY_SCRIPT[script][0]
    found = _pick(_words(code, _length(code, len(word))), low)
    return found.upper() if word.isupper() else found[:1].upper() + found[1:] if word[0].isupper() else found


def invented_name(name: str) -> str:
    """A person who does not exist, in the script of `name` and with as many words."""
    parts = name.split()
    given = _data()["names"].get(script_of(parts[0])) or _data()["names"]["latin"]
    first = [_pick(given["first"], f"{name}{n}") for n in range(max(1, len(parts) - 1))]
    return " ".join([*first, _pick(given["last"], name)] if len(parts) > 1 else first)


def _folded(word: str) -> str:
    """In lower case, and with the Persian letters that Arabic keyboards lack."""
    return word.lower().replace("ي", "ی").replace("ك", "ک")


def _pick(choice: list[str], word: str) -> str:
    return choice[int.from_bytes(blake2b(word.encode(errors="replace"), digest_size=4).digest()) % len(choice)]


@cache
def _length(language: str, wanted: int) -> int:
    """The length nearest to `wanted` of which the language has a few words."""
    lengths = [n for n in range(2, 30) if len(_words(language, n)) >= 3]
    return min(lengths, key=lambda n: abs(n - wanted))


@cache
def _words(language: str, length: int) -> list[str]:
    if language == "zh":
        return list(_data()["words"]["zh"].replace(" ", ""))
    known = _data()["words"][language].split()
    return [word for word in known if len(word) == length and not {_folded(word)} & (_dates() | _labels())]


@cache
def _dates() -> frozenset[str]:
    given = _rules("months")
    months = [part for name in ("gregorian", "solar_hijri", "lunar_hijri") for part in _leaves(given[name])]
    return frozenset(_folded(word) for text in (*months, *_DAYS) for word in WORD.findall(text))


@cache
def _labels() -> frozenset[str]:
    phrases = [re.sub(r"\\\\[A-Za-z]", " ", text) for text in _leaves(_rules("phrases"))]
    texts = [*_leaves(_rules("months")["relative"]), *_leaves(_data()["labels"]), *phrases]
    return frozenset(_folded(word) for text in texts for word in WORD.findall(text))


@cache
def agencies() -> frozenset[str]:
    """The names of news agencies in every spelling: whose report it is, is a fact and no text."""
    return frozenset(name for entry in _rules("news_agencies") for name in (entry["name"], *entry["names"]))


def _rules(name: str) -> Any:
    return yaml.safe_load((_RULES / f"{name}.yml").read_text(encoding="utf-8"))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _leaves(inner)


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "filler.yml").read_text(encoding="utf-8"))
    return found
