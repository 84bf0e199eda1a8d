"""I3: a decision is a row that stays; what an article's columns say always follows from those rows."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError

from models.article import Article, ArticleVersion
from models.change import take_change_numbers
from models.review import ReviewDecision
from models.session import reading, writing
from review.decisions import AT_ONCE, BadDecision, Conflict, NoSuchArticle, decide, last_of, standing, undo
from review.seen import Seen
from tests.review.newsroom import TAKHAR_NEW, Newsroom
from tests.review.pages import Page
from tests.review.pages import decide as press
from tests.review.rows import NOW, add_version


def rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    every = select(table.__table__).order_by(table.__table__.c[0])
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(every)]


def status(engine: Engine, article: int) -> tuple[str, int | None, str | None]:
    with reading(engine) as connection:
        row = connection.execute(
            select(Article.review_status, Article.reviewed_version, Article.reviewed_by).where(Article.id == article)
        ).one()
    return tuple(row)


def last_change(engine: Engine) -> int:
    with writing(engine) as connection:
        return take_change_numbers(connection, 1)[0]


def test_accepting_a_card_decides_its_story(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """One key, one row an article shown, one transaction; the next card is where the reviewer goes on."""
    n = newsroom
    before = last_change(engine)
    answer = press(client, Page(client.get("/?relevance=0.6")), n.kunduz, action="accept")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/?relevance=0.6#card-{n.herat}"
    made = rows(engine, ReviewDecision)
    assert [(row["article_id"], row["action"], row["version"], row["reviewer"]) for row in made] == [
        (n.kunduz, "accept", 1, "local"), (n.kunduz_copy, "accept", 1, "local"), (n.kunduz_ru, "accept", 1, "local"),
    ]  # fmt: skip
    assert made[0]["before"] == {"status": "new", "version": None, "by": None, "at": None, "decision": None}
    assert made[0]["after"]["status"] == "accepted"
    assert len({row["decided_at"] for row in made}) == 1
    versions = {row["article_id"]: row for row in rows(engine, ArticleVersion)}
    for row in made:
        assert row["content_sha256"] == versions[row["article_id"]]["content_sha256"]
        assert before < row["change_seq"] < versions[row["article_id"]]["change_seq"]
        assert status(engine, row["article_id"]) == ("accepted", 1, "local")
    assert Page(client.get("/")).cards()[0] == n.herat
    assert Page(client.get("/?status=accepted")).cards() == [n.kunduz]


def test_rejecting_needs_a_reason_of_the_list(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """A reason's button rejects; no reason, an unknown one, or one with an acceptance decides nothing."""
    page = Page(client.get("/"))
    for wrong in ({"action": "reject"}, {"reason": "boring"}, {"action": "delete"}, {}, {"action": "undo"}):
        assert press(client, page, newsroom.cricket, **wrong).status_code == 400
    assert rows(engine, ReviewDecision) == []
    assert press(client, page, newsroom.cricket, reason="not_security").status_code == 303
    assert [(row["action"], row["reason"]) for row in rows(engine, ReviewDecision)] == [("reject", "not_security")]
    assert status(engine, newsroom.cricket)[0] == "rejected"


