"""Who may do what. Every route names the role that it needs; `review.door` holds it against who comes."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

from fastapi import Request

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
"""Who decides while there are no accounts: whoever reaches the loopback address of this machine."""

ROLES: Final = {role.name.lower(): role for role in Role if role > Role.ANYONE}
"""What an account can be, by the word for it."""

VIEWER: Final[ContextVar[User | None]] = ContextVar("viewer", default=None)
"""Whom a page is made for; templates call it `viewer()`."""


def needs(role: Role, *, api: bool = False) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint with the role that it needs. `api`: a token will do, and answers are JSON."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__["role"] = role
        endpoint.__dict__["api"] = api
        return endpoint

    return mark


def role_of(endpoint: object) -> Role:
    """The role that an endpoint names. Raises LookupError when it names none: nothing is open by accident."""
    role = getattr(endpoint, "role", None)
    if not isinstance(role, Role):
        raise LookupError(f"{getattr(endpoint, '__name__', endpoint)} names no role")
    return role


def current_user(request: Request) -> User:
    """Who sent the request, as `review.door` found out before the endpoint ran. Never of a route for anyone."""
    user: User = request.state.user
    return user
