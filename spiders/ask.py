"""One request with all its tries: whatever happens comes back as an answer or a named refusal, never an exception."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from spiders.refused import TRANSIENT, Refused, refusal_of

TRIES: Final = 3
BACK_OFF: Final = 2.0
"""Seconds before the second try; twice as long before the third."""
_CHALLENGES: Final = (b"challenge", b"captcha")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: `response` of any status, or `refusal`, never both None."""

    url: str
    at: datetime
    seconds: float
    response: Response | None = None
    refusal: Refused | None = None
    tries: int = 1

    @property
    def status(self) -> int | None:
        """The HTTP status, where there was one."""
        if self.response is not None:
            return int(self.response.status)
        return self.refusal.status if self.refusal else None

    @property
    def moved_to(self) -> str | None:
        """Where permanent redirects (301, 308) led the request; None when there were none or a temporary one among
        them."""
        if self.response is None or self.response.request is None:
            return None
        reasons = self.response.request.meta.get("redirect_reasons", [])
        return self.response.url if reasons and set(reasons) <= {301, 308} else None

    def header(self, name: str) -> str | None:
        """A header of the answer, readable; None when it is absent."""
        raw = self.response.headers.get(name) if self.response is not None else None
        return raw.decode("latin-1").strip().replace("\x00", "") or None if raw else None


@dataclass(slots=True)
class Asker:
    """Sends requests through Scrapy's downloader and its middlewares."""

    crawler: Crawler
    requests: int = 0
    """Requests that really went out, retries included."""
    _answered: set[str] = field(default_factory=set)
    _down: dict[str, str] = field(default_factory=dict)
    """Hosts that did not answer once in this run, and why: they are not asked again, or a run without a network would
    take minutes to say so."""
    _delays: bool = field(init=False)

    def __post_init__(self) -> None:
        self._delays = self.crawler.settings.getbool("KHABAR_DELAYS")

    async def ask(self, url: str, headers: dict[str, str] | None = None, **meta: Any) -> Answer:
        """The answer after at most TRIES tries. A failure of the moment is tried again, a clear no is not."""
        began, at = time.monotonic(), datetime.now(UTC)
        host = urlsplit(url).netloc
        if host in self._down:
            return Answer(url, at, 0.0, refusal=Refused("refused:unreachable", self._down[host], asked=False))
        refusal: Refused | None = None
        for number in range(1, TRIES + 1):
            response, latest = await self._once(url, headers or {}, meta)
            if refusal is not None and latest is not None and not latest.asked:
                number -= 1  # the host is left alone by now; what it said is why
                break
            refusal = latest
            again = refusal is not None and refusal.asked and refusal.outcome in TRANSIENT | {"refused:rate_limited"}
            if not again or number == TRIES:
                break
            if self._delays:
                await asyncio.sleep(BACK_OFF * 2 ** (number - 1))
        if response is not None or (refusal and refusal.outcome != "refused:unreachable"):
            self._answered.add(host)
        elif refusal and refusal.asked and host not in self._answered:
            self._down[host] = refusal.detail
        return Answer(url, at, round(time.monotonic() - began, 3), response, refusal, number)

    async def _once(
        self, url: str, headers: dict[str, str], meta: dict[str, Any]
    ) -> tuple[Response | None, Refused | None]:
        try:
            request = Request(url, headers=headers, meta=dict(meta), callback=NO_CALLBACK, dont_filter=True)
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            self.requests += refusal.asked
            refusal.__cause__ = refusal.__context__ = None
            return None, refusal.with_traceback(None)  # a value from here on; its frames hold half-unpacked bombs
        self.requests += 1 + len(response.request.meta.get("redirect_urls", []) if response.request else [])
        refusal = None if meta.get("robots") else status_refusal(response)
        return (None, refusal) if refusal else (response, None)


def status_refusal(response: Response) -> Refused | None:
    """The refusal that a status means; None for 200, 203 and 304."""
    status = int(response.status)
    mitigated = (response.headers.get("cf-mitigated") or b"").lower()
    if mitigated in _CHALLENGES or (status in (401, 403, 503) and looks_like_challenge(response)):
        return Refused("refused:challenge", f"status {status}: a bot challenge", status=status)
    if status in (200, 203, 304):
        return None
    if status in (300, 301, 302, 303, 307, 308):
        return Refused("refused:http_other", f"status {status} without a usable Location", status=status)
    family = "refused:http_4xx" if 400 <= status < 500 else "refused:http_5xx" if 500 <= status < 600 else None
    return Refused(family or "refused:http_other", f"status {status}", status=status)


def looks_like_challenge(response: Response) -> bool:
    """Whether a page that is not what it should be is a bot challenge."""
    head = response.body[:20_000].lower()
    return any(
        sign in head for sign in (b"just a moment", b"cf-chl", b"challenge-platform", b"sucuri_cloudproxy", b"captcha")
    )
