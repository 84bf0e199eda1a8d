"""The HTTP side: keep-alive connections, one answer per request written at once, every request into the log.

The standard library's server is enough: it adds no dependency, a thread per connection serves any crawler that is
polite to seven outlets, and the raw socket is at hand for the resets and truncations that tests ask for.
"""

import contextlib
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote

from khabar.replica.faults import Fault
from khabar.replica.log import Log, RequestKind
from khabar.replica.reply import TEXT, Reply, Wire, finish

HANG_SECONDS = 120.0


class Host(Protocol):
    """What the server serves."""

    log: Log

    def answer(self, host: str, path: str, query: Mapping[str, str]) -> Reply:
        """The reply of `host` to the decoded `path`."""

    def log_kind(self, host: str, path: str) -> RequestKind:
        """What sort of address it is."""

    def strike(self, host: str, path: str) -> Fault | None:
        """The fault that the request meets."""

    def control(self, method: str, path: str, query: Mapping[str, str]) -> Reply:
        """The reply to a request below /__replica__/, which is never logged."""


class Server(ThreadingHTTPServer):
    """Listens on loopback and hands every request to `replica`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], replica: Host) -> None:
        self.replica = replica
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Binds without asking the resolver for our own name, which can take seconds on a machine without DNS."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accepts a connection and remembers it."""
        connection, client = super().get_request()
        with self._changed:
            self._open.add(connection)
        return connection, client

    def shutdown_request(self, request: Any) -> None:
        """Forgets a connection that ends."""
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def hang_up(self) -> None:
        """Ends all connections, kept-alive ones too: a stopped outlet must not answer on an old connection."""
        self.stopping.set()
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):  # it may have ended by itself
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=5)

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet when the client went away, which tests do on purpose; loud about our own mistakes."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: Server

    def do_GET(self) -> None:
        """Answers GET, and HEAD without the body."""
        self._serve()

    do_HEAD = do_GET
    do_POST = do_GET
    do_PUT = do_GET
    do_DELETE = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the log of `Replica` is the record."""

    def _serve(self) -> None:
        asked = {name.lower(): value for name, value in self.headers.items()}
        self.rfile.read(int(asked.get("content-length", "0")))
        target, _, raw_query = self.path.partition("?")
        query = dict(parse_qsl(raw_query, keep_blank_values=True))
        host, _, rest = target.removeprefix("/").partition("/")
        if host == "__replica__":
            self._send(finish(self.server.replica.control(self.command, rest, query), asked))
            return
        path = f"/{rest}"
        fault = self.server.replica.strike(host, unquote(path))
        if fault is not None and fault.how in ("reset", "hang"):
            self._record(host, path, raw_query, asked, 0, 0)
            self._break(fault)
            return
        wire = finish(self._reply(host, unquote(path), query, fault), asked)
        cut = fault is not None and fault.how == "truncate"
        body = b"" if self.command == "HEAD" else wire.body[: len(wire.body) // 2] if cut else wire.body
        # Logged first: when the client has its answer, the log has the request.
        self._record(host, path, raw_query, asked, wire.status, len(body))
        self._send(Wire(wire.status, wire.headers, body))
        if cut:
            self._break(fault)

    def _reply(self, host: str, path: str, query: Mapping[str, str], fault: Fault | None) -> Reply:
        if fault is not None and isinstance(fault.how, int):
            headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
            return Reply(f"{host} fails with {fault.how}, as asked.\n".encode(), fault.how, TEXT, headers=headers)
        if self.command not in ("GET", "HEAD"):
            return Reply(b"Only GET and HEAD.\n", 405, TEXT, headers={"Allow": "GET, HEAD"})
        return self.server.replica.answer(host, path, query)

    def _record(self, host: str, path: str, query: str, asked: Mapping[str, str], status: int, sent: int) -> None:
        self.server.replica.log.add(
            at=datetime.now(UTC), clock=time.monotonic(), method=self.command, host=host, path=path, query=query,
            kind=self.server.replica.log_kind(host, unquote(path)), status=status, sent=sent, headers=asked,
        )  # fmt: skip

    def _send(self, wire: Wire) -> None:
        """Status line, headers and body in one write: fewer packets, and no reader sees half of them."""
        headers = {"Server": "nginx", "Date": self.date_time_string(), **wire.headers}
        if self.command == "HEAD" or wire.status in (204, 304):
            body = b""
        else:
            body = wire.body
            headers.setdefault("Content-Length", str(len(body)))
        phrase = self.responses.get(wire.status, ("Unknown",))[0]
        lines = [f"HTTP/1.1 {wire.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + body)

    def _break(self, fault: Fault | None) -> None:
        """Ends the connection badly: at once with a reset, or after a silence."""
        self.close_connection = True
        if fault is not None and fault.how == "hang":
            self.server.stopping.wait(HANG_SECONDS)
        if fault is not None and fault.how == "reset":
            # Linger of zero seconds makes close() send RST instead of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
