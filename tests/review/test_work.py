"""Notes, assignments, flags and corrections by hand: rows of the decisions like any other, that no run overwrites."""

from dataclasses import replace
from typing import Any

import httpx
from sqlalchemy import Engine, select

from models.article import Article, ArticleTag
from models.review import ReviewDecision
from models.session import reading, writing
from pipeline import store
from review.decisions import decide
from review.seen import Seen
from tests.pipeline.test_store import discover, finished
from tests.review.newsroom import Newsroom
from tests.review.pages import Page
from tests.review.rows import NOW
from tests.review.test_decisions import rows, status


def column(engine: Engine, article: int, name: str) -> Any:
    with reading(engine) as connection:
        return connection.execute(select(Article.__table__.c[name]).where(Article.id == article)).scalar_one()


def tags(engine: Engine, article: int, version: int = 1) -> dict[tuple[str, str, str], tuple[str, bool, bool]]:
    """(scheme, code, role) -> (source, main, refused) of the standing tags, and of the refused ones with False."""
    with reading(engine) as connection:
        found = connection.execute(
            select(ArticleTag.__table__).where(ArticleTag.article_id == article, ArticleTag.version == version)
        ).all()
    return {(t.scheme, t.code, t.role): (t.source, t.main, t.refused) for t in found if not t.is_deleted}


def undo(client: httpx.Client) -> httpx.Response:
    page = Page(client.get("/"))
    return client.post(page.tree.cssselect("#undo")[0].get("action"), data=page.form("#undo"))


def edit_form(client: httpx.Client, article: int) -> dict[str, Any]:
    """What the form of the corrections sends when nothing is touched."""
    page = Page(client.get(f"/articles/{article}"))
    form = page.tree.cssselect(".edit-form")[0]
    fields: dict[str, Any] = {name: value for name, value in form.fields.items() if value not in (None, "")}
    fields["had"] = [one.get("value") for one in form.cssselect("[name=had]")]
    fields["keep"] = [one.get("value") for one in form.cssselect("[name=keep][checked]")]
    return fields


