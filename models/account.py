"""Who may enter: accounts, their open sessions, the tokens of programs, and the counts that slow down guessing."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id


class Account(Base):
    """A person. Never deleted, only disabled: decisions carry the name."""

    __tablename__ = "accounts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    role: Mapped[str] = mapped_column(String(8))
    """reader, reviewer or admin."""
    password_hash: Mapped[str] = mapped_column(Text)
    """argon2id with its parameters and salt."""
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class LoginSession(Base):
    """One login of one browser. Its secret is known to that browser alone; here stands the hash."""

    __tablename__ = "login_sessions"

    secret_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """To a few minutes: not every page writes it."""


class ApiToken(Base):
    """What a program shows instead of a login. Shown once when made; here stands the hash."""

    __tablename__ = "api_tokens"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Attempts(Base):
    """How often something was tried since a moment; the key says what, as a hash, since people type passwords into
    the field of the name."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[int] = mapped_column(BigInteger)
    """Seconds since 1970."""
    count: Mapped[int]
