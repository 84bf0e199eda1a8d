"""The one writer: idempotent, keeps versions apart, never touches what people decided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from models.article import Article as ArticleRow
from models.article import ArticleTag, ArticleVersion
from models.ledger import Discovery
from models.search_query import with_words
from models.session import writing
from pipeline import store
from pipeline.finished import Finished
from pipeline.items import Article, Evidence, Relation, Relevance, Stamp, Tag, Tagged

AT = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def discover(connection: Connection, url: str = "https://amu.tv/1/", outlet: str = "amu_tv") -> int:
    """A ledger row whose page waits for processing; its id."""
    found: int = connection.execute(
        insert(Discovery)
        .values(
            outlet=outlet, url=url, url_key=url.removeprefix("https://").rstrip("/"), first_seen_at=AT, last_seen_at=AT,
            source="https://amu.tv/feed/", hints={}, hint_sha256="h", stage="fetched", run_id=1,
        )
        .returning(Discovery.id)
    ).scalar_one()  # fmt: skip
    return found


def finished(discovery_id: int, **changes: object) -> Finished:
    """An article as the stages hand it over."""
    title = str(changes.pop("title", "Blast in Kunduz kills three"))
    article = Article(
        id=str(discovery_id), outcome="done", title=title, text="A blast in Kunduz killed three people.\nPolice came.",
        published=Stamp(AT, "minute", "json_ld", "2026-03-01T11:00+04:30"), language="en", quality=0.9,
    )  # fmt: skip
    evidence = Evidence("title", 9, 15, "Kunduz")
    tag = Tag("iso3166-2", "AF-KDZ", "Kunduz", 0.9, (evidence,), "places.province@1", role="event", main=True)
    made = Finished(
        discovery_id=discovery_id, outlet="amu_tv", url="https://amu.tv/1/", url_key="amu.tv/1", first_seen_at=AT,
        fetched_at=AT + timedelta(minutes=5), body_sha256="b" * 64, article=article,
        tagged=Tagged(str(discovery_id), regions=(tag,), relevance=Relevance(0.8, ("an attack",))),
        clean_version="1", tag_version="1",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def seq(connection: Connection) -> list[int]:
    """The change numbers of all versions."""
    return list(connection.execute(select(ArticleVersion.change_seq).order_by(ArticleVersion.version)).scalars())


def test_the_same_content_again_changes_nothing(engine: Engine, counts) -> None:  # type: ignore[no-untyped-def]
    """I2, I4: storing twice leaves every count and every change number as it was."""
    with writing(engine) as connection:
        item = finished(discover(connection))
        first = store.keep(connection, item, run_id=1)
        before = seq(connection)
    rows = counts()
    with writing(engine) as connection:
        spaced = replace(item.article, text=item.article.text.replace(" ", "  "))
        again = store.keep(connection, replace(item, article=spaced, fetched_at=AT + timedelta(days=1)), run_id=2)
        assert seq(connection) == before
    assert (first.is_new_article, first.is_new_version) == (True, True)
    assert (again.is_new_article, again.is_new_version) == (False, False)
    assert counts() == rows


def test_a_changed_text_is_a_new_version_and_asks_for_review_again(engine: Engine) -> None:
    """I3, I5: the decision stays bound to what was decided; first_seen_at never moves; the old version's row changes
    number because it is no longer the latest."""
    with writing(engine) as connection:
        item = finished(discover(connection))
        stored = store.keep(connection, item, run_id=1)
        connection.execute(update(ArticleRow).values(review_status="accepted", reviewed_version=1, reviewed_by="ana"))
        old = seq(connection)[0]
        edited = replace(item.article, title="Blast in Kunduz kills eleven")
        again = store.keep(connection, replace(item, article=edited, first_seen_at=AT + timedelta(days=3)), run_id=2)
        row = connection.execute(select(ArticleRow)).one()
        numbers = seq(connection)
    assert (again.article_id, again.version, again.is_new_article, again.is_new_version) == (
        stored.article_id,
        2,
        False,
        True,
    )
    assert (row.latest_version, row.review_status, row.reviewed_version, row.reviewed_by) == (2, "changed", 1, "ana")
    assert row.first_seen_at == AT
    assert old < numbers[0]
    assert numbers[0] != numbers[1]


def test_a_text_that_returns_is_the_old_version_again(engine: Engine) -> None:
    """I2: A, B, A are two versions; the latest is A."""
    with writing(engine) as connection:
        item = finished(discover(connection))
        other = replace(item, article=replace(item.article, title="Another title"))
        versions = [store.keep(connection, one, run_id=1).version for one in (item, other, item)]
        latest = connection.execute(select(ArticleRow.latest_version)).scalar_one()
    assert versions == [1, 2, 1]
    assert latest == 1


@pytest.mark.parametrize(
    ("title", "articles"), [("Blast in Kunduz kills three", 1), ("Cricket: Afghanistan win", 2)], ids=["same", "other"]
)
def test_a_canonical_address_joins_variants_but_never_different_articles(
    engine: Engine, title: str, articles: int
) -> None:
    """R11, R15: a site whose pages all name one canonical address does not become a single article."""
    canonical = "https://amu.tv/1/"
    with writing(engine) as connection:
        first = finished(discover(connection))
        store.keep(connection, replace(first, article=replace(first.article, canonical_url=canonical)), run_id=1)
        variant = discover(connection, "https://amu.tv/amp-1/")
        second = finished(variant, title=title, url="https://amu.tv/amp-1/", url_key="amu.tv/amp-1")
        store.keep(connection, replace(second, article=replace(second.article, canonical_url=canonical)), run_id=1)
        assert len(connection.execute(select(ArticleRow.id)).all()) == articles
        issues = [issue for (found,) in connection.execute(select(ArticleVersion.issues)) for issue in found]
        linked = connection.execute(select(Discovery.outcome, Discovery.article_id)).all()
    assert issues == ([] if articles == 1 else ["canonical_collapse"])
    assert {outcome for outcome, _ in linked} == {"done"}
    assert len({article for _, article in linked}) == articles


def test_a_canonical_address_has_the_parameters_that_its_outlet_says_tell_nothing(engine: Engine) -> None:
    """I2: two visits whose canonical addresses differ by a session number only are one article."""
    with writing(engine) as connection:
        for number in (1, 2):
            item = finished(discover(connection, f"https://amu.tv/{number}/"), url_key=f"amu.tv/{number}")
            article = replace(item.article, canonical_url=f"https://amu.tv/one/?sid={number}")
            store.keep(connection, replace(item, article=article, ignored=frozenset({"sid"})), run_id=1)
        assert connection.execute(select(ArticleRow.url_key)).scalars().all() == ["amu.tv/one"]


def test_a_repeated_tag_cannot_break_a_batch(engine: Engine) -> None:
    """S06: of equal tags the most confident is kept, with its own change number."""
    with writing(engine) as connection:
        item = finished(discover(connection))
        (tag,) = item.tagged.regions
        twice = replace(item.tagged, regions=(tag, replace(tag, confidence=0.95), replace(tag, role="mentioned")))
        store.keep(connection, replace(item, tagged=twice), run_id=1)
        rows = connection.execute(select(ArticleTag.role, ArticleTag.confidence).order_by(ArticleTag.role)).all()
    assert [tuple(row) for row in rows] == [("event", 0.95), ("mentioned", 0.9)]


def test_relations_are_written_once(engine: Engine) -> None:
    """I2: saying the same relation again gives no new change number, so consumers are not woken for nothing."""
    with writing(engine) as connection:
        first = store.keep(connection, finished(discover(connection)), run_id=1).article_id
        other = discover(connection, "https://amu.tv/2/")
        second = store.keep(connection, finished(other, url_key="amu.tv/2"), run_id=1).article_id
        relations = {
            first: Relation(str(first), None, None, None, str(first)),
            second: Relation(str(second), str(first), "exact", 1.0, str(first)),
        }
        store.relate(connection, relations, AT)
        before = seq(connection)
        store.relate(connection, relations, AT)
        row = connection.execute(select(ArticleRow).where(ArticleRow.id == second)).one()
        assert seq(connection) == before
    assert (row.copy_of, row.copy_kind, row.story_id) == (first, "exact", first)


def test_a_refusal_is_named_and_keeps_the_article(engine: Engine) -> None:
    """I1: only words of the vocabulary; an article that we hold is not lost to a later bad page."""
    with writing(engine) as connection:
        item = finished(discover(connection))
        store.keep(connection, item, run_id=1)
        store.refuse(connection, item.discovery_id, "refused:challenge", "cf-mitigated")
        with pytest.raises(ValueError, match="not an outcome"):
            store.refuse(connection, item.discovery_id, "refused:mood", None)
        row = connection.execute(select(Discovery)).one()
        assert connection.execute(select(ArticleRow.latest_version)).scalar_one() == 1
    assert (row.outcome, row.detail, row.article_id is not None) == ("refused:challenge", "cf-mitigated", True)


def test_the_search_follows_the_latest_version(engine: Engine) -> None:
    """I2: the words of the latest text are found and no others, in the transaction of the article; the same content
    again changes nothing, and back to an earlier text is back to its words."""

    def found(connection: Connection, q: str) -> int:
        return len(connection.execute(with_words(connection, q)).all())

    with writing(engine) as connection:
        item = finished(discover(connection))
        changed = replace(
            item, article=replace(item.article, title="Fire in Herat", text="Nobody was hurt.\nIt was out.")
        )
        for said, words in ((item, (1, 0)), (item, (1, 0)), (changed, (0, 1)), (item, (1, 0))):
            store.keep(connection, said, run_id=1)
            assert (found(connection, "kunduz blast police"), found(connection, "herat hurt")) == words
