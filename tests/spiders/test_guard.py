"""Nothing private can be reached, by whatever name or number it is called."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from models.settings import settings
from spiders.guard import GuardedResolver, is_private_host, is_public
from tests.spiders.conftest import World
from tests.spiders.hostile import HostileServer, http

PUBLIC = ["1.1.1.1", "151.101.1.69", "2606:4700::1111", "64:ff9b::101:101"]
PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "169.254.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "3fff::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    """NAT64 of a public address included, or IPv6-only networks could read nothing."""
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_do_not(address: str) -> None:
    """R02-R04: loopback, private, shared, link-local, metadata, documentation, multicast, and what IPv6 hides."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost.", "metadata.google.internal", "printer.local", "router.home.arpa", "2130706433",
             "0177.1", "127.1", "0x7f000001", "[::1]", "[::ffff:7f00:1]", "169.254.169.254"],
)  # fmt: skip
def test_a_private_host_is_seen_without_asking(host: str) -> None:
    """R02, R03: names that no public host has, and numbers as a resolver would read them."""
    assert is_private_host(host)


@pytest.mark.parametrize(
    "host", ["news.test", "localhost.news.test", "internal.news.test", "1.1.1.1", "[2606:4700::1111]"]
)
def test_a_public_host_is_none(host: str) -> None:
    """What only looks like one, at another place in the name."""
    assert not is_private_host(host)


class System:
    """A resolver that answers what it is told, and asks nobody."""

    def __init__(self, *answers: list[Any]) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, *_: Any) -> object:
        """The next answer."""
        receiver.resolutionBegan(self)
        for address in self.answers.pop(0):
            receiver.addressResolved(address)
        receiver.resolutionComplete()
        return self


class Receiver:
    """What a connection gets to see."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.complete = False

    def resolutionBegan(self, _: object) -> None:
        """Nothing to do."""

    def addressResolved(self, address: Any) -> None:
        """One more."""
        self.seen.append(address.host)

    def resolutionComplete(self) -> None:
        """That was all."""
        self.complete = True


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No replica."""
    monkeypatch.setenv("KHABAR_REPLICA", "")
    settings.cache_clear()
    yield
    settings.cache_clear()


def resolve(*answers: list[Any], port: int = 443) -> list[list[str]]:
    """What each of several resolutions lets through."""
    guard = GuardedResolver(SimpleNamespace(nameResolver=System(*answers)))
    seen = []
    for _ in answers:
        receiver = Receiver()
        guard.resolveHostName(cast(Any, receiver), "news.test", port)
        assert receiver.complete
        seen.append(receiver.seen)
    return seen


@pytest.mark.usefixtures("live")
def test_one_private_address_spoils_the_answer() -> None:
    """A name that mixes public and private addresses is trusted with neither."""
    public, private = IPv4Address("TCP", "1.1.1.1", 443), IPv6Address("TCP", "::1", 443)
    assert resolve([public], [public, private], [private]) == [["1.1.1.1"], [], []]
    assert "news.test" in GuardedResolver.refused


@pytest.mark.usefixtures("live")
def test_each_resolution_is_judged_anew() -> None:
    """R05: a name that was public and then is not is refused then; what was judged is what is connected to."""
    first, second = IPv4Address("TCP", "1.1.1.1", 443), IPv4Address("TCP", "127.0.0.1", 443)
    assert resolve([first], [second]) == [["1.1.1.1"], []]


def test_the_replica_is_the_only_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address with its port, not loopback as such."""
    monkeypatch.setenv("KHABAR_REPLICA", "http://127.0.0.1:4711")
    settings.cache_clear()
    here = IPv4Address("TCP", "127.0.0.1", 0)
    assert resolve([here], port=4711) == [["127.0.0.1"]]
    assert resolve([here], port=4712) == [[]]
    assert resolve([IPv4Address("TCP", "127.0.0.2", 0)], port=4711) == [[]]
    settings.cache_clear()


def test_a_live_crawl_cannot_reach_loopback(small_world: World, outlet_folder: Callable[..., Path]) -> None:
    """R03 for real: an outlet file that names loopback in every spelling; the server behind it is never asked."""
    with HostileServer() as server:
        server.pages["/feed/"] = http(b"<rss><channel/></rss>")
        hosts = ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0177.0.0.1", "0x7f.1"]
        folder = outlet_folder(
            "news", home=f"http://localhost:{server.port}/", hosts=hosts,
            sources=[{"kind": "feed", "url": f"http://{host}:{server.port}/feed/"} for host in hosts],
            politeness={"delay_seconds": 0, "ports": [server.port]}, article_url="^http://localhost/a/",
        )  # fmt: skip
        small_world.point_to("", contact="https://watch.test/about")
        result = small_world.crawl("news", KHABAR_OUTLETS_FOLDER=str(folder), KHABAR_DELAYS="False")
        assert server.asked == []
    assert result.state == "failed"
    outcomes = {source["url"].split("/")[2]: source["outcome"] for source in result.report["sources"]}
    assert set(outcomes.values()) <= {"refused:private_address", "refused:bad_url", "refused:off_site"}, outcomes
    assert outcomes[f"localhost:{server.port}"] == "refused:private_address"
    assert outcomes[f"2130706433:{server.port}"] == "refused:private_address"
