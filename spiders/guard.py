"""Lets connections go to public addresses only. The check is on what the name resolved to, and the connection is made
to exactly that: a name that answers differently the second time (DNS rebinding) gains nothing."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import inet_aton
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from models.settings import settings

_NAT64: Final = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
_COMPATIBLE: Final = IPv6Network("::/96")
_SPECIAL: Final = (
    IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2001::/23"), IPv6Network("3fff::/20"), IPv6Network("5f00::/16"),
)  # fmt: skip
"""Special-purpose blocks (IANA registries) that Python's own table calls global, or did in a supported version."""

_PRIVATE_NAMES: Final = ("localhost", "local", "internal", "home.arpa", "lan", "localdomain")
"""Endings that no public name has: RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), ICANN's resolution
2024.07.29.06 (internal; the metadata services of clouds are below it), and two in common use."""


def is_private_host(host: str) -> bool:
    """Whether `host`, as it stands in an address, is private without asking anyone: by its name, or by its number in
    whatever way the system's resolver would read it (2130706433, 0177.1, 127.1, 0x7f000001, [::ffff:7f00:1])."""
    bare = host.strip("[]").rstrip(".").lower()
    if any(bare == name or bare.endswith("." + name) for name in _PRIVATE_NAMES):
        return True
    try:
        return not is_public(str(IPv4Address(inet_aton(bare)))) if ":" not in bare else not is_public(bare)
    except OSError:  # a name like any other
        return False


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, whatever IPv4 address hides inside an IPv6 one."""
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return _open(ip)
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64 or ip in _COMPATIBLE:
        inner.append(IPv4Address(ip.packed[-4:]))
    hidden = [v4 for v4 in inner if v4 is not None]
    if ip in _NAT64:
        return all(_open(v4) for v4 in hidden)
    return _open(ip) and all(_open(v4) for v4 in hidden)


def _open(ip: IPv4Address | IPv6Address) -> bool:
    if any(ip in block for block in _SPECIAL if block.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def replica_place() -> tuple[str, int] | None:
    """Address and port of the replica, the one exception; None on a live run."""
    if not settings().replica:
        return None
    parts = urlsplit(settings().replica)
    return (parts.hostname or "127.0.0.1").replace("localhost", "127.0.0.1"), parts.port or 80


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves as the system does and drops the whole answer when any address of it is not public."""

    refused: Final[set[str]] = set()
    """Host names that were turned away for their address, for the handler to tell from names that do not exist."""

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self.system: Any = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> "GuardedResolver":
        """For Scrapy."""
        return cls(reactor)

    @classmethod
    def from_settings(cls, settings: BaseSettings, reactor: Any) -> "GuardedResolver":
        """For Scrapy's older way."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Every connection of this process resolves through us from now on."""
        self.reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """The public addresses of `hostName`, or none at all."""
        receiver = _Filter(resolutionReceiver, hostName, portNumber)
        answer: IHostResolution = self.system.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return answer


@implementer(IResolutionReceiver)
class _Filter:
    def __init__(self, receiver: Any, host: str, port: int) -> None:
        self.receiver, self.host, self.port = receiver, host, port
        self.addresses: list[Any] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address)

    def resolutionComplete(self) -> None:
        exception = replica_place()
        if all(is_public(a.host) or (a.host, self.port) == exception for a in self.addresses):
            for address in self.addresses:
                self.receiver.addressResolved(address)
        else:
            GuardedResolver.refused.add(self.host)
        self.receiver.resolutionComplete()
