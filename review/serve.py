"""Serves the desk on loopback. Nothing else until there are accounts: whoever reaches the address may decide."""

import errno
import ipaddress
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Final

import uvicorn

from models.exits import Exit
from outlets.schema import Outlet
from review.app import create_app
from review.outlet_faces import watched

BACKLOG: Final = 128


class PortInUse(Exception):
    """Something else listens there. One sentence."""

    exit_code = Exit.PORT


class Refused(Exception):
    """The address is not to be had, or not safe to listen on. One sentence."""

    exit_code = Exit.PORT


def serve(host: str, port: int, outlets: Callable[[], Mapping[str, Outlet | None]] = watched) -> None:
    """Serve until Ctrl-C; `port` 0 takes a free one. Raises PortInUse or Refused before anything is served."""
    listening = listen(host, port)
    shown = f"[{listening.getsockname()[0]}]" if listening.family == socket.AF_INET6 else listening.getsockname()[0]
    try:
        config = uvicorn.Config(
            create_app(outlets=outlets), log_level="warning", access_log=False, server_header=False,
            proxy_headers=False, ws="none", lifespan="off", timeout_graceful_shutdown=5,
        )  # fmt: skip
        sys.stdout.write(f"The review queue is at http://{shown}:{listening.getsockname()[1]}/ (Ctrl-C ends it)\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on a loopback address."""
    address = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        known = None
    if known is None or not known.is_loopback or str(known) not in {"127.0.0.1", "::1"}:
        raise Refused(
            f"{host} is not 127.0.0.1, ::1 or localhost: without accounts the review page serves this machine only"
        )
    made = socket.socket(socket.AF_INET6 if known.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((str(known), port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(f"port {port} on {host} is in use: choose another with --port, or --port 0") from error
        raise Refused(f"port {port} on {host} cannot be listened on: {error.strerror}") from error
    return made
