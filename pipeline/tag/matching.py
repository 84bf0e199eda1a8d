"""The one matcher behind every tag: folds four scripts to one spelling, finds phrases, and points back at the original.

Folding replaces letter by letter, so that an offset in the folded text is an offset in the original. Only what must
vanish (marks, direction signs, repeated blanks) shifts it, and those shifts are kept.
"""

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

import ahocorasick

V = TypeVar("V")

_LETTERS = {
    **dict.fromkeys("يىېۍےۓئ", "ی"),
    **dict.fromkeys("كڪګګ", "ک"),
    "گ": "گ",
    **dict.fromkeys("ةۀہھۃۂۤ", "ه"),
    **dict.fromkeys("أإآٱ", "ا"),
    "ؤ": "و",
    "ں": "ن",
    "ё": "е",
    "й": "и",
    "ı": "i",
    "İ": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ʻ": " ",
    "ʼ": " ",
}
_LETTERS["ګ"] = "گ"  # Pashto gaf is Persian gaf, not kaf

# What is dropped: vowel signs, tatweel, direction and joining signs, soft hyphen, combining accents, emoji selectors.
_DROPPED = (
    "\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
_SHIFTING = re.compile(f"[{_DROPPED}]+|(?<= ) +")
_DROPPED_ONE = re.compile(f"[{_DROPPED}]")
_GONE = "\0"

# Persian, Dari, Pashto, Urdu (after folding); Russian; Tajik and Uzbek; English.
_ENDINGS = """
ی یی ایی ای ها های هایی ان یان ایان انو یانو یو و ون یون یه وال والو ین ات ش م ت یم ید ند وی ویان ویها گان
а у е ом ы и ю я ем еи ею ям ями ях ам ами ах ов ев ья ье ью ьи ь ой ою
ро ҳо ҳои ии ву
s es
"""


def _fold_char(char: str) -> str:
    if _DROPPED_ONE.match(char):
        return _GONE
    if char in _LETTERS:
        return _LETTERS[char]
    lowered = char.lower()
    char = lowered if len(lowered) == 1 else char
    if char in _LETTERS:
        return _LETTERS[char]
    if (digit := unicodedata.digit(char, None)) is not None and unicodedata.category(char) == "Nd":
        return str(digit)
    base = unicodedata.normalize("NFKD", char)[:1] if ord(char) > 0x7F else char
    base = _LETTERS.get(base, base)
    category = unicodedata.category(base) if base else "Zs"
    if category[0] in "LN" or category in ("Mn", "Mc"):
        lowered = base.lower()
        return lowered if len(lowered) == 1 else base
    return " "


class _Table(dict[int, str]):
    """Fills itself on demand, so that start-up does not pay for the whole of Unicode."""

    def __missing__(self, code: int) -> str:
        value = self[code] = _fold_char(chr(code))
        return value


_TABLE = _Table()
_PUNCTUATION = "«»‘’“”„…–—‑№•·°\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u202f\ufeff"
_SCRIPTS = (
    "".join(map(chr, range(0xA1, 0x100))),
    "".join(map(chr, range(0x400, 0x460))),
    "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654\u0640\u0670ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱپچژکگیټډړږښڅځڼۍېګۀۂہھۃےۓںٹڈڑ،؛؟٪٫٬۔۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩",
)


@cache
def _codepage(script: int) -> tuple[Any, str]:
    """A one-byte alphabet of a script: how to encode it, and what each byte folds to.

    Encoding and decoding a text with it folds at the speed of C; str.translate needs ten times as long.
    """
    chars = [chr(code) for code in range(128)]
    chars += dict.fromkeys(char for char in _PUNCTUATION + _SCRIPTS[script] if ord(char) > 127)
    chars = (chars + ["\ufffe"] * 256)[:256]
    return codecs.charmap_build("".join(chars)), "".join(map(_fold_char, chars))


def _script_of(text: str) -> int:
    """A guess from the middle of the text: 0 Latin, 1 Cyrillic, 2 Arabic."""
    middle = len(text) // 2
    letters = [char for char in text[middle : middle + 24] if "\u00ff" < char < "\u0700"]
    return 0 if not letters else 2 if max(letters) >= "\u0600" else 1


def _fold_all(text: str) -> str:
    for script in dict.fromkeys((_script_of(text), 2, 1, 0)):
        encoding, folded = _codepage(script)
        try:
            data, _ = codecs.charmap_encode(text, "strict", encoding)
        except UnicodeEncodeError:
            continue
        return codecs.charmap_decode(data, "strict", folded)[0]
    return text.translate(_TABLE)


_NOUN_ENDINGS = frozenset("".join(map(_fold_char, _ENDINGS)).split())


class Folded:
    """A text in folded spelling between two blanks, and the way back to the original's offsets."""

    __slots__ = ("_cuts", "_shifts", "kept", "original", "text")

    def __init__(self, original: str) -> None:
        self.original = original
        self._cuts: list[int] | None = None
        self._shifts: list[int] = []
        kept, folded = original, _fold_all(original)
        if _GONE in folded or "  " in original:
            pieces, cuts, shifts, at, gone = [], [0], [0], 0, 0
            for match in _SHIFTING.finditer(original):
                pieces.append(original[at : match.start()])
                at, gone = match.end(), gone + match.end() - match.start()
                cuts.append(at - gone)
                shifts.append(gone)
            pieces.append(original[at:])
            kept = "".join(pieces)
            self._cuts, self._shifts = cuts, shifts
            folded = _fold_all(kept)
        self.kept = kept
        self.text = f" {folded} "

    def origin(self, position: int) -> int:
        """Offset in the original of the folded character at `position` (which counts the leading blank)."""
        position -= 1
        if self._cuts is None:
            return position
        return position + self._shifts[bisect_right(self._cuts, position) - 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original offsets of the folded span [start, end): no dropped sign hangs on its end."""
        if self._cuts is None:
            return start - 1, end - 1
        return self.origin(start), self.origin(end - 1) + 1


def fold(text: str) -> str:
    """The folded spelling of a phrase, without the blanks around it."""
    return text.translate(_TABLE).replace(_GONE, "").strip()


class Hit(NamedTuple, Generic[V]):
    """One phrase found: its value and the folded span [start, end), without the blanks around it."""

    value: V
    start: int
    end: int


@cache
def _ending_allowed(ending: str, loose: bool) -> bool:
    return len(ending) <= 8 if loose else ending in _NOUN_ENDINGS


def _wild(word: str) -> tuple[str, str]:
    return (word[:-1], word[-1]) if word[-1:] in ("~", "*") else (word, "")


def _cut(phrase: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """A phrase as its fixed beginning, the wildcard after it, and the words that must follow."""
    stem, kind = _wild(phrase)
    if "*" not in stem and "~" not in stem:
        head = fold(stem)
        if not head:
            raise ValueError(f"the phrase {phrase!r} holds no letter or digit")
        return head, kind, ()
    words: list[tuple[str, str]] = []
    for raw in phrase.split():
        stem, kind = _wild(raw)
        parts = fold(stem).split()
        if parts:
            words += [(part, "") for part in parts[:-1]] + [(parts[-1], kind)]
    first = next(i for i, (_, wild) in enumerate(words) if wild)
    return " ".join(word for word, _ in words[: first + 1]), words[first][1], tuple(words[first + 1 :])


class Matcher(Generic[V]):
    """Finds whole words and phrases, all at once (Aho-Corasick).

    A word of a phrase may end in `~` (one of the known noun endings of the languages may follow) or `*` (up to eight
    letters may follow). The blanks around a phrase belong to the pattern, so it never matches inside a word.
    """

    def __init__(self, phrases: Iterable[tuple[str, V]]) -> None:
        grouped: dict[str, list[tuple[str, tuple[tuple[str, str], ...], V]]] = {}
        for phrase, value in phrases:
            head, kind, tail = _cut(phrase)
            grouped.setdefault(f" {head}" if kind else f" {head} ", []).append((kind, tail, value))
        self._automaton = ahocorasick.Automaton()
        for key, values in grouped.items():
            self._automaton.add_word(key, (len(key) - 1, values))
        self._automaton.make_automaton()
        self.size = len(grouped)

    def find(self, folded: Folded) -> list[Hit[V]]:
        """All hits, also overlapping ones, in order of their last character."""
        text = folded.text
        hits: list[Hit[V]] = []
        if not self.size:
            return hits
        for last, (length, values) in self._automaton.iter(text):
            start = last - length
            for kind, tail, value in values:
                if not kind:
                    hits.append(Hit(value, start + 1, last))
                    continue
                end = text.find(" ", last + 1)
                if end != last + 1 and not (end - last <= 9 if kind == "*" else text[last + 1 : end] in _NOUN_ENDINGS):
                    continue
                if tail:
                    end = _tail_end(text, end, tail)
                    if end < 0:
                        continue
                hits.append(Hit(value, start + 1, end))
        return hits


def _tail_end(text: str, end: int, tail: tuple[tuple[str, str], ...]) -> int:
    """Where the phrase ends when its remaining words follow at `end`, or -1."""
    for stem, kind in tail:
        if not text.startswith(stem, end + 1):
            return -1
        stop = end + 1 + len(stem)
        end = text.find(" ", stop)
        if end != stop and not (kind and _ending_allowed(text[stop:end], kind == "*")):
            return -1
    return end
