"""Reads the parts of a backfill's sources one by one: each is asked once, judged by the span, and entered together with
the parts that it leads to in one transaction."""

import time
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from w3lib.url import add_or_replace_parameters

from models.outcome import PENDING
from outlets import Outlet, Source
from outlets.dated import Period
from spiders.ask import Answer, Asker
from spiders.backfill import frontier
from spiders.backfill.dates import Where, day_of, period_of_part, place
from spiders.backfill.frontier import MOST_URL, PAGED, Part
from spiders.discover import Found, Tally, enter, ids_of, judge
from spiders.kinds import PARSERS, Listing, Unreadable
from spiders.kinds.xml import Reading, name_of
from spiders.ledger import Ledger
from spiders.parts import read_part
from spiders.sources import DEEPEST, SourceReport

MOST_ITEMS: Final = 50_000
"""Addresses of one sitemap (sitemaps.org, protocol 0.9); a backfill reads all of them, since the old are the point."""
GIVE_UP_AFTER: Final = 3
"""Parts of a host that failed in a row, after which it is left alone until the next run."""


@dataclass(slots=True)
class Sorting:
    """What a part lists, sorted by the span."""

    found: dict[str, Found] = field(default_factory=dict)
    """The addresses of the span, by their keys."""
    days: dict[str, date | None] = field(default_factory=dict)
    """The days of those of them that are articles; None where nothing says it."""
    keys: set[str] = field(default_factory=set)
    """Of everything that it lists."""
    where: Counter[Where] = field(default_factory=Counter)
    """How many articles stand before the span, in it, after it, or nobody knows where."""


class PartReader:
    """Reads the parts of one outlet for one span."""

    def __init__(
        self, outlet: Outlet, span: Period, asker: Asker, ledger: Ledger, firsts: Collection[str] = ()
    ) -> None:
        """`firsts` are the addresses with which lists begin; others of theirs are further pages."""
        self.outlet, self.span, self.asker, self.ledger = outlet, span, asker, ledger
        self.zone = ZoneInfo(outlet.timezone)
        self.sources = {source.url: source for source in outlet.sources}
        self.firsts = frozenset(firsts)
        self.reports: dict[str, SourceReport] = {}
        self._met: dict[str, set[str]] = {}
        """Keys of the articles that the pages of a source have named in this run."""

    async def read_all(self, waiting: Iterable[Part], budget: int, deadline: float) -> int:
        """Read the parts in `waiting` and those that they lead to, with at most `budget` requests and until `deadline`
        (monotonic seconds); how many requests are left. Raises Superseded and DatabaseError, which end the run."""
        queue = deque(waiting)
        bad: Counter[str] = Counter()
        while queue and budget > 0 and time.monotonic() < deadline:
            part = queue.popleft()
            host = urlsplit(part.url).netloc
            if bad[host] >= GIVE_UP_AFTER or part.source not in self.sources:
                continue
            answer, further = await self.read(part)
            budget -= answer.tries if answer.refusal is None or answer.refusal.asked else 0
            failed = answer.refusal is not None and not answer.refusal.outcome.startswith("refused:http_4")
            bad[host] = bad[host] + 1 if failed else 0
            queue += further
        return max(budget, 0)

    async def read(self, part: Part) -> tuple[Answer, list[Part]]:
        """Ask one part, enter what it names, and give the parts that it leads to."""
        source = self.sources[part.source]
        report = self.reports.setdefault(source.url, SourceReport(source.url, source.kind))
        read = await read_part(
            self.asker, part.url, None, lambda body, where: self._parse(part, source, body, where),
            is_page=part.level == 0 and part.url not in self.firsts,
            show=source.link if source.kind == "browser" else None,
        )  # fmt: skip
        if (answer := read.answer) is None:
            raise RuntimeError(f"{part.url} was not asked")
        outcome, detail, listing = read.outcome, read.detail, read.listing
        sorting = self._sort(listing, part.period)
        further, issues = self._further(part, source, answer, listing, sorting) if listing else ([], [])

        def enter_all(connection: Connection) -> Tally:
            now, run_id = datetime.now(UTC), self.ledger.run.run_id
            tally = enter(connection, self.outlet.name, source.url, sorting.found, run_id, now, backfill=True)
            asked = answer.refusal is None or answer.refusal.asked
            if asked:
                self.ledger.add_fetch(connection, source.kind, answer, outcome=outcome, detail=detail, items=read.items)
            frontier.enter_parts(connection, self.outlet.name, self.span, further)
            frontier.settle(
                connection, self.outlet.name, self.span, part, answer.at, tried=asked, outcome=outcome, detail=detail,
                run_id=run_id, named=_named(connection, self.outlet.name, sorting.days),
                undated=sorting.where["undated"], issues=issues,
            )  # fmt: skip
            return tally

        tally = await self.ledger.write(enter_all)
        report.requests += answer.tries
        report.items += sorting.where["in"]
        report.too_old += sorting.where["before"]
        report.new += tally.new
        report.changed += tally.changed
        report.issues += [issue for issue in issues if issue not in report.issues]
        if outcome.startswith("refused:"):
            report.outcome, report.detail = outcome, detail
        return answer, further

    def _parse(self, part: Part, source: Source, body: bytes, where: str) -> Listing:
        """What the part lists. Raises Unreadable."""
        if part.period and where != part.url and period_of_part(where) != part.period:
            # Else the front page, to which an archive without that day may lead, would pass for its list.
            raise Unreadable("refused:not_a_feed", f"the address leads to {where[:300]}")
        return PARSERS[source.kind](body, where, source.model_copy(update={"max_items": MOST_ITEMS}), self.outlet)

    def _sort(self, listing: Listing | None, period: Period | None) -> Sorting:
        made = Sorting()
        for key, one in judge(listing.items if listing else (), self.outlet).items():
            made.keys.add(key)
            placed = place(one.listed, self.span, period, self.zone)
            if placed.where == "in":
                made.found[key] = one
            if one.outcome == PENDING:  # else it is no article: a tag, a shop, a page about the outlet
                made.where[placed.where] += 1
                if placed.where == "in":
                    made.days[key] = placed.day
        return made

    def _further(
        self, part: Part, source: Source, answer: Answer, listing: Listing, sorting: Sorting
    ) -> tuple[list[Part], list[str]]:
        """The parts worth reading that this one leads to, and what there is to say of the list."""
        found: list[Part] = []
        issues = list(listing.issues)
        if listing.parts and part.level < DEEPEST and answer.response is not None:
            for url, changed in children(answer.response.body, answer.response.url):
                period = period_of_part(url)
                if _is_worth_reading(period, changed, self.span, self.zone):
                    found.append(Part(url, part.source, part.level + 1, period))
        met = self._met.setdefault(source.url, set())
        # A list without an end answers every page with the same articles.
        if sorting.keys - met and (more := _next_page(part, source, answer, listing, sorting)):
            found.append(Part(more, part.source, part.level, part.period))
        met |= sorting.keys if source.kind in PAGED else set()
        usable = [one for one in found if len(one.url) <= MOST_URL]
        if len(usable) < len(found):
            issues.append("too_long_address")
        return usable, issues


