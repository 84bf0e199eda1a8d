"""Makes an answer into XML that libxml2 can read: unpacked, in one encoding, without a document type, and without the
mistakes that sites make. All of it on bytes and before the parser, so that no entity is ever defined."""

import html.entities
import re
import zlib
from collections.abc import Sequence
from typing import Final

from spiders.kinds.listed import Unreadable

_MOST: Final = 16 * 1024 * 1024
_CONTROLS: Final = bytes.maketrans(bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D}), b" " * 29)
"""To spaces, because one may have stood between two words."""
_NO_CHARACTER: Final = "\ufffd".encode()
_PROLOG: Final = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE: Final = re.compile(
    rb"<!DOCTYPE\s+[\w:.-]+(?:\s+(?:PUBLIC\s+(?:\"[^\"]*\"|'[^']*')|SYSTEM))?(?:\s*(?:\"[^\"]*\"|'[^']*'))?\s*>",
    re.IGNORECASE,
)
"""A document type that declares nothing itself, as RSS 0.91 has one by its specification."""
_ROOT: Final = re.compile(rb"<([\w:.-]+)[^>]*?(/?)>")
_LOOSE: Final = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#\d+;|#[xX][0-9A-Fa-f]+;)(?:([A-Za-z][A-Za-z0-9]*);)?", re.DOTALL
)
_OWN: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")


def gunzipped(body: bytes) -> bytes:
    """`body` unpacked when it is a gzip file in itself, as sitemap.xml.gz is; at most 16 MiB."""
    made = b""
    while body.startswith(b"\x1f\x8b"):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            made += unpacker.decompress(body, _MOST + 1 - len(made))
        except zlib.error as error:
            raise Unreadable("refused:bad_encoding", "the file is not the gzip that it begins as") from error
        if len(made) > _MOST:
            raise Unreadable("refused:too_large", "the unpacked file is larger than 16 MiB")
        body = unpacker.unused_data
    return made or body


def mended(body: bytes) -> tuple[bytes, bool]:
    """The XML as libxml2 can read it, from its root on or its declaration, and whether mistakes had to be mended."""
    given = _in_bytes(gunzipped(body)).removeprefix(b"\xef\xbb\xbf").strip()
    data = given.replace(b"\x00", _NO_CHARACTER).translate(_CONTROLS).lstrip()
    if not data:
        raise Unreadable("refused:empty", "the answer has no content")
    bare = data == given
    begin = _after_prolog(data, 0)
    start = data[begin : begin + 200].lower()
    if start.startswith(_HTML):
        raise Unreadable("refused:not_a_feed", "the answer is an HTML page")
    if doctype := _DOCTYPE.match(data, begin):
        data = data[:begin] + data[doctype.end() :]
        begin = _after_prolog(data, begin)
    if data.startswith(b"<!", begin):
        raise Unreadable("refused:xml_entity", "the XML declares a document type")
    if not data.startswith(b"<", begin):
        raise Unreadable("refused:not_a_feed", "the answer is not XML")
    tight = _LOOSE.sub(_tightened, data)
    return tight, not (bare and tight == data)


def _after_prolog(data: bytes, begin: int) -> int:
    prolog = _PROLOG.match(data, begin)
    return prolog.end() if prolog else begin


def _in_bytes(data: bytes) -> bytes:
    """UTF-16, with its mark or known by the zeros beside its first characters, as UTF-8 without a declaration."""
    marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
    wide = marks.get(data[:2])
    if wide is None:
        return data
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", data.decode(wide, errors="replace").removeprefix("\ufeff")).encode()


def _tightened(match: re.Match[bytes]) -> bytes:
    """A bare & as &amp;, an entity of HTML as the character that it names; CDATA stays."""
    whole = match[0]
    if whole.startswith(b"<!") or match[1] in _OWN:
        return whole
    character = html.entities.html5.get(f"{match[1].decode()};") if match[1] else None
    if character:
        return "".join(f"&#{ord(c)};" for c in character).encode()
    return b"&amp;" + whole[1:]


def root_of(data: bytes) -> str:
    """The name of the root without its prefix. Raises Unreadable when `data` does not begin with an element."""
    root = _ROOT.match(data, _after_prolog(data, 0))
    if root is None:
        raise Unreadable("refused:not_a_feed", "the answer is not XML")
    return root[1].decode("ascii", "replace").rpartition(":")[2]


def broke_off(data: bytes) -> bool:
    """Whether the XML ends before its root does."""
    root = _ROOT.match(data, _after_prolog(data, 0))
    return root is None or (not root[2] and data.rfind(b"</" + root[1]) < 0)


def whole_items(data: bytes, names: Sequence[str]) -> bytes:
    """`data` without the item in which it breaks off: what there is of its address may be half an address."""
    any_name = b"|".join(name.encode() for name in names)
    tag = re.compile(rb"<(/?)(?:[\w.-]+:)?(?:%s)(?=[\s/>])[^>]*>?" % any_name, re.IGNORECASE)
    end = len(data)
    for match in tag.finditer(data):
        end = match.end() if match[1] or match[0].endswith(b"/>") else match.start()
    return data[:end]
