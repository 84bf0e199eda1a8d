"""Searches that reviewers keep: their own, counted, and where their queue begins."""

from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import Connection, Engine, delete, insert, update

from models.article import Article
from models.review import ReviewDecision
from models.saved_search import SavedSearch
from models.session import reading, writing
from review.filters import EVERYTHING
from review.saved import AT_MOST, BadSearch, begin_with, forget, keep, rename, saved
from review.shift import AT_MOST as LONGEST
from review.shift import shift_of
from tests.review.newsroom import CRICKET, KUNDUZ, Newsroom
from tests.review.pages import Page, decide
from tests.review.rows import NOW, add


def decided(connection: Connection, reviewer: str, *times: datetime) -> None:
    """Decisions of a reviewer on some article."""
    article = add(connection, "tass", f"of-{reviewer}-{times[0]}", CRICKET, seen=NOW - timedelta(days=90))
    for at in times:
        connection.execute(
            insert(ReviewDecision).values(
                article_id=article, version=1, content_sha256="c" * 64, action="accept", reviewer=reviewer,
                decided_at=at, before={}, after={}, change_seq=1,
            )
        )  # fmt: skip


def test_a_shift_ends_where_a_long_pause_begins(engine: Engine) -> None:
    """New is what came after the shift before this one, whether this one has begun or not."""
    yesterday = [NOW - timedelta(hours=hours) for hours in (24, 20, 16)]
    this_morning = [NOW - timedelta(minutes=minutes) for minutes in (50, 20)]
    with writing(engine) as connection:
        decided(connection, "ana", *yesterday)
        decided(connection, "bashir", *yesterday, *this_morning)
        decided(connection, "chen", *this_morning)
        decided(connection, "dilawar", NOW - timedelta(days=60))
    with reading(engine) as connection:
        ends = {who: shift_of(connection, who, NOW) for who in ("ana", "bashir", "chen", "dilawar", "nobody")}
    assert {who: shift.began for who, shift in ends.items()} == {
        "ana": NOW, "bashir": this_morning[0], "chen": this_morning[0], "dilawar": NOW, "nobody": NOW,
    }  # fmt: skip
    assert {who: shift.before for who, shift in ends.items()} == {
        "ana": yesterday[-1], "bashir": yesterday[-1], "chen": this_morning[0] - timedelta(hours=24),
        "dilawar": NOW - LONGEST, "nobody": NOW - timedelta(hours=24),
    }  # fmt: skip


def test_the_queue_begins_with_what_is_new_in_security(
    client: httpx.Client, engine: Engine, newsroom: Newsroom
) -> None:
    """Who has chosen nothing begins with Afghanistan, security, new since the last shift; one link shows the rest."""
    with writing(engine) as connection:
        connection.execute(delete(SavedSearch))
        old = {"content_changed_at": NOW - timedelta(days=3)}
        connection.execute(update(Article).where(Article.id == newsroom.herat).values(**old))
    page = Page(client.get("/"))
    assert page.cards() == [newsroom.kunduz, newsroom.khost, newsroom.daesh]
    assert page.texts(".active a")[:2] == [
        "relevance at least 60 ×remove", "new since my last shift, 1 Mar 2026 03:05 UTC ×remove"
    ]  # fmt: skip
    assert page.texts(".searches li") == [
        "Afghanistan, security, new since my last shift 3 new since your last shift shown first",
        "Everything that waits 5 new since your last shift",
    ]
    assert page.form(f"#card-{newsroom.kunduz} .decide")["back"] == ["relevance=0.6&new=shift"]
    assert newsroom.herat in Page(client.get(page.tree.cssselect(".searches a")[1].get("href"))).cards()
    removed = page.tree.cssselect(".active a")[1].get("href")
    assert removed == "/?relevance=0.6"
    assert newsroom.herat in Page(client.get(removed)).cards()


