"""How the desk is reached: from this machine alone, over TLS of its own, or through a proxy that is trusted."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LOOPBACK: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
_ORIGIN: Final = re.compile(r"https://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.ASCII)
_BY_PROXY: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


class BadFront(ValueError):
    """A setting that cannot be. One sentence."""


@dataclass(frozen=True, slots=True)
class Front:
    """The address that browsers know the desk by. Without `origin` it is a loopback name, with any port."""

    origin: str = ""
    proxies: tuple[Network, ...] = ()
    """Peers whose word about the client's address is taken; when there are any, nobody else is answered."""
    tls: bool = False
    """We end TLS ourselves."""

    @property
    def alone(self) -> bool:
        """Whether only this machine reaches it: then nobody needs to log in until there are accounts."""
        return not self.origin and not self.proxies

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS."""
        return self.tls or bool(self.origin)

    def origin_for(self, host: str) -> str | None:
        """Our own origin as a browser names it that sent this Host; None when that is no name of ours."""
        if self.origin:
            return self.origin if host.lower() == urlsplit(self.origin).netloc else None
        return f"{'https' if self.tls else 'http'}://{host}" if _LOOPBACK.fullmatch(host) else None

    def stranger(self, peer: str, headers: Headers) -> str | None:
        """Why this connection may not come this way, in a sentence, else None."""
        if self.proxies:
            return None if self._is_proxy(peer) else "This desk is reached through its proxy only."
        if self.alone and any(name in headers for name in _BY_PROXY):
            return (
                "A proxy stands before this desk, which was started for this machine alone: set KHABAR_REVIEW_ORIGIN "
                "and KHABAR_REVIEW_PROXIES, and add accounts."
            )
        return None

    def client(self, peer: str, headers: Headers) -> str:
        """The address to count attempts by: the last one that no proxy of ours has, or the peer's own."""
        if not self._is_proxy(peer):
            return peer
        passed = [part.strip() for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
        for address in reversed(passed):
            if not self._is_proxy(address):
                return address
        return peer

    def _is_proxy(self, address: str) -> bool:
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self.proxies)


LOOPBACK: Final = Front()


def checked_origin(raw: str) -> str:
    """An origin as browsers write it. Raises BadFront."""
    origin = raw.strip().rstrip("/").lower().removesuffix(":443")
    if not _ORIGIN.fullmatch(origin):
        raise BadFront(f"{raw!r} is not an origin such as https://desk.example.org")
    return origin


def checked_proxies(raw: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises BadFront."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in raw.split(",") if part.strip())
    except ValueError as error:
        raise BadFront(f"{raw!r} is not a list of addresses or networks such as 10.0.0.5, 10.1.0.0/24") from error
