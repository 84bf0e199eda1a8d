"""Serves a generated world on one loopback port, in a process of its own, fast enough never to be what is measured.

    python benchmarks/crawl_server.py OUTLETS ARTICLES

Prints its port. Answers `/HOST/PATH`, as the crawler's replica setting asks, and as an HTTP proxy
(`GET http://HOST/PATH`) or under the hosts' own names, as other crawlers can be made to ask. `/-/log` tells what was
asked since the last `/-/clear`; `/-/publish?outlets=N` gives each of the first N outlets one article more.
"""

import asyncio
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.crawl_world import Reply, World

_REASONS = {200: "OK", 304: "Not Modified", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


class Log:
    """What was asked."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.conditional = 0
        self.articles: set[str] = set()
        self.before: set[str] = set()
        """Articles of earlier logs."""

    def clear(self) -> None:
        """Begin anew."""
        self.before |= self.articles
        self.kinds, self.conditional, self.articles = Counter(), 0, set()

    def summary(self) -> dict[str, int]:
        """Requests by kind, those with a condition, how many articles were served at least once, and how many of
        these never before."""
        return {
            **self.kinds,
            "requests": self.kinds.total(),
            "conditional": self.conditional,
            "articles": len(self.articles),
            "new": len(self.articles - self.before),
        }


class Connection(asyncio.Protocol):
    """One connection, kept alive; requests have no body."""

    def __init__(self, world: World, log: Log) -> None:
        self.world, self.log = world, log
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """For asyncio."""
        self.transport: asyncio.Transport = transport

    def data_received(self, data: bytes) -> None:
        """For asyncio."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        place = target.partition("://")[2] if "://" in target else target[1:]
        if (named := headers.get("host", "")).endswith(".test") and "://" not in target:
            place = named + target
        host, _, path = place.partition("/")
        reply = Reply(405) if method not in ("GET", "HEAD") else self._control(path) if host == "-" else None
        if reply is None:
            reply = self._logged(host, f"/{path}", headers.get("if-none-match"))
        close = headers.get("connection", "").lower() == "close"
        lines = [f"HTTP/1.1 {reply.status} {_REASONS[reply.status]}", f"Content-Type: {reply.type}"]
        lines += [f"ETag: {reply.etag}"] if reply.etag else []
        lines += [f"Content-Length: {len(reply.body)}", *(["Connection: close"] if close else []), "\r\n"]
        answer = "\r\n".join(lines)
        self.transport.write(answer.encode() + (reply.body if method == "GET" else b""))
        if close:
            self.transport.close()

    def _logged(self, host: str, target: str, condition: str | None) -> Reply:
        reply = self.world.reply(host, target)
        kind = self.world.kind(target)
        self.log.kinds[kind] += 1
        self.log.conditional += condition is not None
        if kind == "article" and reply.status == 200:
            self.log.articles.add(host + target)
        return Reply(304, etag=reply.etag) if condition and condition == reply.etag else reply

    def _control(self, what: str) -> Reply:
        name, _, value = what.partition("?outlets=")
        if name == "clear":
            self.log.clear()
        elif name == "publish":
            for site in self.world.sites[: int(value)]:
                site.articles += 1
        return Reply(200, json.dumps(self.log.summary()).encode(), "application/json")


async def serve(world: World) -> None:
    """Until the process is ended."""
    log = Log()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(world, log), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(World(int(sys.argv[1]), int(sys.argv[2]), datetime.now(UTC))))
