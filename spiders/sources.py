"""Reads what an outlet's sources list. A source is read to its end before anything of it is written, and then all in
one transaction: a kill can never leave a source marked as read with half of its articles unknown."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from models.outcome import DONE
from outlets import Outlet, Source
from spiders.ask import Answer, Asker, looks_like_challenge
from spiders.discover import Tally, enter, judge, known_keys
from spiders.freshness import freshness
from spiders.kinds import PARSERS, Listed, Listing, Unreadable, when, wordpress
from spiders.ledger import Ledger

MOST_REQUESTS = 60
"""Requests to one source in one run: an index with its children, or the pages of a list."""
DEEPEST = 3
"""Levels of sitemap indexes."""
MOST_OF_A_CHALLENGE = 20_000
"""Bytes; a page that is larger has content of its own, whatever scripts it loads."""
ENDLESS = frozenset({"wordpress", "sitemap", "news_sitemap"})
"""Kinds that reach back for years; a feed and a listing end by themselves."""


@dataclass(slots=True)
class SourceReport:
    """What a source said in this run."""

    url: str
    kind: str
    outcome: str = DONE
    detail: str | None = None
    requests: int = 0
    items: int = 0
    """Articles that it lists, those of unchanged parts remembered."""
    new: int = 0
    changed: int = 0
    too_old: int = 0
    at: str | None = None
    """When it was asked, ISO 8601 in UTC."""
    status: int | None = None
    moved_to: str | None = None
    """Where its address leads for good (301, 308)."""
    newest: str | None = None
    """The latest time of publication that it claims."""
    today: int = 0
    seen_until: str | None = None
    """See spiders/freshness.py; 0 and None as long as its list has not changed."""
    issues: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Plain types."""
        return asdict(self)


@dataclass(slots=True)
class _Part:
    """One address of a source (the feed, a page, a child sitemap) and what is to be kept of its answer."""

    url: str
    answer: Answer
    outcome: str
    detail: str | None = None
    items: int | None = None
    sha256: str | None = None
    remembered: bool = False
    """Its state is kept, so that the next request can be conditional."""
    cut_short_by: str | None = None


def first_address(source: Source) -> str:
    """Where reading a source begins."""
    return wordpress.first_page(source) if source.kind == "wordpress" else source.url