def test_a_search_is_kept_renamed_begun_with_and_deleted(client: httpx.Client, newsroom: Newsroom) -> None:
    """All of it by forms, without a script; each answer is the queue that the form was on."""
    page = Page(client.get("/?topic=conflict.bombing&new=7d"))
    sent = client.post("/searches", data={**page.form(".save form"), "name": " جنگ  در کندز "})
    assert (sent.status_code, sent.headers["location"]) == (303, "/?topic=conflict.bombing&new=7d")
    page = Page(client.get(sent.headers["location"]))
    assert page.text(".searches [aria-current]") == "جنگ در کندز"
    action = page.tree.cssselect(".searches details form")[0].get("action")
    form = page.form(".searches details form")
    assert client.post(action, data={**form, "name": "Bombs", "action": "rename"}).status_code == 303
    assert client.post(action, data={**form, "action": "default"}).status_code == 303
    page = Page(client.get("/"))
    assert (page.cards(), page.text(".searches [aria-current]")) == ([newsroom.kunduz], "Bombs")
    assert client.post(action, data={**form, "action": "delete"}).status_code == 303
    assert client.post(action, data={**form, "action": "delete"}).status_code == 404
    assert "Bombs" not in Page(client.get("/")).text(".searches")


@pytest.mark.parametrize(
    ("data", "status"),
    [({"name": ""}, 400), ({"name": "x" * 81}, 400), ({"name": "a\u202eb"}, 400),
     ({"name": "a", "query": "status=x"}, 400),
     ({"name": "a", "query": "x=1&" * 600}, 400), ({"name": "a", "query": "//evil.example"}, 303)],
)  # fmt: skip
def test_what_cannot_be_kept(client: httpx.Client, data: dict[str, str], status: int) -> None:
    """One sentence; and whatever a form brings, the answer is a queue of ours."""
    answer = client.post("/searches", data=data)
    assert answer.status_code == status
    if status == 303:
        assert answer.headers["location"] == "/?status=open"


def test_everybody_has_searches_of_their_own(engine: Engine) -> None:
    """IDOR: nobody renames, deletes or begins with another's search; names are unique, and there is an end to them."""
    with writing(engine) as connection:
        keep(connection, "ana", "Mine", "q=kabul", NOW, default=True)
        keep(connection, "ana", "Mine", "q=herat&after=0.5~1~1", NOW)
        keep(connection, "ana", "Other", "topic=x", NOW)
        (mine, other) = [one for one in saved(connection, "ana") if one.id]
        assert (mine.query, mine.is_default, other.is_default) == ("q=herat", True, False)
        for work in (forget, begin_with):
            with pytest.raises(LookupError):
                work(connection, "bashir", mine.id)
        with pytest.raises(LookupError):
            rename(connection, "bashir", mine.id, "Theirs")
        begin_with(connection, "ana", other.id)
        assert [one.name for one in saved(connection, "ana") if one.is_default] == ["Other"]
        begin_with(connection, "ana", 0)
        assert [one.query for one in saved(connection, "ana") if one.is_default] == ["relevance=0.6&new=shift"]
        for number in range(AT_MOST - 2):
            keep(connection, "ana", f"n{number}", EVERYTHING, NOW)
        with pytest.raises(BadSearch):
            keep(connection, "ana", "one more", EVERYTHING, NOW)
    with pytest.raises(BadSearch), writing(engine) as connection:
        rename(connection, "ana", mine.id, "Other")


def test_a_search_of_an_older_desk_stays(client: httpx.Client, engine: Engine) -> None:
    """I6: one whose address is no longer understood is shown as that and can be deleted; it breaks no page."""
    with writing(engine) as connection:
        add(connection, "tass", "a", KUNDUZ)
        connection.execute(update(SavedSearch).values(query="status=gone"))
    page = Page(client.get("/"))
    assert len(page.cards()) == 1
    assert "can no longer be understood" in page.text(".searches")
    action = page.tree.cssselect(".searches details form")[0].get("action")
    assert client.post(action, data={"action": "delete"}).status_code == 303


def test_what_was_accepted_in_this_shift(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """The hand-over: what the reader accepted since the shift began, not what a shift before or a colleague did."""
    with writing(engine) as connection:
        decided(connection, "local", NOW - timedelta(hours=9))
        for article, who, hours in ((newsroom.khost, "local", 9), (newsroom.daesh, "ana", 1)):
            values = {"review_status": "accepted", "reviewed_by": who, "reviewed_at": NOW - timedelta(hours=hours)}
            connection.execute(update(Article).where(Article.id == article).values(**values))
    page = Page(client.get("/"))
    assert "Accepted in this shift" not in page.texts(".searches li")
    decide(client, page, newsroom.herat, action="accept")
    page = Page(client.get("/"))
    link = page.tree.cssselect(".searches li a")[-1]
    assert link.text_content() == "Accepted in this shift"
    page = Page(client.get(link.get("href")))
    assert page.cards() == [newsroom.herat]
    assert page.texts(".active a")[1].startswith("decided by me in this shift, since 2 Mar 2026")
