"""The replica itself: a running server whose sites stand in for the outlets, and the handles that tests turn."""

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from khabar.replica.article import Article
from khabar.replica.control import control
from khabar.replica.faults import Fault, FaultMode, Faults
from khabar.replica.log import Count, Log, Request, RequestKind
from khabar.replica.reply import TEXT, Reply
from khabar.replica.server import Server
from khabar.replica.shelf import Shelf
from khabar.replica.sites import MOVED, SITES
from khabar.replica.stories import CONTENT


class ReplicaError(Exception):
    """The replica cannot start. The message is one sentence."""


class Replica:
    """Stands in for the outlets on a loopback port.

    `https://HOST/PATH` is served as `http://127.0.0.1:PORT/HOST/PATH`. All dates lie before 00:00 UTC of `epoch`
    (default: today), and everything served is the same for the same epoch. `port` 0 takes a free one.
    """

    def __init__(self, epoch: date | None = None, *, content: Path = CONTENT, port: int = 0) -> None:
        self.epoch = epoch or datetime.now(UTC).date()
        self.shelf = Shelf(self.epoch, content)
        self.log = Log()
        self._faults = Faults()
        self._port = port
        self._server: Server | None = None

    def start(self) -> str:
        """Starts to listen and gives the base address. Raises ReplicaError when the port cannot be had."""
        try:
            self._server = Server(("127.0.0.1", self._port), self)
        except OSError as error:
            raise ReplicaError(f"the replica cannot listen on port {self._port}: {error.strerror}") from error
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="replica", daemon=True).start()
        return self.url

    def stop(self) -> None:
        """Stops listening; a replica that was stopped can be started again."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`. Raises ReplicaError when it does not run."""
        if self._server is None:
            raise ReplicaError("the replica does not run")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def local(self, url: str) -> str:
        """The address at which the replica serves the outlet's own address `url`."""
        return f"{self.url}/{url.split('://', 1)[1]}"

    def articles(self, outlet: str | None = None, kind: str | None = None) -> list[Article]:
        """The truth: what stands on the sites now, newest first, all or that of `outlet` and of `kind`."""
        return [a for a in self.shelf.articles() if outlet in (None, a.outlet) and kind in (None, a.kind)]

    def article(self, id: str) -> Article:
        """The article called `id` ("khaama_press/…"), as it stands now. Raises KeyError."""
        return {article.id: article for article in self.shelf.articles()}[id]

    def edit(self, id: str | None = None) -> list[Article]:
        """Gives `id`, or every article that has one, its second text. See Shelf.edit."""
        return self.shelf.edit(id)

    def publish(self, outlet: str, count: int = 1) -> list[Article]:
        """Lets `count` newer articles appear at `outlet`. See Shelf.publish."""
        return self.shelf.publish(outlet, count)

    def fail(
        self, host: str, how: int | FaultMode, *, path: str = "/", times: int | None = None,
        retry_after: str | None = None,
    ) -> None:  # fmt: skip
        """Makes requests to `host` under `path` fail `times` times, or until healed.

        `how` is a status from 400 to 599, "reset", "hang" or "truncate" (half the body). Raises ValueError.
        """
        self._faults.add(Fault(host, how, path, times, retry_after))

    def heal(self, host: str | None = None) -> None:
        """Ends the faults of `host`, or all of them."""
        self._faults.heal(host)

    def requests(self, host: str | None = None, kind: RequestKind | None = None) -> list[Request]:
        """What was asked so far, in the order of the answers."""
        return self.log.requests(host, kind)

    def counts(self) -> dict[str, Count]:
        """Requests and body bytes per host."""
        return self.log.counts()

    def answer(self, host: str, path: str, query: Mapping[str, str]) -> Reply:
        """The reply of `host`; 502 when the replica does not have it."""
        if host in MOVED:
            return Reply(status=301, headers={"Location": f"https://{MOVED[host]}{path}"})
        if host not in SITES:
            known = ", ".join(SITES)
            return Reply(f"The replica has no host {host!r}; it has {known}.\n".encode(), 502, TEXT)
        reply = SITES[host].reply(path, query, self.shelf.at(host))
        headers = {"Server": SITES[host].server, **reply.headers}
        return Reply(reply.body, reply.status, reply.type, reply.modified, headers)

    def log_kind(self, host: str, path: str) -> RequestKind:
        """What sort of address it is, by the rules of its site."""
        return SITES[host].log_kind(path) if host in SITES else "other"

    def strike(self, host: str, path: str) -> Fault | None:
        """The fault that the request meets."""
        return self._faults.strike(host, path)

    def control(self, method: str, path: str, query: Mapping[str, str]) -> Reply:
        """The same handles for other processes."""
        return control(self, method, path, query)
