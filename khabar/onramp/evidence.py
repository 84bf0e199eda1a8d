"""What was seen of a site, in sentences with the day: whoever doubts a line of the outlet's file reads them there."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from khabar.onramp.explore import Explored
from khabar.onramp.look import ArticleSeen, SourceSeen
from khabar.onramp.page import claims_of
from pipeline.clean import structured


def evidence(found: Explored, articles: Sequence[ArticleSeen], now: datetime) -> list[str]:
    """What was seen, a sentence each, with the day."""
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    sentences = [f"Probed on {day}: {_and(_source_words(s) for s in found.sources)}."]
    if found.site.system:
        sentences.append(f"The pages are made by {found.site.system}.")
    if found.articles:
        a = found.articles
        missed = f"; not by {_and(a.missed[:3])}" if a.missed else ""
        doubtful = f"; it also matches {_and(a.doubtful[:3])}" if a.doubtful else ""
        sentences.append(f"article_url is matched by {a.matched} of {a.total} listed addresses{missed}{doubtful}.")
    sentences.append(_articles_words(articles))
    failed = [f"{urlsplit(s.source.url).path} ({s.detail or 'lists nothing'})" for s in found.tried if not s.reads]
    if failed:
        sentences.append(f"Asked without success on {day}: {', '.join(failed[:8])}.")
    if found.robots_status and found.crawl_delay:
        sentences.append(f"robots.txt asks for {found.crawl_delay:g} seconds between requests.")
    return sentences


def _source_words(seen: SourceSeen) -> str:
    newest = f", the newest of {seen.newest.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if seen.newest else ""
    parts = f" in {seen.parts} parts" if seen.parts else ""
    return f"{urlsplit(seen.source.url).path} listed {len(seen.items)} addresses{parts}{newest}"


def _articles_words(articles: Sequence[ArticleSeen]) -> str:
    """How the articles that were read tell their time and author."""
    done = [one.article for one in articles if one.is_done and one.article]
    stamps = [a.published for a in done if a.published]
    example = ""
    if stamps:
        first = stamps[0]
        example = f" (by {first.basis} to the {first.precision}, such as {first.raw[:40]!r})"
    claims = [c for one in articles if (c := claims_of(one.seen.body, one.seen.headers, one.seen.final_url))]
    types = sorted({name for c in claims for name in structured.types(c.article)})
    signed = sum(bool(a.authors) for a in done)
    return (
        f"{len(done)} of {len(articles)} articles were read: {len(stamps)} have a date{example}, {signed} an author; "
        f"JSON-LD: {_and(types) or 'none'}."
    )


def _and(parts: Iterable[str]) -> str:
    return ", ".join(parts)
