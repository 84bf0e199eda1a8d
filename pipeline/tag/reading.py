"""A text as the rules see it: folded, cut into sentences, and with every known word found once."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from operator import itemgetter
from typing import Literal, NamedTuple

from pipeline.items import Evidence
from pipeline.tag.matching import Folded, fold
from pipeline.tag.vocabulary import RELATED, Word, actors, single_names, vocabulary

FieldName = Literal["title", "text", "dateline"]

# A full stop after one of these, or after a single letter, ends no sentence.
_ABBREVIATED = """
Gen Col Maj Lt Capt St Dr Mr Ms Mrs vs No Mt Sgt Brig Gov Sen Rep Jr Sr Inc Co Corp Ltd
Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_SENTENCE_END = re.compile("[.!?؟۔…\n][.!?؟۔…\\s\"'”»’)\\]]*")
_HALF_SPACED = re.compile(r"\w+(?:\u200c\w+)+")
_UPPER = re.compile("[A-ZА-ЯЁ]")
_LETTER = re.compile(r"[^\W\d_]")
_BASE = {"prs": "fa", "pus": "ps", "fas": "fa", "rus": "ru", "eng": "en", "urd": "ur", "tgk": "tg", "uzb": "uz"}
_PASHTO = re.compile("[ټډړښږڼېځڅۍ]")
_URDU = re.compile("[ٹڈڑےںہ]")
_TAJIK = re.compile("[ӣӯҳқҷғ]", re.I)
_ARABIC = re.compile("[\u0600-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")
_UZBEK = re.compile("[og][ʻ‘’'`]|\\b(?:va|bilan|uchun|bo)\\b", re.I)


class Found(NamedTuple):
    """A word in a text: folded span [start, end) and the number of its sentence."""

    word: Word
    start: int
    end: int
    sentence: int


def language_of(text: str, declared: str | None = None) -> str:
    """The language whose words we look for: as declared when we know it, else by script and letters."""
    base = (declared or "").lower().replace("_", "-").split("-")[0]
    base = _BASE.get(base, base)
    if base in RELATED:
        return base
    sample = text[:2000]
    counts = {
        "ar": len(_ARABIC.findall(sample)),
        "cy": len(_CYRILLIC.findall(sample)),
        "la": len(_LATIN.findall(sample)),
    }
    script = max(counts, key=lambda key: counts[key])
    if script == "ar":
        if len(_URDU.findall(sample)) * 40 > counts["ar"]:
            return "ur"
        return "ps" if len(_PASHTO.findall(sample)) * 60 > counts["ar"] else "fa"
    if script == "cy":
        return "tg" if _TAJIK.search(sample) else "ru"
    return "uz" if len(_UZBEK.findall(sample)) * 60 > counts["la"] else "en"


def _sentence_starts(text: str) -> list[int]:
    """Folded offsets at which sentences start. Newlines end one; a dot only before a blank and after a real word."""
    starts = [0]
    for match in _SENTENCE_END.finditer(text):
        run = match.group()
        if run[0] == "." and "\n" not in run:
            if not run[-1].isspace():
                continue
            at = match.start()
            word = text[max(text.rfind(" ", 0, at), text.rfind(".", 0, at)) + 1 : at]
            if (len(word) == 1 and word.isalpha()) or word in _ABBREVIATIONS:
                continue
        elif not run[-1].isspace():
            continue
        starts.append(match.end() + 1)
    return starts


_start = itemgetter(1)
_HEADING = 300
"""Characters of a sentence that tell whether it is a heading."""


