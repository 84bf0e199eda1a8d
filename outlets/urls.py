"""Which address is which article. Spiders, ledger and pipeline must agree on it, or items are fetched or kept twice."""

import hashlib
import posixpath
import re
from collections.abc import Set
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import idna
import tldextract

from outlets.trackers import HOST_LABELS, LAYOUT_VALUES, PATH_ENDINGS, PATH_SEGMENTS, TRACKER_PREFIXES, TRACKERS

MAX_URL: Final = 8192
"""Bytes; what common servers accept as a request line."""
MAX_KEY: Final = 1024
"""Bytes of UTF-8; a PostgreSQL index entry holds 2 704."""

_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE: Final = frozenset(b"!$&'()*+,;=:@/")
_QUERY_SAFE: Final = frozenset(b"!$&'()*+,;=:@/?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CIRCLE: Final = re.compile(r"/((?:[^/]+/){1,3})\1{2}")
MOST_SEGMENTS: Final = 20
"""Parts of a path; with the three rounds of a circle the limits of the Heritrix crawler (TooManyPathSegmentsDecideRule,
PathologicalPathDecideRule)."""
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_PERCENT: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_ENCODED_RUN: Final = re.compile(r"(?:%[89A-F][0-9A-F])+")
_AMP_CACHE: Final = re.compile(r"(?:[^/]+\.)?cdn\.ampproject\.org/[a-z]/(?:s/)?(?P<rest>[^/]+\.[^/]+(?:/.*)?)")
_AMP_VIEWER: Final = re.compile(r"(?:www\.)?google\.[a-z.]+/amp/(?:s/)?(?P<rest>[^/]+\.[^/]+(?:/.*)?)")
_domains: Final = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class BadUrl(ValueError):
    """The address cannot be fetched or kept. The message is one sentence."""


def normalise(url: str, base: str | None = None) -> str:
    """`url` as one canonical absolute http(s) address; relative ones are resolved against `base`.

    Follows RFC 3986 section 6.2.2 (case, percent forms, dot segments) and 6.2.3 (ports), IDNA 2008 with UTS 46 for
    host names. The query keeps its order; the fragment goes. Raises BadUrl, never another error.
    """
    text = url.strip(" \t\r\n\f")
    _refuse_unsafe(text)
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        port = parts.port
    except ValueError as error:
        raise BadUrl(f"the address is malformed: {error}") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise BadUrl(f"the scheme is {parts.scheme or 'missing'}, not http or https")
    if "@" in parts.netloc or "\\" in parts.netloc:
        raise BadUrl("the address carries a user name or password")
    host = _host(parts)
    scheme = parts.scheme.lower()
    place = host if port is None or port == {"http": 80, "https": 443}[scheme] else f"{host}:{port}"
    path = _dots(_percent(parts.path.replace("\\", "/"), _PATH_SAFE))
    query = _percent(parts.query, _QUERY_SAFE)
    made = f"{scheme}://{place}{path}{'?' + query if query else ''}"
    if len(made) > MAX_URL:
        raise BadUrl(f"the address is longer than {MAX_URL} bytes")
    return made


def url_key(url: str, ignored: Set[str] = frozenset()) -> str:
    """The identity of the article at `url`, the same for its print, mobile, AMP and campaign addresses.

    Readable and without scheme (`khaama.com/some-slug`), at most 1 024 bytes; a longer one ends in its SHA-256.
    An unknown parameter is part of the identity, unless it is one of the names `ignored` (lower case), which an outlet
    says of its own addresses. `url_key("https://" + key) == key`. Raises BadUrl.
    """
    plain = normalise(url)
    for _ in range(3):  # a cache of a cache of a cache is the deepest that anyone has cause to make
        wrapped = _AMP_CACHE.fullmatch(plain.split("://", 1)[1]) or _AMP_VIEWER.fullmatch(plain.split("://", 1)[1])
        if not wrapped:
            break
        plain = normalise("https://" + wrapped["rest"])
    parts = urlsplit(plain)
    query = _identity_query(parts.query, ignored)
    key = _readable(f"{_identity_host(parts)}{_identity_path(parts.path)}{'?' + query if query else ''}")
    encoded = key.encode()
    if len(encoded) <= MAX_KEY:
        return key
    digest = hashlib.sha256(encoded).hexdigest()
    return encoded[: MAX_KEY - len(digest) - 1].decode(errors="ignore") + "~" + digest


def is_trap(url: str) -> bool:
    """Whether the path goes in circles (a/b/a/b/a/b) or too deep, as relative links on a page without end make it."""
    path = urlsplit(url).path + "/"
    return path.count("/") > MOST_SEGMENTS + 1 or _CIRCLE.search(path) is not None


@lru_cache(maxsize=4096)
def site(host: str) -> str:
    """The registered domain of `host` (bbc.co.uk of www.bbc.co.uk); an IP address or bare name is its own site."""
    return _domains(host).top_domain_under_public_suffix or host


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one registered domain. A broken address is on no site."""
    try:
        hosts = [urlsplit(normalise(url)).hostname or "" for url in (a, b)]
    except BadUrl:
        return False
    return site(hosts[0]) == site(hosts[1])


def same_host(a: str, b: str) -> bool:
    """Whether two addresses are on one host. A broken address is on none."""
    try:
        return urlsplit(normalise(a)).hostname == urlsplit(normalise(b)).hostname
    except BadUrl:
        return False


def _refuse_unsafe(text: str) -> None:
    if "\x00" in text:
        raise BadUrl("the address holds a NUL character")
    if "\ufffd" in text:
        raise BadUrl("the address holds a character that could not be decoded")
    if _CONTROL.search(text):
        raise BadUrl("the address holds a control character")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise BadUrl("the address holds half a character (a lone surrogate)") from error
    if size > MAX_URL:
        raise BadUrl(f"the address is longer than {MAX_URL} bytes")


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    if not name:
        raise BadUrl("the address names no host")
    if parts.netloc.startswith("["):
        try:
            return f"[{IPv6Address(name).compressed}]"
        except AddressValueError as error:
            raise BadUrl("the host is not a valid IPv6 address") from error
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode()
        except idna.IDNAError as error:
            raise BadUrl(f"the host {name!r} is not a valid name") from error
    name = name.lower()
    if not _HOST.fullmatch(name) or len(name) > 253 or any(len(label) > 63 for label in name.split(".")):
        raise BadUrl(f"the host {name[:80]!r} is not a valid name")
    return name


def _percent(text: str, safe: frozenset[int]) -> str:
    """`text` with percent forms in capitals, unreserved bytes plain, and everything unsafe encoded."""
    out: list[str] = []
    raw = text.encode()
    at = 0
    while at < len(raw):
        byte = raw[at]
        if byte == 0x25 and (match := _PERCENT.match(raw, at)):
            value = int(match[1], 16)
            out.append(chr(value) if value in _UNRESERVED else f"%{value:02X}")
            at += 3
            continue
        out.append(chr(byte) if byte in _UNRESERVED or byte in safe else f"%{byte:02X}")
        at += 1
    return "".join(out)


def _dots(path: str) -> str:
    if "/." not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _identity_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if ":" in host:
        name = f"[{host}]"
    else:
        registered = site(host)
        front = host.removesuffix(registered).rstrip(".")
        name = ".".join([*(label for label in front.split(".") if label and label not in HOST_LABELS), registered])
    return f"{name}:{parts.port}" if parts.port else name


def _identity_path(path: str) -> str:
    path = path.rstrip("/")
    for ending, instead in PATH_ENDINGS:
        if path.endswith(ending) and posixpath.basename(path) != ending:
            path = path.removesuffix(ending) + instead
    segments = path.split("/")[1:]
    while len(segments) > 1 and segments[-1] in PATH_SEGMENTS | {""}:
        segments.pop()
    while len(segments) > 1 and segments[0] in PATH_SEGMENTS | {""}:
        segments.pop(0)
    return "/" + "/".join(segments) if segments and segments != [""] else ""


def _identity_query(query: str, ignored: Set[str]) -> str:
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        low = name.lower()
        if not pair or low in ignored or low in TRACKERS or low.startswith(TRACKER_PREFIXES):
            continue
        if low in LAYOUT_VALUES and value.lower() in LAYOUT_VALUES[low]:
            continue
        kept.append((name, pair.replace("+", "%20")))
    return "&".join(pair for _, pair in sorted(kept, key=lambda entry: entry[0]))


def _readable(text: str) -> str:
    """`text` with encoded letters of other scripts shown; whatever is invisible or not UTF-8 stays encoded."""

    def shown(match: re.Match[str]) -> str:
        raw = bytes.fromhex(match[0].replace("%", ""))
        letters = raw.decode(errors="surrogateescape")
        return "".join(c if c.isprintable() and not "\udc80" <= c <= "\udcff" else _percent_bytes(c) for c in letters)

    return _ENCODED_RUN.sub(shown, text)


def _percent_bytes(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode(errors="surrogateescape"))
