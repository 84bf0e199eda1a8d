"""v1_events: a row a story with what its own reports say, nothing that none says; its number moves only with it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, text, update

from models.article import Article, ArticleTag, ArticleVersion
from models.event import Event
from models.events import fill, refresh
from models.run import ChangeCounter
from models.session import reading, writing
from pipeline.reference import sync_places
from review.decisions import Said, decide, say, undo
from review.seen import Seen
from review.story_moves import merge, split
from tests.review.rows import NOW, T, Text, add

BOMB = "Explosions/Remote violence/Suicide bomb"
PLACES = (
    T("iso3166-2", "AF-KDZ", "Kunduz", "Kunduz", "event", True, 3),
    T("pcode", "AF19", "Kunduz", "Kunduz", "event", False, 3),
    T("iso3166-1", "AF", "Afghanistan", "Kunduz", "event", False, 3),
)
ACTORS = (
    T("actor", "iskp", "ISKP", "Daesh", "perpetrator"),
    T("actor", "taliban", "Taliban", "Taliban", "target"),
)
REPORT = Text(
    "Bomb in Kunduz",
    "Daesh attacked a Taliban post in Kunduz.",
    tags=(*PLACES, *ACTORS),
    facts={
        "event_type": BOMB, "event_date": "2026-03-01", "event_date_precision": "day",
        "killed_low": 3, "killed_best": 3, "killed_high": 3, "wounded_low": 11, "wounded_best": 11, "wounded_high": 11,
        "claims": [{"field": "killed", "value": 3, "claimant": "police"}],
    },
)  # fmt: skip
LATER = replace(
    REPORT,
    title="Toll in Kunduz rises",
    tags=(*PLACES, T("pcode", "AF1905", "Imam Sahib", "Kunduz", "event", False, 2)),
    published=(NOW - timedelta(hours=1), "2026-03-02T06:35+04:30", "minute"),
    facts={
        "event_type": BOMB, "killed_low": 5, "killed_best": 5, "killed_high": 6,
        "claims": [{"field": "killed", "value": 5, "claimant": "a doctor"}],
    },
)  # fmt: skip


def row(connection: Connection) -> dict[str, Any]:
    return dict(connection.execute(text("SELECT * FROM v1_events")).mappings().one())


def story(connection: Connection) -> int:
    """Two reports of one event, and a copy of the first that claims much more."""
    sync_places(connection)
    first = add(connection, "amu_tv", "a", REPORT)
    add(connection, "khaama_press", "b", LATER, story=first, seen=NOW - timedelta(hours=1))
    add(connection, "tass", "c", replace(REPORT, facts={**REPORT.facts, "killed_high": 90}), story=first, copy_of=first)
    refresh(connection, [first])
    return first


def test_an_event_is_what_its_own_reports_say(engine: Engine) -> None:
    """Lowest, highest, and the newest text's best number with who said it; copies count and have no say; the district
    where it happened; every code under its list."""
    with writing(engine) as connection:
        first = story(connection)
        found = row(connection)
    wanted = {
        "event_id": first, "cluster_id": first, "event_type": "Explosions/Remote violence",
        "sub_event_type": "Suicide bomb", "event_date_precision": 1, "adm0_iso3": "AFG", "adm1_iso": "AF-KDZ",
        "adm1_pcode": "AF19", "adm2_pcode": "AF1905", "geo_precision": 2, "location_name": "Imam Sahib",
        "actor1": "iskp", "actor2": "taliban", "killed_low": 3, "killed_best": 5, "killed_high": 6, "wounded_low": 11,
        "wounded_best": 11, "wounded_high": 11, "claimant": "a doctor", "n_articles": 3, "n_independent_origins": 2,
        "review_status": "new",
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
    assert str(found["event_date"]) == "2026-03-01"
    assert found["pcode_version"]


def test_what_no_report_says_is_null(engine: Engine) -> None:
    """I5: no date from the clock, no pin for a province, no number; a story without a coded event has no row."""
    with writing(engine) as connection:
        sync_places(connection)
        bare = add(connection, "amu_tv", "a", Text("Attack", "An attack.", facts={"event_type": "Battles/Armed clash"}))
        other = add(connection, "amu_tv", "b", Text("Trade", "Trade grows."))
        refresh(connection, [bare, other, None])
        found = row(connection)
    unknown = {name for name, value in found.items() if value is None}
    assert unknown >= {
        "event_date", "event_date_precision", "adm0_iso3", "adm1_iso", "adm1_pcode", "adm2_pcode", "geo_precision",
        "lat", "lon", "location_name", "actor1", "actor2", "killed_low", "killed_best", "killed_high", "claimant",
        "source_reliability", "info_credibility", "external_id_acled",
    }  # fmt: skip


def test_the_number_moves_with_the_event_only(engine: Engine) -> None:
    """I2: the same reckoning writes nothing; an event that no report tells any more stays as a deleted row with a
    higher number, and can come back."""
    with writing(engine) as connection:
        first = story(connection)
        before = row(connection)
        assert refresh(connection, [first]) == 0
        assert row(connection) == before
        connection.execute(update(ArticleVersion).values(facts={}))
        assert refresh(connection, [first]) == 1
        gone = row(connection)
        assert refresh(connection, [first]) == 0
        connection.execute(update(ArticleVersion).values(facts=REPORT.facts))
        refresh(connection, [first])
        back = row(connection)
    assert [bool(one["is_deleted"]) for one in (before, gone, back)] == [False, True, False]
    assert before["change_seq"] < gone["change_seq"] < back["change_seq"]
    assert gone["killed_high"] == before["killed_high"], "what it said is still there to read"


def test_an_event_follows_the_reviewers(engine: Engine) -> None:
    """A verdict shows as the event's status and a corrected number as the event's; undone, it is as it was (I3)."""
    with writing(engine) as connection:
        first = story(connection)
        before = row(connection)
    (decision,) = decide(engine, [Seen(first, 1, 0)], "accept", None, "ana", NOW)
    with reading(engine) as connection:
        accepted = row(connection)
    corrections = {"facts": {"killed_low": 4, "killed_high": 4}, "tags": []}
    (edit,) = say(engine, [Seen(first, 1, decision)], lambda _: Said("edit", corrections), "ana", NOW)
    with reading(engine) as connection:
        edited = row(connection)
    undo(engine, edit, "ana", NOW)
    undo(engine, decision, "ana", NOW)
    with reading(engine) as connection:
        undone = row(connection)
    assert (accepted["review_status"], undone["review_status"]) == ("accepted", "new")
    assert (edited["killed_low"], edited["killed_high"]) == (4, 6), "the other report still says five or six"
    assert before["change_seq"] < accepted["change_seq"] < edited["change_seq"] < undone["change_seq"]
    assert {**undone, "change_seq": 0} == {**before, "change_seq": 0}


def test_a_report_that_leaves_takes_its_say_with_it(engine: Engine) -> None:
    """Both stories are reckoned anew, whichever of them keeps the event."""
    with writing(engine) as connection:
        first = story(connection)
        second = add(connection, "tolo_news", "d", Text("Other", "Other."))
        connection.execute(update(Article).where(Article.outlet == "khaama_press").values(story_id=second))
        refresh(connection, [first, second])
        rows = connection.execute(text("SELECT event_id, killed_best FROM v1_events ORDER BY event_id")).all()
    assert [tuple(one) for one in rows] == [(first, 3), (second, 5)]


def test_an_older_database_gets_its_events_once(engine: Engine) -> None:
    """I2: `khabar init` fills them when there are none, and then never again."""
    with writing(engine) as connection:
        story(connection)
        found = row(connection)
        connection.execute(delete(Event))
    assert (fill(engine), fill(engine)) == (1, 0)
    with reading(engine) as connection:
        again = row(connection)
        assert connection.execute(text("SELECT event_date FROM events")).scalar() in (date(2026, 3, 1), "2026-03-01")
    assert {**again, "change_seq": 0} == {**found, "change_seq": 0}


def test_a_person_speaks_for_an_organisation(engine: Engine) -> None:
    """A leader who did it is counted as the group; a group that claims it is no perpetrator by that."""
    leader = T("actor", "sanaullah_ghafari", "Sanaullah Ghafari", "Kunduz", "perpetrator")
    claims = T("actor", "aq", "Al-Qaeda", "Kunduz", "claimant")
    with writing(engine) as connection:
        sync_places(connection)
        first = add(connection, "amu_tv", "a", replace(REPORT, tags=(*PLACES, leader, claims)))
        connection.execute(
            update(ArticleTag).where(ArticleTag.code == "sanaullah_ghafari").values(organisation_code="iskp")
        )
        refresh(connection, [first])
        found = row(connection)
    assert (found["actor1"], found["actor2"], found["claimed_by"]) == ("iskp", None, "aq")


def test_a_split_by_hand_moves_the_event_at_once(engine: Engine) -> None:
    """What a reviewer takes out of a story is an event of its own in the same transaction, and goes back with the
    undo: then its row is a deleted one."""
    with writing(engine) as connection:
        first = story(connection)
        other = connection.execute(text("SELECT id FROM articles WHERE outlet = 'khaama_press'")).scalar_one()
        before = row(connection)
    made = split(engine, first, [Seen(other, 1, 0)], "ana", NOW)
    asked = text("SELECT event_id, killed_best, n_articles, is_deleted FROM v1_events ORDER BY event_id")
    with reading(engine) as connection:
        apart = [tuple(one) for one in connection.execute(asked)]
    undo(engine, made[0], "ana", NOW)
    with reading(engine) as connection:
        together = [tuple(one) for one in connection.execute(asked)]
    assert apart == [(first, 3, 2, False), (other, 5, 1, False)]
    assert together == [(first, before["killed_best"], 3, False), (other, 5, 1, True)]


def test_a_move_of_many_reckons_each_event_once(engine: Engine) -> None:
    """Change numbers are taken for each moved article's decision and version, and one for each of the two events."""
    with writing(engine) as connection:
        first = story(connection)
        goal = add(connection, "tolo_news", "d", Text("Other", "Other."))
        moved = sorted(connection.execute(select(Article.id).where(Article.story_id == first)).scalars())
        counter = connection.execute(select(ChangeCounter.value)).scalar_one()
    merge(engine, goal, first, [Seen(one, 1, 0) for one in moved], "ana", NOW)
    with reading(engine) as connection:
        taken = connection.execute(select(ChangeCounter.value)).scalar_one() - counter
        events = {one.story_id: one.is_deleted for one in connection.execute(select(Event.story_id, Event.is_deleted))}
    assert events == {first: True, goal: False}
    assert taken == 2 * len(moved) + 2
