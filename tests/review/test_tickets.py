"""Tickets on outlets, who looks at what, and what came back to the queue."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, update

from models.article import Article
from models.review import Look, OutletTicket
from models.session import reading, writing
from review.decisions import decide, undo
from review.looks import HOLDS, look, others
from review.seen import Seen
from review.tickets import TAKEN_BACK, close, open_counts
from tests.review.newsroom import TAKHAR_NEW, Newsroom
from tests.review.pages import Page
from tests.review.pages import decide as press
from tests.review.rows import NOW, add_version
from tests.review.test_decisions import rows


def test_extraction_broken_opens_a_ticket_that_a_person_closes(
    client: httpx.Client, engine: Engine, newsroom: Newsroom
) -> None:
    """The reviewer's key tells whoever keeps the outlets; only a person says that it is done, and in what way."""
    n = newsroom
    for article in (n.takhar, n.herat):
        press(client, Page(client.get("/")), article, reason="extraction_broken")
    press(client, Page(client.get("/")), n.cricket, reason="not_security")
    assert [(row["outlet"], row["article_id"]) for row in rows(engine, OutletTicket)] == [
        ("khaama_press", n.takhar), ("khaama_press", n.herat),
    ]  # fmt: skip
    queue = Page(client.get("/"))
    assert queue.text(".ticketed") == "2 open tickets on 1 outlet whose pages are read wrongly."
    assert queue.text(".strip .broken") == "2 tickets: read wrongly"
    page = Page(client.get("/tickets"))
    form = page.form(".ticket form")
    assert client.post("/tickets/close", data={**form, "outcome": " "}).status_code == 400
    press(client, Page(client.get("/")), n.daesh, reason="extraction_broken")
    assert client.post("/tickets/close", data={**form, "outcome": "selector <b>repaired</b>"}).status_code == 303
    assert client.post("/tickets/close", data={**form, "outcome": "again"}).status_code == 409
    page = Page(client.get("/tickets"))
    assert page.texts(".ticket h2") == ["TOLOnews private 1 open ticket"]
    assert page.text("#closed ~ table tbody tr").endswith("selector <b>repaired</b>")


def test_taking_a_rejection_back_closes_its_ticket(engine: Engine, newsroom: Newsroom) -> None:
    """What a person closed before stays as that person closed it; what came after the page stays open."""
    made = [
        decide(engine, [Seen(article, 1, 0)], "reject", "extraction_broken", "ana", NOW + timedelta(seconds=number))[0]
        for number, article in enumerate((newsroom.takhar, newsroom.herat))
    ]
    first = rows(engine, OutletTicket)[0]["id"]
    assert close(engine, "khaama_press", first, "repaired", "ben", NOW) == 1
    for decision in made:
        undo(engine, decision, "ana", NOW + timedelta(minutes=1))
    found = [(row["closed_by"], row["outcome"]) for row in rows(engine, OutletTicket)]
    assert found == [("ben", "repaired"), ("ana", TAKEN_BACK)]
    with reading(engine) as connection:
        assert open_counts(connection) == {}


def test_a_look_is_told_and_ends_by_itself(engine: Engine) -> None:
    """One look a reviewer: the next one ends the one before; without a word it ends after two minutes."""
    assert look(engine, 1, "ana", NOW) == {}
    assert look(engine, 1, "ben", NOW) == {1: ["ana"]}
    assert look(engine, 1, "ben", NOW + timedelta(seconds=1)) == {1: ["ana"]}
    look(engine, 2, "ana", NOW + timedelta(minutes=1))
    with reading(engine) as connection:
        assert others(connection, "cyd", NOW + timedelta(minutes=1)) == {1: ["ben"], 2: ["ana"]}
        assert others(connection, "cyd", NOW + timedelta(minutes=1), [1, None]) == {1: ["ben"]}
        assert others(connection, "cyd", NOW + timedelta(minutes=1) + HOLDS) == {2: ["ana"]}
    assert look(engine, 3, "cyd", NOW + timedelta(hours=1)) == {}
    assert len(rows(engine, Look)) == 1


def test_a_colleague_sees_who_looks(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """On the card, the story and the article, for everyone but the one who looks."""
    n = newsroom
    look(engine, n.kunduz, "ana", NOW + timedelta(minutes=1))
    for url in ("/", f"/story/{n.kunduz}", f"/articles/{n.kunduz_ru}"):
        assert Page(client.get(url)).text(".looking:not([hidden])") == "ana is looking at this"
    answer = client.post("/looking", data={"story": str(n.herat)})
    assert answer.json() == {str(n.kunduz): ["ana"]}
    assert not Page(client.get(f"/articles/{n.herat}")).has(".looking:not([hidden])")
    assert client.post("/looking", data={"story": "x"}).status_code == 404


@pytest.mark.parametrize("seen", [True, False], ids=["reviewed", "new"])
def test_a_changed_item_comes_back_as_its_difference(
    client: httpx.Client, engine: Engine, newsroom: Newsroom, *, seen: bool
) -> None:
    """I3: the card shows what the text says otherwise than the reviewed version, and not the text again."""
    article = newsroom.takhar
    if seen:
        decide(engine, [Seen(article, 1, 0)], "accept", None, "ana", NOW)
    with writing(engine) as connection:
        add_version(connection, article, 2, replace(TAKHAR_NEW), NOW)
        connection.execute(
            update(Article)
            .where(Article.id == article)
            .values(latest_version=2, review_status="changed" if seen else "new")
        )
    page = Page(client.get("/"))
    assert page.has(f"#card-{article} .changed-from") == seen
    assert page.has(f"#card-{article} .excerpt") != seen
    if seen:
        assert page.texts(f"#card-{article} .fields ins") == ["Four detained in Takhar weapons raid", "4 detained"]
