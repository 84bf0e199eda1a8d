"""Downloads over HTTP: sends requests to the replica when there is one, unpacks strictly, and names a guarded host."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from models.settings import settings
from spiders.browser import RENDER, Browser
from spiders.guard import GuardedResolver
from spiders.head import HeadFactory
from spiders.refused import Refused
from spiders.unpack import unpack
from spiders.visit import looks_like_html


def replica_address(url: str, replica: str) -> str:
    """Where the replica keeps `url`: its host becomes the first part of the path."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{replica.rstrip('/')}/{parts.netloc}{parts.path or '/'}{query}"


class KhabarDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler. `response.url` stays the outlet's own, so that nothing after this knows of the replica."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = HeadFactory
        self._replica = settings().replica
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._browser = Browser(crawler, self._download)

    async def download_request(self, request: Request) -> Response:
        """The unpacked answer, after its scripts ran where the request wants it. Raises Refused."""
        response = await self._download(request)
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if RENDER not in request.meta or response.status != 200 or not looks_like_html(response.body, kind):
            return response
        return await self._browser.show(request, response)

    async def close(self) -> None:
        """End the browser, if there is one, and the connections."""
        await self._browser.close()
        await super().close()

    async def _download(self, request: Request) -> Response:
        """The unpacked answer. Raises Refused for a private address or a body that is not whole."""
        sent = request.replace(url=replica_address(request.url, self._replica)) if self._replica else request
        try:
            response = await super().download_request(sent)
        except CannotResolveHostError as error:
            host = urlsplit(sent.url).hostname or ""
            if host in GuardedResolver.refused:
                raise Refused(
                    "refused:private_address", f"{host} is not on the public internet", asked=False
                ) from error
            raise
        encodings = [part.decode("latin-1") for part in response.headers.getlist("Content-Encoding")]
        if encodings:
            body = unpack(response.body, ",".join(encodings).split(","), self._limit)
            headers = response.headers.copy()
            del headers["Content-Encoding"]
            response = response.replace(body=body, headers=headers)
        return response.replace(url=request.url) if self._replica else response
