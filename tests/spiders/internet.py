"""An internet of the test's own for live crawls: names that resolve as it says, and a public address whose wires end at
its servers. The guard sees public and private addresses as they are, and every connection that it lets through is
written down; what is wired nowhere ends at a trap."""

import json
import ssl
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme

from tests.spiders.hostile import Answer, HostileServer
from tests.spiders.wires import ELSE

PUBLIC = "93.184.216.34"
"""Where every host lives, unless its name says otherwise."""


class Internet:
    """`with Internet(folder) as net`: `net.https` and `net.http` answer for every host, `net.trap` for what must never
    be reached; `net.names` says what names resolve to, one list of addresses for each time they are asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA()
        self.https = HostileServer(tls=self._greeter())
        self.http, self.trap = HostileServer(), HostileServer()
        self.names: dict[str, list[list[str]]] = {ELSE: [[PUBLIC]]}
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for server in (self.https, self.http, self.trap):
            self._stack.enter_context(server)
        self.ca.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def authorities(self) -> str:
        """The file for SSL_CERT_FILE."""
        return str(self.folder / "ca.pem")

    def answer(self, place: str, page: Answer) -> None:
        """What `/host/path` answers, with and without TLS."""
        self.https.pages[place] = self.http.pages[place] = page

    def certify(self, host: str, *, by: trustme.CA | None = None, name: str | None = None, days: int = 30) -> None:
        """Gives `host` a certificate: of another authority, for another name, or valid until so many days from now."""
        until = datetime.now(UTC) + timedelta(days=days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued = (by or self.ca).issue_cert(name or host, not_before=until - timedelta(days=90), not_after=until)
        issued.configure_cert(context)
        self._contexts[host] = context

    def options(self) -> dict[str, str]:
        """Scrapy settings that put a crawl onto this internet."""
        wires = {PUBLIC: {"80": self.http.port, "443": self.https.port}, ELSE: {ELSE: self.trap.port}}
        said = {"names": self.names, "wires": wires, "log": str(self.folder / "wires.log")}
        (self.folder / "internet.json").write_text(json.dumps(said), encoding="utf-8")
        return {
            "TWISTED_DNS_RESOLVER": "tests.spiders.wires.WiredResolver",
            "KHABAR_TEST_INTERNET": str(self.folder / "internet.json"),
        }

    def noted(self, what: str) -> list[str]:
        """`public` and `other`: the names that were resolved to a wired or another address, in order; `connected`:
        "address|port" of every connection."""
        lines = (self.folder / "wires.log").read_text(encoding="utf-8").splitlines()
        return [line.split(" ", 1)[1] for line in lines if line.startswith(what)]

    def _greeter(self) -> ssl.SSLContext:
        """Chooses the certificate by the name that the client asks for."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            host = name or "unnamed.test"
            if host not in self._contexts:
                self.certify(host)
            connection.context = self._contexts[host]

        context.sni_callback = choose
        return context
