"""Tokens of programs that read the API: shown once, kept as a hash, with a role and an end of their own."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select, update

from models.account import Account, ApiToken
from models.session import writing
from review.accounts import AccountError, checked_role, id_of
from review.roles import ROLES, User
from review.secret import TOKEN_PREFIX, kept, made

LONGEST: Final = 366
"""Days."""


def add(on: Engine, account: str, role: str, days: int, note: str, at: datetime) -> str:
    """A new token of an account; the token itself, which nobody can show again. Raises AccountError."""
    checked_role(role)
    if not 1 <= days <= LONGEST:
        raise AccountError(f"a token holds 1 to {LONGEST} days")
    secret = made(TOKEN_PREFIX)
    with writing(on) as connection:
        row = {
            "account_id": id_of(connection, account), "secret_sha256": kept(secret), "role": role, "note": note[:80],
            "created_at": at, "expires_at": at + timedelta(days=days),
        }  # fmt: skip
        connection.execute(insert(ApiToken).values(**row))
    return secret


def listed(connection: Connection) -> list[dict[str, Any]]:
    """All tokens: id, account, role, note, created_at, expires_at, revoked_at."""
    wanted = (
        ApiToken.id, Account.name.label("account"), ApiToken.role, ApiToken.note, ApiToken.created_at,
        ApiToken.expires_at, ApiToken.revoked_at,
    )  # fmt: skip
    query = select(*wanted).join(Account, Account.id == ApiToken.account_id).order_by(ApiToken.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def revoke(on: Engine, token: int, at: datetime) -> None:
    """From now on it opens nothing. Raises AccountError when there is none, or it is revoked already."""
    with writing(on) as connection:
        open_one = (ApiToken.id == token, ApiToken.revoked_at.is_(None))
        if not connection.execute(update(ApiToken).where(*open_one).values(revoked_at=at)).rowcount:
            raise AccountError(f"there is no token {token} that is not revoked: `khabar users token list` shows all")


def find(connection: Connection, secret: str, at: datetime) -> User | None:
    """Who shows it: its account, with the lower of both roles. None once it or the account has ended."""
    row = connection.execute(
        select(Account.name, Account.role, ApiToken.role.label("own"))
        .join(Account, Account.id == ApiToken.account_id)
        .where(
            ApiToken.secret_sha256 == kept(secret), ApiToken.revoked_at.is_(None), ApiToken.expires_at > at,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()  # fmt: skip
    return row and User(row.name, min(ROLES[row.role], ROLES[row.own]))
