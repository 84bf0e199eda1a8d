"""Streams the items of a feed or sitemap: bounded, without document types, tolerant of the mistakes that sites make."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from lxml import etree

from spiders.kinds.listed import Unreadable
from spiders.kinds.mend import broke_off, mended, root_of, whole_items

MOST_TAGS: Final = 100_000
"""Tags of one item, or between two: more are no item, and libxml2 needs 120 bytes for each element."""
_STEP: Final = 64 * 1024


class Reading:
    """One answer, read once. Raises Unreadable when it is no XML with one of the `roots`."""

    def __init__(self, body: bytes, roots: frozenset[str], names: Sequence[str], heads: Sequence[str] = ()) -> None:
        """`names` and `heads` are names of elements without namespace, written as the format writes them."""
        self._data, self._mended = mended(body)
        root = root_of(self._data)
        if root.lower() not in roots:
            raise Unreadable("refused:not_a_feed", f"the answer is XML whose root is {root[:40]!r}")
        self._heads = frozenset(heads)
        self._tags = [f"{{*}}{name}" for name in (*names, *heads)]
        self.truncated = broke_off(self._data)
        self.overflow = False
        if self.truncated:
            self._data = whole_items(self._data, names)

    def __iter__(self) -> Iterator[etree._Element]:
        """The elements called one of `names`, one at a time: each is emptied when the next is asked for. Those called
        one of `heads` come too, from the root or its channel only. What is waited for is chosen in C."""
        parser: Any = etree.XMLPullParser(
            events=("end",), tag=self._tags, recover=True, huge_tree=False, resolve_entities=False, no_network=True,
            load_dtd=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        tags = 0
        for at in range(0, len(self._data), _STEP):
            piece = self._data[at : at + _STEP]
            parser.feed(piece)
            tags += piece.count(b"<")
            for _, element in parser.read_events():
                if local_name(element) not in self._heads:
                    yield element
                    _forget(element)
                    tags = 0
                elif (parent := element.getparent()) is None or parent.getparent() is None or _is_channel(parent):
                    yield element
            if tags > MOST_TAGS:
                self.overflow = True
                return
        self._mended = self._mended or any(entry.domain_name != "NAMESPACE" for entry in parser.feed_error_log)

    def issues(self) -> tuple[str, ...]:
        """What was wrong, after the last element: overflow, truncated, mended (see Listing.issues)."""
        if self.overflow:
            return ("overflow",)
        return ("truncated",) if self.truncated else ("mended",) if self._mended else ()


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace or undeclared prefix; "" for anything but an element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def name_of(element: etree._Element) -> str:
    """`local_name` in lower case, for the children of items: every site writes pubDate in its own way."""
    return local_name(element).lower()


def _is_channel(element: etree._Element) -> bool:
    return name_of(element) == "channel"


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
