"""The crawl's end of the test's internet (internet.py): in its process, names resolve as the test says, and connections
end where the test's wires do. The guard in between is the real one."""

import json
from collections.abc import Container
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer  # type: ignore[import-untyped,unused-ignore]

from spiders.guard import GuardedResolver

ELSE = "*"
"""Any other name, address or port."""


@implementer(IHostnameResolver)
class _Names:
    """Resolves the test's names, and leaves numbers and localhost to the system."""

    def __init__(self, names: dict[str, list[list[str]]], wired: Container[str], system: Any, log: Path) -> None:
        self.names, self.wired, self.system, self.log = names, wired, system, log

    def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *rest: Any) -> Any:
        """One answer; the last of a name's answers stays."""
        if not hostName.endswith((".test", ".example.com")):
            return self.system.resolveHostName(receiver, hostName, portNumber, *rest)
        answers = self.names.get(hostName) or self.names[ELSE]
        receiver.resolutionBegan(self)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        note(self.log, "public" if all(address in self.wired for address in found) else "other", hostName)
        for address in found:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, portNumber))
        receiver.resolutionComplete()
        return self


class WiredResolver(GuardedResolver):
    """The guard over the test's names; what it lets through is connected to the test's servers."""

    def __init__(self, reactor: Any, said: dict[str, Any]) -> None:
        super().__init__(reactor)
        self._wires, self._log = said["wires"], Path(said["log"])
        self.system = _Names(said["names"], self._wires, self.system, self._log)

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "WiredResolver":
        """For Scrapy."""
        return cls(reactor, json.loads(Path(crawler.settings["KHABAR_TEST_INTERNET"]).read_text(encoding="utf-8")))

    def install_on_reactor(self) -> None:
        """Takes the reactor's connections as well, below everything that Khabar and Scrapy do."""
        super().install_on_reactor()
        connect = self.reactor.connectTCP

        def wired(host: str, port: int, *rest: Any, **named: Any) -> Any:
            note(self._log, "connected", f"{host}|{port}")
            end = self._wires.get(host, {}).get(str(port), self._wires[ELSE][ELSE])
            return connect("127.0.0.1", end, *rest, **named)

        self.reactor.connectTCP = wired


def note(log: Path, what: str, which: str) -> None:
    """A line for the test to read."""
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{what} {which}\n")
