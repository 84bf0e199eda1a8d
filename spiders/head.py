"""Reads the head of an answer within bounds. Twisted bounds a line and the body, but not how many lines come before the
body: a server that never ends its headers would fill our memory, and one that never ends its 1xx answers our time."""

from typing import Any, Final

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import connectionDone
from twisted.web._newclient import ParseError
from twisted.web.http import _DataLoss, _IdentityTransferDecoder

MOST_LINES: Final = 256
"""Header lines, cookies not counted; Python's own client stops at 100, and no outlet was seen to send 60."""
MOST_BYTES: Final = 512 * 1024
"""Of all heads of one answer, cookies and interim answers included."""
MOST_INTERIM: Final = 16
"""1xx answers before the real one; a server has cause for one or two."""

LINGER: Final = 2.0
"""Seconds that a server has to end its side of a connection after its answer."""


class BadHead(ParseError):
    """The head is not one that we read on."""

    def __init__(self, reason: str, data: bytes) -> None:
        super().__init__(reason, data)  # type: ignore[no-untyped-call]


class EndlessInterim(BadHead):
    """1xx answers without end; `code` is that of the last."""

    def __init__(self, code: int, data: bytes) -> None:
        super().__init__(f"more than {MOST_INTERIM} answers with status {code} and no other", data)
        self.code = code


class HeadParser(_LenientHTTPClientParser):
    """Scrapy's parser with bounds. It takes the place of another object's class, so its state begins at class level."""

    _lines = _bytes = _interim = 0

    def lineReceived(self, line: bytes) -> None:
        """One line of a head. Raises BadHead."""
        self._bytes += len(line) + 1
        if self._bytes > MOST_BYTES:
            raise BadHead(f"its head is longer than {MOST_BYTES // 1024} KiB", line[:80])
        if b"\x00" in line or b"\r" in line.removesuffix(b"\r"):  # RFC 9110, 5.5: refuse them or make them spaces
            raise BadHead("a header holds a control character", line[:80])
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """Twisted would close the connection without a word."""
        raise BadHead(f"a header is longer than {self.MAX_LENGTH // 1024} KiB", line[:80])

    def headerReceived(self, name: bytes, value: bytes) -> None:
        """Keeps a header. Cookies are not even kept: nothing that we read needs a session. Raises BadHead."""
        if name.strip().lower() in (b"set-cookie", b"set-cookie2"):
            return
        self._lines += 1
        if self._lines > MOST_LINES:
            raise BadHead(f"it has more than {MOST_LINES} headers", name[:80])
        super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:
        """The head is over. Raises EndlessInterim."""
        if 100 <= self.response.code < 200:
            self._interim += 1
            if self._interim > MOST_INTERIM:
                raise EndlessInterim(self.response.code, b"")
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def _finished(self, rest: bytes) -> None:
        """The body is over. More than was announced came with it: then it was cut, and is no whole page."""
        if rest.strip() and isinstance(self.bodyDecoder, _IdentityTransferDecoder):
            self.bodyDecoder.contentLength = len(rest)  # what the decoder looks at when it is told of the end
            raise _DataLoss
        super()._finished(rest)  # type: ignore[no-untyped-call]


class _HeadProtocol(_LenientHTTP11ClientProtocol):
    """A connection that is over when we say so: Twisted waits for the other side to agree, and reads on meanwhile."""

    transport: Any
    _linger: Any = None

    def _giveUp(self, reason: Any) -> None:
        if not reason.check(ConnectionDone):
            self.transport.abortConnection()
        elif self._linger is None:
            from twisted.internet import reactor  # Scrapy installs it before the first connection

            clock: Any = reactor
            self._linger = clock.callLater(LINGER, self.transport.abortConnection)
        super()._giveUp(reason)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Any = connectionDone) -> None:
        """The connection has ended."""
        if self._linger is not None and self._linger.active():
            self._linger.cancel()
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def request(self, request: Any) -> Any:
        answer = super().request(request)
        if self._parser is None:
            raise RuntimeError("the connection has no parser for the answer")
        self._parser.__class__ = HeadParser  # as Scrapy does: Twisted takes no other way
        return answer


class HeadFactory(_LenientHTTP11ClientFactory):
    """For a connection pool: its connections read answers with HeadParser."""

    def buildProtocol(self, addr: Any) -> _HeadProtocol:
        """A connection's protocol."""
        return _HeadProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
