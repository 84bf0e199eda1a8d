"""Slows down whoever tries often: counts by key in windows of a minute, in the database, so that a restart and a
second server change nothing."""

import hashlib
import ipaddress
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, case, delete, update

from models.account import Attempts
from models.upsert import insert_or

WINDOW: Final = 60
"""Seconds."""
KEPT: Final = 24 * 3600
"""Seconds after which a count is forgotten."""
FROM_ADDRESS: Final = 5
FOR_NAME: Final = 10
"""Logins a window. More for a name than from an address, so that no single address can shut somebody else out."""


def keys(name: str, address: str) -> dict[str, int]:
    """The counts of a login and what each may reach, in the order in which they are taken."""
    return {_key("address", network(address)): FROM_ADDRESS, _key("name", name): FOR_NAME}


def take(connection: Connection, limits: dict[str, int], at: datetime) -> int:
    """Count one attempt, before its outcome is known; the seconds to wait if it is one too many, else 0. An address
    that must wait counts nothing further."""
    now = int(at.timestamp())
    fresh = Attempts.since <= now - WINDOW
    later = {"count": case((fresh, 1), else_=Attempts.count + 1), "since": case((fresh, now), else_=Attempts.since)}
    for key, most in limits.items():
        count, since = connection.execute(
            insert_or(connection, Attempts)
            .values(key=key, since=now, count=1)
            .on_conflict_do_update(index_elements=["key"], set_=later)
            .returning(Attempts.count, Attempts.since)
        ).one()
        if count > most:
            return max(since + WINDOW - now, 1)
    return 0


def give_back(connection: Connection, limits: dict[str, int], at: datetime) -> None:
    """The attempt was no guess: it does not count. Forgets what was tried over a day ago."""
    for key in limits:
        connection.execute(
            update(Attempts).where(Attempts.key == key, Attempts.count > 0).values(count=Attempts.count - 1)
        )
    connection.execute(delete(Attempts).where(Attempts.since < int(at.timestamp()) - KEPT))


def network(address: str) -> str:
    """Whom an address stands for: one IPv4 address, or the /64 that an IPv6 host usually has to itself."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
