"""An answer of a site, and what HTTP makes of it: validators, 304, gzip and a right Content-Length."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

HTML = "text/html; charset=UTF-8"
RSS = "application/rss+xml; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"
_SMALLEST_GZIP = 256


@dataclass(frozen=True, slots=True)
class Reply:
    """What a site says to one address. `modified` makes the answer conditional (ETag, Last-Modified, 304)."""

    body: bytes = b""
    status: int = 200
    type: str = HTML
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wire:
    """The status, headers and body bytes that go over the connection. For HEAD the body is dropped by the server."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def finish(reply: Reply, asked: Mapping[str, str]) -> Wire:
    """`reply` as the request headers `asked` (names in lower case) want it: compressed, or 304 without a body."""
    headers = {"Content-Type": reply.type, **reply.headers}
    zipped = len(reply.body) >= _SMALLEST_GZIP and _accepts_gzip(asked.get("accept-encoding", ""))
    if len(reply.body) >= _SMALLEST_GZIP:
        headers["Vary"] = "Accept-Encoding"
    if reply.modified is not None and reply.status == 200:
        tag = f'"{hashlib.sha256(reply.body).hexdigest()[:20]}"'
        headers["ETag"] = f"W/{tag}" if zipped else tag  # as nginx does: compressed bytes are only weakly the same
        headers["Last-Modified"] = format_datetime(reply.modified.astimezone(UTC), usegmt=True)
        if _has_it(asked, tag, reply.modified):
            kept = {name: value for name, value in headers.items() if name in ("ETag", "Last-Modified", "Vary")}
            return Wire(304, kept, b"")
    body = reply.body
    if zipped:
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return Wire(reply.status, headers, body)


def _accepts_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _has_it(asked: Mapping[str, str], tag: str, modified: datetime) -> bool:
    """RFC 9110, 13.1: If-None-Match, compared weakly, wins over If-Modified-Since."""
    if "if-none-match" in asked:
        known = {part.strip().removeprefix("W/") for part in asked["if-none-match"].split(",")}
        return tag in known or "*" in known
    if "if-modified-since" in asked:
        try:
            since = parsedate_to_datetime(asked["if-modified-since"])
        except ValueError:
            return False
        return since.tzinfo is not None and modified.replace(microsecond=0) <= since
    return False
