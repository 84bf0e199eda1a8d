"""Takes fetched pages from the archive through clean, tag and dedupe into the database, batch by batch: a kill loses
at most the work on one batch, and the next run does it again to the same rows."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from models.archive import Archive, BodyLost, open_archive
from models.lease import RunHandle, begin_run, end_badly, end_run
from models.ledger import Discovery, Fetch
from models.outcome import DONE
from models.ranker import in_use
from models.session import check_schema, engine, reading, writing
from models.settings import settings
from outlets import Outlet
from outlets.load import survey
from outlets.watch import watched
from pipeline import store
from pipeline.check import broken_assertions
from pipeline.clean.pool import CleanPool
from pipeline.clean.rights import excerpt
from pipeline.coverage.refresh import refresh
from pipeline.dedupe import stage as dedupe
from pipeline.finished import Finished
from pipeline.items import Article, DedupeInput, Hints, Page, TagInput
from pipeline.rank.ranker import Ranker
from pipeline.recent import Learned, Recent, print_of
from pipeline.repeats import REFUSED, repeated_bodies, without_twins
from pipeline.stages import CLEAN, TAG

log = logging.getLogger(__name__)

BATCH = 50
"""Articles in one transaction: few enough that other writers never wait long, many enough that commits cost little."""


@dataclass(slots=True)
class Processed:
    """What a run of the pipeline did."""

    run_id: int
    outcomes: Counter[str] = field(default_factory=Counter)
    """Ledger outcome -> number of pages."""
    new_articles: int = 0
    new_versions: int = 0
    copies: int = 0
    related: list[int] = field(default_factory=list)
    """Articles with a new text."""
    failures: list[str] = field(default_factory=list)
    """Assertions that an outlet does not meet, one sentence each."""

    def as_stats(self) -> dict[str, object]:
        """For the run's row."""
        return {
            "outcomes": dict(self.outcomes),
            "new_articles": self.new_articles,
            "new_versions": self.new_versions,
            "copies": self.copies,
        }


