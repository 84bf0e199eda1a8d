"""The request log: tests and the demo count from it what a crawl really asked for and what it cost."""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

RequestKind = Literal["robots", "tdm", "feed", "rest", "sitemap", "listing", "article", "other"]


@dataclass(frozen=True, slots=True)
class Request:
    """One answered request. `sent` counts the body bytes on the wire, after compression."""

    number: int
    at: datetime
    """Aware, UTC: when the answer was ready."""
    clock: float
    """Monotonic seconds, for gaps between requests."""
    method: str
    host: str
    path: str
    """As asked, without the query: "/feed/"."""
    query: str
    kind: RequestKind
    status: int
    """0 when the connection was reset or left hanging without an answer."""
    sent: int
    headers: Mapping[str, str]
    """Request headers, names in lower case."""

    @property
    def url(self) -> str:
        """The outlet's own address that was asked for."""
        return f"https://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")

    def as_json(self) -> dict[str, Any]:
        """Plain types."""
        return {**asdict(self), "at": self.at.isoformat(), "headers": dict(self.headers), "url": self.url}


@dataclass(frozen=True, slots=True)
class Count:
    """How often a host was asked and how many body bytes it sent."""

    requests: int
    sent: int


class Log:
    """All requests in the order of their answers; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._next = 1

    def add(self, **fields: Any) -> Request:
        """Records a request and numbers it."""
        with self._lock:
            request = Request(number=self._next, **fields)
            self._next += 1
            self._requests.append(request)
        return request

    def requests(self, host: str | None = None, kind: RequestKind | None = None) -> list[Request]:
        """The requests so far, all of them or those to `host` and of `kind`."""
        with self._lock:
            found = list(self._requests)
        return [r for r in found if host in (None, r.host) and kind in (None, r.kind)]

    def counts(self) -> dict[str, Count]:
        """Requests and bytes per host."""
        totals: dict[str, Count] = {}
        for request in self.requests():
            before = totals.get(request.host, Count(0, 0))
            totals[request.host] = Count(before.requests + 1, before.sent + request.sent)
        return totals

    def clear(self) -> None:
        """Forgets the requests; numbers go on."""
        with self._lock:
            self._requests.clear()

    def __len__(self) -> int:
        return len(self._requests)
