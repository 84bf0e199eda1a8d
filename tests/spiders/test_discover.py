"""The ledger on both databases: one row an address, changes told from repetitions, and what is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from models.ledger import Discovery, Fetch
from models.outcome import MOST_ATTEMPTS
from models.session import reading, writing
from outlets import Outlet
from spiders.discover import Tally, enter, judge, without_trackers
from spiders.due import Due, choose, patience, postpone, read_due
from spiders.kinds import Listed

AT = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
FEED, REST = "https://example.org/feed/", "https://example.org/wp-json/wp/v2/posts"
OUTLET = Outlet.model_validate({
    "name": "news", "title": "News", "home": "https://example.org/", "country": "AF", "ownership": "independent",
    "languages": ["en"], "timezone": "Asia/Kabul", "sources": [{"kind": "feed", "url": FEED}],
    "article_url": r"^https://(www\.)?example\.org/a/[^?]+$", "assertions": {"min": {"discovered": 1}},
})  # fmt: skip


def see(engine: Engine, *items: Listed, source: str = FEED, outlet: Outlet = OUTLET, later: int = 0) -> Tally:
    """What one source's list does, `later` hours after AT."""
    with writing(engine) as connection:
        return enter(connection, "news", source, judge(items, outlet), 1, AT + timedelta(hours=later))


def row(engine: Engine, key: str = "example.org/a/1") -> dict[str, Any]:
    """A discovery."""
    with reading(engine) as connection:
        found = connection.execute(select(Discovery.__table__).where(Discovery.url_key == key)).mappings().one()
        return dict(found)


def finish(engine: Engine, key: str = "example.org/a/1", **columns: Any) -> None:
    """As the later stages leave a row."""
    values = {"stage": "stored", "outcome": "done", **columns}
    with writing(engine) as connection:
        connection.execute(update(Discovery).where(Discovery.url_key == key).values(**values))


ONE = Listed("https://example.org/a/1", title="One", published="2026-03-02T05:00:00Z")


def test_one_row_however_often_and_however_it_is_listed(engine: Engine) -> None:
    """I2: by the address's identity, in one list and over lists; I5: only last_seen_at moves."""
    variants = [
        ONE, Listed("https://www.example.org/a/1/?utm_source=rss"), Listed("http://example.org/a/1#top"),
        Listed("https://example.org/a/1?fbclid=x"),
    ]  # fmt: skip
    assert see(engine, *variants) == Tally(1, 1, 0)
    before = row(engine)
    assert see(engine, *variants, later=1) == Tally(1, 0, 0)
    assert see(engine, *variants, source=REST, later=2) == Tally(1, 0, 0)
    after = row(engine)
    assert after["last_seen_at"] == AT + timedelta(hours=2)
    assert {k: v for k, v in after.items() if k != "last_seen_at"} == {
        k: v for k, v in before.items() if k != "last_seen_at"
    }


def test_the_address_that_is_fetched_has_no_trackers() -> None:
    """But keeps what tells articles apart."""
    items = [Listed("https://example.org/a/1?utm_source=x"), Listed("https://example.org/a/x?id=7&utm_medium=y")]
    found = judge(items, OUTLET)
    assert [(one.url, one.outcome) for one in found.values()] == [
        ("https://example.org/a/1", "pending"), ("https://example.org/a/x?id=7", "refused:not_article")
    ]  # fmt: skip
    assert without_trackers("https://x.test/a?b=1", "x.test/a?b=1") == "https://x.test/a?b=1"


def test_what_an_outlet_says_of_its_own_parameters_holds_for_it_alone(engine: Engine) -> None:
    """I2: a session number that only this outlet writes makes no second row, in any case of its letters; I1: any other
    parameter, and the same one at an outlet that says nothing of it, still tells two articles apart."""
    pattern = r"^https://(www\.)?example\.org/a/"
    silent = Outlet.model_validate({**OUTLET.model_dump(exclude_unset=True), "article_url": pattern})
    says = Outlet.model_validate({**silent.model_dump(exclude_unset=True), "ignored_parameters": ["Sid"]})
    items = [
        Listed(f"https://example.org/a/1{query}") for query in ("", "?sid=1", "?SID=2&utm_source=x", "?id=1&sid=3")
    ]
    assert [(one.key, one.url) for one in judge(items, says).values()] == [
        ("example.org/a/1", "https://example.org/a/1"), ("example.org/a/1?id=1", "https://example.org/a/1?id=1"),
    ]  # fmt: skip
    assert see(engine, *items, outlet=says) == Tally(2, 2, 0)
    assert len(judge(items, silent)) == 4


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("javascript:alert(1)", "refused:scheme"), ("", "refused:scheme"), ("data:text/html,x", "refused:scheme"),
        ("https://", "refused:bad_url"), ("https://example.org/a/\x00", "refused:bad_url"),
        ("https://example.org@evil.example/a/1", "refused:bad_url"), ("https://example.org:99999/", "refused:bad_url"),
        ("https://example.org/a/\ud800", "refused:bad_url"), ("https://[::1/a", "refused:bad_url"),
        ("https://evil.example/a/1", "refused:off_site"), ("https://example.org:8443/a/1", "refused:port"),
        ("https://example.org/about", "refused:not_article"),
    ],
)  # fmt: skip
def test_every_listed_address_has_a_row(engine: Engine, url: str, outcome: str) -> None:
    """I1: even one that cannot be asked, once, and it can be stored on both databases."""
    assert see(engine, Listed(url)) == Tally(1, 1, 0)
    assert see(engine, Listed(url)) == Tally(1, 0, 0)
    with reading(engine) as connection:
        assert connection.execute(select(Discovery.outcome)).scalars().all() == [outcome]