def _named(connection: Connection, outlet: str, days: Mapping[str, date | None]) -> dict[str, list[int]]:
    """Day -> ids of the articles with these keys; "" for those without a day."""
    named: dict[str, list[int]] = {}
    for key, number in ids_of(connection, outlet, sorted(days)).items():
        named.setdefault(str(days[key] or ""), []).append(number)
    return named


def children(body: bytes, url: str) -> Iterator[tuple[str, str | None]]:
    """Every child of a sitemap index with its lastmod, in the index's order."""
    for element in Reading(body, frozenset({"sitemapindex"}), ("sitemap",)):
        texts = {name_of(child): (child.text or "").strip() for child in element}
        if texts.get("loc"):
            yield urljoin(url, texts["loc"]), texts.get("lastmod") or None


def _is_worth_reading(period: Period | None, changed: str | None, span: Period, zone: ZoneInfo) -> bool:
    """Whether a child sitemap may name an article of the span: by the date in its address, else it must not have been
    changed for the last time before the span began."""
    if period is not None:
        return period.overlaps(span)
    last = day_of(changed, zone)
    return last is None or last >= span.first


def _next_page(part: Part, source: Source, answer: Answer, listing: Listing, sorting: Sorting) -> str | None:
    """The next page of a list. A WordPress site says how many there are; an archive's pages are read while they have
    anything, and those of a list that begins today until they are older than the span."""
    if not listing.items:
        return None
    total = answer.header("X-WP-TotalPages") or ""
    if source.kind == "wordpress" and total.isascii() and total.isdigit():
        page = _page(part.url)
        return add_or_replace_parameters(part.url, {"page": str(page + 1)}) if page < int(total) else None
    if part.period is not None:
        return listing.more if source.page is None else None  # `page` counts the pages of today's list
    return listing.more if source.kind == "wordpress" or sorting.where["in"] or sorting.where["after"] else None


def _page(url: str) -> int:
    said = dict(parse_qsl(urlsplit(url).query)).get("page", "1")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 1
