"""Who comes, and whether they may: the one place where a request meets the role that its route needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import BackgroundTasks, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from models.session import DatabaseError, reading, writing
from review import sessions, tokens
from review.accounts import any_account
from review.desk import Desk, desk_of
from review.front import Front
from review.roles import LOCAL, VIEWER, Role, User, role_of

ACTIONS: Final = 120
"""What one account may change in a minute: two a second, far more than a person decides."""
_SAFE: Final = frozenset({"GET", "HEAD"})


class LoginNeeded(Exception):
    """Nobody is logged in, or no longer."""


@dataclass(slots=True)
class Pace:
    """How much an account has changed in the present minute, in this process."""

    minute: int = 0
    count: int = 0

    def is_over(self, at: datetime) -> bool:
        """Counts one more."""
        now = int(at.timestamp()) // 60
        self.count = self.count + 1 if now == self.minute else 1
        self.minute = now
        return self.count > ACTIONS


async def authorise(request: Request, later: BackgroundTasks) -> None:
    """Runs before every endpoint, and decides by the matched route itself, never by the path as text."""
    endpoint = request.scope["route"].endpoint
    needed = role_of(endpoint)
    if needed is Role.ANYONE:
        return
    user = await run_in_threadpool(_who, request, later)
    if user is None:
        raise LoginNeeded
    request.state.user = user
    VIEWER.set(user)
    if user.role < needed:
        raise HTTPException(403, "Your account may not do this.")
    if request.method not in _SAFE and user is not LOCAL:
        paces: dict[str, Pace] = request.app.state.paces
        if paces.setdefault(user.name, Pace()).is_over(desk_of(request).now()):
            raise HTTPException(429, "Too much at once: go on in a minute.", headers={"Retry-After": "60"})


def is_for_programs(request: Request) -> bool:
    """Whether the matched route is one of the API."""
    route = request.scope.get("route")
    return bool(getattr(getattr(route, "endpoint", None), "api", False))


def front_of(request: Request) -> Front:
    """How this desk is reached."""
    front: Front = request.app.state.front
    return front


def _who(request: Request, later: BackgroundTasks) -> User | None:
    """By the token if a program shows one, else by the cookie; nobody is who needs no login, while none can."""
    desk, secret = desk_of(request), secret_of(request)
    with reading(desk.engine) as connection:
        if is_for_programs(request) and "authorization" in request.headers:
            scheme, _, token = request.headers["authorization"].partition(" ")
            return tokens.find(connection, token.strip(), desk.now()) if scheme.lower() == "bearer" else None
        if secret:
            at = desk.now()
            entered = sessions.find(connection, secret, at)
            if entered:
                if entered.unnoted:
                    later.add_task(_note, desk, secret, at)
                return entered.user
        return LOCAL if front_of(request).alone and not any_account(connection) else None


def _note(desk: Desk, secret: str, at: datetime) -> None:
    """After the answer, so that no reader waits for a run that is writing."""
    try:
        with writing(desk.engine) as connection:
            sessions.note(connection, secret, at)
    except DatabaseError:
        return  # the next page notes it


def cookie_name(front: Front) -> str:
    """With the prefix browsers take it only over TLS, for this host alone."""
    return "__Host-khabar" if front.secure else "khabar"


def secret_of(request: Request) -> str | None:
    """The secret of the session that the browser brings."""
    return request.cookies.get(cookie_name(front_of(request)))


def give_cookie(request: Request, answer: Response, secret: str) -> None:
    """Until the browser is closed; when a session ends is for the database to say."""
    front = front_of(request)
    answer.set_cookie(cookie_name(front), secret, path="/", secure=front.secure, httponly=True, samesite="lax")


def take_cookie(request: Request, answer: Response) -> None:
    """Remove it, and what the browser keeps of our pages."""
    front = front_of(request)
    answer.delete_cookie(cookie_name(front), path="/", secure=front.secure, httponly=True, samesite="lax")
    answer.headers["Clear-Site-Data"] = '"cache"'
