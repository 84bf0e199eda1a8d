"""The characters that we store: half-spaces kept, bidi controls and watermarks gone, white space made plain."""

import re

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_WATERMARKS = "\u200b\u2060\u00ad\u180e"
_TAGS = (b"\xf3\xa0\x80", b"\xf3\xa0\x81")
"""How the tag characters begin in UTF-8, U+E0000 to U+E007F."""
_INVISIBLE = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\u200b\u2060\ufeff\u00ad\u180e\U000e0000-\U000e007f]"
)
"""Tag characters mean something only behind a black flag: they make it the flag of England."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")

JOINERS = {"\u200c": "\u2e3b", "\u200d": "\u2e3a"}
"""trafilatura drops what str.isprintable refuses, these two among it. Dari, Pashto and Persian are misspelt without the
first and emoji fall apart without the second: each travels as a dash that no news text uses."""


def guard(html: str) -> str:
    """`html` with its joiners replaced by stand-ins that extraction keeps."""
    for joiner, stand_in in JOINERS.items():
        for form in (joiner, "&zwnj;" if joiner == "\u200c" else "&zwj;", f"&#{ord(joiner)};", f"&#x{ord(joiner):x};"):
            html = html.replace(form, stand_in)
    return html


def unguard(text: str) -> str:
    """`text` with its joiners back."""
    for joiner, stand_in in JOINERS.items():
        text = text.replace(stand_in, joiner)
    return text


def plain(text: str) -> str:
    """`text` as we store it: lines kept, everything invisible removed except the joiners."""
    text = unguard(text).replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _CONTROLS.sub("", _INVISIBLE.sub(lambda m: m[1] or "", _BIDI.sub("", text)))
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def line(text: str | None) -> str:
    """`text` as one stored line."""
    return " ".join(plain(text or "").split())


def concerns(text: str) -> list[str]:
    """Issues that the characters of a page raise."""
    found = []
    if not text.isascii():
        # a character at a time is seven times as fast as their UTF-8, fourteen times as fast as a pattern
        if any(control in text for control in _OVERRIDES):
            found.append("bidi_control")
        if any(mark in text for mark in _WATERMARKS) or any(tag in text.encode("utf-8", "replace") for tag in _TAGS):
            found.append("invisible_characters")
    return found


def fold(text: str) -> str:
    """A form for comparing headlines and names: case, quotes, dashes and punctuation do not count."""
    return " ".join(_WORDS.findall(text.casefold()))


def words(text: str) -> list[str]:
    """The words of `text`, folded."""
    return _WORDS.findall(text.casefold())


_WORDS = re.compile(r"\w+")