def test_undo_is_a_row_and_goes_back_step_by_step(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Each undo takes back the latest decision that still stands, with all that was decided by the same key."""
    n = newsroom
    press(client, Page(client.get("/")), n.kunduz, action="accept")
    assert "Roadside bomb kills at least three in Kunduz and 2 more" in Page(client.get("/")).text("#undo")
    press(client, Page(client.get("/")), n.herat, reason="old_news")

    def take_back() -> httpx.Response:
        page = Page(client.get("/"))
        return client.post(page.tree.cssselect("#undo")[0].get("action"), data=page.form("#undo"))

    assert take_back().headers["location"] == f"/?status=open#card-{n.herat}"
    assert status(engine, n.herat) == ("new", None, None)
    assert status(engine, n.kunduz)[0] == "accepted"
    assert take_back().status_code == 303
    assert [status(engine, article)[0] for article in (n.kunduz, n.kunduz_copy, n.kunduz_ru)] == ["new"] * 3
    assert not Page(client.get("/")).has("#undo")
    made = rows(engine, ReviewDecision)
    assert [(row["action"], row["undoes"]) for row in made[4:]] == [
        ("undo", made[3]["id"]), ("undo", made[0]["id"]), ("undo", made[1]["id"]), ("undo", made[2]["id"]),
    ]  # fmt: skip
    assert Page(client.get("/")).cards()[:2] == [n.kunduz, n.herat]
    history = Page(client.get(f"/articles/{n.herat}"))
    assert history.texts(".history .badge") == ["taken back", "rejected"]
    assert history.texts(".history .undone .badge") == ["rejected"]


def test_undo_brings_back_what_stood_before(engine: Engine, newsroom: Newsroom) -> None:
    """A rejection after an acceptance, taken back, leaves the acceptance with its own reviewer and time."""
    article = newsroom.takhar
    first = decide(engine, [Seen(article, 1, 0)], "accept", None, "ana", NOW)[0]
    second = decide(engine, [Seen(article, 1, first)], "reject", "opinion", "ben", NOW)[0]
    assert status(engine, article) == ("rejected", 1, "ben")
    third = undo(engine, second, "ana", NOW)[0]
    assert status(engine, article) == ("accepted", 1, "ana")
    undo_row = rows(engine, ReviewDecision)[-1]
    assert (undo_row["before"]["by"], undo_row["after"]["by"]) == ("ben", "ana")
    with pytest.raises(Conflict):
        undo(engine, second, "ana", NOW)  # already taken back
    with pytest.raises(NoSuchArticle):
        undo(engine, third, "ana", NOW)  # an undo is no decision
    with reading(engine) as connection:
        assert last_of(connection, "ana").id == first
        assert last_of(connection, "ben") is None


def test_a_newer_version_is_a_conflict(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """I3: deciding on a text that has changed since writes nothing and shows what changed."""
    page = Page(client.get("/"))
    with writing(engine) as connection:
        add_version(connection, newsroom.takhar, 2, TAKHAR_NEW, NOW)
        connection.execute(update(Article).where(Article.id == newsroom.takhar).values(latest_version=2))
    answer = Page(press(client, page, newsroom.takhar, action="accept"), 409)
    assert rows(engine, ReviewDecision) == []
    assert "You looked at version 1; it is at version 2 now." in answer.text("main")
    assert answer.texts("ins")[-2:] == ["four", "A later statement said that one guard was injured."]
    again = press(client, answer, newsroom.takhar, action="accept")
    assert again.status_code == 303
    assert status(engine, newsroom.takhar) == ("accepted", 2, "local")


def test_another_decision_is_a_conflict_for_the_whole_card(
    client: httpx.Client, engine: Engine, newsroom: Newsroom
) -> None:
    """All or nothing: one article of the story was decided elsewhere, so none is decided twice."""
    page = Page(client.get("/"))
    decide(engine, [Seen(newsroom.kunduz_ru, 1, 0)], "reject", "opinion", "ben", NOW)
    answer = Page(press(client, page, newsroom.kunduz, action="accept"), 409)
    assert "ben rejected (Opinion) version 1" in answer.text("main")
    assert len(rows(engine, ReviewDecision)) == 1
    assert status(engine, newsroom.kunduz)[0] == "new"


def test_a_later_version_makes_it_changed(engine: Engine, newsroom: Newsroom) -> None:
    """I3: a decision on an earlier version stands as "changed", also after an undo of a later one."""
    article = newsroom.takhar
    first = decide(engine, [Seen(article, 1, 0)], "accept", None, "ana", NOW)[0]
    with writing(engine) as connection:
        add_version(connection, article, 2, TAKHAR_NEW, NOW)
        connection.execute(
            update(Article).where(Article.id == article).values(latest_version=2, review_status="changed")
        )
    second = decide(engine, [Seen(article, 2, first)], "reject", "duplicate", "ana", NOW)[0]
    assert status(engine, article) == ("rejected", 2, "ana")
    before = last_change(engine)
    undo(engine, second, "ana", NOW)
    assert status(engine, article) == ("changed", 1, "ana")
    moved = {row["version"] for row in rows(engine, ArticleVersion) if row["change_seq"] > before}
    assert moved == {2}


def test_decisions_cannot_be_rewritten(engine: Engine, newsroom: Newsroom) -> None:
    """I3: the database itself refuses to change or delete one."""
    decide(engine, [Seen(newsroom.takhar, 1, 0)], "accept", None, "ana", NOW)
    for statement in (update(ReviewDecision).values(action="reject"), ReviewDecision.__table__.delete()):
        with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
            connection.execute(statement)


def test_what_is_no_decision(engine: Engine, newsroom: Newsroom) -> None:
    """Bad input: nothing named, named twice, too many, unknown."""
    seen = Seen(newsroom.takhar, 1, 0)
    for wrong in ([], [seen, seen], [Seen(number, 1, 0) for number in range(1, AT_ONCE + 2)]):
        with pytest.raises(BadDecision):
            decide(engine, wrong, "accept", None, "ana", NOW)
    with pytest.raises(NoSuchArticle):
        decide(engine, [seen, Seen(10**17, 1, 0)], "accept", None, "ana", NOW)
    with pytest.raises(NoSuchArticle):
        undo(engine, 10**17, "ana", NOW)
    assert status(engine, newsroom.takhar)[0] == "new"


def test_a_broken_form_is_refused(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Bad input: status 400 and no row."""
    good = {"item": f"{newsroom.cricket}.1.0", "action": "accept"}
    broken: list[dict[str, Any]] = [
        {}, {"item": "x"}, {**good, "back": "relevance=x"}, {**good, "back": "&".join(["a=1"] * 30)},
        {**good, "item": [good["item"]] * 2},
    ]  # fmt: skip
    assert [client.post("/decisions", data=data).status_code for data in broken] == [400] * len(broken)
    assert client.post("/decisions", data={**good, "focus": "x"}).status_code == 404
    multipart = {"Content-Type": "multipart/form-data"}
    assert client.post("/decisions", content=b"\xff\x00=%", headers=multipart).status_code == 400
    assert rows(engine, ReviewDecision) == []


@pytest.mark.parametrize("focus", ["", "1"])
def test_nobody_is_sent_elsewhere(client: httpx.Client, newsroom: Newsroom, focus: str) -> None:
    """A form that names another site leads to our own queue all the same."""
    elsewhere = ("//evil.example", "https://evil.example/", "/\\evil.example", "\r\nX: y")
    for last, back in enumerate(elsewhere):
        data = {"item": f"{newsroom.cricket}.1.{last}", "action": "accept", "back": back, "focus": focus}
        answer = client.post("/decisions", data=data)
        assert answer.headers["location"] == "/?status=open" + (f"#card-{focus}" if focus else "")


def test_two_reviewers_at_once_lose_nothing(engine: Engine, newsroom: Newsroom) -> None:
    """I2, I3: of two decisions on one state exactly one is written; the other reviewer is told."""
    article, rounds = newsroom.takhar, 12
    outcomes: list[str] = []

    def reviewer(name: str, barrier: threading.Barrier, seen: Seen) -> None:
        barrier.wait()
        try:
            decide(engine, [seen], "accept", None, name, NOW)
            outcomes.append("written")
        except Conflict:
            outcomes.append("told")

    last = 0
    for _ in range(rounds):
        barrier = threading.Barrier(2)
        seen = Seen(article, 1, last)
        _run(lambda name, barrier=barrier, seen=seen: reviewer(name, barrier, seen), ["ana", "ben"])
        last = rows(engine, ReviewDecision)[-1]["id"]
    assert sorted(outcomes) == ["told"] * rounds + ["written"] * rounds
    assert len(rows(engine, ReviewDecision)) == rounds


def test_a_decision_gives_way_to_a_batch_of_the_pipeline(engine: Engine, newsroom: Newsroom) -> None:
    """A batch holds the change counter and wants our article: it is not the one that is ended, and both are written."""
    holds, article = threading.Event(), newsroom.takhar
    failures: list[BaseException] = []

    def batch(_name: str) -> None:
        try:
            with writing(engine) as connection:
                take_change_numbers(connection, 1)
                holds.set()
                threading.Event().wait(0.4)  # our decision has the article by now, and waits for the counter
                connection.execute(update(Article).where(Article.id == article).values(relevance=0.6))
        except BaseException as error:
            failures.append(error)

    def desk(_name: str) -> None:
        holds.wait(10)
        decide(engine, [Seen(article, 1, 0)], "accept", None, "ana", NOW)

    _run(lambda name: {"batch": batch, "desk": desk}[name](name), ["batch", "desk"])
    assert failures == []
    assert status(engine, article)[0] == "accepted"


def _run(work: Callable[[str], None], names: list[str]) -> None:
    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_standing_is_pure() -> None:
    """What the columns say can be worked out again from the rows alone."""
    assert standing([], 3).status == "new"
