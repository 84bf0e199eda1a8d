"""What decisions teach: each rule's precision, the weekly sample and the recall that it lets estimate."""

from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import Engine, func, select, update

from models.article import ArticleTag
from models.sample import SampledArticle
from models.session import reading, writing
from review.interval import Share
from review.rule_figures import rule_figures
from review.sample import SIZE, draw, monday, weeks
from tests.review.newsroom import CRICKET, Newsroom
from tests.review.pages import Page, decide
from tests.review.rows import NOW, add

LAST_WEEK = NOW - timedelta(days=5)


def other_news(engine: Engine, number: int) -> list[int]:
    """Articles of last week that the queue did not show first."""
    with writing(engine) as connection:
        return [
            add(
                connection,
                "tolonews",
                f"o{place}",
                replace(CRICKET, title=f"Match {place}"),
                relevance=0.1,
                seen=LAST_WEEK,
            )
            for place in range(number)
        ]


def test_a_rule_is_judged_by_what_it_claims(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """A rejection as not security judges rules of topics and actors, not of places; a duplicate judges none; an undone
    decision none; a tag that a person took away counts against its rule even where the article was accepted."""
    decide(client, Page(client.get("/")), newsroom.herat, action="accept")
    decide(client, Page(client.get("/")), newsroom.khost, reason="not_security")
    decide(client, Page(client.get("/")), newsroom.daesh, reason="duplicate")
    decide(client, Page(client.get("/")), newsroom.takhar, reason="not_afghanistan")
    with reading(engine) as connection:
        found = {one.rule: (one.group, one.right.part, one.right.whole) for one in rule_figures(connection)}
    assert found == {
        "uxo.mine@1": ("topic", 1, 1),
        "border.fire@1": ("topic", 0, 1),
        "places.province@1": ("place", 1, 2),
    }
    page = Page(client.get("/learning"))
    assert page.texts("#rules ~ table tbody th") == ["border.fire@1", "places.province@1", "uxo.mine@1"]
    with writing(engine) as connection:
        connection.execute(
            update(ArticleTag)
            .where(ArticleTag.article_id == newsroom.herat, ArticleTag.scheme == "topic")
            .values(is_deleted=True, refused=True)
        )
    with reading(engine) as connection:
        uxo = {one.rule: one.right for one in rule_figures(connection)}["uxo.mine@1"]
    assert (uxo.part, uxo.whole) == (0, 1)
    client.post(f"/decisions/{4}/undo", data={"back": "", "focus": ""})
    with reading(engine) as connection:
        assert {one.rule: one.right.whole for one in rule_figures(connection)}["places.province@1"] == 1


def test_the_sample_is_drawn_once_and_answered_in_the_queue(
    client: httpx.Client, engine: Engine, newsroom: Newsroom
) -> None:
    """Fifty of last week's other news, chosen by nobody; the queue shows them, a decision answers, and recall follows
    with its interval."""
    ids = other_news(engine, SIZE + 10)
    client.post("/learning/sample")
    client.post("/learning/sample")
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(SampledArticle)).scalar_one() == SIZE
        drawn = set(connection.execute(select(SampledArticle.article_id)).scalars())
    assert drawn < set(ids)
    queue = Page(client.get("/?status=new&sample=untagged"))
    assert queue.text(".list-head p").startswith(f"{SIZE} stories")
    first, second = queue.cards()[:2]
    decide(client, queue, first, action="accept")
    decide(client, Page(client.get("/?status=new&sample=untagged")), second, reason="not_security")
    with reading(engine) as connection:
        week = weeks(connection)[0]
    assert (week.week, week.drawn, week.looked_at, week.untagged) == (date(2026, 2, 23), SIZE, 2, SIZE + 10)
    assert (week.missed.part, week.missed.whole) == (1, 2)
    assert week.recall == (0.0, 0.0, 0.0)  # nothing of that week was shown and accepted
    page = Page(client.get("/learning"))
    assert not page.has("form[action='/learning/sample']")
    assert page.text("td[data-of=missed]") == "50 % (9–91)"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_week_gives_the_same_sample(engine: Engine) -> None:
    """I4: no chance is involved."""
    other_news(engine, SIZE * 2)
    drawn = []
    for _ in range(2):
        with writing(engine) as connection:
            draw(connection, NOW, "local")
            drawn.append(set(connection.execute(select(SampledArticle.article_id)).scalars()))
            connection.execute(SampledArticle.__table__.delete())
    assert drawn[0] == drawn[1]
    assert monday(date(2026, 3, 2)) == date(2026, 2, 23)
    assert monday(date(2026, 3, 8)) == date(2026, 2, 23)


@pytest.mark.parametrize(
    ("share", "low", "high"), [(Share(0, 0), 0, 1), (Share(0, 50), 0, 0.071), (Share(50, 50), 0.929, 1)]
)
def test_an_interval_knows_how_little_it_knows(share: Share, low: float, high: float) -> None:
    """Wilson's bounds as tables give them; nothing looked at says nothing."""
    assert (share.low, share.high) == pytest.approx((low, high), abs=0.001)
