"""The story that a page carries only inside its scripts. Pages built in the browser ship their text as JSON; the
largest piece of HTML in it is the article. A last resort: read only where the markup itself shows next to nothing."""

import json
import re

from lxml.html import HtmlElement

from pipeline.clean.decode import clean_characters
from pipeline.clean.parse import lines_of, parse

SCRIPT_LIMIT = 3_000_000
"""Characters of script that are read; more is a program, not an article."""
LEAST = 400

_STRING = re.compile(r'"((?:[^"\\]|\\.){400,})"', re.S)
_PARAGRAPHS = re.compile(r"<p\b[^>]{0,300}>.*?</p\s*>", re.S | re.I)


def story(tree: HtmlElement) -> str:
    """The lines of the largest HTML text inside the page's scripts. Empty when there is none of some length."""
    best = ""
    budget = SCRIPT_LIMIT
    for script in tree.iter("script"):
        text = script.text or ""
        if ("u003cp" not in text and "<p" not in text) or len(text) > budget or "ld+json" in (script.get("type") or ""):
            continue
        budget -= len(text)
        for literal in _STRING.finditer(text):
            found = _lines(_unquote(literal[0]))
            if len(found) > len(best):
                best = found
    return best if len(best) >= LEAST else ""


def _unquote(literal: str) -> str:
    """The text of a JSON string, which may itself be JSON with strings in it (up to three times)."""
    for _ in range(3):
        try:
            value = json.loads(literal, strict=False)
        except ValueError:
            return ""
        if not isinstance(value, str):
            return ""
        if "<p" in value.lower():
            return value
        inner = max((m[0] for m in _STRING.finditer(value) if "u003cp" in m[0]), key=len, default="")
        if not inner:
            return ""
        literal = inner
    return ""


def _lines(html: str) -> str:
    paragraphs = _PARAGRAPHS.findall(clean_characters(html))
    if sum(len(one) for one in paragraphs) < LEAST:
        return ""
    tree = parse("<html><body>" + "".join(paragraphs) + "</body></html>")
    return lines_of(tree) if tree is not None else ""
