"""Accounts for tests, with one password for all, and how a client logs in."""

import httpx
from sqlalchemy import Engine

from review import accounts
from tests.review.rows import NOW

PASSWORD = "seven quiet rivers"  # noqa: S105 (of accounts that live for a test)


def account(on: Engine, name: str, role: str = "reviewer") -> None:
    """An account with PASSWORD."""
    accounts.add(on, name, role, PASSWORD, NOW)


def enter(client: httpx.Client, name: str, password: str = PASSWORD, there: str = "/") -> httpx.Response:
    """What the door answers."""
    return client.post("/login", data={"name": name, "password": password, "next": there})


def log_in(client: httpx.Client, on: Engine, name: str, role: str = "reviewer") -> None:
    """The client is logged in as a new account."""
    account(on, name, role)
    assert enter(client, name).status_code == 303
