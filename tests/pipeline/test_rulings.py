"""Rulings on stories: what a person said of two articles holds in every later run, in any order."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from models.migrate import migrate
from models.session import writing
from models.story_ruling import Verdict, add_rulings, place, rulings_in_force
from pipeline.dedupe import stage as dedupe
from pipeline.dedupe.constraints import Bounds, Ruled, bounds
from pipeline.items import DedupeInput
from tests.support.stories import report, seeded

DAY = datetime(2026, 3, 1, tzinfo=UTC)
EVENT = ["zerabad", "kolimar", "tavusta", "melibo", "hadero", "pinaku", "jesobi"]


def item(number: int, days: float = 0, about: int = 0) -> DedupeInput:
    """A report of its own words on the event `about`, published some days after the first."""
    words = [f"{word}{about}" for word in EVENT]
    return DedupeInput(f"o{number}", f"https://o{number}.example/", "", report(number, 150, words),
                       DAY + timedelta(days=days), outlet=f"o{number}")  # fmt: skip


def arrive(on: Engine, items: Iterable[tuple[int, DedupeInput]]) -> None:
    """Each in a run of its own, as the daily run relates and regroups."""
    for number, one in items:
        with writing(on) as connection:
            dedupe.relate(connection, one, number)
        run(on, [number])


def run(on: Engine, ids: Sequence[int] = ()) -> None:
    """The end of a run that brought `ids`."""
    with writing(on) as connection:
        for week in dedupe.weeks(connection, ids):
            dedupe.regroup(connection, week)


def rule(on: Engine, ruling: Verdict, *pairs: tuple[int, int]) -> None:
    """A reviewer's word."""
    with writing(on) as connection:
        add_rulings(connection, pairs, ruling, "ana", DAY)


def stories(on: Engine) -> dict[int, int]:
    """The story of each article."""
    with on.connect() as connection:
        found = connection.execute(text("SELECT article_id, story FROM fingerprints ORDER BY article_id"))
        return {row.article_id: row.story for row in found}


def test_a_ruling_holds_until_it_is_lifted(engine: Engine) -> None:
    """I3: the next run obeys, every later one keeps it, `free` gives the word back to the texts."""
    arrive(engine, enumerate((item(1), item(2), item(3, 5, about=9)), 1))
    assert stories(engine) == {1: 1, 2: 1, 3: 3}
    for verdict, pair, said in (
        ("apart", (2, 1), {1: 1, 2: 2, 3: 3}),
        ("together", (1, 3), {1: 1, 2: 2, 3: 1}),
        ("free", (1, 2), {1: 1, 2: 1, 3: 1}),
        ("free", (3, 1), {1: 1, 2: 1, 3: 3}),
    ):
        rule(engine, verdict, pair)
        for _ in range(2):
            run(engine)
            run(engine, [1, 2, 3])
        assert stories(engine) == said


def test_rulings_reach_over_any_time_and_bring_the_stories_along(engine: Engine) -> None:
    """Three weeks apart and never looked at together: joined whole, and kept when either week gets new texts."""
    arrive(engine, enumerate((item(1), item(2), item(3, 21, 1), item(4, 21, 1), item(5, 21, 1)), 1))
    assert stories(engine) == {1: 1, 2: 1, 3: 3, 4: 3, 5: 3}
    rule(engine, "together", (2, 4))
    run(engine)
    assert len(set(stories(engine).values())) == 1
    arrive(engine, [(6, item(6, 0.2)), (7, item(7, 21.2, 1)), (8, item(8, 10, 2))])
    told = stories(engine)
    assert {told[number] for number in range(1, 8)} == {told[1]}
    assert told[8] == 8


def test_what_the_reviewer_moved_at_once_stays_where_it_was_put(engine: Engine) -> None:
    """The desk rules and moves in one transaction; the next run finds nothing to change, and ids stay."""
    arrive(engine, enumerate((item(1), item(2), item(3), item(4, 3, 1)), 1))
    with writing(engine) as connection:
        add_rulings(connection, [(3, 1), (3, 2)], "apart", "ana", DAY)
        add_rulings(connection, [(3, 4)], "together", "ana", DAY)
        place(connection, [3, 4], 4)
    run(engine)
    run(engine, [1, 2, 3, 4])
    assert stories(engine) == {1: 1, 2: 1, 3: 4, 4: 4}


