"""The accounts: added, disabled, given another role or password. Every such change ends the account's sessions."""

import re
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.account import Account, LoginSession
from models.exits import Exit
from models.session import writing
from review.passwords import WeakPassword, hashed
from review.roles import LOCAL, ROLES

_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,39}", re.ASCII)


class AccountError(Exception):
    """What was asked cannot be done. One sentence."""

    exit_code = Exit.USAGE


def add(on: Engine, name: str, role: str, password: str, at: datetime) -> None:
    """A new account. Raises AccountError."""
    check_name(name)
    row = {"name": name, "role": checked_role(role), "password_hash": _hash(password, name)}
    try:
        with writing(on) as connection:
            connection.execute(insert(Account).values(**row, created_at=at, password_changed_at=at))
    except IntegrityError as error:
        raise AccountError(f"there is an account {name} already") from error


def set_role(on: Engine, name: str, role: str) -> None:
    """Give it another role. Raises AccountError."""
    _change(on, name, role=checked_role(role))


def set_password(on: Engine, name: str, password: str, at: datetime) -> None:
    """Give it another password. Raises AccountError."""
    check_name(name)
    _change(on, name, password_hash=_hash(password, name), password_changed_at=at)


def set_disabled(on: Engine, name: str, at: datetime | None) -> None:
    """Disable it from `at` on, or let it in again (None). Raises AccountError."""
    _change(on, name, disabled_at=at)


def listed(connection: Connection) -> list[dict[str, Any]]:
    """All accounts by name: name, role, created_at, password_changed_at, last_login_at, disabled_at."""
    wanted = (
        Account.name, Account.role, Account.created_at, Account.password_changed_at, Account.last_login_at,
        Account.disabled_at,
    )  # fmt: skip
    return [dict(row) for row in connection.execute(select(*wanted).order_by(Account.name)).mappings()]


def any_account(connection: Connection) -> bool:
    """Whether there is one, disabled or not: from the first on, nobody enters without."""
    return bool(connection.execute(select(exists().select_from(Account.__table__))).scalar_one())


def id_of(connection: Connection, name: str) -> int:
    """Raises AccountError for a name that nobody has."""
    found: int | None = connection.execute(select(Account.id).where(Account.name == name)).scalar()
    if found is None:
        raise AccountError(f"there is no account {name}: `khabar users list` shows all")
    return found


def check_name(name: str) -> None:
    """Raises AccountError for what cannot be a name."""
    if not _NAME.fullmatch(name):
        raise AccountError("a name has 2 to 40 of a-z, 0-9, dot, dash and underscore, and begins with a letter")
    if name == LOCAL.name:
        raise AccountError(f"{LOCAL.name} is what decisions say that were made without accounts: take another name")


def checked_role(role: str) -> str:
    """Raises AccountError for a role that there is not."""
    if role not in ROLES:
        raise AccountError(f"{role} is no role: take {', '.join(ROLES)}")
    return role


def _hash(password: str, name: str) -> str:
    try:
        return hashed(password, name)
    except WeakPassword as error:
        raise AccountError(str(error)) from error


def _change(on: Engine, name: str, **values: Any) -> None:
    with writing(on) as connection:
        account = id_of(connection, name)
        connection.execute(update(Account).where(Account.id == account).values(**values))
        connection.execute(delete(LoginSession).where(LoginSession.account_id == account))