class SourceReader:
    """Reads the sources of one outlet."""

    def __init__(self, outlet: Outlet, asker: Asker, ledger: Ledger, lookback_days: int) -> None:
        self.outlet, self.asker, self.ledger = outlet, asker, ledger
        self.oldest = datetime.now(UTC) - timedelta(days=lookback_days)

    async def read(self, source: Source) -> SourceReport:
        """Read one source and enter what it lists. Raises Superseded and DatabaseError, which end the run."""
        report = SourceReport(source.url, source.kind)
        parts: list[_Part] = []
        items: list[Listed] = []
        first = first_address(source)
        state = await self.ledger.read(lambda c: self.ledger.source_state(c, first))
        known_to_the_end = state is not None and state.outcome == DONE
        waiting: list[tuple[str, int]] = [(first, 0)]
        seen: set[str] = set()
        while waiting and len(items) < source.max_items:
            url, depth = waiting.pop(0)
            if url in seen:
                continue
            if len(seen) == MOST_REQUESTS:
                report.issues.append("too_many_parts")
                break
            seen.add(url)
            listing = await self._read_part(source, url, parts)
            if listing is None:
                continue
            fresh = [item for item in listing.items if source.kind not in ENDLESS or not self._stale(item)]
            items += fresh
            report.too_old += len(listing.items) - len(fresh)
            report.issues += [issue for issue in listing.issues if issue not in report.issues]
            if depth < DEEPEST:
                waiting += [(part, depth + 1) for part in listing.parts]
            if listing.more and await self._worth_going_on(listing, known_to_the_end):
                waiting.append((listing.more, depth))
        if (waiting or len(items) > source.max_items) and "overflow" not in report.issues:
            report.issues.append("overflow")
        await self._write(source, parts, items[: source.max_items], report)
        return report

    async def _read_part(self, source: Source, url: str, parts: list[_Part]) -> Listing | None:
        """What the answer at `url` lists; None when it is unchanged or unreadable. Appends to `parts`."""
        paged = url not in (source.url, first_address(source)) and source.kind == "wordpress"
        state = None if paged else await self.ledger.read(lambda c: self.ledger.source_state(c, url))
        headers: dict[str, str] = {}
        if state is not None and state.outcome == DONE:
            said = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
            headers = {name: value for name, value in said.items() if value}
        answer = await self.asker.ask(url, headers)
        if answer.refusal is not None or answer.response is None:
            refusal = answer.refusal
            if paged and answer.status == 400:  # WordPress's way to say that the page before was the last one
                parts.append(_Part(url, answer, DONE, "the page before was the last one", 0))
                return None
            name, detail = (refusal.outcome, refusal.detail) if refusal else ("refused:empty", None)
            parts.append(_Part(url, answer, name, detail))
            return None
        sha256 = hashlib.sha256(answer.response.body).hexdigest()
        if answer.status == 304 or (state is not None and state.outcome == DONE and state.body_sha256 == sha256):
            remembered = state.items if state is not None else None
            if answer.status == 304 and not headers:
                parts.append(_Part(url, answer, "refused:http_304", "status 304, but we hold no copy"))
            else:
                parts.append(_Part(url, answer, "not_modified", items=remembered, remembered=True))
            return None
        try:
            listing = PARSERS[source.kind](answer.response.body, answer.response.url, source, self.outlet)
        except Unreadable as error:
            name, detail = error.outcome, error.detail
            if len(answer.response.body) <= MOST_OF_A_CHALLENGE and looks_like_challenge(answer.response):
                name, detail = "refused:challenge", f"status {answer.status}: a bot challenge"
            parts.append(_Part(url, answer, name, detail))
            return None
        parts.append(_Part(url, answer, DONE, items=len(listing.items), sha256=sha256, remembered=not paged))
        return listing

    async def _worth_going_on(self, listing: Listing, known_to_the_end: bool) -> bool:
        """Whether the page named anything young. When the source was read to its end last time, it must be new, too:
        what is behind a page of known articles is then known as well."""
        young = [item for item in listing.items if not self._too_old(item.modified or item.published)]
        if not young or not known_to_the_end:
            return bool(young)
        keys = list(judge(young, self.outlet))
        return len(await self.ledger.read(lambda c: known_keys(c, self.outlet.name, keys))) < len(keys)

    def _stale(self, item: Listed) -> bool:
        """Neither published nor modified within the lookback: not even an edit of an old article."""
        stated = [text for text in (item.published, item.modified) if when(text)]
        return bool(stated) and all(self._too_old(text) for text in stated)

    def _too_old(self, stated: str | None) -> bool:
        at = when(stated)
        return at is not None and at < self.oldest

    async def _write(self, source: Source, parts: list[_Part], items: list[Listed], report: SourceReport) -> None:
        answer = parts[0].answer
        report.at, report.status, report.moved_to = answer.at.isoformat(), answer.status, answer.moved_to
        report.requests = sum(part.answer.tries for part in parts)
        report.items = sum(part.items or 0 for part in parts)
        failed = [part for part in parts if part.outcome.startswith("refused:")]
        if failed:  # its beginning must not pass for a source that was read to the end
            for part in parts[:1]:
                part.remembered, part.cut_short_by = False, failed[0].outcome
        if failed and (len(failed) == len(parts) or failed[0] is parts[0]):
            report.outcome, report.detail = failed[0].outcome, failed[0].detail
        elif all(part.outcome == "not_modified" for part in parts):
            report.outcome = "not_modified"
        if failed:
            report.issues.append(f"{len(failed)} of {len(parts)} parts: {failed[0].outcome}")
        tally = await self.ledger.write(lambda c: self._enter(c, source, parts, items, report))
        report.new, report.changed = tally.new, tally.changed

    def _enter(
        self, connection: Connection, source: Source, parts: list[_Part], items: list[Listed], report: SourceReport
    ) -> Tally:
        found = judge(items, self.outlet)
        if source.kind in ENDLESS:
            old = [key for key, one in found.items() if self._too_old(one.listed.published or one.listed.modified)]
            known = known_keys(connection, self.outlet.name, old)
            for key in set(old) - known:
                del found[key]
                report.too_old += 1
        now = datetime.now(UTC)
        tally = enter(connection, self.outlet.name, source.url, found, self.ledger.run.run_id, now)
        fresh = freshness(connection, self.outlet.name, sorted(found), now)
        newest = Listing(tuple(items)).newest(now)
        report.today = fresh.today
        report.seen_until = fresh.seen_until.isoformat() if fresh.seen_until else None
        report.newest = newest.isoformat() if newest else None
        for number, part in enumerate(parts):
            refusal = part.answer.refusal
            if refusal is None or refusal.asked:
                self.ledger.add_fetch(
                    connection, source.kind, part.answer, outcome=part.outcome, detail=part.detail, items=part.items
                )
            # The first part's answer stands for the whole: it is remembered only when all of it was read, so that an
            # unchanged index never hides a child that failed.
            said = part.cut_short_by or part.outcome
            if part.remembered:
                self._remember(connection, part, now, report.items if number == 0 else part.items)
            elif said not in (DONE, "not_modified"):
                self.ledger.keep_source_state(connection, part.url, outcome=said, checked_at=now)
        return tally

    def _remember(self, connection: Connection, part: _Part, now: datetime, items: int | None) -> None:
        if part.outcome == "not_modified":
            self.ledger.keep_source_state(connection, part.url, outcome=DONE, checked_at=now)
            return
        self.ledger.keep_source_state(
            connection, part.url, outcome=DONE, checked_at=now, changed_at=now, body_sha256=part.sha256,
            items=items, etag=part.answer.header("ETag"), last_modified=part.answer.header("Last-Modified"),
        )  # fmt: skip
