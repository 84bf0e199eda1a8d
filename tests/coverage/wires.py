"""Faults that no server can show, because no connection to it comes about: a name that is gone, a bad certificate."""

from datetime import UTC, datetime
from typing import Any

from OpenSSL import SSL
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError
from scrapy.http import Response

from spiders.handler import KhabarDownloadHandler
from tests.coverage.site import Site

PLAYED: list[Site] = []
"""The site of the scenario that is played, last."""


class BrokenWires(KhabarDownloadHandler):
    """The product's handler, with the exceptions that Twisted and OpenSSL raise in such a case."""

    async def download_request(self, request: Request) -> Response:
        """Raises what the scenario wants."""
        path = "/" + request.url.split("/", 3)[3].partition("?")[0]
        fault = PLAYED[-1].fault(path, datetime.now(UTC)) if PLAYED else None
        if fault and fault.what == "dns":
            raise CannotResolveHostError(f"DNS lookup failed: no results for hostname lookup: {PLAYED[-1].shape.host}")
        if fault and fault.what == "tls":
            error: Any = DownloadFailedError("the handshake failed")
            raise error from SSL.Error([("SSL routines", "", "certificate has expired")])
        return await super().download_request(request)