def test_a_note_an_assignment_and_a_flag(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Each is a row, shows on the card, and is taken back by the same key, the latest first."""
    n = newsroom
    item = f"{n.kunduz}.1.0"
    for data in ({"action": "note", "note": "Ask Herat.\r\nIs it <b>old</b>?"}, {"action": "assign", "to": "آنا"},
                 {"action": "flag"}):  # fmt: skip
        card = Page(client.get("/")).form(f"#card-{n.kunduz} .decide")["item"][0].split()[0]
        answer = client.post("/work", data={"item": card, "focus": str(n.kunduz), **data})
        assert answer.headers["location"] == f"/?status=open#card-{n.kunduz}"
    made = rows(engine, ReviewDecision)
    assert [(row["action"], row["note"], row["after"]) for row in made] == [
        ("note", "Ask Herat.\nIs it <b>old</b>?", {}),
        ("assign", None, {"to": "آنا"}),
        ("flag", None, {"flagged": True}),
    ]
    page = Page(client.get("/"))
    assert "local Ask Herat. Is it <b>old</b>?" in page.text(f"#card-{n.kunduz} .noted")
    assert page.texts(f"#card-{n.kunduz} .meta .badge:not([hidden])") == ["⚑ flagged", "for آنا"]
    assert status(engine, n.kunduz)[0] == "new"
    assert undo(client).status_code == 303
    assert (column(engine, n.kunduz, "flagged"), column(engine, n.kunduz, "assigned_to")) == (False, "آنا")
    undo(client)
    undo(client)
    assert column(engine, n.kunduz, "assigned_to") is None
    assert not Page(client.get("/")).has(".noted")
    assert client.post("/work", data={"item": item, "action": "note", "note": "late"}).status_code == 303


def test_a_note_makes_nothing_stale_and_all_else_does(engine: Engine, client: httpx.Client, newsroom: Newsroom) -> None:
    """409: a colleague's flag, assignment or correction is shown before one decides; a note holds in any case."""
    article = newsroom.takhar
    queue = Page(client.get("/"))
    form = {**queue.form(f"#card-{article} .decide"), "action": "accept"}
    client.post("/work", data={"item": f"{article}.1.0", "action": "note", "note": "seen"})
    client.post("/work", data={"item": f"{article}.1.0", "action": "flag", "note": "toll doubtful"})
    answer = Page(client.post("/decisions", data=form), 409)
    assert "local flagged toll doubtful version 1" in answer.text("main")
    assert client.post("/work", data={"item": f"{article}.1.0", "action": "assign", "to": "ben"}).status_code == 409
    assert client.post("/work", data={"item": f"{article}.1.0", "action": "note", "note": "x"}).status_code == 303
    assert status(engine, article)[0] == "new"


def test_undo_of_one_aspect_leaves_the_others(engine: Engine, client: httpx.Client, newsroom: Newsroom) -> None:
    """An acceptance can be taken back although somebody flagged the article since."""
    first = decide(engine, [Seen(newsroom.takhar, 1, 0)], "accept", None, "local", NOW)[0]
    client.post("/work", data={"item": f"{newsroom.takhar}.1.{first}", "action": "flag"})
    assert client.post(f"/decisions/{first}/undo").status_code == 303
    assert status(engine, newsroom.takhar)[0] == "new"
    assert column(engine, newsroom.takhar, "flagged") is True
    assert client.post(f"/decisions/{first}/undo").status_code == 409


def test_corrections_by_hand(engine: Engine, client: httpx.Client, newsroom: Newsroom) -> None:
    """A wrong tag goes, a right one comes with its P-code, the toll is what the reviewer says; undo restores all."""
    n = newsroom
    before = tags(engine, n.kunduz)
    data = edit_form(client, n.kunduz)
    assert client.post(f"/articles/{n.kunduz}/edit", data=data).status_code == 400  # nothing was changed
    page = Page(client.get(f"/articles/{n.kunduz}"))
    chip = page.tree.cssselect(".g-actor .chip")[0].get("href").split("tag=")[1].split("#")[0]
    data["keep"] = [one for one in data["keep"] if chip not in one.split(",")]
    data |= {"killed_low": "5", "wounded_high": "", "event_date": "2026-02-28", "add_place": "AF-HER", "main": "added"}
    answer = client.post(f"/articles/{n.kunduz}/edit", data=data)
    assert answer.headers["location"] == f"/articles/{n.kunduz}"
    after = tags(engine, n.kunduz)
    assert after["iso3166-2", "AF-HER", "event"] == ("human", True, False)
    assert after["pcode", "HER", "event"][0] == "human"
    assert after["iso3166-2", "AF-KDZ", "event"][:2] == ("human", False)  # no longer the main place
    gone = {key for key in before if key not in after}
    assert {key[0] for key in gone} == {"actor"}
    page = Page(client.get(f"/articles/{n.kunduz}"))
    assert page.text(".toll").startswith("5 killed at least 11 wounded 2 detained event dated 2026-02-28")
    assert "killed, at least: 5" in page.text(".history .says")
    assert page.tree.cssselect(".kept [name=keep]:not([checked])")  # what was refused can be put back
    assert Page(client.get("/?province=AF-HER&status=all")).cards() == [n.kunduz, n.herat]
    undo(client)
    assert tags(engine, n.kunduz) == before
    assert column(engine, n.kunduz, "corrections") == {}


def test_what_is_no_correction(engine: Engine, client: httpx.Client, newsroom: Newsroom) -> None:
    """Bad input: status 400 and no row; a stale form is a conflict, not a correction."""
    good = edit_form(client, newsroom.kunduz)
    for wrong in (
        {"killed_low": "-1"}, {"killed_low": "9", "killed_high": "3"}, {"event_date": "2026-02-30"}, {"had": "x"},
        {"event_type": "War"}, {"add_place": "XX"}, {"item": f"{newsroom.herat}.1.0"}, {"item": "x"},
        {"event_date_precision": "year"}, {"add_place": "AF-HER", "add_role": "nationality"},
    ):  # fmt: skip
        answer = client.post(f"/articles/{newsroom.kunduz}/edit", data={**good, **wrong})
        assert answer.status_code == 400, wrong
    assert client.post("/articles/99999/edit", data=good).status_code == 404
    for wrong in ({"action": "note"}, {"action": "note", "note": "x" * 2001}, {"action": "assign", "to": "a\nb"}, {}):
        assert client.post("/work", data={"item": f"{newsroom.kunduz}.1.0", **wrong}).status_code == 400
    assert rows(engine, ReviewDecision) == []
    client.post("/work", data={"item": f"{newsroom.kunduz}.1.0", "action": "flag"})
    assert client.post(f"/articles/{newsroom.kunduz}/edit", data={**good, "killed_low": "4"}).status_code == 409


def test_no_run_brings_back_what_a_person_refused(engine: Engine, client: httpx.Client) -> None:
    """I3: the pipeline stores a new version; the refused tag stays refused, the added one stands, and what the rules
    say of the difference is not mixed with what people say."""
    with writing(engine) as connection:
        item = finished(discover(connection))
        article = store.keep(connection, item, run_id=1).article_id
    form = edit_form(client, article)
    client.post(f"/articles/{article}/edit", data={**form, "keep": [], "add_place": "AF"})
    kept = {("iso3166-1", "AF", "event"): ("human", False, False)}
    assert tags(engine, article) == kept
    with writing(engine) as connection:
        edited = replace(item.article, title="Blast in Kunduz kills eleven")
        assert store.keep(connection, replace(item, article=edited), run_id=2).version == 2
    assert tags(engine, article, 2) == kept
    with writing(engine) as connection:
        again = store.keep(connection, replace(item, article=edited), run_id=3)
    assert not again.is_new_version
    assert tags(engine, article, 2) == kept
    with reading(engine) as connection:
        view = connection.exec_driver_sql(
            "SELECT code, source, is_deleted, refused FROM v1_article_tags WHERE version=2"
        )
        found = {(code, source): (bool(gone), bool(refused)) for code, source, gone, refused in view}
    assert found == {("AF-KDZ", "rule"): (True, True), ("AF", "human"): (False, False)}
    changes = Page(client.get(f"/articles/{article}")).text(".versions")
    assert "places" not in changes
    undo(client)
    assert list(tags(engine, article, 2)) == [("iso3166-2", "AF-KDZ", "event")]


def test_bulk_covers_what_is_shown(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """One form decides every card of the page, says how many articles that is, and one undo takes it back."""
    page = Page(client.get("/?relevance=0.6"))
    assert page.text("#bulk-count").startswith("6 articles of the 4 stories shown.")
    client.post("/decisions", data={**page.form("#bulk"), "reason": "old_news"})
    assert len(rows(engine, ReviewDecision)) == 6
    assert Page(client.get("/?relevance=0.6")).cards() == []
    assert undo(client).status_code == 303
    assert len(Page(client.get("/?relevance=0.6")).cards()) == 4


def test_the_queue_shows_what_was_given_to_somebody_or_flagged(client: httpx.Client, newsroom: Newsroom) -> None:
    """Each filter alone, both together, and back; a name that nobody has shows nothing."""
    n = newsroom
    client.post("/work", data={"item": f"{n.herat}.1.0", "action": "assign", "to": "ben"})
    client.post("/work", data={"item": f"{n.khost}.1.0", "action": "flag"})
    for query, shown in (("assigned=ben", [n.herat]), ("flagged=yes", [n.khost]), ("assigned=ben&flagged=yes", []),
                         ("assigned=cyd", [])):  # fmt: skip
        page = Page(client.get(f"/?{query}"))
        assert page.cards() == shown
    assert page.text(".active a") == "for cyd ×remove"
    assert client.get("/?flagged=no").status_code == 400
    assert client.get("/?assigned=%22x").status_code == 400
