"""The API: the rows of the views in the order of their numbers, none skipped while writers commit."""

import threading
import time
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event, select, text, update

from models.article import ArticleTag, ArticleVersion
from models.change import take_change_numbers
from models.session import reading, writing
from review import accounts, tokens
from review.decisions import decide, last_of, undo
from review.feed import ROW_NUMBERED
from review.seen import Seen
from tests.review.logins import account, log_in
from tests.review.newsroom import Newsroom, fill
from tests.review.rows import NOW

pytestmark = pytest.mark.usefixtures("quick_hash")


def pages(client: httpx.Client, limit: int, after: int = 0) -> list[dict[str, Any]]:
    """All pages from `after` on."""
    found = [client.get("/api/v1/changes", params={"after": after, "limit": limit}).json()]
    while found[-1]["more"]:
        found.append(client.get("/api/v1/changes", params={"after": found[-1]["next"], "limit": limit}).json())
    return found


def held(engine: Engine) -> dict[str, dict[int, tuple[Any, ...]]]:
    """The views' own rows by number, as the database gives them."""
    with reading(engine) as connection:
        return {
            view: {row.change_seq: tuple(row) for row in connection.execute(text(f"SELECT * FROM {view}"))}  # noqa: S608
            for view in ROW_NUMBERED
        }