def test_a_copy_that_is_to_be_apart_leaves_its_origins_story(engine: Engine) -> None:
    """The texts still say copy, the story is the person's; who copies with it stays with the origin."""
    origin, same = item(1), item(1)
    arrive(engine, enumerate((origin, same, item(1), item(4)), 1))
    assert stories(engine) == {1: 1, 2: 1, 3: 1, 4: 1}
    rule(engine, "apart", (1, 3))
    for _ in range(2):
        run(engine)
        run(engine, [1, 2, 3, 4])
    assert stories(engine) == {1: 1, 2: 1, 3: 3, 4: 1}


@pytest.mark.parametrize("seed", [1, 2])
def test_any_rulings_hold_in_any_order_of_arrival(engine: Engine, seed: int) -> None:
    """Twenty articles of four weeks under random rulings that contradict each other: what the rulings alone decide is
    kept after each run, whichever article came first."""
    rnd = seeded(seed)
    items = {number: item(number, rnd.choice((0, 1, 6, 15)), rnd.randint(0, 3)) for number in range(1, 21)}
    with writing(engine) as connection:
        for _ in range(24):
            pair = rnd.sample(sorted(items), 2)
            add_rulings(connection, [(pair[0], pair[1])], rnd.choice(("together", "apart", "apart")), "ana", DAY)
        found = rulings_in_force(connection)
    asked = bounds(Ruled(r.article_a, r.article_b, r.ruling == "together", 0, 0) for r in found)
    assert asked.together
    assert asked.apart
    order = list(items.items())
    rnd.shuffle(order)
    for start in range(0, len(order), 5):
        with writing(engine) as connection:
            dedupe.relate_many(connection, [(one, number) for number, one in order[start : start + 5]])
        run(engine, [number for number, _ in order[start : start + 5]])
        assert broken(asked, stories(engine)) == []


def broken(asked: Bounds, told: dict[int, int]) -> list[tuple[int, int]]:
    """Pairs of stored articles that are not as the rulings ask."""
    here = [pair for pair in asked.together if set(pair) <= told.keys() and told[pair[0]] != told[pair[1]]]
    apart = [(one, other) for one, others in asked.apart.items() for other in others if {one, other} <= told.keys()]
    return here + [pair for pair in apart if told[pair[0]] == told[pair[1]]]


def test_contradictions_are_settled_by_the_rulings_alone() -> None:
    """Apart holds; of togethers that cannot all hold the newest do; a chain is apart from whatever one of it is."""
    newest_first = [(1, 2, True), (2, 3, True), (1, 3, False), (3, 4, True), (4, 5, False)]
    made = bounds(Ruled(one, other, together, 0, 0) for one, other, together in newest_first)
    assert made.together == [(1, 2), (3, 4)]
    assert made.apart == {1: {3, 4}, 2: {3, 4}, 3: {1, 2, 5}, 4: {1, 2, 5}, 5: {3, 4}}


def test_rulings_are_added_and_never_changed(engine: Engine) -> None:
    """I3: the latest row of a pair counts, either way round; UPDATE, DELETE and nonsense are refused."""
    rule(engine, "together", (7, 3), (4, 5))
    rule(engine, "apart", (3, 7))
    rule(engine, "free", (5, 4))
    with writing(engine) as connection:
        found = rulings_in_force(connection)
        assert [(one.article_a, one.article_b, one.ruling, one.by) for one in found] == [(3, 7, "apart", "ana")]
        assert rulings_in_force(connection, [7]) == found
        assert rulings_in_force(connection, [4, 5]) == rulings_in_force(connection, []) == []
        for wrong in (([(1, 1)], "apart", "ana"), ([(1, 2)], "merge", "ana"), ([(1, 2)], "apart", " ")):
            with pytest.raises(ValueError, match=r"article 1|none of|somebody"):
                add_rulings(connection, *wrong, DAY)  # type: ignore[arg-type]
    for statement in ("UPDATE story_rulings SET ruling = 'free'", "DELETE FROM story_rulings"):
        with pytest.raises(Exception, match=re.escape("story_rulings is append-only")), writing(engine) as connection:
            connection.execute(text(statement))


def test_older_rulings_survive_the_migration(engine: Engine) -> None:
    """I3: down to the table before and up again keeps what was ruled."""
    rule(engine, "together", (2, 1), (2, 3))
    rule(engine, "apart", (3, 4))
    rule(engine, "free", (3, 2))
    migrate(engine, "0006")
    migrate(engine)
    with writing(engine) as connection:
        found = rulings_in_force(connection)
    assert [(one.article_a, one.article_b, one.ruling) for one in found] == [(3, 4, "apart"), (1, 2, "together")]
