"""What every request passes: known host, own origin, small body; and what every answer carries, errors included."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.front import LOOPBACK, Front

log = logging.getLogger(__name__)

MAX_BODY: Final = 64 * 1024
"""Bytes. The largest form names 200 articles."""
PATIENCE: Final = 30.0
"""Seconds that a form may take to arrive."""

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer: with it browsers send "Origin: null" with our own forms, and the origin check would refuse them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

STAY_SECURE: Final = "max-age=31536000"
"""Strict-Transport-Security, once a browser has come over TLS."""
_SAFE: Final = frozenset({"GET", "HEAD"})

ErrorPage = Callable[[int, str], Response]
"""(status, sentence) -> page."""


class Guard:
    """ASGI middleware, outermost of ours, so that nothing leaves without its headers."""

    def __init__(self, app: ASGIApp, error_page: ErrorPage, front: Front = LOOPBACK) -> None:
        self.app = app
        self.error_page = error_page
        self.front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what may not pass; otherwise pass it on and see its answer out."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no web sockets here
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if self.front.secure:
                    headers["Strict-Transport-Security"] = STAY_SECURE
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        peer = (scope.get("client") or ("", 0))[0]
        refused = refusal(scope["method"], scope["headers"], self.front, peer)
        body: bytes | None = b""
        if not refused and scope["method"] not in _SAFE:
            try:
                async with asyncio.timeout(PATIENCE):
                    body = await _read(receive)
            except TimeoutError:
                refused = (408, "The form took too long to arrive.")
        if body is None:
            refused = (413, f"The form is larger than {MAX_BODY // 1024} KiB.")
        if refused:
            await self.error_page(*refused)(scope, receive, send_guarded)
            return
        try:
            await self.app(scope, receive if scope["method"] in _SAFE else _replay(body or b"", receive), send_guarded)
        except Exception:
            number = uuid.uuid4().hex[:8]
            log.exception("error %s at %s", number, scope["path"])
            if started:
                raise
            page = self.error_page(500, f"Something went wrong here. The log has it under the number {number}.")
            await page(scope, receive, send_guarded)


def refusal(
    method: str, raw_headers: list[tuple[bytes, bytes]], front: Front = LOOPBACK, peer: str = "127.0.0.1"
) -> tuple[int, str] | None:
    """(status, sentence) when a request may not pass by its headers and its sender alone, else None.

    Another site cannot make a browser send our host name as Host without us being that host (which stops DNS
    rebinding), nor `Sec-Fetch-Site: same-origin`, nor our own Origin (which stops forged forms)."""
    headers = Headers(raw=raw_headers)
    if stranger := front.stranger(peer, headers):
        return 403, stranger
    hosts = headers.getlist("host")
    own = front.origin_for(hosts[0]) if len(hosts) == 1 else None
    if own is None:
        return 400, "This address is not one of ours: use the one that the command printed."
    if method in _SAFE:
        return None
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    own_origin = origins == [own]
    if sites == ["same-origin"] and (own_origin or not origins):
        return None
    if sites in ([], ["none"]) and own_origin:
        return None
    return 403, "The form was not sent from one of our own pages, so nothing was done."


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` once, then waits for the client as before."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