def test_the_feed_is_the_views(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Every row of the views once, in the order of change_seq, with every column and the same values on both databases,
    whatever the size of a page."""
    views = held(engine)
    whole = pages(client, 1000)
    assert len(whole) == 1
    rows = whole[0]["rows"]
    numbers = [row["row"]["change_seq"] for row in rows]
    assert numbers == sorted(number for view in views.values() for number in view)
    assert {row["view"] for row in rows} == set(ROW_NUMBERED) >= {"v1_articles", "v1_article_tags", "v1_outlet_health"}
    for limit in (1, 7):
        paged = pages(client, limit)
        assert all(len(page["rows"]) <= limit for page in paged)
        assert [row for page in paged for row in page["rows"]] == rows
        assert paged[-1]["next"] == whole[0]["next"] == whole[0]["newest"]
    first = next(row["row"] for row in rows if row["view"] == "v1_articles")
    with reading(engine) as connection:
        assert list(first) == list(connection.execute(text("SELECT * FROM v1_articles")).keys())
    assert first["published_at"] == "2026-03-02T00:05:00Z"
    assert (first["is_latest"], first["is_deleted"], first["backfilled"]) == (True, False, False)
    assert first["changes"] == []
    tag = next(row["row"] for row in rows if row["view"] == "v1_article_tags")
    assert (tag["main"], tag["is_deleted"], type(tag["evidence"][0]["start"])) == (False, False, int)
    day = next(row["row"] for row in rows if row["view"] == "v1_outlet_health")
    assert day["day"] == "2026-03-02"
    assert "text" not in first  # the views give no text away, nor does the feed


def test_a_decision_comes_as_a_change(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Whoever has read everything gets what moved, and nothing else."""
    seen = pages(client, 1000)[-1]["next"]
    assert pages(client, 10, seen) == [{"rows": [], "next": seen, "newest": seen, "more": False}]
    decide(engine, [Seen(newsroom.kunduz, 1, 0)], "accept", None, "ana", NOW)
    rows = pages(client, 10, seen)[0]["rows"]
    assert [(row["view"], row["row"]["review_status"]) for row in rows] == [
        ("v1_articles", "accepted"), ("v1_events", "accepted"),
    ]  # fmt: skip
    assert [rows[0]["row"]["article_id"], rows[1]["row"]["event_id"]] == [newsroom.kunduz, newsroom.kunduz]
    assert rows[0]["row"]["reviewed_by"] == "ana"
    only = client.get("/api/v1/changes", params={"after": seen, "views": "v1_article_tags"}).json()
    assert only["rows"] == []
    assert only["next"] > seen


def test_a_page_never_ends_within_a_number(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Rows that share a number come together, however small the page is: whoever goes on from there misses none."""
    with writing(engine) as connection:
        [number] = take_change_numbers(connection, 1)
        connection.execute(update(ArticleTag).where(ArticleTag.article_id == newsroom.kunduz).values(change_seq=number))
        [later] = take_change_numbers(connection, 1)
        version = ArticleVersion.article_id == newsroom.cricket
        connection.execute(update(ArticleVersion).where(version).values(change_seq=later))
    found = pages(client, 3, number - 1)
    assert [[row["row"]["change_seq"] for row in page["rows"]] for page in found] == [[number] * 7, [later]]


def test_no_row_is_skipped_while_writers_commit(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Four writers at once (decisions, undone decisions, tags, several views in one transaction), each slow to commit;
    a reader that follows the feed ends with exactly what the views hold."""
    start = pages(client, 1000)
    mirror: dict[tuple[str, int], dict[str, Any]] = {}
    last = 0
    stop = time.monotonic() + 60
    writers = [
        threading.Thread(target=_decide, args=(engine, [newsroom.kunduz, newsroom.herat], "ana")),
        threading.Thread(target=_decide, args=(engine, [newsroom.khost, newsroom.daesh], "rahim")),
        threading.Thread(target=_retag, args=(engine, newsroom.kunduz)),
        threading.Thread(target=_retag, args=(engine, newsroom.herat)),
    ]
    for writer in writers:
        writer.start()

    def follow() -> None:
        nonlocal last
        page = client.get("/api/v1/changes", params={"after": last, "limit": 5}).json()
        numbers = [row["row"]["change_seq"] for row in page["rows"]]
        assert numbers == sorted(numbers)
        assert all(last < number <= page["next"] for number in numbers)
        for row in page["rows"]:
            mirror[row["view"], _id(row)] = row["row"]
        last = page["next"]

    looks = 0
    while any(writer.is_alive() for writer in writers) and time.monotonic() < stop:
        follow()
        looks += 1
    while client.get("/api/v1/changes", params={"after": last, "limit": 1}).json()["rows"]:
        follow()
    final = {(row["view"], _id(row)): row["row"] for page in pages(client, 1000) for row in page["rows"]}
    assert mirror == final
    assert looks > 10
    assert last > start[-1]["next"] + 50


def test_what_commits_between_two_views_is_not_skipped(
    client: httpx.Client, engine: Engine, newsroom: Newsroom
) -> None:
    """The worst moment, made to happen: a writer commits an article and then its tags, in this order of numbers, after
    the feed has read the articles and before it reads the tags. The article comes with the next page."""
    start = pages(client, 1000)[-1]["next"]
    written: list[int] = []

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM v1_article_tags" in statement and not written:
            written.append(0)
            written[0] = _renumber(engine, newsroom.kunduz)

    event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        found = pages(client, 100, start)
    finally:
        event.remove(engine, "before_cursor_execute", meanwhile)
    assert written
    found += pages(client, 100, found[-1]["next"])
    numbers = [row["row"]["change_seq"] for page in found for row in page["rows"]]
    assert numbers == list(range(written[0], written[0] + 8))


def _id(row: dict[str, Any]) -> Any:
    keys = {
        "v1_articles": ("article_id", "version"),
        "v1_article_tags": ("tag_id",),
        "v1_outlet_health": ("outlet_id", "day"),
        "v1_events": ("event_id",),
    }
    return tuple(row["row"][key] for key in keys[row["view"]])


def _decide(engine: Engine, articles: list[int], reviewer: str) -> None:
    at = NOW
    for turn in range(8):
        article = articles[turn % len(articles)]
        with reading(engine) as connection:
            known = connection.execute(
                text("SELECT max(id) FROM review_decisions WHERE article_id = :a"), {"a": article}
            ).scalar()
        at = at.replace(microsecond=turn + 1)
        decide(engine, [Seen(article, 1, known or 0)], "accept", None, reviewer, at)
        with reading(engine) as connection:
            row = last_of(connection, reviewer)
        if row is not None and turn % 2:
            undo(engine, row.id, reviewer, at)


def _retag(engine: Engine, article: int) -> None:
    for _turn in range(10):
        _renumber(engine, article, slow=0.004)


def _renumber(engine: Engine, article: int, slow: float = 0.0) -> int:
    """New numbers for an article and then its tags, in one transaction; the first of them."""
    with writing(engine) as connection:
        ids = connection.execute(select(ArticleTag.id).where(ArticleTag.article_id == article)).scalars().all()
        numbers = iter(take_change_numbers(connection, len(ids) + 1))
        time.sleep(slow)  # taken, but not visible yet
        first = next(numbers)
        version = ArticleVersion.article_id == article
        connection.execute(update(ArticleVersion).where(version).values(change_seq=first))
        for tag in ids:
            connection.execute(update(ArticleTag).where(ArticleTag.id == tag).values(change_seq=next(numbers)))
        time.sleep(slow)
    return first


BAD = [
    "after=-1", "after=x", "after=1e3", "after=" + "9" * 30, "limit=0", "limit=1001", "limit=", "views=articles",
    "views=v1_articles;drop", "views=", "after=%D9%A3",
]  # fmt: skip


def test_bad_questions_are_told(client: httpx.Client) -> None:
    """Bad input: 400 and a sentence, in JSON; nothing from the address reaches a statement as text."""
    for query in BAD:
        answer = client.get(f"/api/v1/changes?{query}")
        assert (answer.status_code, set(answer.json())) == (400, {"error"}), query


def test_single_things(client: httpx.Client, engine: Engine) -> None:
    """An article with its versions and tags, a story, a day's drops, the places; what is not there is 404 in JSON."""
    newsroom = fill(engine, nasty=True)
    got = client.get(f"/api/v1/articles/{newsroom.kunduz}").json()
    assert [row["version"] for row in got["versions"]] == [1]
    assert {tag["code"] for tag in got["tags"]} >= {"AF-KDZ", "conflict.bombing", "iskp"}
    story = client.get(f"/api/v1/stories/{newsroom.kunduz}").json()
    assert (story["event"]["event_id"], story["event"]["killed_low"]) == (newsroom.kunduz, 3)
    assert client.get(f"/api/v1/stories/{newsroom.cricket}").json()["event"] is None
    assert [row["article_id"] for row in story["articles"]] == [
        newsroom.kunduz,
        newsroom.kunduz_copy,
        newsroom.kunduz_ru,
    ]
    assert {place["iso"] for place in client.get("/api/v1/places").json()["places"]} == {"AF-HER", "AF-KDZ", "AF-KHO"}
    drops = client.get("/api/v1/outlets/khaama_press/drops?day=2026-03-02").json()["drops"]
    assert [(drop["outlet_id"], drop["day"], drop["copy_of"]) for drop in drops] == [
        ("khaama_press", "2026-03-02", newsroom.kunduz)
    ]
    hostile = client.get(f"/api/v1/articles/{newsroom.nasty[0]}")
    assert hostile.headers["content-type"] == "application/json"
    assert hostile.headers["x-content-type-options"] == "nosniff"
    for path, code in (("articles/999999", 404), ("articles/x", 404), ("stories/0", 404), ("outlets/tass/drops", 400)):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, set(answer.json())) == (code, {"error"})


def test_who_may_ask(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """A token that holds, or a login; a token opens the API alone, and no form."""
    account(engine, "ana", "admin")
    token, old, revoked = (tokens.add(engine, "ana", "admin", days, "", NOW) for days in (30, 1, 30))
    with writing(engine) as connection:
        connection.execute(text("UPDATE api_tokens SET expires_at = created_at WHERE id = 2"))
    tokens.revoke(engine, 3, NOW)
    wrong = ["", "Bearer", f"Basic {token}", token, f"Bearer {token}x", f"Bearer {old}", f"Bearer {revoked}"]
    for authorization in (None, *wrong):
        answer = client.get(
            "/api/v1/changes", headers={"Authorization": authorization} if authorization is not None else {}
        )
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert set(answer.json()) == {"error"}
    right = {"Authorization": f"bearer {token}"}
    assert client.get("/api/v1/changes", headers=right).status_code == 200
    assert client.get("/", headers=right).status_code == 303
    form = {"item": f"{newsroom.kunduz}.1.0", "action": "accept"}
    assert client.post("/decisions", data=form, headers=right).status_code == 401
    log_in(client, engine, "rahim", "reader")
    assert client.get("/api/v1/changes").status_code == 200
    assert client.get("/api/v1/changes", headers={"Authorization": "Bearer x"}).status_code == 401
    accounts.set_disabled(engine, "ana", NOW)
    assert client.get("/api/v1/changes", headers=right).status_code == 401
