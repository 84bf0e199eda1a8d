"""Holds outlet files against the live sites: each source is asked once and a few of its newest articles are read.
Nothing is written anywhere."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

from khabar.onramp.look import (
    AHEAD,
    ArticleSeen,
    SourceSeen,
    address_of,
    language_of_titles,
    look_at_article,
    look_at_source,
    newest_of_each,
)
from models.outcome import OUTCOMES
from models.settings import settings
from outlets import Outlet
from outlets.check import Finding, Level, worst_first
from pipeline.clean.pool import CleanPool
from spiders.prober import ProbeError, Prober

READ: Final = 2
"""Articles that are read of each outlet."""
AT_ONCE: Final = 3
"""Outlets that are asked at the same time; each is asked one thing at a time."""
FROZEN: Final = timedelta(days=14)
"""A source whose newest article is older has probably ended."""
_FITTING: Final = 0.5
"""Share of a feed's addresses that must match the article pattern; a sitemap holds other pages, too."""


def merged(offline: Iterable[Finding], live: Sequence[Finding]) -> list[Finding]:
    """Both, the worst first. That a source is unverified is said once, by the site where it answers."""
    answered = {(finding.outlet, finding.key) for finding in live if finding.level == "unverified"}
    kept = [f for f in offline if f.level != "unverified" or (f.outlet, f.key) not in answered]
    return worst_first([*kept, *live])


def check_live(outlets: Sequence[Outlet], lookback_days: int, now: datetime) -> list[Finding]:
    """What is not as the files of `outlets` say, and what is, outlet by outlet."""
    with CleanPool() as pool, ThreadPoolExecutor(AT_ONCE) as threads:
        found = threads.map(lambda outlet: _check(outlet, pool, lookback_days, now), outlets)
        return [finding for findings in found for finding in findings]


def _check(outlet: Outlet, pool: CleanPool, lookback_days: int, now: datetime) -> list[Finding]:
    try:
        with Prober(outlet) as prober:
            sources = [look_at_source(prober, source) for source in outlet.sources]
            chosen = newest_of_each(sources, outlet.article_pattern, READ)
            articles = [look_at_article(prober, pool, outlet, listed, url) for url, listed in chosen.items()]
    except ProbeError as error:
        return [Finding(outlet.name, "failed", "probe", str(error))]
    return [
        Finding(outlet.name, level, key, sentence)
        for level, key, sentence in (
            *(row for n, seen in enumerate(sources) for row in _of_source(f"sources.{n}", seen, outlet, now)),
            *(row for one in articles for row in _of_article(one, outlet, now)),
            *_of_counts(sources, outlet, lookback_days, now),
            *_of_fill(articles, outlet),
        )
    ]


Row = tuple[Level, str, str]


def _of_source(key: str, seen: SourceSeen, outlet: Outlet, now: datetime) -> Iterator[Row]:
    source = seen.source
    what = f"{source.kind} {source.url}"
    if not seen.reads:
        yield "broken", key, f"{what}: {_reason(seen.outcome, seen.detail) if seen.outcome != 'done' else 'is empty'}"
        return
    fitting = [url for item in seen.items if (url := address_of(item)) and outlet.article_pattern.search(url)]
    dated = f", the newest of {seen.newest:%Y-%m-%d %H:%M} UTC" if seen.newest else ""
    yield "seen", key, f"{what} lists {len(seen.items)} addresses, {len(fitting)} of articles{dated}"
    if not fitting or (source.kind not in ("sitemap", "listing") and len(fitting) < _FITTING * len(seen.items)):
        other = next((u for i in seen.items if (u := address_of(i)) and not outlet.article_pattern.search(u)), "none")
        yield "broken", "article_url", f"matches {len(fitting)} of {len(seen.items)} addresses of {what}, not {other}"
    if seen.newest and seen.newest > now + AHEAD:
        ahead = round((seen.newest - now) / timedelta(hours=1), 1)
        yield "broken", key, f"{what} names a time {ahead} hours in the future: its zone is mistaken"
    if seen.newest and seen.newest < now - FROZEN:
        yield "broken", key, f"{what} lists nothing newer than {seen.newest:%Y-%m-%d}: it has ended or moved"
    language = language_of_titles(seen.items)
    if language and source.language and language != source.language:
        yield "broken", key, f"{what} is not in {source.language}: its titles are in {language}"
    elif language and language not in outlet.languages:
        yield "broken", "languages", f"{what} has titles in {language}, which is not among them"
    if seen.seen.final_url != seen.seen.url:
        yield "warning", key, f"{what} leads to {seen.seen.final_url}: name that address"
    if not source.verified and not settings().replica:  # a stand-in proves nothing of the site
        yield "unverified", key, f"{what} answers: it can say grade: P, verified: true"


def _of_article(one: ArticleSeen, outlet: Outlet, now: datetime) -> Iterator[Row]:
    url, article = one.seen.url, one.article
    if article is None or not one.is_done:
        yield "broken", "article", f"{url}: {_reason(one.outcome, one.seen.detail)}"
        return
    stamp = article.published
    said = f"of {stamp.iso()} (by {stamp.basis})" if stamp else "without a date"
    yield "seen", "article", f"{url} is an article {said}, {len(article.text)} characters in {article.language}"
    for issue in article.issues:
        if issue.startswith("selector_missed:"):
            name = issue.partition(":")[2]
            yield "broken", f"selectors.{name}", f"matches nothing on {url}"
    if article.language and article.language not in outlet.languages:
        yield "broken", "languages", f"{url} is in {article.language}, which is not among them"
    if stamp and stamp.utc() > now + AHEAD:
        yield "broken", "timezone", f"{url} says it is of {stamp.iso()}, which is still to come: the zone is mistaken"


def _of_counts(sources: Sequence[SourceSeen], outlet: Outlet, days: int, now: datetime) -> Iterator[Row]:
    """As a crawl counts them."""
    if all(seen.outcome == "refused:unreachable" for seen in sources):
        yield "failed", "sources", f"unreachable: no source could be reached ({sources[0].detail}); is there a network?"
        return
    discovered = sum(len(seen.young(now, days)) for seen in sources)
    least, most = outlet.assertions.min.get("discovered", 1), outlet.assertions.max.get("discovered")
    if discovered < least:
        yield "failed", "assertions.min.discovered", f"{discovered} addresses are listed, expected at least {least}"
    if most is not None and discovered > most:
        yield "warning", "assertions.max.discovered", f"{discovered} addresses are listed, expected at most {most}"


def _of_fill(articles: Sequence[ArticleSeen], outlet: Outlet) -> Iterator[Row]:
    """A few articles say little about a share; that not one has a field says something."""
    cleaned = [one.article for one in articles if one.is_done and one.article]
    if not cleaned:
        what = f"none of {len(articles)} articles could be read" if articles else "there is no article to read"
        yield "failed", "assertions.min.fetched", what
        return
    for name, least in outlet.assertions.fill.items():
        if least > 0 and not any(getattr(article, name) for article in cleaned):
            yield "failed", f"assertions.fill.{name}", f"none of {len(cleaned)} articles has it, expected {least:.0%}"


def _reason(outcome: str, detail: str | None) -> str:
    """What a refusal means, in words."""
    meaning = OUTCOMES.get(outcome, outcome)
    return f"{outcome}: {detail or meaning}".rstrip(".")
