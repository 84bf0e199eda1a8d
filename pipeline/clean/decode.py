"""Bytes to text. Valid UTF-8 is UTF-8 whatever anyone declares; after that the declarations are tried, then a guess."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

BAD_SHARE_LIMIT = 0.01
"""Share of undecodable characters above which a page is quarantined."""

_DECLARED = re.compile(rb"<(?:meta|\?xml)\b[^>]{0,400}?\b(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB_NAMES = {  # what browsers read under these labels: https://encoding.spec.whatwg.org/#names-and-labels
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_DOUBLE_ENCODED = re.compile(
    "(?:[ÐÑ][\u0080-\u00bf\u2018-\u203a€™š›œžŸƒ„…†‡ˆ‰Š‹ŒŽ˜]){4}|(?:[ØÙÚÛ][\u0080-\u00bf\u2018-\u203a€™ƒ„…†‡ˆ‰Š‹Œ˜]){4}"
)
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page and how it was read."""

    text: str
    encoding: str
    bad_share: float = 0.0
    """U+FFFD that decoding itself had to put in, as a share of all characters that are not ASCII markup."""
    issues: tuple[str, ...] = ()


def decode(body: bytes, content_type: str = "") -> Decoded:
    """The text of `body`, whose Content-Type header was `content_type`. Never raises."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _lossy(body.removeprefix(bom) if name == "utf-8" else body, name)
    wide = is_wide(body)
    if wide:
        return _lossy(body, wide)
    header = _HEADER.search(content_type)
    claims = [header[1]] if header else []
    match = _DECLARED.search(body, 0, 1_000_000)
    if match:
        claims.append(match[1].decode("ascii"))
    names = [(claim, _codec(claim)) for claim in claims]
    issues = ["charset_unknown"] if any(name is None for _, name in names) else []
    codecs_ = list(dict.fromkeys(name for _, name in names if name))
    if "iso2022_jp" in codecs_ and b"\x1b$" in body:  # seven-bit, therefore also valid UTF-8
        return Decoded(body.decode("iso2022_jp", "replace"), "iso2022_jp", issues=tuple(issues))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, codecs_, issues)
    if codecs_ and "utf-8" not in codecs_ and not body.isascii():
        issues.append("charset_conflict")
    if max(text.count("Ð"), text.count("Ø"), text.count("Ù")) > 3 and _DOUBLE_ENCODED.search(text):
        issues.append("mojibake")
    return Decoded(text, "utf-8", issues=tuple(issues))


def particulars(decoded: Decoded) -> list[str]:
    """What to record of a page that was hard to read: the encoding in which it was, the share that could not be."""
    found = [f"encoding:{decoded.encoding}"] if any(i.startswith("charset_") for i in decoded.issues) else []
    return found + ([f"undecodable:{decoded.bad_share:.2%}"] if decoded.bad_share else [])


_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
"""What lxml reads from a page and then refuses to write; white space stays."""


def clean_characters(text: str) -> str:
    """`text` without surrogates and control characters, so that it can be parsed, stored and sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", text)


def _not_utf8(body: bytes, declared: list[str], issues: list[str]) -> Decoded:
    surrogates = _SURROGATE.search(body) is not None
    text = body.decode("utf-8", "surrogatepass" if surrogates else "replace") if not surrogates else _cesu(body)
    bad = text.count("\ufffd")
    good = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    if surrogates or good > 4 * bad:  # mostly UTF-8 with some foreign or broken bytes
        issues.append("surrogates" if surrogates else "bad_bytes")
        return Decoded(text, "utf-8", bad / max(1, _visible(text)), tuple(issues))
    for name in declared:
        if name == "utf-8":
            continue
        try:
            decoded = Decoded(body.decode(name), name)
        except (UnicodeDecodeError, LookupError):
            continue
        if "utf-8" in declared:
            issues.append("charset_conflict")
        return Decoded(decoded.text, name, issues=tuple(issues))
    for name in declared:
        if name != "utf-8":
            lossy = _lossy(body, name)
            if lossy.bad_share <= BAD_SHARE_LIMIT:
                return Decoded(lossy.text, name, lossy.bad_share, (*issues, "bad_bytes"))
    guess = from_bytes(_sample(body)).best()
    if guess is not None and guess.encoding not in ("ascii", "utf_8"):
        issues.append("charset_conflict" if declared else "charset_guessed")
        lossy = _lossy(body, guess.encoding)
        return Decoded(lossy.text, guess.encoding, lossy.bad_share, (*issues, *lossy.issues))
    return Decoded(text, "utf-8", bad / max(1, _visible(text)), (*issues, "bad_bytes"))


def _cesu(body: bytes) -> str:
    """UTF-8 whose surrogates came as three bytes each: pairs become their character, single ones U+FFFD."""

    def pairs(match: re.Match[bytes]) -> bytes:
        halves = match[0].decode("utf-8", "surrogatepass")
        return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")

    return re.sub(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])+", pairs, body).decode("utf-8", "replace")


def _lossy(body: bytes, name: str) -> Decoded:
    text = body.decode(name, "replace")
    bad = text.count("\ufffd")
    return Decoded(text, name, bad / max(1, _visible(text)), ("bad_bytes",) if bad else ())


def _visible(text: str) -> int:
    """Characters outside tags, roughly: markup must not thin out the share of broken ones."""
    return max(1, len(re.sub(r"<[^>]{0,2000}>", "", text))) if len(text) < 4_000_000 else len(text)


def _codec(claim: str) -> str | None:
    try:
        name = codecs.lookup(claim).name
    except (LookupError, ValueError):
        return None
    if name in (
        "base64",
        "hex",
        "rot13",
        "rot-13",
        "bz2",
        "zlib",
        "uu",
        "quopri",
        "unicode_escape",
        "raw-unicode-escape",
        "punycode",
        "idna",
        "undefined",  # what a program writes that has no charset, and a codec that raises
    ):
        return None
    return _WEB_NAMES.get(name, name)


def is_wide(body: bytes) -> str | None:
    """The codec of UTF-16 without a byte order mark: NUL in every second place of its markup and nowhere else."""
    head = body[:2000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 20 or max(even, odd) < max(4, len(head) // 40) or min(even, odd) > max(even, odd) // 10:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _sample(body: bytes) -> bytes:
    """The lines with bytes above ASCII, which are all that a guess can rest on."""
    lines = [line for line in re.split(rb"[\n<>]", body[:400_000]) if not line.isascii()]
    return b"\n".join(lines)[:40_000] or body[:40_000]
