"""Fetches one article: its page into the archive first, then the ledger's rows in one transaction (I1)."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from scrapy.http import Response
from sqlalchemy import Connection

from models.archive import Archive
from models.ledger import Discovery
from models.outcome import DONE, PENDING
from outlets import Outlet
from spiders.ask import Answer, Asker
from spiders.browser import RENDER
from spiders.due import Due
from spiders.kinds import when
from spiders.ledger import Ledger
from spiders.recheck import Plan
from spiders.refused import Refused

_BINARY: Final = (
    b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3",
)  # fmt: skip
_MARKUP: Final = (b"<html", b"<!doctype", b"<head", b"<body", b"<article", b"<p", b"<div", b"<meta", b"<title")
_SNIFFED: Final = 4096
_DISK: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="archive")
"""Bodies of all crawls of this process wait side by side for the disk or the object store."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What became of a visit: an outcome of the vocabulary, `done` for a new copy of the page."""

    outcome: str
    asked: bool


class Visitor:
    """Visits the due addresses of one outlet."""

    def __init__(self, outlet: Outlet, asker: Asker, ledger: Ledger, archive: Archive, plan: Plan) -> None:
        self.outlet, self.asker, self.ledger, self.archive, self.plan = outlet, asker, ledger, archive, plan

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
                await self.ledger.write(lambda c: self._record_no_page(c, due, answer, None))
                return Visited("not_modified", asked=True)
            sha256 = await self._archive(body)
            await self.ledger.write(lambda c: self._record_page(c, due, answer, sha256))
            return Visited(DONE, asked=True)
        await self.ledger.write(lambda c: self._record_no_page(c, due, answer, refusal))
        return Visited(refusal.outcome if refusal else "not_modified", refusal.asked if refusal else True)

    async def _take_from_source(self, due: Due, html: str) -> Visited:
        """The source carried the whole article: its HTML is the page, and nothing is asked."""
        body = html.encode()
        sha256 = await self._archive(body)
        await self.ledger.write(lambda c: self._record_source_text(c, due, sha256, len(body)))
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

    def _record_page(self, connection: Connection, due: Due, answer: Answer, sha256: str) -> None:
        fetch_id = self._log(connection, due, answer, body_sha256=sha256)
        self._fetched(connection, due, fetch_id, **self._asked_again(due))

    def _record_source_text(self, connection: Connection, due: Due, sha256: str, size: int) -> None:
        answer = Answer(due.url, datetime.now(UTC), 0.0)
        fetch_id = self._log(
            connection, due, answer, body_sha256=sha256, body_bytes=size, outcome=DONE,
            detail="the source carried the whole text", headers={"content-type": "text/html; charset=utf-8"},
        )  # fmt: skip
        hints: dict[str, Any] = {name: value for name, value in due.hints.items() if name != "html"}
        self._fetched(connection, due, fetch_id, hints=hints)  # without a recheck: the source shows every change

    def _log(self, connection: Connection, due: Due, answer: Answer, **more: Any) -> int:
        kind = "recheck" if due.recheck else "article"
        return self.ledger.add_fetch(connection, kind, answer, discovery_id=due.id, **more)

    def _fetched(self, connection: Connection, due: Due, fetch_id: int, **more: Any) -> None:
        self.ledger.settle(
            connection, due.id, stage="fetched", outcome=PENDING, detail=None, attempts=0, fetch_id=fetch_id, **more
        )

    def _asked_again(self, due: Due) -> dict[str, Any]:
        """When the plan asks for this page next; the one place that sets it, after each answer."""
        published = when(due.hints.get("published"))
        at = self.plan.next(due.url_key, due.first_seen_at, datetime.now(UTC), published)
        return {"recheck_at": at, **({"rechecks": Discovery.rechecks + 1} if due.recheck else {})}

    def _record_no_page(self, connection: Connection, due: Due, answer: Answer, refusal: Refused | None) -> None:
        if refusal is None:
            self._record_unchanged(connection, due, answer)
            return
        if refusal.asked:
            self._log(connection, due, answer, outcome=refusal.outcome, detail=refusal.detail)
        if due.recheck:  # says nothing against the article that we hold; the plan's next step asks again
            self.ledger.settle(connection, due.id, **self._asked_again(due))
            return
        self.ledger.settle(
            connection, due.id, stage="discovered", outcome=refusal.outcome, detail=refusal.detail,
            attempts=due.attempts + (1 if refusal.asked else 0),
        )  # fmt: skip

    def _record_unchanged(self, connection: Connection, due: Due, answer: Answer) -> None:
        """A 304, or the very bytes that we hold."""
        if due.article_id is None:  # the copy that we hold was never stored; clean looks at it once more
            self._log(connection, due, answer)
            self.ledger.settle(connection, due.id, stage="fetched", outcome=PENDING, detail=None, attempts=0)
            return
        if answer.status == 304:
            self._log(connection, due, answer)
            held = {}
        else:  # the new answer's validators are the ones to ask with next time
            held = {"fetch_id": self._log(connection, due, answer, outcome="not_modified", body_sha256=due.body_sha256)}
        self.ledger.settle(
            connection, due.id, stage="stored", outcome=DONE, detail=None, attempts=0, **held, **self._asked_again(due)
        )


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
