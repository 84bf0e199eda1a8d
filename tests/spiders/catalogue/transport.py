"""T16 to T32: answers that break off, lie about themselves, never end, or are no answers."""

import gzip
import socket
import time
import zlib
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import brotli
import zstandard

from tests.spiders.catalogue.case import DONE, Case, good, page
from tests.spiders.hostile import chunked, http, reset

MIB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"


def packed(body: bytes, encoding: str) -> bytes:
    """An answer whose Content-Length fits the (broken) body: what Scrapy itself takes for a good page."""
    return http(body, headers={"Content-Encoding": encoding})


def zipped(mark: str) -> bytes:
    """A page in gzip."""
    return gzip.compress(page(mark).encode())


def bomb(*packings: str) -> Callable[[socket.socket], None]:
    """200 MB of nothing, packed once or twice. Made when it is asked for: that takes a second."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(packed(packed_bomb(packings), ", ".join(packings)))

    return answer


@cache
def packed_bomb(packings: tuple[str, ...]) -> bytes:
    pieces = [bytes(MIB)] * 200
    for packing in packings:
        packer: Any = {
            "gzip": lambda: zlib.compressobj(6, wbits=31), "deflate": lambda: zlib.compressobj(6),
            "br": lambda: brotli.Compressor(quality=1), "zstd": lambda: zstandard.ZstdCompressor().compressobj(),
        }[packing]()  # fmt: skip
        put = packer.process if packing == "br" else packer.compress
        end = packer.finish if packing == "br" else packer.flush
        pieces = [b"".join([*(put(piece) for piece in pieces), end()])]
    return pieces[0]


def lengths(mark: str, *values: object) -> bytes:
    """A page whose Content-Length headers say `values`."""
    said = b"".join(f"Content-Length: {value}\r\n".encode() for value in values)
    return HEAD + said + b"\r\n" + page(mark).encode()


def headed(mark: str, lines: bytes) -> bytes:
    """A page with further header lines."""
    body = page(mark).encode()
    return HEAD + f"Content-Length: {len(body)}\r\n".encode() + lines + b"\r\n" + body


def cut(mark: str, *, hard: bool) -> Callable[[socket.socket], None]:
    """Half of a page, and then the end of the connection, with RST when `hard`."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(lengths(mark, 10_000))
        time.sleep(0.1)  # it must have arrived, or RST would take it back
        if hard:
            reset(connection)

    return answer


SENT: Counter[str] = Counter()
"""Bytes of large answers that the system took from the server, their heads included, by slug. Who hangs up at the head
leaves it at that."""


