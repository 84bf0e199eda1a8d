"""Passwords: argon2id, and the same work for every name, known or not, so that the time of an answer tells nothing."""

import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 12
LONGEST: Final = 256
"""Characters."""

HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
"""argon2id with the second recommended parameters of RFC 9106: 64 MiB, about a tenth of a second."""

DECOY: Final = "$argon2id$v=19$m=65536,t=3,p=4$DrLxhlVkU4DL0hhBk5Gk/w$IR8ZyzntVOis1FtXr6O4dJLYfu2/mktzl6lkZLlInWw"
"""The hash of a password that nobody has: what an unknown name is tried against."""

_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Each trial takes 64 MiB: a crowd at the door waits, and takes neither the memory nor the threads of the desk."""
_PATIENCE: Final = 5.0
"""Seconds."""


class WeakPassword(ValueError):
    """A password that we do not take. One sentence."""


class Crowded(Exception):
    """Too many trials at once."""


def hashed(password: str, name: str) -> str:
    """What is stored of a new password. Raises WeakPassword."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise WeakPassword(f"a password has {SHORTEST} to {LONGEST} characters")
    if len(set(plain)) < 5 or name in plain.casefold():
        raise WeakPassword("a password has at least five different characters and does not contain the account's name")
    return HASHER.hash(plain)


def fits(stored: str | None, password: str) -> bool:
    """Whether it is the password of `stored`; None (nobody) costs as much as somebody. Raises Crowded."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Crowded
    try:
        return HASHER.verify(stored or DECOY, _plain(password[: 4 * LONGEST])) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _AT_ONCE.release()


def renewed(stored: str, password: str) -> str:
    """The hash to keep of a password that fits: `stored`, or one with today's parameters."""
    return HASHER.hash(_plain(password)) if HASHER.check_needs_rehash(stored) else stored


def _plain(password: str) -> str:
    """One spelling of what keyboards of several scripts may send in several ways (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)
