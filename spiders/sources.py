"""Reads what an outlet's sources list. A source is read to its end before anything of it is written, and then all in
one transaction: a kill can never leave a source marked as read with half of its articles unknown."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from models.ledger import SourceState
from models.outcome import DONE
from outlets import Outlet, Source
from spiders.ask import Asker
from spiders.discover import Found, Tally, enter, judge, known_keys
from spiders.freshness import freshness
from spiders.kinds import MOST_TELLING, PARSERS, Listed, Listing, first_address, when
from spiders.ledger import Ledger
from spiders.parts import Part, is_older, is_read, read_part
from spiders.polling import is_due, next_due, next_interval
from spiders.session_ids import rejoin

MOST_REQUESTS = 60
"""Requests to one source in one run: an index with its children, or the pages of a list."""
DEEPEST = 3
"""Levels of sitemap indexes."""
MOST_BARREN = 2
"""Pages with nothing new, after which a list is not read on."""
ENDLESS = frozenset({"wordpress", "sitemap", "news_sitemap"})
"""Kinds that reach back for years; a feed and the first page of a listing end by themselves."""


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
    """When it was asked, ISO 8601 in UTC; earlier than the run when it was not due."""
    status: int | None = None
    moved_to: str | None = None
    """Where its address leads for good (301, 308)."""
    newest: str | None = None
    """The latest time of publication that it claims."""
    today: int = 0
    seen_until: str | None = None
    """See spiders/freshness.py; 0 and None as long as its list has not changed."""
    issues: list[str] = field(default_factory=list)
    asked: bool = True
    """False when it was not due: the report is what was remembered."""

    def summary(self) -> dict[str, Any]:
        """Plain types."""
        return asdict(self)


@dataclass(slots=True)
class _Reading:
    """A source as far as it has been read."""

    source: Source
    report: SourceReport
    state: SourceState | None
    parts: list[Part] = field(default_factory=list)
    items: list[Listed] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    """Of the articles that its pages name, as far as it goes on over pages."""
    barren: int = 0
    """Pages in a row that named no article which this reading had not met."""
    waiting: deque[tuple[str, int, str | None, bool]] = field(default_factory=deque)
    """Address, level, when it changed last by what its index says, and whether it is a further page of a list."""


class SourceReader:
    """Reads the sources of one outlet."""

    def __init__(self, outlet: Outlet, asker: Asker, ledger: Ledger, lookback_days: int) -> None:
        self.outlet, self.asker, self.ledger = outlet, asker, ledger
        self.oldest = datetime.now(UTC) - timedelta(days=lookback_days)

    async def read_all(self, *, only_due: bool = False) -> AsyncIterator[SourceReport]:
        """Read every source, the most telling first; with `only_due` those whose time has come (polling.py). When one
        of these fails, the others are read before their time: what it would have said must come from somewhere."""
        rest: list[tuple[Source, SourceState]] = []
        failed = False
        for source in sorted(self.outlet.sources, key=lambda s: MOST_TELLING.index(s.kind)):
            state = await self._state(first_address(source))
            if only_due and state is not None and not is_due(state.due_at, datetime.now(UTC)):
                rest.append((source, state))
                continue
            report = await self.read(source)
            failed = failed or report.outcome.startswith("refused:")
            yield report
        for source, state in rest:
            yield await self.read(source) if failed else recalled(source, state)

    async def read(self, source: Source) -> SourceReport:
        """Read one source and enter what it lists. Raises Superseded and DatabaseError, which end the run."""
        first = first_address(source)
        reading = _Reading(source, SourceReport(source.url, source.kind), await self._state(first))
        reading.waiting.append((first, 0, None, False))
        seen: set[str] = set()
        while reading.waiting and len(reading.items) < source.max_items:
            where = reading.waiting.popleft()
            if where[0] in seen:
                continue
            if len(seen) == MOST_REQUESTS:
                reading.report.issues.append("too_many_parts")
                break
            seen.add(where[0])
            await self._read_one(reading, *where)
        issues = reading.report.issues
        if (reading.waiting or len(reading.items) > source.max_items) and "overflow" not in issues:
            issues.append("overflow")
        del reading.items[source.max_items :]
        await self._write(reading)
        return reading.report

    async def _read_one(self, reading: _Reading, url: str, level: int, changed: str | None, is_page: bool) -> None:
        """Read one address of the source and note what follows from it."""
        source, report = reading.source, reading.report
        if is_older(changed, self.oldest):
            return
        # What stands behind a page may be unknown unless the list was once read to its end.
        state = None if is_page and not _is_known(reading.state) else await self._state(url)
        if is_read(changed, state):
            reading.parts.append(Part(url, "not_modified", items=state.items if state else None))
            return
        parser = PARSERS[source.kind]
        part = await read_part(
            self.asker, url, state, lambda body, at: parser(body, at, source, self.outlet), is_page=is_page,
            show=source.link if source.kind == "browser" else None,
        )  # fmt: skip
        reading.parts.append(part)
        if (listing := part.listing) is None:
            return
        changes = listing.parts_changed
        if listing.parts and not self._shows_changes(listing):
            changes, part.sha256 = {}, None  # an unchanged index would hide its children: read it in full every time
        fresh = [item for item in listing.items if not _reaches_back(reading) or not self._stale(item)]
        reading.items += fresh
        report.too_old += len(listing.items) - len(fresh)
        report.issues += [issue for issue in listing.issues if issue not in report.issues]
        if level < DEEPEST:
            reading.waiting += [(child, level + 1, changes.get(child), False) for child in listing.parts]
        if listing.more and await self._worth_going_on(reading, listing):
            if len(reading.parts) < (MOST_REQUESTS if source.kind == "wordpress" else source.max_pages):
                reading.waiting.append((listing.more, level, None, True))
            elif "overflow" not in report.issues:
                report.issues.append("overflow")

    def _shows_changes(self, index: Listing) -> bool:
        """Whether an index can be believed when it says that its children did not change: it dates them all, and one of
        them within the lookback, as that of a living outlet must."""
        dates = [index.parts_changed.get(child) for child in index.parts]
        return None not in dates and not all(is_older(at, self.oldest) for at in dates)

    async def _state(self, url: str) -> SourceState | None:
        return await self.ledger.read(lambda c: self.ledger.source_state(c, url))

    async def _worth_going_on(self, reading: _Reading, listing: Listing) -> bool:
        """Whether the page named anything young that this reading had not met: of lists without end that always answer
        the same, the second such page in a row is the last. When the source was read to its end last time, it must be
        new to the ledger, too: what is behind a page of known articles is then known as well."""
        young = [item for item in listing.items if not self._too_old(item.modified or item.published)]
        keys = {key for key in judge(young, self.outlet) if not key.startswith("unusable:")} - reading.keys
        reading.keys |= keys
        if not young:
            return False
        if not _is_known(reading.state):
            reading.barren = 0 if keys else reading.barren + 1
            return reading.barren < MOST_BARREN
        return len(await self.ledger.read(lambda c: known_keys(c, self.outlet.name, sorted(keys)))) < len(keys)

    def _stale(self, item: Listed) -> bool:
        """Neither published nor modified within the lookback: not even an edit of an old article."""
        stated = [text for text in (item.published, item.modified) if when(text)]
        return bool(stated) and all(self._too_old(text) for text in stated)

    def _too_old(self, stated: str | None) -> bool:
        at = when(stated)
        return at is not None and at < self.oldest

    async def _write(self, reading: _Reading) -> None:
        parts, report = reading.parts, reading.report
        if (answer := parts[0].answer) is not None:
            report.at, report.status, report.moved_to = answer.at.isoformat(), answer.status, answer.moved_to
        report.requests = sum(part.answer.tries for part in parts if part.answer)
        report.items = sum(part.items or 0 for part in parts)
        failed = [part for part in parts if part.refused]
        if failed and failed[0] is not parts[0]:  # its beginning must not pass for a source that was read to the end
            parts[0].cut_short_by = failed[0].outcome
        if failed and (len(failed) == len(parts) or failed[0] is parts[0]):
            report.outcome, report.detail = failed[0].outcome, failed[0].detail
        elif all(part.outcome == "not_modified" for part in parts):
            report.outcome = "not_modified"
        if failed:
            report.issues.append(f"{len(failed)} of {len(parts)} parts: {failed[0].outcome}")
        found, too_old = await self.ledger.read(lambda c: self._judged(c, reading))
        report.too_old += too_old
        tally = await self.ledger.write(lambda c: self._enter(c, reading, found))
        report.new, report.changed = tally.new, tally.changed

    def _judged(self, connection: Connection, reading: _Reading) -> tuple[dict[str, Found], int]:
        """What it lists, by key, and how many more it lists that are older than the lookback and unknown to us."""
        source = reading.source.url
        found, joined = rejoin(connection, self.outlet.name, source, judge(reading.items, self.outlet))
        if joined:
            reading.report.issues.append("unstable_links")
        if not _reaches_back(reading):
            return found, 0
        old = [key for key, one in found.items() if self._too_old(one.listed.published or one.listed.modified)]
        unknown = set(old) - known_keys(connection, self.outlet.name, old)
        return {key: one for key, one in found.items() if key not in unknown}, len(unknown)

    def _enter(self, connection: Connection, reading: _Reading, found: dict[str, Found]) -> Tally:
        source, report, now = reading.source, reading.report, datetime.now(UTC)
        tally = enter(connection, self.outlet.name, source.url, found, self.ledger.run.run_id, now)
        fresh = freshness(connection, self.outlet.name, sorted(found), now)
        newest = Listing(tuple(reading.items)).newest(now)
        report.today = fresh.today
        report.seen_until = fresh.seen_until.isoformat() if fresh.seen_until else None
        report.newest = newest.isoformat() if newest else None
        for number, part in enumerate(reading.parts):
            if part.answer is None:
                continue
            refusal = part.answer.refusal
            if refusal is None or refusal.asked:
                self.ledger.add_fetch(
                    connection, source.kind, part.answer, outcome=part.outcome, detail=part.detail, items=part.items
                )
            said = _to_remember(part, now)
            if number == 0:
                said |= _next_poll(reading, tally, now) | ({} if part.refused else {"items": report.items})
            self.ledger.keep_source_state(connection, part.url, checked_at=now, **said)
        return tally


def recalled(source: Source, state: SourceState) -> SourceReport:
    """What a source that is not due said last: it counts as it did then, a failure included."""
    report = SourceReport(source.url, source.kind, at=state.checked_at.isoformat(), asked=False)
    if state.outcome.startswith("refused:"):
        report.outcome, report.detail = state.outcome, f"last asked at {state.checked_at:%Y-%m-%d %H:%M} UTC"
    else:
        report.outcome, report.items = "not_modified", state.items or 0
    return report


def _reaches_back(reading: _Reading) -> bool:
    """Whether it may list what is older than the lookback: an archive, or a further page of a list."""
    return reading.source.kind in ENDLESS or len(reading.parts) > 1


def _is_known(state: SourceState | None) -> bool:
    """Whether the source was once read to its end, and none of its parts failed since."""
    return state is not None and state.body_sha256 is not None


def _to_remember(part: Part, now: datetime) -> dict[str, Any]:
    """The columns of its state. A first part stands for the whole: without the validators of a source that was cut
    short, an unchanged index never hides a child that failed. A refusal leaves what we know as it is."""
    if part.cut_short_by:
        return {"outcome": part.cut_short_by, "body_sha256": None, "etag": None, "last_modified": None}
    said: dict[str, Any] = {"outcome": part.outcome if part.refused else DONE}
    if part.answer is None or not part.remembered:
        return said
    if part.answer.status != 304:
        said |= {"etag": part.answer.header("ETag"), "last_modified": part.answer.header("Last-Modified")}
    if part.listing is not None:
        said |= {"changed_at": now, "body_sha256": part.sha256, "items": part.items}
    return said


def _next_poll(reading: _Reading, tally: Tally, now: datetime) -> dict[str, Any]:
    """When the source is worth asking again."""
    before = reading.state.interval_seconds if reading.state else None
    said = reading.parts[0].listing or Listing()
    brought = None if reading.parts[0].refused else bool(tally.new or tally.changed)
    interval = next_interval(timedelta(seconds=before) if before else None, brought, said.every)
    due_at = next_due(now, interval, said.skip_hours, said.skip_days)
    return {"interval_seconds": int(interval.total_seconds()), "due_at": due_at}
