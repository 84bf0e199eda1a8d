"""Fetches one article: its page into the archive first, then the ledger's rows in one transaction (I1)."""

import asyncio
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from scrapy.http import Response

from models.archive import Archive
from models.outcome import DONE, PENDING
from outlets import Outlet
from spiders.ask import Answer, Asker
from spiders.browser import RENDER
from spiders.due import Due
from spiders.kinds import when
from spiders.ledger import Ledger, Visit, kept_headers
from spiders.recheck import Plan
from spiders.refused import Refused
from spiders.tdm import Reservations

_BINARY: Final = (
    b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3",
)  # fmt: skip
_MARKUP: Final = (b"<html", b"<!doctype", b"<head", b"<body", b"<article", b"<p", b"<div", b"<meta", b"<title")
_SNIFFED: Final = 4096
_FETCHED: Final[Mapping[str, Any]] = {"stage": "fetched", "outcome": PENDING, "detail": None, "attempts": 0}
_DISK: Final = ThreadPoolExecutor(max_workers=16, thread_name_prefix="archive")
"""Bodies of all crawls of this process wait side by side for the disk or the object store."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What became of a visit: an outcome of the vocabulary, `done` for a new copy of the page."""

    outcome: str
    asked: bool


class Visitor:
    """Visits the due addresses of one outlet."""

    def __init__(
        self, outlet: Outlet, asker: Asker, ledger: Ledger, archive: Archive, plan: Plan, reservations: Reservations
    ) -> None:
        self.outlet, self.asker, self.ledger, self.archive, self.plan = outlet, asker, ledger, archive, plan
        self.reservations = reservations

    async def visit(self, due: Due) -> Visited:
        """Fetch and record. Raises Superseded, DatabaseError and ArchiveError, which end the run."""
        if isinstance(html := due.hints.get("html"), str):
            return await self._take_from_source(due, html)
        render = {RENDER: self.outlet.selectors.body or ""} if self.outlet.render else {}
        held = (
            {"If-None-Match": due.etag, "If-Modified-Since": due.last_modified} if due.fetch_id and not render else {}
        )
        headers = {name: value for name, value in held.items() if value}
        answer = await self.asker.ask(due.url, headers, **render)
        if answer.status == 304 and not headers:  # it answers what we did not ask; once more, past every cache
            answer = await self.asker.ask(due.url, {"Cache-Control": "no-cache"}, **render)
        page = answer.response
        refusal = answer.refusal if page is None else self._refuse(answer, page, conditional=bool(headers))
        if refusal is None and page is not None and page.status != 304:
            body = page.body
            if due.article_id is not None and hashlib.sha256(body).hexdigest() == due.body_sha256:
                await self.ledger.enter(self._unchanged(due, answer))
                return Visited("not_modified", asked=True)
            sha256 = await self._archive(body)
            headers = kept_headers(answer) | await self.reservations.of(page.url)
            await self.ledger.enter(self._page(due, answer, sha256, headers))
            return Visited(DONE, asked=True)
        if refusal is None:
            await self.ledger.enter(self._unchanged(due, answer))
            return Visited("not_modified", asked=True)
        await self.ledger.enter(self._refused(due, answer, refusal))
        return Visited(refusal.outcome, refusal.asked)

    async def _take_from_source(self, due: Due, html: str) -> Visited:
        """The source carried the whole article: its HTML is the page, and nothing is asked."""
        body = html.encode()
        sha256 = await self._archive(body)
        headers = {"content-type": "text/html; charset=utf-8"} | await self.reservations.of(due.url)
        await self.ledger.enter(self._source_text(due, sha256, len(body), headers))
        return Visited(DONE, asked=False)

    async def _archive(self, body: bytes) -> str:
        return await asyncio.get_running_loop().run_in_executor(_DISK, self.archive.put, body)

    def _refuse(self, answer: Answer, response: Response, *, conditional: bool) -> Refused | None:
        """The refusal that a complete answer deserves; None for a page, and for a 304 to a conditional request."""
        if answer.status == 304:
            return None if conditional else Refused("refused:http_304", "status 304, but we hold no copy", status=304)
        if response.url != answer.url and not self.outlet.article_pattern.search(response.url):
            where = response.url[:300]
            return Refused("refused:not_article", f"the address leads to {where}", status=answer.status)
        if not response.body.strip():
            return Refused("refused:empty", "the answer has no content", status=answer.status)
        if not looks_like_html(response.body, answer.header("Content-Type")):
            kind = answer.header("Content-Type") or "no content type"
            return Refused("refused:not_html", f"the answer is not a page ({kind[:80]})", status=answer.status)
        return None

    def _page(self, due: Due, answer: Answer, sha256: str, headers: Mapping[str, str]) -> Visit:
        fetch = self._fetch_row(due, answer, body_sha256=sha256, headers=headers)
        return Visit(due.id, {**_FETCHED, **self._asked_again(due)}, fetch, holds=True)

    def _source_text(self, due: Due, sha256: str, size: int, headers: Mapping[str, str]) -> Visit:
        fetch = self._fetch_row(
            due, Answer(due.url, datetime.now(UTC), 0.0), body_sha256=sha256, body_bytes=size, outcome=DONE,
            detail="the source carried the whole text", headers=headers,
        )  # fmt: skip
        hints = {name: value for name, value in due.hints.items() if name != "html"}
        # without a recheck: the source shows every change
        return Visit(due.id, {**_FETCHED, "hints": hints}, fetch, holds=True)

    def _unchanged(self, due: Due, answer: Answer) -> Visit:
        """A 304, or the very bytes that we hold."""
        if due.article_id is None:  # the copy that we hold was never stored; clean looks at it once more
            return Visit(due.id, _FETCHED, self._fetch_row(due, answer))
        columns = {"stage": "stored", "outcome": DONE, "detail": None, "attempts": 0, **self._asked_again(due)}
        if answer.status == 304:
            return Visit(due.id, columns, self._fetch_row(due, answer))
        # the new answer's validators are the ones to ask with next time
        fetch = self._fetch_row(due, answer, outcome="not_modified", body_sha256=due.body_sha256)
        return Visit(due.id, columns, fetch, holds=True)

    def _refused(self, due: Due, answer: Answer, refusal: Refused) -> Visit:
        said = {"outcome": refusal.outcome, "detail": refusal.detail}
        fetch = self._fetch_row(due, answer, **said) if refusal.asked else None
        if due.recheck:  # says nothing against the article that we hold; the plan's next step asks again
            return Visit(due.id, self._asked_again(due), fetch)
        return Visit(due.id, {"stage": "discovered", **said, "attempts": due.attempts + refusal.asked}, fetch)

    def _fetch_row(self, due: Due, answer: Answer, **more: Any) -> dict[str, Any]:
        kind = "recheck" if due.recheck else "article"
        return self.ledger.fetch_row(kind, answer, discovery_id=due.id, **more)

    def _asked_again(self, due: Due) -> dict[str, Any]:
        """When the plan asks for this page next; the one place that sets it, after each answer."""
        published = when(due.hints.get("published"))
        at = self.plan.next(due.url_key, due.first_seen_at, datetime.now(UTC), published)
        return {"recheck_at": at, "rechecks": due.rechecks + due.recheck}


def looks_like_html(body: bytes, content_type: str | None) -> bool:
    """Whether a body is a page, going by its first bytes where its declared type cannot be trusted."""
    start = body[:_SNIFFED].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(_BINARY):
        return False
    low = start.replace(b"\x00", b"").lower()  # UTF-16 shows its markup once the zeros are gone
    if any(sign in low for sign in _MARKUP):
        return True
    declared = (content_type or "").partition(";")[0].strip().lower()
    return declared in ("text/html", "application/xhtml+xml") and not start.startswith((b"{", b"["))
