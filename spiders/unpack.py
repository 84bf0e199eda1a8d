"""Undoes Content-Encoding strictly and within bounds: a body that breaks off is a failure, not a short page. We ask for
gzip and deflate; some servers send brotli or zstd all the same."""

import zlib
from collections.abc import Callable
from typing import Final

import brotli
import zstandard

from spiders.refused import Refused

MOST_LAYERS: Final = 2
_STEP: Final = 64 * 1024
_SIP: Final = 256
"""Bytes of zstd at a time: the library cannot be told to stop, and these become 8 MiB at most (4 make 128 KiB)."""
_WINDOW: Final = 8 * 1024 * 1024
"""RFC 9659: the largest window of zstd as a content coding."""


def unpack(body: bytes, encodings: list[str], limit: int) -> bytes:
    """`body` without its encodings, the last one first; no layer may grow beyond `limit` bytes. Raises Refused."""
    layers = [e for e in (part.strip().lower() for part in encodings) if e not in ("", "identity")]
    if len(layers) > MOST_LAYERS:
        raise Refused("refused:bad_encoding", f"the answer is packed {len(layers)} times over")
    for layer in reversed(layers):
        if not body:
            return body
        if layer not in _UNPACKERS:
            raise Refused("refused:bad_encoding", f"the answer is packed in a way that we cannot read: {layer[:40]}")
        body = _UNPACKERS[layer](body, limit)
    return body


def _too_large() -> Refused:
    return Refused("refused:too_large", "the unpacked answer is larger than 16 MiB")


def _broken_off() -> Refused:
    return Refused("refused:truncated", "the packed answer breaks off")


def _drain(unpacker: "zlib._Decompress", data: bytes, limit: int) -> bytes:
    made = bytearray()
    while not unpacker.eof:
        piece = unpacker.decompress(data, _STEP)
        made += piece
        if len(made) > limit:
            raise _too_large()
        data = unpacker.unconsumed_tail
        if not piece and not data and not unpacker.eof:
            raise _broken_off()
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


def _unbrotli(body: bytes, limit: int) -> bytes:
    unpacker = brotli.Decompressor()
    made = bytearray()
    try:
        made += unpacker.process(body, output_buffer_limit=_STEP)
        while not unpacker.is_finished():
            if len(made) > limit:
                raise _too_large()
            piece = unpacker.process(b"", output_buffer_limit=_STEP)
            if not piece and not unpacker.is_finished():
                raise _broken_off()
            made += piece
    except brotli.error as error:
        raise Refused("refused:bad_encoding", "the answer is not the brotli that it claims") from error
    if len(made) > limit:
        raise _too_large()
    return bytes(made)


def _unzstd(body: bytes, limit: int) -> bytes:
    """All frames of a zstd answer, skippable ones included."""
    made = bytearray()
    at = 0
    unpacker = None
    try:
        while at < len(body):
            unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
            while at < len(body) and not unpacker.eof:
                made += unpacker.decompress(body[at : at + _SIP])
                at += _SIP
                if len(made) > limit:
                    raise _too_large()
            if unpacker.eof:
                at = min(at, len(body)) - len(unpacker.unused_data)
    except zstandard.ZstdError as error:
        raise Refused("refused:bad_encoding", f"the answer is not the zstd that it claims: {error}") from error
    if unpacker is not None and not unpacker.eof:
        raise _broken_off()
    return bytes(made)


_UNPACKERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate, "br": _unbrotli, "zstd": _unzstd,
}  # fmt: skip