def endless(
    *, head: bytes, piece: bytes, pause: float = 0.0, most: int = 10**9, slug: str = ""
) -> Callable[[socket.socket], None]:
    """`head`, then `piece` again and again until the client goes, or `most` bytes."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        SENT[slug] += len(head)
        sent = 0
        while sent < most:
            connection.sendall(piece)
            sent += len(piece)
            SENT[slug] += len(piece)
            if pause:
                time.sleep(pause)

    return answer


BIG = 100 * MIB
CASES = (
    Case("T16", "half", "gzip cut in the middle", packed(zipped("t16a")[:150], "gzip"), "refused:truncated", asked=3),
    Case("T16", "trailer", "gzip without its trailer", packed(zipped("t16b")[:-6], "gzip"), "refused:truncated",
         asked=3),
    Case("T17", "plain", "not gzip though declared", packed(page("t17").encode(), "gzip"), "refused:bad_encoding",
         asked=3),
    Case("T17", "checksum", "gzip whose checksum is wrong",
         packed((z := zipped("t17b"))[:-8] + b"\0\0\0\0" + z[-4:], "gzip"), "refused:bad_encoding", asked=3),
    Case("T18", "gzip", "200 MB in 200 KB of gzip", bomb("gzip"), "refused:too_large",
         asked=1),
    Case("T18", "deflate", "the same in deflate", bomb("deflate"), "refused:too_large",
         asked=1),
    Case("T18", "brotli", "200 MB in a few hundred bytes of brotli", bomb("br"),
         "refused:too_large", asked=1),
    Case("T18", "zstd", "200 MB in a few KB of zstd", bomb("zstd"), "refused:too_large",
         asked=1),
    Case("T19", "two", "gzip in gzip: still read", packed(gzip.compress(zipped("t19a")), "gzip, gzip"), DONE),
    Case("T19", "three", "gzip, gzip, br", packed(brotli.compress(gzip.compress(zipped("t19b"))), "gzip, gzip, br"),
         "refused:bad_encoding"),
    Case("T19", "inner", "a bomb in the second layer", bomb("gzip", "gzip"),
         "refused:too_large"),
    Case("T19", "unknown", "an encoding that nobody knows", packed(page("t19d").encode(), "rot13"),
         "refused:bad_encoding"),
    Case("T19", "brotli", "brotli, which we did not ask for", packed(brotli.compress(page("t19e").encode()), "br"),
         DONE),
    Case("T19", "zstd", "zstd, which we did not ask for", packed(zstandard.compress(page("t19f").encode()), "zstd"),
         DONE),
    Case("T19", "deflate", "deflate", packed(zlib.compress(page("t19g").encode()), "deflate"), DONE),
    Case("T20", "announced", "100 MB, and the header says so",
         endless(head=HEAD + f"Content-Length: {BIG}\r\n\r\n".encode(), piece=bytes(MIB), most=BIG,
                 slug="t20-announced"), "refused:too_large", asked=1),
    Case("T20", "chunked", "100 MB in chunks", endless(head=HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
         piece=b"100000\r\n" + bytes(MIB) + b"\r\n", most=BIG, slug="t20-chunked"), "refused:too_large", asked=1),
    Case("T20", "unannounced", "100 MB until the connection ends", endless(head=HEAD + b"\r\n", piece=bytes(MIB),
         most=BIG, slug="t20-unannounced"), "refused:too_large", asked=1),
    Case("T21", "larger", "Content-Length larger than the page", lengths("t21a", 5000), "refused:dataloss", asked=3),
    Case("T21", "smaller", "Content-Length smaller than the page", lengths("t21b", 400), "refused:dataloss", asked=3),
    Case("T21", "negative", "Content-Length -5", lengths("t21c", -5), "refused:dataloss", asked=3),
    Case("T21", "twice", "two Content-Lengths", lengths("t21d", 400, 900), "refused:dataloss", asked=3),
    Case("T22", "reset", "reset in the middle of the page", cut("t22a", hard=True), "refused:dataloss", asked=3),
    Case("T22", "fin", "the connection ends in the middle", cut("t22b", hard=False), "refused:dataloss", asked=3),
    Case("T22", "chunks", "chunks without the last", chunked(page("t22c").encode(), end=False), "refused:dataloss",
         asked=3),
    Case("T22", "whole", "chunks with the last", chunked((whole := page("t22d").encode())[:500], whole[500:]), DONE),
    Case("T22", "at-once", "reset before a byte", reset, "refused:unreachable", host="reset.test", asked=3),
    Case("T23", "headers", "a header line a second, for ever", endless(head=HEAD, piece=b"X-More: yes\r\n", pause=1),
         "refused:unreachable", host="slow-head.test", asked=3),
    Case("T23", "body", "a byte a second, for ever", endless(head=HEAD + b"Content-Length: 100000\r\n\r\n", piece=b"x",
         pause=1), "refused:unreachable", host="slow-body.test", asked=3),
    Case("T24", "many", "1 000 headers", headed("t24a", b"".join(b"X-%d: 1\r\n" % n for n in range(1000))),
         "refused:bad_response"),
    Case("T24", "huge", "a header of 1 MB", headed("t24b", b"X-Huge: " + b"x" * MIB + b"\r\n"), "refused:bad_response"),
    Case("T24", "folded", "a header of 1 MB, in lines", headed("t24c", b"X-Fold: 1\r\n" + (b" " + b"x" * 999 + b"\r\n")
         * 1049), "refused:bad_response"),
    Case("T24", "endless", "headers without end", endless(head=HEAD, piece=b"X-More: yes\r\n" * 5000),
         "refused:bad_response"),
    Case("T24", "cr", "a bare CR in a header", headed("t24e", b"X-Split: a\rSet-Cookie: b=1\r\n"),
         "refused:bad_response"),
    Case("T24", "nul", "NUL in a header", headed("t24f", b"X-Nul: a\0b\r\n"), "refused:bad_response"),
    Case("T25", "204", "204 No Content", http(status="204 No Content"), "refused:http_other"),
    Case("T25", "205", "205 Reset Content", http(status="205 Reset Content"), "refused:http_other"),
    Case("T25", "206", "206 with half a page", http(page("t25").encode()[:400], status="206 Partial Content"),
         "refused:http_other"),
    Case("T25", "1xx", "103 for ever", endless(head=b"", piece=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
         "refused:http_other"),
    Case("T25", "999", "status 999", http(page("t25b").encode(), status="999 No"), "refused:http_other"),
    Case("T25", "403", "403 Forbidden", http(b"no", status="403 Forbidden"), "refused:http_4xx", asked=1),
    Case("T25", "404", "404 Not Found", http(b"no", status="404 Not Found"), "refused:http_4xx", asked=1),
    Case("T25", "410", "410 Gone", http(b"gone", status="410 Gone"), "refused:http_4xx", asked=1),
    Case("T25", "500", "500", http(b"oops", status="500 Oops"), "refused:http_5xx", asked=3),
    Case("T26", "no-copy", "304 though we hold no copy", http(status="304 Not Modified"), "refused:http_304"),
    Case("T27", "copy", "304 when we hold a copy", good("t27", ETag='"27"'), DONE,
         later=http(status="304 Not Modified", headers={"ETag": '"27"'})),
    Case("T28", "same-etag", "the ETag stays, the text is another", good("t28a", ETag='"28"'), DONE,
         later=good("t28anew", ETag='"28"'), versions=2),
    Case("T28", "other-etag", "the ETag is another, the text stays", good("t28b", ETag='"a"'), DONE,
         later=good("t28b", ETag='"b"')),
    Case("T29", "expired", "an expired certificate", good("t29a"), "refused:tls", host="expired.test", asked=0),
    Case("T29", "self-signed", "a certificate that nobody vouches for", good("t29b"), "refused:tls",
         host="self-signed.test", asked=0),
    Case("T29", "wrong-host", "the certificate of another host", good("t29c"), "refused:tls", host="wrong-host.test",
         asked=0),
    Case("T30", "pdf", "PDF as text/html", http(b"%PDF-1.7 ..."), "refused:not_html"),
    Case("T30", "png", "PNG as text/html", http(b"\x89PNG\r\n\x1a\n" + page("t30").encode()), "refused:not_html"),
    Case("T30", "json", "JSON as text/html", http(b'{"a": 1}'), "refused:not_html"),
    Case("T30", "mp4", "MP4 as text/html", http(b"\0\0\0\x18ftypmp42\0\0\0\0" + bytes(900)), "refused:not_html"),
    Case("T31", "none", "a page without Content-Type", http(page("t31").encode(), type=""), DONE),
    Case("T31", "pdf", "PDF without Content-Type", http(b"%PDF-1.7 ...", type=""), "refused:not_html"),
    Case("T32", "garbage", "HTTP/0.9", b"hello\r\n\r\n", "refused:bad_response", asked=3),
    Case("T32", "banana", "a status line that is none", b"HTTP/1.1 banana\r\n\r\n", "refused:bad_response", asked=3),
    Case("T32", "empty", "not a byte", b"", "refused:unreachable", host="mute.test", asked=3),
    Case("T32", "blank", "a page of spaces", http(b"  \n"), "refused:empty", asked=1),
    Case("H07", "403", "a bot challenge with 403", http(b"<title>Just a moment...</title>", status="403 Forbidden"),
         "refused:challenge", host="wary.test", asked=1),
    Case("H07", "200", "a bot challenge with 200", good("h07", cf_mitigated="challenge"), "refused:challenge",
         host="warier.test", asked=1),
)  # fmt: skip
