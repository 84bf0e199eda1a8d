"""Merge and split: at once, in every later run, and back by one undo."""

import httpx
import pytest
from sqlalchemy import Engine, select

from models.article import Article
from models.review import ReviewDecision
from models.session import reading, writing
from models.story_ruling import rulings_in_force
from pipeline import store
from pipeline.dedupe import stage as dedupe
from review.decisions import BadDecision, Conflict, NoSuchArticle, decide, undo
from review.seen import Seen
from review.story_moves import merge, split
from tests.pipeline.test_rulings import item
from tests.review.newsroom import KUNDUZ_RU, Newsroom
from tests.review.pages import Page
from tests.review.rows import NOW, Text, add
from tests.review.test_decisions import rows


def stories(engine: Engine) -> dict[int, int | None]:
    with reading(engine) as connection:
        return {row.id: row.story_id for row in connection.execute(select(Article.id, Article.story_id))}


def ruled(engine: Engine) -> set[tuple[int, int, str]]:
    with reading(engine) as connection:
        return {(one.article_a, one.article_b, one.ruling) for one in rulings_in_force(connection)}


def seen(*articles: int) -> list[Seen]:
    return [Seen(article, 1, 0) for article in articles]


def test_merge_and_undo(engine: Engine, newsroom: Newsroom) -> None:
    """I3: every article of the other story moves, one ruling for each text of its own, one row for each article."""
    n = newsroom
    before = stories(engine)
    made = merge(engine, n.herat, n.kunduz, seen(n.kunduz, n.kunduz_copy, n.kunduz_ru), "ana", NOW)
    moved = {n.kunduz, n.kunduz_copy, n.kunduz_ru}
    assert stories(engine) == {**before, **dict.fromkeys(moved, n.herat)}
    assert ruled(engine) == {(n.kunduz, n.herat, "together"), (n.kunduz_ru, n.herat, "together")}
    assert [(row["article_id"], row["action"]) for row in rows(engine, ReviewDecision)] == [
        (article, "merge") for article in sorted(moved)
    ]
    undo(engine, made[0], "ana", NOW)
    assert stories(engine) == before
    assert ruled(engine) == set()


@pytest.mark.parametrize("chosen", ["first", "other"])
def test_split_and_undo(engine: Engine, newsroom: Newsroom, chosen: str) -> None:
    """A copy goes with its origin; whichever side bears the story's id keeps it; what was ruled before comes back."""
    n = newsroom
    before = stories(engine)
    made = split(engine, n.kunduz, seen(n.kunduz if chosen == "first" else n.kunduz_ru), "ana", NOW)
    assert stories(engine) == {**before, n.kunduz_ru: n.kunduz_ru}
    assert ruled(engine) == {(n.kunduz, n.kunduz_ru, "apart")}
    again = merge(engine, n.kunduz, n.kunduz_ru, [Seen(n.kunduz_ru, 1, made[0])], "ana", NOW.replace(hour=5))
    assert ruled(engine) == {(n.kunduz, n.kunduz_ru, "together")}
    undo(engine, again[0], "ana", NOW.replace(hour=6))
    assert ruled(engine) == {(n.kunduz, n.kunduz_ru, "apart")}
    undo(engine, made[0], "ben", NOW.replace(hour=7))
    assert (stories(engine), ruled(engine)) == (before, set())


def test_what_is_no_move(engine: Engine, newsroom: Newsroom) -> None:
    """Bad input and collisions: nothing moves, nothing is ruled."""
    n = newsroom
    before = stories(engine)
    everyone = seen(n.kunduz, n.kunduz_copy, n.kunduz_ru)
    for wrong in ([], everyone, seen(n.herat), seen(n.kunduz, n.kunduz_ru)):
        with pytest.raises(BadDecision):
            split(engine, n.kunduz, wrong, "ana", NOW)
    with pytest.raises(BadDecision):
        merge(engine, n.kunduz, n.kunduz, everyone, "ana", NOW)
    with pytest.raises(NoSuchArticle):
        merge(engine, n.kunduz, 99999, [], "ana", NOW)
    with pytest.raises(Conflict):  # an article came in since
        merge(engine, n.herat, n.kunduz, seen(n.kunduz, n.kunduz_copy), "ana", NOW)
    decide(engine, seen(n.kunduz_ru), "accept", None, "ben", NOW)
    for move in (lambda: merge(engine, n.herat, n.kunduz, everyone, "ana", NOW),
                 lambda: split(engine, n.kunduz, seen(n.kunduz_ru), "ana", NOW)):  # fmt: skip
        with pytest.raises(Conflict):
            move()
    assert (stories(engine), ruled(engine)) == (before, set())


