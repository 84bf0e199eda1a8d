"""Random secrets of which only a hash is kept: whoever reads the database can enter with none of them."""

import hashlib
import secrets

TOKEN_PREFIX = "khabar_"  # noqa: S105 (what every token begins with, so that scanners of leaked secrets know ours)


def made(prefix: str = "") -> str:
    """A new secret of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def kept(secret: str) -> str:
    """What is stored of it. A fast hash does: nobody guesses 256 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