def test_a_corrected_outlet_file_lifts_its_refusals(engine: Engine) -> None:
    """The refusal follows from the file, so the file's next word counts."""
    about = Listed("https://example.org/about")
    see(engine, about)
    wider = Outlet.model_validate(OUTLET.model_dump() | {"article_url": r"^https://example\.org/"})
    assert see(engine, about, outlet=wider) == Tally(1, 0, 1)
    assert row(engine, "example.org/about")["outcome"] == "pending"


def test_a_new_title_of_the_first_source_is_a_change(engine: Engine) -> None:
    """F16; another source's wording is none, neither now nor the next time."""
    see(engine, ONE)
    finish(engine)
    assert see(engine, Listed(ONE.url, title="One - News"), source=REST).changed == 0
    assert row(engine)["outcome"] == "done"
    assert see(engine, Listed(ONE.url, title="One, corrected", published=ONE.published)).changed == 1
    found = row(engine)
    assert (found["stage"], found["outcome"], found["hints"]["title"]) == ("discovered", "pending", "One, corrected")
    finish(engine)
    assert see(engine, Listed(ONE.url, title="One, corrected")).changed == 0


def test_a_later_modification_is_a_change_whoever_reports_it(engine: Engine) -> None:
    """The first time that anyone says when it was modified is knowledge; a later time is a change; an earlier none."""
    see(engine, ONE)
    finish(engine)

    def modified(at: str, source: str = REST) -> int:
        return see(engine, Listed(ONE.url, title="One", modified=at), source=source).changed

    assert modified("2026-03-02T06:00:00Z") == 0
    assert row(engine)["hints"]["modified"] == "2026-03-02T06:00:00Z"
    first = row(engine)["hint_sha256"]
    assert modified("2026-03-02T05:00:00Z", FEED) == 0
    assert modified("2026-03-02T10:30:00+04:30", FEED) == 0  # the same instant in another zone
    assert row(engine)["hint_sha256"] == first
    assert modified("2026-03-02T06:00:01Z") == 1
    assert row(engine)["hint_sha256"] != first
    assert modified("not a date") == 0


def test_hints_only_grow(engine: Engine) -> None:
    """What a later source knows more is added; what an earlier one said stays."""
    see(engine, ONE)
    see(engine, Listed(ONE.url, title="Other", published="2020-01-01", authors=("Ana",)), source=REST)
    assert row(engine)["hints"] == {"title": "One", "published": ONE.published, "authors": ["Ana"]}


def due_now(engine: Engine, later: float = 0, budget: int = 500) -> tuple[list[Due], list[int]]:
    """What is due `later` hours after AT, and what has to wait."""
    with reading(engine) as connection:
        chosen = choose(connection, "news", AT + timedelta(hours=later), budget)
        return [one for ids in chosen.now.values() for one in read_due(connection, ids)], list(chosen.later)


def test_newest_first_within_the_budget_and_the_rest_next_time(engine: Engine) -> None:
    """I7: what did not fit is named, and due again at once."""
    see(engine, *[Listed(f"https://example.org/a/{n}", published=f"2026-03-0{n}T00:00:00Z") for n in (1, 3, 2)])
    see(engine, Listed("https://example.org/a/undated"))
    due, later = due_now(engine, budget=2)
    assert [one.url[-1] for one in due] == ["3", "2"]
    with writing(engine) as connection:
        postpone(connection, later)
    assert row(engine)["outcome"] == "refused:budget"
    assert [one.url.rsplit("/")[-1] for one in due_now(engine)[0]] == ["3", "2", "1", "undated"]


def test_a_retry_waits_longer_each_time_and_ends(engine: Engine) -> None:
    """I8: a moment's failure is asked again, ever more rarely, and not for ever."""
    see(engine, ONE)
    number = row(engine)["id"]
    with writing(engine) as connection:
        connection.execute(
            insert(Fetch).values(
                outlet="news", discovery_id=number, kind="article", url=ONE.url, fetched_at=AT,
                outcome="refused:http_5xx", headers={}, run_id=1,
            )
        )  # fmt: skip
    for attempts, hours in ((1, 0.0), (2, 1.0), (3, 2.0), (5, 8.0), (9, 24.0)):
        finish(engine, stage="discovered", outcome="refused:http_5xx", attempts=attempts)
        assert patience("refused:http_5xx", attempts) == timedelta(hours=hours)
        assert due_now(engine, later=hours)[0]
        assert hours == 0 or not due_now(engine, later=hours - 0.01)[0]
    finish(engine, stage="discovered", outcome="refused:http_5xx", attempts=MOST_ATTEMPTS)
    assert not due_now(engine, later=9999)[0]
    finish(engine, stage="cleaned", outcome="refused:challenge", attempts=0)
    assert not due_now(engine, later=5)[0]
    assert due_now(engine, later=6)[0]


@pytest.mark.parametrize("outcome", ["done", "refused:http_4xx", "refused:soft_404", "refused:not_html", "refused:tdm"])
def test_what_is_settled_is_not_due(engine: Engine, outcome: str) -> None:
    """A clear answer is not asked for again."""
    see(engine, ONE)
    finish(engine, stage="cleaned", outcome=outcome)
    assert due_now(engine, later=9999)[0] == []


def test_thousands_of_addresses_at_once(engine: Engine) -> None:
    """More than a statement may have parameters."""
    items = [Listed(f"https://example.org/a/{n}", title=f"T{n}", modified="2026-03-01T00:00:00Z") for n in range(3000)]
    assert see(engine, *items) == Tally(3000, 3000, 0)
    assert see(engine, *items) == Tally(3000, 0, 0)
