"""Text to a tree, parsed once per page and shared by every step, and the bounds on what is parsed at all."""

import re
from collections.abc import Callable
from typing import cast

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

ELEMENT_LIMIT = 50_000
"""More elements than any article has; the extractor takes minutes on such pages."""

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|div|p|br|span|article|section|main|h[1-6]|table|ul|ol|a|meta|title|img|script)\b",
    re.I,
)
_DOCTYPE = re.compile(r"^\s*(?:<\?xml[^>]{0,500}\?>)?\s*<!doctype[^>\[]{0,2000}(?:\[[^\]]{0,100000}\]\s*)?>", re.I)
_BAD_REFERENCE = re.compile(r"&#(?:0+|x0+|x[dD][89a-fA-F][0-9a-fA-F]{2}|(5[5-7]\d{3}));")
_SELF_CLOSED = re.compile(r"(<html\b[^>]{0,2000})/>", re.I)


def is_markup(text: str) -> bool:
    """Whether `text` is HTML at all; a file of bare text has none of the common tags."""
    return _MARKUP.search(text[:200_000]) is not None


def is_too_large(text: str) -> bool:
    """Whether the page has more elements than are cleaned, counted without parsing."""
    return text.count("<") > ELEMENT_LIMIT and sum(1 for _ in re.finditer(r"<[a-zA-Z]", text)) > ELEMENT_LIMIT


_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)
"""lxml.html asks a Python function for the class of every element that is touched, a fifteenth of the stage's time,
only to tell forms and inputs from the others."""


def parse(text: str) -> HtmlElement | None:
    """The tree of an HTML page. None when the parser finds nothing in it; MemoryError when it has no room."""
    text = _SELF_CLOSED.sub(r"\1>", _DOCTYPE.sub("", text, count=1), count=1)
    text = _BAD_REFERENCE.sub(lambda m: m[0] if m[1] and not 0xD800 <= int(m[1]) <= 0xDFFF else "\ufffd", text)
    parser = HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        return None
    except (etree.ParserError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


_SIMPLE = frozenset(
    [
        "html",
        "head",
        "title",
        "meta",
        "link",
        "style",
        "body",
        "p",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "pre",
        "b",
        "i",
        "u",
        "em",
        "strong",
        "a",
        "blockquote",
        "article",
        "main",
        "header",
        "hr",
        "div",
        "section",
        "span",
    ]
)


def finder(expression: str) -> Callable[[HtmlElement], list[HtmlElement]]:
    """A function that gives the elements of a tree that the XPath `expression` selects, in document order."""
    return cast("Callable[[HtmlElement], list[HtmlElement]]", etree.XPath(expression))


def is_simple(tree: HtmlElement) -> bool:
    """Whether the page is bare text in a little markup, with no layout that could hold anything but the story."""
    for count, element in enumerate(tree.iter()):
        if count > 2000 or element.tag not in _SIMPLE or (element.get("class") and element.tag != "html"):
            return False
    return True


_BLOCKS = frozenset(
    [
        "body",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "br",
        "div",
        "li",
        "ul",
        "ol",
        "blockquote",
        "article",
        "main",
        "header",
        "section",
        "hr",
        "tr",
        "table",
        "dd",
        "dt",
        "figure",
        "figcaption",
    ]
)
_UNREAD = frozenset({"script", "style", "noscript", "template", "figcaption", "figure"})


def lines_of(tree: HtmlElement) -> str:
    """All text of a simple page or fragment: a line for every block. Line ends of the source count only where no
    paragraph or line break says where the lines are."""
    body = tree.find(".//body")
    top = body if body is not None else tree
    marked = next(top.iter("p", "br"), None) is not None
    pieces: list[str] = []
    for event, element in etree.iterwalk(top, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        block = element.tag in _BLOCKS
        text = element.text if event == "start" else element.tail if element is not top else ""
        if block:
            pieces.append("\n")
        if text and not (event == "start" and element.tag in _UNREAD):
            pieces.append(" ".join(text.split("\n")) if marked and element.tag != "pre" else text)
    return "\n".join(one for line in "".join(pieces).split("\n") if (one := " ".join(line.split())))


def without_scripts(tree: HtmlElement) -> None:
    """Takes programs and styles out of the tree, so that all that is left is text and its markup."""
    etree.strip_elements(tree, "script", "style", "noscript", "template", "svg", with_tail=False)


_STYLED = finder("//*[@style][contains(@style, 'none') or contains(@style, 'hidden')] | //*[@hidden]")
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
HIDDEN_SHARE = 0.3
"""Where more of the page's text than this is hidden, it waits for a program to show it, and is the story."""


def without_hidden(tree: HtmlElement) -> None:
    """Takes out sentences that readers do not see. Short pieces stay: hidden dates and names are meant for machines."""
    hidden = [e for e in _STYLED(tree) if e.get("hidden") is not None or _HIDING.search(e.get("style") or "")]
    if not hidden:
        return
    total = len(visible(tree))
    for element in hidden:
        if element.tag not in ("html", "body") and 40 < len(visible(element)) < HIDDEN_SHARE * total:
            element.drop_tree()


def visible(element: HtmlElement | None, *, apart: bool = False) -> str:
    """The text of `element`, of a tree without scripts, as one line. `apart` puts a space between all its parts."""
    if element is None:
        return ""
    if not len(element):
        return " ".join((element.text or "").split())
    glue = " " if apart or next(element.iter("br"), None) is not None else ""
    return " ".join(glue.join(element.itertext()).split())