def test_runs_keep_what_was_merged_and_split(engine: Engine) -> None:
    """I3: the dedupe stage itself, run after run, on texts that would say otherwise."""
    items = [item(1), item(2), item(3, about=9)]
    ids = []
    with writing(engine) as connection:
        for number, one in enumerate(items, start=1):
            ids.append(add(connection, "tass", str(number), Text(one.title or "x", one.text)))
            store.relate(connection, dedupe.relate(connection, one, ids[-1]), NOW)
    first, second, third = ids
    assert stories(engine) == {first: first, second: first, third: third}

    def run() -> dict[int, int | None]:
        for _ in range(2):
            with writing(engine) as connection:
                for week in dedupe.weeks(connection, ids):
                    store.relate(connection, dedupe.regroup(connection, week), NOW)
        return stories(engine)

    made = split(engine, first, seen(second), "ana", NOW)
    merge(engine, first, third, seen(third), "ana", NOW.replace(hour=4))
    assert run() == {first: first, second: second, third: first}
    undo(engine, made[0], "ana", NOW.replace(hour=5))
    assert run() == {first: first, second: first, third: first}


def test_the_pages_of_merge_and_split(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """Without scripts: candidates near in time and place, any story by its number, and old addresses lead on."""
    n = newsroom
    with writing(engine) as connection:
        late = add(connection, "tolonews", "kunduz-late", KUNDUZ_RU, relevance=0.6)
    page = Page(client.get(f"/story/{n.kunduz}/merge"))
    assert page.cards()[0] == late
    answer = client.post(
        page.tree.cssselect(f"#card-{late} form")[0].get("action"), data=page.form(f"#card-{late} form")
    )
    assert answer.headers["location"] == f"/story/{n.kunduz}"
    assert stories(engine)[late] == n.kunduz
    assert client.get(f"/story/{late}").headers["location"] == f"/story/{n.kunduz}"
    typed = Page(client.get(f"/story/{n.kunduz}/merge?with={n.herat}&relevance=0.6"))
    assert typed.cards() == [n.herat]
    assert Page(client.get(f"/story/{n.kunduz}/merge?with=99999")).cards() == []
    page = Page(client.get(f"/story/{n.kunduz}/split"))
    assert len(page.texts(".choice")) == 4
    boxes = {
        box.get("value") for box in page.tree.cssselect(".choice input") if box.get("value").startswith(f"{late}.")
    }
    assert client.post(f"/story/{n.kunduz}/split", data={"item": sorted(boxes)}).status_code == 303
    assert stories(engine)[late] == late
    timeline = Page(client.get(f"/story/{late}")).texts(".moments li")
    assert f"split off by local: from story {n.kunduz} into story {late}" in timeline[-1]
    undone = Page(client.get("/"))
    client.post(undone.tree.cssselect("#undo")[0].get("action"), data=undone.form("#undo"))
    assert stories(engine)[late] == n.kunduz
    for data in ({}, {"item": "x"}, {"item": f"{n.herat}.1.0"}):
        assert client.post(f"/story/{n.kunduz}/split", data=data).status_code == 400
    assert (
        client.post(f"/story/{n.kunduz}/merge", data={"other": str(n.herat), "item": f"{n.khost}.1.0"}).status_code
        == 409
    )
    assert client.post("/story/99999/split", data={"item": f"{n.herat}.1.0"}).status_code == 404
