"""Lines that are not the story: theme text, share calls, newsletter boxes, "also read". Generic rules for any page, and
per outlet the lines that recur on most of its pages."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.clean.phrases import pattern
from pipeline.clean.text import fold

SHARE = 0.3
"""Share of an outlet's recent pages on which a line must stand to be its boilerplate."""
LEAST_PAGES = 5

_THEME_PREFIX = re.compile(r"^(?:press [\"“']?enter[\"”']? to )?skip to (?:main )?content\b", re.I)


_WHOLE_LINE = pattern("furniture_line")
_LINE_START = pattern("furniture_start")
_COPYRIGHT = pattern("copyright")
_CALL = pattern("call")
_STORY_ENDS = pattern("story_ends")
_CREDIT = re.compile(
    r"^[(\[]?(?:image|photo|picture|foto|fotos|bild|bilder|imagen|credit|image credit|photo credit|photograph|"
    r"quelle|getty|afp|reuters photo|фото|عکس|تصویر)s?(?: by| von| credit)?\s*[:：/©]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Learned:
    """Boilerplate of one outlet: folded lines with the share of pages that carry them, and how many pages were read."""

    lines: dict[str, float]
    pages: int


def is_boilerplate(line: str, learned: Learned | None = None) -> bool:
    """Whether `line` is furniture of the page rather than the story."""
    return _is_generic(line) or (learned is not None and fold(line) in learned.lines)


@lru_cache(maxsize=8192)
def _is_generic(line: str) -> bool:
    text = line.strip(" -–—*•|»›>")
    if not text:
        return True
    if len(text) < 100 and (_WHOLE_LINE.match(text) or _THEME_PREFIX.match(text)):
        return True
    if len(text) < 250 and _LINE_START.match(text):
        return True
    if (len(text) < 300 and _CALL.search(text)) or (len(text) < 120 and _CREDIT.match(text)):
        return True
    return len(text) < 400 and _COPYRIGHT.search(text) is not None


def ends_story(line: str) -> bool:
    """Whether `line` is a heading such as "Comments" or "More from", after which no story goes on."""
    return _STORY_ENDS.match(line.strip(" -–—*•|")) is not None


def story_lines(text: str, learned: Learned | None = None) -> list[str]:
    """The lines of `text` that are no boilerplate."""
    return [line for line in text.split("\n") if not is_boilerplate(line, learned)]


def learn(texts: Iterable[str], *, share: float = SHARE) -> Learned:
    """What recurs on an outlet's pages: each line counted once a page. Fewer than five pages teach nothing."""
    counts: Counter[str] = Counter()
    pages = 0
    for text in texts:
        pages += 1
        counts.update({key for line in text.split("\n") if (key := fold(line)) and len(key) < 600})
    if pages < LEAST_PAGES:
        return Learned({}, pages)
    return Learned({key: n / pages for key, n in counts.most_common() if n / pages >= share and n >= 3}, pages)