def process(
    on: Engine,
    archive: Archive,
    outlets: dict[str, Outlet],
    *,
    lookback_days: int,
    expected: Collection[str] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Processed:
    """Process every fetched page of `outlets`. `progress(done, of)` is told after each batch. The run's row says
    failed when one of the outlets `expected` (default: all) is under its assertions (I6). Raises Superseded when
    a newer run takes over, and ArchiveError when the archive cannot be read: what waits goes on waiting."""
    run = begin_run(on, "process")
    result = Processed(run.run_id)
    waiting = _waiting(on, outlets)
    done = 0
    try:
        with CleanPool() as pool:
            for start in range(0, len(waiting), BATCH):
                ids = waiting[start : start + BATCH]
                _process_batch(on, archive, outlets, run, pool, ids, result, now)
                done += len(ids)
                progress(done, len(waiting))
        with reading(on) as connection:
            weeks = dedupe.weeks(connection, result.related)
        for week in weeks:
            with writing(on) as connection:
                run.check(connection)
                store.relate(connection, dedupe.regroup(connection, week), now())
        refresh(on, outlets, now())
        with reading(on) as connection:
            judged = {name: o for name, o in outlets.items() if expected is None or name in expected}
            result.failures = broken_assertions(connection, judged, run.run_id, now(), lookback_days)
    except BaseException as error:
        end_badly(on, run, result.as_stats(), error)
        raise
    state = "failed" if result.failures else "ok"
    end_run(on, run, state, result.as_stats(), "; ".join(result.failures) or None)
    return result


def process_all(progress: Callable[[int, int], None] = lambda _done, _of: None) -> Processed:
    """Process whatever waits, as the settings say. An outlet whose file is broken keeps its pages waiting. Raises
    DatabaseError when the database does not fit this code."""
    on = engine()
    check_schema(on)
    usable = {name: outlet for name, outlet in survey() if isinstance(outlet, Outlet)}
    archive = open_archive(settings().archive_url)
    return process(
        on, archive, usable, lookback_days=settings().lookback_days, expected=watched(settings().outlets),
        progress=progress,
    )  # fmt: skip


def _waiting(on: Engine, outlets: dict[str, Outlet]) -> list[int]:
    with reading(on) as connection:
        found = connection.execute(
            select(Discovery.id)
            .where(Discovery.stage == "fetched", Discovery.outcome == "pending", Discovery.outlet.in_(outlets))
            .order_by(Discovery.backfill, Discovery.outlet, Discovery.url_key)  # the day's news before the past
        )
        return list(found.scalars())


def _process_batch(
    on: Engine,
    archive: Archive,
    outlets: dict[str, Outlet],
    run: RunHandle,
    pool: CleanPool,
    ids: Sequence[int],
    result: Processed,
    now: Callable[[], datetime],
) -> None:
    with reading(on) as connection:
        rows = _rows(connection, ids)
        repeated = repeated_bodies(connection, {row.body_sha256 for row in rows})
        recent = Recent.read(connection, {row.outlet for row in rows})
    refused: list[tuple[int, str, str | None]] = []
    pages: list[Page] = []
    for row in rows:
        if number := repeated.get((row.outlet, row.body_sha256)):
            refused.append((row.id, REFUSED, f"one body for {number} addresses"))
            continue
        try:
            body = archive.get(row.body_sha256)
            pages.append(_page(row, body, outlets[row.outlet], recent.of(row.outlet).folded))
        except BodyLost as error:
            refused.append((row.id, "quarantine:archive", str(error)))
    finished: list[Finished] = []
    by_id = {str(row.id): row for row in rows}
    for article in _cleaned(on, pool, pages, by_id, recent):
        row = by_id[article.id]
        if article.outcome == DONE:
            finished.append(_finish(row, article, outlets[row.outlet], recent.of(row.outlet)))
        else:
            refused.append((row.id, article.outcome, "; ".join(article.issues) or None))
    with writing(on) as connection:
        run.check(connection)
        for discovery_id, outcome, detail in refused:
            store.refuse(connection, discovery_id, outcome, detail)
            result.outcomes[outcome] += 1
        recent.write(connection, run.run_id, now())
        ranker = Ranker(*in_use(connection))  # read here, so that one which is adopted meanwhile misses no article
        finished = [replace(item, tagged=ranker.apply(item.tagged)) for item in finished]
        _keep(connection, finished, run.run_id, result, now())


def _cleaned(
    on: Engine, pool: CleanPool, pages: Sequence[Page], rows: Mapping[str, Row[*tuple[Any, ...]]], recent: Recent
) -> list[Article]:
    """The batch's articles. Pages that carry what the batch itself made boilerplate are cleaned once more, so that an
    outlet's first pages come out like its later ones."""
    articles = {article.id: excerpt(article) for article in pool.clean_many(pages)}
    for article in articles.values():
        if article.outcome == DONE or article.cut:
            recent.note(*print_of(article, rows[article.id]))
    without_twins(articles, recent)
    with reading(on) as connection:
        gained = recent.relearn(connection)
    again = [
        replace(page, boilerplate=recent.of(row.outlet).folded)
        for page in pages
        if (row := rows[page.id]).outlet in gained and recent.carries(row.id, gained[row.outlet])
    ]
    articles.update({article.id: excerpt(article) for article in pool.clean_many(again)})
    return list(articles.values())


def _keep(connection: Connection, finished: Sequence[Finished], run_id: int, result: Processed, now: datetime) -> None:
    changed: list[tuple[DedupeInput, int]] = []
    for item in finished:
        stored = store.keep(connection, item, run_id)
        result.outcomes[DONE] += 1
        result.new_articles += stored.is_new_article
        result.new_versions += stored.is_new_version and not stored.is_new_article
        if stored.is_new_version:
            changed.append((store.dedupe_input(item, stored.article_id), stored.article_id))
    result.related += [article_id for _, article_id in changed]
    relations = dedupe.relate_many(connection, changed)
    store.relate(connection, relations, now)
    result.copies += sum(relations[article_id].copy_of is not None for _, article_id in changed)


def _rows(connection: Connection, ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    return connection.execute(
        select(
            Discovery.id,
            Discovery.outlet,
            Discovery.url,
            Discovery.url_key,
            Discovery.first_seen_at,
            Discovery.backfill,
            Discovery.hints,
            Fetch.final_url,
            Fetch.fetched_at,
            Fetch.headers,
            Fetch.body_sha256,
        )
        .join(Fetch, Fetch.id == Discovery.fetch_id)
        .where(Discovery.id.in_(ids))
        .order_by(Discovery.outlet, Discovery.url_key)
    ).all()


def _page(row: Row[*tuple[Any, ...]], body: bytes, outlet: Outlet, boilerplate: frozenset[str]) -> Page:
    hints = {**row.hints, "authors": tuple(row.hints.get("authors") or ())}
    return Page(
        id=str(row.id),
        url=row.final_url or row.url,
        body=body,
        headers=row.headers,
        fetched_at=row.fetched_at,
        outlet=outlet,
        hints=Hints(**hints),
        boilerplate=boilerplate,
    )


def _finish(row: Row[*tuple[Any, ...]], article: Article, outlet: Outlet, boilerplate: Learned) -> Finished:
    tagged = TAG.run(
        TagInput(
            id=article.id,
            title=article.title or "",
            text=article.text,
            language=article.language,
            published=article.published,
            outlet=outlet,
            dateline=article.dateline,
        )
    )
    return Finished(
        discovery_id=row.id,
        outlet=row.outlet,
        url=row.url,
        url_key=row.url_key,
        first_seen_at=row.first_seen_at,
        fetched_at=row.fetched_at,
        body_sha256=row.body_sha256,
        article=article,
        tagged=tagged,
        clean_version=CLEAN.version,
        tag_version=TAG.version,
        boilerplate=boilerplate,
        ignored=outlet.ignored,
        backfill=row.backfill,
    )


def pending(connection: Connection) -> Iterator[tuple[str, int]]:
    """Outlet and number of pages that wait for processing."""
    yield from connection.execute(
        select(Discovery.outlet, func.count())
        .where(Discovery.stage == "fetched", Discovery.outcome == "pending")
        .group_by(Discovery.outlet)
    ).all()
