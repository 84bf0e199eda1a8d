"""Who may do what. Every route names the role that it needs, so that accounts can be added without touching a route."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

from fastapi import HTTPException, Request

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


class Role(IntEnum):
    """A higher role may do everything that a lower one may."""

    ANYONE = 0
    """Needs no account: the files that every page is made of."""
    READER = 1
    REVIEWER = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class User:
    """Who is at the desk."""

    name: str
    role: Role


LOCAL: Final = User("local", Role.ADMIN)
"""Single-user mode: whoever reaches the loopback address of this machine. `review.serve` refuses others."""


def needs(role: Role) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint with the role that it needs."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__["role"] = role
        return endpoint

    return mark


def role_of(endpoint: object) -> Role:
    """The role that an endpoint names. Raises LookupError when it names none: nothing is open by accident."""
    role = getattr(endpoint, "role", None)
    if not isinstance(role, Role):
        raise LookupError(f"{getattr(endpoint, '__name__', endpoint)} names no role")
    return role


def current_user(_request: Request) -> User:
    """Who sent the request. The one place to change when accounts come."""
    return LOCAL


def authorise(request: Request) -> None:
    """Runs before every endpoint. Decides by the matched route itself, never by the path as text."""
    if current_user(request).role < role_of(request.scope["route"].endpoint):
        raise HTTPException(403, "Your account may not do this.")
