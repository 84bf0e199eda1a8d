"""Lines that are not the story: theme text, share calls, newsletter boxes, "also read". Generic rules for any page, and
per outlet the lines that recur on its pages (`pipeline.clean.recurring` learns them)."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.clean.phrases import pattern
from pipeline.clean.text import fold

if TYPE_CHECKING:  # the filters start faster without the outlet schema
    from outlets import Outlet

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


def in_force(learned: frozenset[str], outlet: "Outlet | None") -> frozenset[str]:
    """The folded lines to cut: what was learned, corrected by what a person wrote into the outlet's file."""
    if outlet is None:
        return learned
    return learned.union(map(fold, outlet.boilerplate.cut)).difference(map(fold, outlet.boilerplate.keep))


def is_boilerplate(line: str, learned: frozenset[str] = frozenset()) -> bool:
    """Whether `line` is furniture of the page rather than the story."""
    return _is_generic(line) or (bool(learned) and fold(line) in learned)


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


def story_lines(text: str, learned: frozenset[str] = frozenset()) -> list[str]:
    """The lines of `text` that are no boilerplate."""
    return [line for line in text.split("\n") if not is_boilerplate(line, learned)]
