"""Tagging again what is stored: exactly what differs is written, once, and what people decided stands."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, select, text, update

from models.archive import Archive
from models.article import Article, ArticleTag, ArticleVersion
from models.event import Event
from models.ledger import Fetch
from models.session import reading, writing
from outlets import Outlet
from pipeline.process import process
from pipeline.reprocess import Reprocessed, reprocess
from pipeline.stages import TAG
from review.decisions import Said, decide, say
from review.seen import Seen
from tests.pipeline.conftest import Waiting
from tests.support.pages import page

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def stored(engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting) -> Engine:
    """Three articles as the pipeline stores them, each of another province."""
    waiting([page(0), page(1), page(2)])
    process(engine, archive, outlet, lookback_days=14)
    return engine


def numbers(connection: Connection) -> dict[str, dict[Any, int]]:
    """Change numbers of every row that carries one."""
    return {
        table: {row[0]: row[1] for row in connection.execute(text(f"SELECT {key}, change_seq FROM {table}"))}  # noqa: S608
        for table, key in (("article_versions", "article_id"), ("article_tags", "id"), ("events", "story_id"))
    }


def standing(connection: Connection) -> set[tuple[Any, ...]]:
    """What the standing tags say, and the facts."""
    tags = connection.execute(
        select(ArticleTag.article_id, ArticleTag.scheme, ArticleTag.code, ArticleTag.role, ArticleTag.rule).where(
            ArticleTag.is_deleted.is_(False)
        )
    )
    facts = connection.execute(select(ArticleVersion.article_id, ArticleVersion.facts))
    return {tuple(row) for row in tags} | {(row.article_id, str(row.facts.get("killed_high"))) for row in facts}


def age(connection: Connection) -> None:
    """The first article as older rules left it: a tag missing, one too many, one with another confidence, no toll."""
    first = connection.execute(select(Article.id).order_by(Article.id).limit(1)).scalar_one()
    mine = ArticleTag.article_id == first
    connection.execute(delete(ArticleTag).where(mine, ArticleTag.scheme == "topic"))
    connection.execute(update(ArticleTag).where(mine, ArticleTag.scheme == "pcode").values(code="AF99"))
    connection.execute(update(ArticleTag).where(mine, ArticleTag.scheme == "iso3166-1").values(confidence=0.1))
    connection.execute(update(ArticleVersion).where(ArticleVersion.article_id == first).values(facts={}))
    connection.execute(update(ArticleVersion).values(tag_version="1"))


def test_what_differs_is_written_and_nothing_else(stored: Engine, outlet: dict[str, Outlet]) -> None:
    """I2, I4: the rows come out as a fresh run makes them; only rows that say something else get a number; what no rule
    gives any more stays as a deleted row; a second time there is nothing to do, and no page is fetched."""
    with writing(stored) as connection:
        wanted = standing(connection)
        age(connection)
        before = numbers(connection)
        fetches = connection.execute(select(Fetch.id)).scalars().all()
    done = reprocess(stored, outlet)
    with reading(stored) as connection:
        after = numbers(connection)
        assert standing(connection) == wanted
        gone = connection.execute(select(ArticleTag.code).where(ArticleTag.is_deleted)).scalars().all()
        assert set(connection.execute(select(ArticleVersion.tag_version)).scalars()) == {TAG.version}
        assert connection.execute(select(Fetch.id)).scalars().all() == fetches
        killed = connection.execute(select(Event.killed_high).order_by(Event.story_id).limit(1)).scalar()
    assert (done.looked_at, done.articles, done.facts) == (3, 1, 1)
    assert (done.tags["removed"], done.tags["changed"]) == (1, 1)
    assert gone == ["AF99"]
    assert killed is not None
    moved = {(table, key) for table, rows in after.items() for key in rows if rows[key] != before[table].get(key)}
    assert {table for table, _ in moved} <= {"article_tags", "events", "article_versions"}
    assert len([table for table, _ in moved if table == "article_tags"]) == done.tags.total()
    assert after["article_versions"] == before["article_versions"], "v1_articles says the same of it"
    again = reprocess(stored, outlet)
    assert (again.looked_at, again.articles) == (0, 0)
    with reading(stored) as connection:
        assert numbers(connection) == after


def test_only_what_a_rule_touches(stored: Engine, outlet: dict[str, Outlet]) -> None:
    """With a rule, an article to which it gives nothing stays as it is and due; a rule that gives nothing moves
    nothing, nor does the version of a rule alone."""
    with writing(stored) as connection:
        age(connection)
        connection.execute(update(ArticleTag).values(rule=text("replace(rule, '@', '@0.')")))
        before = numbers(connection)
    nothing = reprocess(stored, outlet, rule="protest.word")
    with reading(stored) as connection:
        assert numbers(connection) == before
    assert (nothing.looked_at, nothing.articles) == (3, 0)
    with reading(stored) as connection:
        topic = connection.execute(select(ArticleTag.rule).where(ArticleTag.scheme == "topic").limit(1)).scalar_one()
    rule = topic.partition("@")[0]
    done = reprocess(stored, outlet, rule=rule)
    assert done.articles == 1
    assert rule in done.rules
    other = reprocess(stored, outlet, rule="roles.ru.acts")
    assert (other.looked_at, other.articles) == (0, 0), "no text is Russian"


def test_a_dry_run_says_the_same_and_writes_nothing(stored: Engine, outlet: dict[str, Outlet]) -> None:
    """What it announces is what then happens."""
    with writing(stored) as connection:
        age(connection)
        before = (numbers(connection), standing(connection))
    said = reprocess(stored, outlet, dry_run=True)
    with reading(stored) as connection:
        assert (numbers(connection), standing(connection)) == before
        assert connection.execute(text("SELECT count(*) FROM runs WHERE kind = 'reprocess'")).scalar() == 0
    done = reprocess(stored, outlet)
    assert (said.articles, said.tags, said.facts) == (done.articles, done.tags, done.facts)


def test_decisions_and_corrections_stand(stored: Engine, outlet: dict[str, Outlet]) -> None:
    """I3: a tag that a person refused does not come back, one that a person gave stays, the verdict is untouched."""
    with reading(stored) as connection:
        article = connection.execute(select(Article.id).order_by(Article.id).limit(1)).scalar_one()
        tag = connection.execute(
            select(ArticleTag.__table__).where(ArticleTag.article_id == article, ArticleTag.scheme == "iso3166-2")
        ).first()
    assert tag is not None
    ruling = {"scheme": tag.scheme, "label": tag.label, "precision": 3, "main": False}
    corrections = {
        "facts": {"killed_low": 7, "killed_high": 7},
        "tags": [
            {**ruling, "code": tag.code, "role": tag.role, "holds": False},
            {**ruling, "code": "AF-GHO", "label": "Ghor", "role": "event", "holds": True},
        ],
    }
    (verdict,) = decide(stored, [Seen(article, 1, 0)], "accept", None, "ana", AT)
    say(stored, [Seen(article, 1, verdict)], lambda _: Said("edit", corrections), "ana", AT)
    with writing(stored) as connection:
        decisions = connection.execute(text("SELECT * FROM review_decisions ORDER BY id")).all()
        before = connection.execute(select(Article.__table__).where(Article.id == article)).one()
        mine = (ArticleTag.article_id == article, ArticleTag.scheme.in_(("iso3166-1", "pcode")))
        connection.execute(update(ArticleTag).where(*mine).values(confidence=0.1))
        connection.execute(update(ArticleVersion).values(tag_version="1", facts={}))
    reprocess(stored, outlet)
    with reading(stored) as connection:
        assert connection.execute(text("SELECT * FROM review_decisions ORDER BY id")).all() == decisions
        after = connection.execute(select(Article.__table__).where(Article.id == article)).one()
        codes = connection.execute(
            select(ArticleTag.code, ArticleTag.source, ArticleTag.is_deleted, ArticleTag.refused).where(
                ArticleTag.article_id == article, ArticleTag.scheme == "iso3166-2"
            )
        ).all()
        story = Event.story_id == after.story_id
        killed_high = connection.execute(select(Event.killed_high).where(story)).scalar()
    assert (after.review_status, after.reviewed_by, after.corrections) == ("accepted", "ana", before.corrections)
    assert {tuple(row) for row in codes} == {(tag.code, "rule", True, True), ("AF-GHO", "human", False, False)}
    assert killed_high == 7, "no other report says so many"


def test_a_run_that_was_overtaken_writes_nothing_more(stored: Engine, outlet: dict[str, Outlet]) -> None:
    """I2: Airflow may start a task twice; `reprocess` has its own lease and leaves that of `process` alone."""
    with writing(stored) as connection:
        age(connection)
    assert isinstance(reprocess(stored, outlet), Reprocessed)
    with reading(stored) as connection:
        runs = connection.execute(text("SELECT kind, state FROM runs WHERE kind <> 'crawl' ORDER BY id")).all()
    assert [tuple(run) for run in runs] == [("process", "ok"), ("reprocess", "ok")]
