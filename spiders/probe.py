"""A polite fetcher that another process steers: it reads one address a line and writes each answer as a line. The
commands that look at a site before or beside its crawl ask through it, with all the manners of a crawl and no ledger.

In: the outlet as one line of JSON, then a line `{"url": …}` for each request. Out: a line of JSON for each, in order.
"""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.utils.project import get_project_settings

from models.outcome import DONE
from outlets import Outlet
from spiders.ask import Answer, Asker, status_refusal
from spiders.refused import Refused


class ProbeSpider(Spider):
    """Asks what it is told to, one request after the other."""

    name = "probe"

    def __init__(self, outlet: Outlet, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outlet = outlet
        self.asker: Asker | None = None

    async def start(self) -> AsyncIterator[Request]:
        """Ends with standard input."""
        self.asker = Asker(self.crawler)
        while line := await asyncio.to_thread(sys.stdin.readline):
            asked = json.loads(line)
            _write(_row(await self.asker.ask(asked["url"])))
        return
        yield  # what makes this an asynchronous generator

    async def ask(self, request: Request, kind: str) -> Response:
        """A request of a middleware. Raises Refused."""
        if self.asker is None:
            raise RuntimeError("the probe has not begun")
        headers = {k.decode("latin-1"): v[0].decode("latin-1") for k, v in request.headers.items() if v}
        answer = await self.asker.ask(request.url, headers, **request.meta)
        if answer.response is None:
            raise answer.refusal or Refused("refused:unreachable", "no answer")
        return answer.response


def _row(answer: Answer) -> dict[str, Any]:
    response = answer.response
    refusal = answer.refusal or (status_refusal(response) if response is not None else None)
    row: dict[str, Any] = {
        "url": answer.url, "at": answer.at.isoformat(), "status": answer.status,
        "outcome": refusal.outcome if refusal else DONE, "detail": refusal.detail if refusal else None,
    }  # fmt: skip
    if response is not None and refusal is None:
        headers = {k.decode("latin-1").lower(): v[0].decode("latin-1") for k, v in response.headers.items() if v}
        row |= {"final_url": response.url, "headers": headers, "body": base64.b64encode(response.body).decode()}
    return row


def _write(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def main() -> None:
    """What `python -m spiders.probe` runs."""
    outlet = Outlet.model_validate_json(sys.stdin.readline())
    settings = get_project_settings()
    extensions = {**settings.getdict("EXTENSIONS"), "spiders.report.RunReport": None}  # there is no run to close
    settings.set("EXTENSIONS", extensions, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(ProbeSpider, outlet=outlet)
    process.start()


if __name__ == "__main__":
    main()
