"""Where the words that a reader looks for stand in a text, by the same rules by which the search found it."""

import re
from typing import Final

from models.folding import located
from models.search_query import PREFIX, asked
from review.highlight import Span

MARKS: Final = 40
"""Marks in one text; further ones would hide it."""
GROUP: Final = "search"


def marks(text: str, q: str) -> list[Span]:
    """A span for each word of `q` in `text`, the first MARKS of them."""
    words = sorted({word for spellings in asked(q) for spelling in spellings for word in spelling}, key=len)
    if not words or not text:
        return []
    pattern = "|".join(re.escape(word) + ("" if len(word) >= PREFIX else r"(?!\S)") for word in reversed(words))
    letters, at = located(text)
    found: list[Span] = []
    for match in re.finditer(rf"(?<!\S)(?:{pattern})\S*", letters):
        start, last = int(at[match.start()]), int(at[match.end() - 1])
        found.append(Span(start, last + 1, GROUP, "Searched for", ""))
        if len(found) == MARKS:
            break
    return found