class Reading:
    """One field of an article, read once. Offsets of finds are in folded text; `evidence` gives original ones."""

    def __init__(self, field: FieldName, original: str, lang: str) -> None:
        self.field = field
        self.lang = lang
        self.folded = Folded(original)
        self.text = self.folded.text
        self.starts = _sentence_starts(self.folded.kept)
        self._sample = original[:400]
        self.no_caps = self._sample == self._sample.lower()
        self.groups: list[Found] = []
        self.by_group: dict[str, list[Found]] = {}
        self.bags: dict[int, dict[str, list[Found]]] = defaultdict(dict)
        """Word groups by sentence."""
        self.places: list[Found] = []
        self.actors: list[Found] = []
        self.press: list[Found] = []
        layers = {"place": self.places, "actor": self.actors, "press": self.press}
        starts, ahead = self.starts, 0
        for word, start, end in sorted(vocabulary(lang).find(self.folded), key=_start):
            if word.mark == "=" and not self._as_written(word, start, end):
                continue
            while ahead < len(starts) and starts[ahead] <= start:
                ahead += 1
            found = Found(word, start, end, ahead - 1)
            if word.layer == "group":
                self.groups.append(found)
                self.by_group.setdefault(word.ref, []).append(found)
                self.bags[ahead - 1].setdefault(word.ref, []).append(found)
            else:
                layers[word.layer].append(found)

        if "\u200c" in original:
            self._glued(self.folded.kept)

    def _glued(self, kept: str) -> None:
        """Place names that a half-space cuts in two ("کند‌هار"), which fold to two words and so were missed."""
        names = single_names(self.lang)
        for match in _HALF_SPACED.finditer(kept):
            start, end = match.start() + 1, match.end() + 1
            for word in names.get(fold(match.group().replace("\u200c", "")), ()):
                self.places.append(Found(word, start, end, bisect_right(self.starts, start) - 1))

    @cached_property
    def all_caps(self) -> bool:
        """Whether the text is written in capitals, so that they prove nothing."""
        upper = len(_UPPER.findall(self._sample))
        return upper > 3 and upper > 0.7 * len(_LETTER.findall(self._sample))

    def title_case(self, sentence: int) -> bool:
        """Whether a Latin sentence is a heading in capitals word by word, so that a capital marks no name."""
        start, end = self.sentence_span(sentence)
        end = min(end, start + _HEADING)  # asked for each name: a sentence may be as long as its page
        words = [word for word in self.folded.kept[max(0, start - 1) : end - 1].split() if len(word) > 3]
        return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.8 * len(words)

    def _as_written(self, word: Word, start: int, end: int) -> bool:
        """Capitals where the name has capitals. A text all in capitals proves nothing about an acronym."""
        if word.written.islower():
            original = self.original(start, end)
            return original[:1].isupper() and not self.all_caps
        if self.all_caps and word.written.isupper() and len(word.written) < 4:
            return False
        return self.original(start, end) == word.written.rstrip("~*") or (
            word.written[-1:] in "~*" and self.original(start, end).startswith(word.written[:-1])
        )

    def original(self, start: int, end: int) -> str:
        """The original text of a folded span."""
        first, last = self.folded.span(start, end)
        return self.folded.original[first:last]

    def evidence(self, start: int, end: int) -> Evidence:
        """The folded span as evidence: original offsets, text equal to the slice."""
        first, last = self.folded.span(start, end)
        return Evidence(self.field, first, last, self.folded.original[first:last])

    def around(self, group: str, low: int, high: int) -> list[Found]:
        """The finds of a word group that start in the folded stretch [low, high)."""
        found = self.by_group.get(group)
        if not found:
            return []
        first = bisect_left(found, low, key=_start)
        return found[first : bisect_left(found, high, first, key=_start)]

    def token_before(self, start: int) -> str:
        """The word right before a folded offset, or an empty string when something else stands there."""
        return self.text[self.text.rfind(" ", 0, start - 1) + 1 : start - 1] if start > 1 else ""

    def token_after(self, end: int) -> str:
        """The word right after a folded offset, or an empty string."""
        stop = self.text.find(" ", end + 1)
        return self.text[end + 1 : stop] if stop > 0 else ""

    def sentence_span(self, number: int) -> tuple[int, int]:
        """Folded [start, end) of a sentence."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.starts[number], end


def longest(found: Iterable[Found]) -> list[list[Found]]:
    """The longest finds that do not overlap, from the left; those of one span (one name, several places) together."""
    chosen: list[list[Found]] = []
    limit = -1
    for item in sorted(found, key=lambda f: (f.start, -f.end)):
        if item.start >= limit:
            chosen.append([item])
            limit = item.end
        elif (item.start, item.end) == (chosen[-1][0].start, chosen[-1][0].end):
            chosen[-1].append(item)
    return chosen


def kind_of(actor: str) -> str:
    """The kind of an actor: militant, de-facto-gov, state …"""
    return actors()[actor].kind
