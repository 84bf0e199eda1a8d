"""Two reviewers at once: a thousand interleavings of what they see and do, half on each database; nothing is lost."""

import random
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Engine, select

from models.article import Article
from models.review import ReviewDecision
from models.session import reading, writing
from models.story_ruling import rulings_in_force
from review.cards import last_decisions
from review.decisions import BadDecision, Conflict, Said, decide, last_of, say, undo
from review.seen import Seen
from review.standing import standing, state, valid_rows
from review.story_moves import merge, split
from tests.review.rows import NOW, Text, add

ROUNDS: Final = 500
EACH: Final = 20
"""Rounds on the same four articles; then come the next four, since nobody decides one article hundreds of times."""
ORDERS: Final = ("AaBb", "ABab", "ABba", "BAab", "BAba", "BbAa")
"""Capitals look, small letters act."""
ACTS: Final = (
    ["accept"] * 4 + ["reject"] * 3 + ["undo"] * 3 + ["flag", "unflag", "assign", "note", "edit", "merge", "split"]
)


def look(engine: Engine, articles: list[int]) -> list[Seen]:
    """What a page shows: each article as it stands."""
    with reading(engine) as connection:
        last = last_decisions(connection, articles)
    return [Seen(article, 1, last.get(article, 0)) for article in articles]


def stories(engine: Engine, articles: list[int]) -> dict[int, int]:
    """The story of each."""
    with reading(engine) as connection:
        told = connection.execute(select(Article.id, Article.story_id).where(Article.id.in_(articles)))
        return {row.id: row.story_id for row in told}


def act(engine: Engine, what: str, seen: list[Seen], near: list[int], who: str, at: Any) -> int:
    """The number of rows that were written; 0 when the reviewer was told of a collision, or it made no sense."""
    said = {
        "flag": Said("flag", {"flagged": True}), "unflag": Said("unflag", {"flagged": False}),
        "assign": Said("assign", {"to": who}), "note": Said("note", {}, note=f"{who} {at}"),
        "edit": Said("edit", {"facts": {"killed_low": at.microsecond % 9}}),
    }.get(what)  # fmt: skip
    first = seen[0]
    try:
        if said is not None:
            return len(say(engine, seen, lambda _article: said, who, at, whatever_came=what == "note"))
        if what == "accept":
            return len(decide(engine, seen, "accept", None, who, at))
        if what == "reject":
            return len(decide(engine, seen, "reject", "opinion", who, at))
        if what in ("split", "merge"):
            told = stories(engine, near)
            mine, other = told[first.article_id], told[seen[-1].article_id]
            if what == "split":
                return len(split(engine, mine, [first], who, at))
            theirs = look(engine, [one for one, story in told.items() if story == other])
            return len(merge(engine, mine, other, theirs, who, at))
        with reading(engine) as connection:
            last = last_of(connection, who)
        return len(undo(engine, last.id, who, at)) if last is not None else 0
    except (Conflict, BadDecision, LookupError):
        return 0


def test_a_thousand_interleavings_lose_nothing(engine: Engine) -> None:
    """I2, I3: what a reviewer was told is done stands as a row, what was refused left none, no decision was made on
    anything unseen, and at the end every column follows from the rows alone."""
    chance = random.Random(7)  # noqa: S311 (a reproducible test)
    text = Text("Blast", "A blast was heard.")
    with writing(engine) as connection:
        everyone = [add(connection, "tass", str(number), text) for number in range(4 * ROUNDS // EACH)]
    written, collisions = 0, 0
    for round_number in range(ROUNDS):
        first = round_number // EACH * 4
        some = everyone[first : first + 4]
        pages: dict[str, Any] = {}
        order = chance.choice(ORDERS)
        targets = {who: chance.sample(some, chance.choice((1, 1, 2))) for who in "ab"}
        for step, letter in enumerate(order):
            who = letter.lower()
            if letter.isupper():
                pages[who] = look(engine, targets[who])
                continue
            at = NOW + timedelta(seconds=round_number, microseconds=step + 1)
            made = act(engine, chance.choice(ACTS), pages[who], some, who, at)
            written += made
            collisions += made == 0
    assert collisions > ROUNDS / 20
    with reading(engine) as connection:
        rows = connection.execute(select(ReviewDecision.__table__).order_by(ReviewDecision.id)).all()
        articles = connection.execute(select(Article.__table__)).all()
        ruled = {(one.article_a, one.article_b) for one in rulings_in_force(connection)}
    assert len(rows) == written
    assert len({row.undoes for row in rows if row.undoes}) == sum(row.action == "undo" for row in rows)
    for article in articles:
        mine = [row for row in rows if row.article_id == article.id]
        stands = standing(mine, article.latest_version)
        assert (article.review_status, article.reviewed_by) == (stands.status, stands.by)
        assert article.corrections == state(mine, "edit")
        assert article.assigned_to == state(mine, "assign").get("to")
        assert article.flagged == bool(state(mine, "flag").get("flagged"))
        moves = [row.after["story"] for row in mine if "story" in row.after]
        assert article.story_id == (moves or [article.story_id])[-1]
        for aspect in ("verdict", "edit", "assign", "flag"):
            for one, later in zip(valid_rows(mine, aspect), valid_rows(mine, aspect)[1:], strict=False):
                assert one.id < later.id
    told = {tuple(pair[:2]) for row in rows for pair in row.after.get("rulings", ())}
    assert ruled <= told
