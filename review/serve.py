"""Serves the desk: to this machine, or to others once there are accounts and a way that nobody can listen in on."""

import errno
import ipaddress
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import uvicorn
from sqlalchemy import Engine

from models.exits import Exit
from models.session import engine as engine_of
from models.session import reading
from models.settings import settings
from outlets.schema import Outlet
from review.accounts import any_account
from review.app import create_app
from review.front import BadFront, Front, checked_origin, checked_proxies
from review.outlet_faces import watched

BACKLOG: Final = 128
AT_ONCE: Final = 200
"""Connections; more are told to come back."""
LONGEST_HEAD: Final = 32 * 1024
"""Bytes of a request's headers."""


class PortInUse(Exception):
    """Something else listens there. One sentence."""

    exit_code = Exit.PORT


class Refused(Exception):
    """The address is not to be had, or not safe to listen on. One sentence."""

    exit_code = Exit.PORT


class BadSetting(Exception):
    """A setting or file of the desk cannot be used. One sentence."""

    exit_code = Exit.CONFIG


def serve(
    host: str,
    port: int,
    outlets: Callable[[], Mapping[str, Outlet | None]] = watched,
    *,
    cert: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve until Ctrl-C; `port` 0 takes a free one. Raises PortInUse, Refused or BadSetting before anything is
    served."""
    on = engine_of()
    check_pair(cert, key)
    found = front(host, port, settings().review_origin, settings().review_proxies, tls=cert is not None, on=on)
    listening = listen(host, port)
    at = listening.getsockname()
    shown = f"[{at[0]}]" if listening.family == socket.AF_INET6 else at[0]
    try:
        config = uvicorn.Config(
            create_app(on, outlets=outlets, front=found), log_level="warning", access_log=False, server_header=False,
            proxy_headers=False, ws="none", lifespan="off", timeout_graceful_shutdown=5, http="h11",
            h11_max_incomplete_event_size=LONGEST_HEAD, limit_concurrency=AT_ONCE,
            ssl_certfile=cert and str(cert), ssl_keyfile=key and str(key),
        )  # fmt: skip
        address = found.origin or f"{'https' if found.tls else 'http'}://{shown}:{at[1]}"
        sys.stdout.write(f"The review queue is at {address}/ (Ctrl-C ends it)\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()


def front(host: str, port: int, origin: str, proxies: str, *, tls: bool, on: Engine) -> Front:
    """How the desk will be reached. Raises BadSetting, or Refused when that would not be safe: it says all that is
    missing at once."""
    try:
        trusted = checked_proxies(proxies)
        own = checked_origin(origin) if origin.strip() else ""
    except BadFront as error:
        raise BadSetting(f"KHABAR_REVIEW_ORIGIN or KHABAR_REVIEW_PROXIES: {error}") from error
    address = _address(host)
    if address.is_loopback and not trusted and not own:
        return Front(tls=tls)
    if not own and tls and not address.is_unspecified:
        own = checked_origin(f"https://{f'[{address}]' if address.version == 6 else address}:{port}")
    with reading(on) as connection:
        known = any_account(connection)
    missing = [
        *([] if known else ["an account (`khabar users add NAME --role admin`)"]),
        *([] if tls or trusted else ["--tls-cert and --tls-key, or a proxy in KHABAR_REVIEW_PROXIES"]),
        *([] if own else ["KHABAR_REVIEW_ORIGIN, such as https://desk.example.org"]),
    ]
    if missing:
        raise Refused(f"at {host} other machines reach the desk, which needs {', and '.join(missing)}")
    return Front(own, trusted, tls)


def check_pair(cert: Path | None, key: Path | None) -> None:
    """Raises BadSetting unless both or neither are given, and fit."""
    if (cert is None) != (key is None):
        raise BadSetting("--tls-cert and --tls-key are given together or not at all")
    if cert is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password=lambda: "")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise BadSetting(f"{cert} and {key} are no certificate with its key: {error}") from error


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    named = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        known = ipaddress.ip_address(named)
    except ValueError as error:
        raise Refused(f"{host!r} is not an address of this machine, such as 127.0.0.1 or 0.0.0.0") from error
    if known.is_loopback and str(known) not in {"127.0.0.1", "::1"}:
        raise Refused(f"{host} is not 127.0.0.1, ::1 or localhost, by which browsers know this machine")
    return known


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortInUse or Refused."""
    known = _address(host)
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
