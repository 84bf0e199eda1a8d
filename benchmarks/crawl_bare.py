"""The yardstick: a Scrapy spider that does nothing but download the addresses of a file.

scrapy runspider benchmarks/crawl_bare.py -a addresses=FILE
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response


class BareSpider(Spider):
    """As in Scrapy's tutorial, with default settings but for how many requests run at once."""

    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS": 64, "CONCURRENT_REQUESTS_PER_DOMAIN": 64, "LOG_LEVEL": "INFO"}  # noqa: RUF012

    def __init__(self, addresses: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.addresses = Path(addresses).read_text(encoding="utf-8").split()

    async def start(self) -> AsyncIterator[Request]:
        """All of them."""
        for address in self.addresses:
            yield Request(address)

    def parse(self, response: Response) -> None:
        """Nothing: the page was downloaded."""
