"""A real server that misbehaves on purpose: each path answers with raw bytes of the test's choosing."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

Answer = bytes | Callable[[socket.socket], None]


def http(
    body: bytes = b"", *, status: str = "200 OK", type: str = "text/html; charset=utf-8", length: int | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:  # fmt: skip
    """A whole answer; `length` overrides the announced one."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    if type:
        lines.append(f"Content-Type: {type}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(*pieces: bytes, end: bool = True) -> bytes:
    """A chunked answer; without `end` it breaks off."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    body = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)
    return head + body + (b"0\r\n\r\n" if end else b"")


def reset(connection: socket.socket) -> None:
    """Ends the connection with RST and without a byte."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def trickle(connection: socket.socket) -> None:
    """One byte a second of a body that never comes to its end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(120):
        connection.sendall(b"x")
        time.sleep(1)


class HostileServer:
    """Answers `/host/path` with what `pages` says, 404 otherwise, and remembers what was asked. As a replica it finds
    the host in the path; on a wire of its own (internet.py) in the Host header. With `tls` it speaks TLS."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Answer] = {}
        self.tls = tls
        self.asked: list[str] = []
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._stop = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop = True
        self._listener.close()

    def times(self, path: str) -> int:
        """How often `path` was asked."""
        return self.asked.count(path)

    def _serve(self) -> None:
        while not self._stop:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.ExitStack() as open_ones:
            open_ones.enter_context(connection)
            try:
                connection.settimeout(60)
                if self.tls:
                    connection = open_ones.enter_context(self.tls.wrap_socket(connection, server_side=True))
                data = b""
                while b"\r\n\r\n" not in data:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    data += piece
                path = place_of(data, self.port)
                self.asked.append(path)
                self.requests.append(data)
                page = self.pages.get(path, http(b"not here", status="404 Not Found"))
                if isinstance(page, bytes):
                    connection.sendall(page)
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(1)
                else:
                    page(connection)
            except OSError:
                return


def place_of(request: bytes, port: int) -> str:
    """`/host/path` of a request."""
    lines = request.decode("latin-1").split("\r\n")
    path = lines[0].split(" ", 2)[1]
    host = next(line[5:].strip() for line in lines if line.lower().startswith("host:"))
    return path if host.endswith(f":{port}") else f"/{host}{path}"
