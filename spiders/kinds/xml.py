"""Streams the items of a feed or sitemap: bounded, without document types, tolerant of the mistakes that sites make."""

import html.entities
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from lxml import etree

from spiders.kinds.listed import Unreadable

_MOST: Final = 16 * 1024 * 1024
_CONTROLS: Final = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_PROLOG: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_LOOSE: Final = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#\d+;|#[xX][0-9A-Fa-f]+;)(?:([A-Za-z][A-Za-z0-9]*);)?", re.DOTALL
)
_END: Final = re.compile(rb"</[\w:.-]+\s*>\s*(?:<!--.*?-->\s*)*\Z", re.DOTALL)
_OWN: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")


def stream(
    body: bytes, roots: frozenset[str], names: frozenset[str], heads: frozenset[str] = frozenset()
) -> Iterator[etree._Element]:
    """The elements called `names` (without namespace) below a root called one of `roots`, one at a time: each is
    emptied when the next is asked for. Those called one of `heads` come too, from the root or its channel only.
    Raises Unreadable before the first one when the answer is no such XML."""
    data = _prepare(body)
    parser: Any = etree.iterparse(
        BytesIO(data), events=("start", "end"), recover=True, huge_tree=False,
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root: etree._Element | None = None
    try:
        for event, element in parser:
            if root is None:
                root = element
                if name_of(element) not in roots:
                    raise Unreadable("refused:not_a_feed", f"the answer is XML whose root is {name_of(element)[:40]!r}")
            if event != "end":
                continue
            name = name_of(element)
            if name in names:
                yield element
                _forget(element)
            elif name in heads and ((parent := element.getparent()) is root or _is_channel(parent)):
                yield element
    except etree.XMLSyntaxError as error:
        if root is None:
            raise Unreadable("refused:not_a_feed", f"the answer is not XML: {error.msg}"[:200]) from error
    if root is None:
        raise Unreadable("refused:not_a_feed", "the answer is not XML")


def broke_off(body: bytes) -> bool:
    """Whether the XML ends before its root does."""
    data = gunzipped(body)
    return not data.startswith((b"\xff\xfe", b"\xfe\xff")) and not _END.search(data[-2000:].rstrip(b"\x00 \t\r\n"))


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace, in lower case; "" for anything but an element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _is_channel(element: etree._Element | None) -> bool:
    return element is not None and name_of(element) == "channel"


def gunzipped(body: bytes) -> bytes:
    """`body` unpacked when it is a gzip file in itself, as sitemap.xml.gz is; at most 16 MiB."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        made = unpacker.decompress(body, _MOST + 1)
    except zlib.error as error:
        raise Unreadable("refused:bad_encoding", "the file is not the gzip that it begins as") from error
    if len(made) > _MOST:
        raise Unreadable("refused:too_large", "the unpacked file is larger than 16 MiB")
    return made


def _prepare(body: bytes) -> bytes:
    data = gunzipped(body)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff")).encode()
    data = data.removeprefix(b"\xef\xbb\xbf").translate(None, _CONTROLS).lstrip()
    if not data:
        raise Unreadable("refused:empty", "the answer has no content")
    prolog = _PROLOG.match(data)
    start = data[prolog.end() if prolog else 0 :][:200].lower()
    if start.startswith(_HTML):
        raise Unreadable("refused:not_a_feed", "the answer is an HTML page")
    if start.startswith(b"<!"):
        raise Unreadable("refused:xml_entity", "the XML declares a document type")
    if not start.startswith(b"<"):
        raise Unreadable("refused:not_a_feed", "the answer is not XML")
    return _LOOSE.sub(_tightened, data)


def _tightened(match: re.Match[bytes]) -> bytes:
    """A bare & as &amp;, an entity of HTML as the character that it names; CDATA stays."""
    whole = match[0]
    if whole.startswith(b"<!") or match[1] in _OWN:
        return whole
    character = html.entities.html5.get(f"{match[1].decode()};") if match[1] else None
    if character:
        return "".join(f"&#{ord(c)};" for c in character).encode()
    return b"&amp;" + whole[1:]


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
