"""Logins: a random secret in a cookie, its hash in the database, an end by idleness and one by age."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from models.account import Account, LoginSession
from review.roles import ROLES, User
from review.secret import kept, made

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(days=7)
NOTED: Final = timedelta(minutes=5)
"""How old `seen_at` may be: a page that is read need not write each time."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Whose session it is."""

    user: User
    account_id: int
    unnoted: bool
    """Whether `note` is due."""


def begin(connection: Connection, account_id: int, at: datetime, former: str | None) -> str:
    """A new session, never one that the browser brought along (`former` ends); its secret. Ends what is outdated."""
    connection.execute(
        delete(LoginSession).where(or_(LoginSession.seen_at <= at - IDLE, LoginSession.started_at <= at - LONGEST))
    )
    if former:
        end(connection, former)
    secret = made()
    values = {"secret_sha256": kept(secret), "account_id": account_id, "started_at": at, "seen_at": at}
    connection.execute(insert(LoginSession).values(**values))
    return secret


def find(connection: Connection, secret: str, at: datetime) -> Entered | None:
    """Whose session it is, if it still holds."""
    row = connection.execute(
        select(Account.id, Account.name, Account.role, LoginSession.seen_at)
        .join(Account, Account.id == LoginSession.account_id)
        .where(
            LoginSession.secret_sha256 == kept(secret), Account.disabled_at.is_(None),
            LoginSession.seen_at > at - IDLE, LoginSession.started_at > at - LONGEST,
        )
    ).one_or_none()  # fmt: skip
    return row and Entered(User(row.name, ROLES[row.role]), row.id, at - row.seen_at >= NOTED)


def note(connection: Connection, secret: str, at: datetime) -> None:
    """Its browser has just been here. A session that has ended meanwhile stays ended."""
    connection.execute(update(LoginSession).where(LoginSession.secret_sha256 == kept(secret)).values(seen_at=at))


def end(connection: Connection, secret: str) -> None:
    """Log out."""
    connection.execute(delete(LoginSession).where(LoginSession.secret_sha256 == kept(secret)))


def end_all(connection: Connection, account_id: int) -> None:
    """Log out everywhere."""
    connection.execute(delete(LoginSession).where(LoginSession.account_id == account_id))


def count(connection: Connection, account_id: int, at: datetime) -> int:
    """How many of its sessions hold."""
    query = select(func.count()).where(
        LoginSession.account_id == account_id, LoginSession.seen_at > at - IDLE, LoginSession.started_at > at - LONGEST
    )
    return connection.execute(query).scalar_one()
