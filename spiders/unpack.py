"""Undoes Content-Encoding strictly: a body that breaks off is a failure, not a short page."""

import zlib
from typing import Final

from spiders.refused import Refused

MOST_LAYERS: Final = 2
_STEP: Final = 64 * 1024


def unpack(body: bytes, encodings: list[str], limit: int) -> bytes:
    """`body` without its encodings, the last one first; no layer may grow beyond `limit` bytes. Raises Refused."""
    layers = [e for e in (part.strip().lower() for part in encodings) if e not in ("", "identity")]
    if len(layers) > MOST_LAYERS:
        raise Refused("refused:bad_encoding", f"the answer is packed {len(layers)} times over")
    for layer in reversed(layers):
        if not body:
            return body
        if layer in ("gzip", "x-gzip"):
            body = _gunzip(body, limit)
        elif layer == "deflate":
            body = _inflate(body, limit)
        else:
            raise Refused("refused:bad_encoding", f"the answer is packed in a way that we cannot read: {layer[:40]}")
    return body


def _too_large() -> Refused:
    return Refused("refused:too_large", "the unpacked answer is larger than 16 MiB")


def _drain(unpacker: "zlib._Decompress", data: bytes, limit: int) -> bytes:
    made = bytearray()
    while not unpacker.eof:
        piece = unpacker.decompress(data, _STEP)
        made += piece
        if len(made) > limit:
            raise _too_large()
        data = unpacker.unconsumed_tail
        if not piece and not data and not unpacker.eof:
            raise Refused("refused:truncated", "the packed answer breaks off")
    return bytes(made)


def _gunzip(body: bytes, limit: int) -> bytes:
    """All members of a gzip file; the trailers' checksums and lengths are checked by zlib."""
    made = b""
    while body:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            made += _drain(unpacker, body, limit - len(made))
        except zlib.error as error:
            if made and not body.startswith(b"\x1f\x8b"):
                break  # padding behind the last member, which gzip(1) ignores as well
            raise Refused("refused:bad_encoding", f"the answer is not the gzip that it claims: {error}") from error
        body = unpacker.unused_data
    return made


def _inflate(body: bytes, limit: int) -> bytes:
    for wbits in (15, -15):  # RFC 9110 means zlib, some servers send it bare
        try:
            return _drain(zlib.decompressobj(wbits=wbits), body, limit)
        except zlib.error as error:
            reason = error
    raise Refused("refused:bad_encoding", f"the answer is not the deflate that it claims: {reason}")
