"""Names that no label announces: the signature under a story, and what a note at its end or its excerpt says."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipeline.clean.column import Column
from pipeline.clean.names import looks_like_name
from pipeline.clean.parse import finder, visible
from pipeline.clean.structured import Structured
from pipeline.clean.text import line

_PARAGRAPHS = finder("//p[not(ancestor::footer) and not(ancestor::nav) and not(ancestor::aside)]")
PROSE = 80
_SET_APART = frozenset({"strong", "b", "em", "i"})
_NOTE = re.compile(
    r"(?P<name>[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){1,3})\s(?:is|was|ist|est|es)\s(?:an?|the|our|ein|eine|une?)\s"
    r"[^.]{0,80}\b(?:writer|journalist|reporter|editor|correspondent|columnist|autorin|autor|journalistin|journaliste|periodista)\b"
)
_WRITTEN = re.compile(
    r"(?:this|the)\s(?:post|article|story|column|report|piece|blog)\swas\s(?:originally\s)?(?:written|reported|contributed)\s"
    r"by\s(?P<name>[^,.;(|]{5,60})",
    re.I,
)


def signed(tree: HtmlElement, column: Column, claims: Structured) -> list[str]:
    """The author by the plainest of signs, or none. For pages where nothing else names a person."""
    paragraphs = [(e, text) for e in _PARAGRAPHS(tree) if (text := line(visible(e)))]
    prose = [at for at, (_, text) in enumerate(paragraphs) if len(text) > PROSE]
    if not prose:
        return []
    for element, text in paragraphs[prose[-1] - 2 : prose[-1] + 3] if len(prose) > 2 else ():
        if _is_signature(element, text) and not column.foreign(element):
            return [text]
    for name in _noted(paragraphs, column):
        return [name]
    excerpt = line(claims.first("og:description", "description"))
    for text in (excerpt, *(text for _, text in (*paragraphs[: prose[0] + 1], *paragraphs[-3:]))):
        match = _WRITTEN.match(text)
        if match and _is_full_name(match["name"].strip()):
            return [match["name"].strip()]
    if _is_full_name(excerpt) and any(text == excerpt for _, text in paragraphs[: prose[0] + 1]):
        return [excerpt]  # the excerpt is the first paragraph, and that is a name
    return []


def _noted(paragraphs: list[tuple[HtmlElement, str]], column: Column) -> Iterator[str]:
    """ "Anna Berg is a reporter in Kabul", among the last paragraphs."""
    for element, text in paragraphs[-8:]:
        match = _NOTE.match(text)
        if match and _is_full_name(match["name"]) and not column.foreign(element):
            yield match["name"]


def _is_signature(element: HtmlElement, text: str) -> bool:
    """Whether a paragraph is a full name and is set apart: to the right, or all of it bold or italic."""
    if not _is_full_name(text):
        return False
    apart = "right" in f"{element.get('style') or ''} {element.get('class') or ''} {element.get('align') or ''}"
    children = [child for child in element if child.tag != "br"]
    whole = len(children) == 1 and children[0].tag in _SET_APART and line(visible(children[0])) == text
    return apart or whole


def _is_full_name(text: str) -> bool:
    """Two to four words with capitals; an alphabet without capitals does not tell a name from a phrase."""
    parts = text.split()
    return 2 <= len(parts) <= 4 and len(text) < 40 and text[0].isupper() and looks_like_name(text)
