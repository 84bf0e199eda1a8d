"""The dedupe stage on a real database: what is a copy of what, whatever the order, the batches and the input."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from models.fingerprint import INDEX_TABLES, fingerprints
from models.session import writing
from pipeline.dedupe import stage as dedupe
from pipeline.items import DedupeInput, Relation
from tests.support.stories import garbled, report, seeded, shuffled

DAY = datetime(2026, 3, 1, 8, tzinfo=UTC)
ORIGINAL = report(1, 300)
OTHER = report(2, 300)


def item(name: str, text: str, hours: float | None = 0, original_outlet: str | None = None) -> DedupeInput:
    """One article of the outlet `name`."""
    published = None if hours is None else DAY + timedelta(hours=hours)
    url = f"https://{name}.example/article"
    return DedupeInput(name, url, "", text, published, outlet=name, original_outlet=original_outlet)


def relate_all(
    on: Engine, items: Iterable[tuple[DedupeInput, int]], batch: int = 1, stories: bool = True
) -> dict[int, Relation]:
    """The last word on every article after all of them came in."""
    listed = list(items)
    last: dict[int, Relation] = {}
    for start in range(0, len(listed), batch):
        with writing(on) as connection:
            last.update(dedupe.relate_many(connection, listed[start : start + batch], stories))
    return last


def rows(on: Engine) -> dict[str, int]:
    """Rows of each table of the index."""
    with on.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in INDEX_TABLES
        }


COPIES = {
    "same": (ORIGINAL.upper().replace(" ", "  "), "exact"),
    "header": ("By a reporter in Kabul\n" + ORIGINAL + "\nRead more on our site. Sign up for news.", "near"),
    "cut": (ORIGINAL[: len(ORIGINAL) * 2 // 5] + " Continue reading", "syndicated"),
    "moved": (shuffled(ORIGINAL, 3), "near"),
    "scan": (garbled(ORIGINAL, 4), "near"),
    "embedding": (OTHER[: len(OTHER) // 2] + "\n" + ORIGINAL + "\n" + report(9, 100), "syndicated"),
}


@pytest.mark.parametrize("kind", COPIES)
def test_every_kind_of_copy_is_found(engine: Engine, kind: str) -> None:
    """A copy is found however it was dressed, and named exact, near or syndicated."""
    text, named = COPIES[kind]
    last = relate_all(engine, [(item("origin", ORIGINAL), 1), (item("other", OTHER), 2), (item("copy", text, 5), 3)])
    assert (last[3].copy_of, last[3].copy_kind) == ("1", named)
    assert last[3].similarity is not None
    assert last[3].similarity > 0.4
    assert last[3].story == last[1].story == "1"
    assert last[2].copy_of is None


def test_letters_that_stand_for_one_another_do_not_hide_a_copy(engine: Engine) -> None:
    """Arabic and Persian forms, digits, half-spaces and marks are one text."""
    persian = "در انفجار امروز کابل ۱۲ تن کشته می‌شوند و یک مقام گفت که وضعیت پس از آن آرام است"
    arabic = "در انفجار امروز كابل ١٢ تن كشته ميشوند و يك مقام گفت كه وضعيت پس از آن آرام است."
    last = relate_all(engine, [(item("one", persian), 1), (item("two", arabic, 1), 2)])
    assert (last[2].copy_of, last[2].copy_kind, last[2].similarity) == ("1", "exact", 1.0)


def test_the_earliest_leads_even_when_it_comes_last(engine: Engine) -> None:
    """The origin is who published first, not whom we fetched first; its arrival changes the others."""
    first = relate_all(engine, [(item("late", ORIGINAL, 9), 1), (item("later", garbled(ORIGINAL, 1), 10), 2)])
    assert first[2].copy_of == "1"
    with writing(engine) as connection:
        told = dedupe.relate(connection, item("early", ORIGINAL, 0), 3)
    assert next(iter(told)) == 3
    assert {key: relation.copy_of for key, relation in told.items()} == {3: None, 1: "3", 2: "3"}
    assert {relation.story for relation in told.values()} == {"1"}, "the story keeps its id"


def test_who_credits_another_is_not_the_origin(engine: Engine) -> None:
    """A republisher whose clock is wrong still names its source."""
    last = relate_all(
        engine, [(item("blog", ORIGINAL, 0, original_outlet="paper"), 1), (item("paper", ORIGINAL + " The end.", 3), 2)]
    )
    assert last[1].copy_of == "2"
    assert last[1].copy_kind == "syndicated"


def test_a_page_that_quotes_two_articles_does_not_chain_them(engine: Engine) -> None:
    """Copies are tested against an origin, never through other copies."""
    both = ORIGINAL + "\n" + OTHER
    last = relate_all(engine, [(item("one", ORIGINAL), 1), (item("two", OTHER, 1), 2), (item("page", both, 2), 3)])
    assert last[1].copy_of is None
    assert last[2].copy_of is None
    assert last[3].copy_of in ("1", "2")


def _crowd() -> list[tuple[DedupeInput, int]]:
    """Forty origins, each with up to four copies, some dated, some not, some page quoting two."""
    rnd = seeded(7)
    made: list[DedupeInput] = []
    for number in range(40):
        text = report(100 + number, 200)
        made.append(item(f"o{number}", text, number if number % 3 else None))
        page = text + "\n" + report(100 + (number + 1) % 40, 200)
        ways = [garbled(text, number), shuffled(text, number), text[: len(text) // 2], page]
        for copy, way in enumerate(rnd.sample(ways, number % 5)):
            made.append(item(f"c{number}x{copy}", way, number + rnd.randint(-3, 9)))
    return [(one, index) for index, one in enumerate(made, 1)]


def test_any_order_and_any_batch_size_end_in_the_same_copies(engine: Engine) -> None:
    """I4: whose copy is whose follows from the set of articles, not from how they came in."""
    crowd = _crowd()
    names = {index: one.id for one, index in crowd}
    seen = []
    for seed, batch in ((0, 1), (1, 7), (2, 1000)):
        order = [one for one, _ in crowd]
        seeded(seed).shuffle(order)
        numbered = [(one, index) for index, one in enumerate(order, 1 + 1000 * seed)]
        names.update({index: one.id for one, index in numbered})
        last = relate_all(engine, numbered, batch, stories=False)
        seen.append({(names[k], names[int(r.copy_of)] if r.copy_of else None, r.copy_kind, r.similarity)
                     for k, r in last.items()})  # fmt: skip
        with writing(engine) as connection:
            for table in INDEX_TABLES:
                connection.execute(table.delete())
    assert seen[0] == seen[1] == seen[2]
    assert sum(origin is not None for _, origin, _, _ in seen[0]) > 60


def test_relating_again_changes_nothing(engine: Engine) -> None:
    """I2: a re-run of the stage changes no row and no relation."""
    crowd = _crowd()[:60]
    first = relate_all(engine, crowd, 10)
    before = rows(engine)
    again = relate_all(engine, crowd[::-1], 7)
    assert rows(engine) == before
    assert {key: again[key].copy_of for key in first} == {key: first[key].copy_of for key in first}


def test_a_changed_text_replaces_the_old_one(engine: Engine) -> None:
    """A new version is one row still; copies of the old text find each other without it."""
    relate_all(engine, [(item("one", ORIGINAL), 1), (item("two", ORIGINAL, 1), 2), (item("three", ORIGINAL, 2), 3)])
    with writing(engine) as connection:
        told = dedupe.relate(connection, item("one", OTHER), 1)
    assert told[1].copy_of is None
    assert (told[2].copy_of, told[3].copy_of) == (None, "2")
    assert rows(engine)["fingerprints"] == 3


def test_a_text_taken_down_leaves_no_trace(engine: Engine) -> None:
    """I8: its copies find a new origin and nothing can be a copy of it again."""
    relate_all(engine, [(item("one", ORIGINAL), 1), (item("two", ORIGINAL, 1), 2), (item("three", ORIGINAL, 2), 3)])
    with writing(engine) as connection:
        told = dedupe.forget(connection, 1)
        assert dedupe.forget(connection, 1) == {}
    assert {key: relation.copy_of for key, relation in told.items()} == {2: None, 3: "2"}
    last = relate_all(engine, [(item("four", ORIGINAL, 4), 4)])
    assert last[4].copy_of == "2"


def test_two_workers_at_once_lose_no_copy(engine: Engine) -> None:
    """I1: of two texts that come in together one is the other's copy, whoever commits first."""
    texts = [report(500 + number, 120) for number in range(12)]
    failures: list[BaseException] = []

    def work(who: int) -> None:
        try:
            for number, text in enumerate(texts):
                with writing(engine) as connection:
                    dedupe.relate(connection, item(f"w{who}n{number}", text, who), 1 + who * 100 + number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with engine.connect() as connection:
        origins = dict(map(tuple, connection.execute(select(fingerprints.c.article_id, fingerprints.c.copy_of))))
    assert {copy: origin for copy, origin in origins.items() if origin} == {101 + n: 1 + n for n in range(12)}


BAD = {
    "empty": "",
    "spaces": " \n\t ",
    "one word": "Kabul",
    "one word repeated": "blast " * 50_000,
    "ten megabytes": report(3, 1500) * 1000,
    "NUL": "a\x00b c\x00 d e",
    "lone surrogates": "\ud800 broken \udfff text here",
    "marks only": "\u0301\u0301\u200c\u200f",
    "ideographs": "中国外交部发言人表示" * 30,
}


def test_bad_texts_are_bounded_and_never_fail(engine: Engine) -> None:
    """I7: any text, date and language is related; two empty texts are no copies of one another."""
    times = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC), None]
    number = 0
    for name, text in BAD.items():
        for at in times:
            number += 1
            one = DedupeInput(name, "not an address", "", text, at)
            with writing(engine) as connection:
                told = dedupe.relate(connection, one, number)
            alone = name in ("empty", "spaces", "marks only")
            assert (told[number].copy_of is None) == (alone or at is not None), name
    with writing(engine) as connection:
        assert dedupe.relate_many(connection, []) == {}
        same = [(item("a", ORIGINAL), 900), (item("a", OTHER), 900)]
        assert list(dedupe.relate_many(connection, same)) == [900]


def test_explain_shows_what_a_decision_rests_on(engine: Engine) -> None:
    """Why it is a copy and why it is in its story: shares, times and the closest members."""
    about = ["zerabad", "kolimar", "tavusta", "bridge"]
    relate_all(
        engine,
        [
            (item("one", report(11, 150, about)), 1),
            (item("copy", report(11, 150, about) + " More.", 2), 2),
            (item("own", report(12, 150, about), 3), 3),
        ],
    )
    with engine.connect() as connection:
        copy, own = dedupe.explain(connection, 2), dedupe.explain(connection, 3)
        with pytest.raises(KeyError):
            dedupe.explain(connection, 99)
    assert copy["copy"]["of"] == "1"
    assert copy["copy"]["share"] > 0.9
    assert copy["copy"]["why"] == ["it was published 7200 seconds after the origin"]
    assert own["copy"] is None
    assert own["story"]["id"] == "1"
    assert own["story"]["members"][0]["likeness"] > 0.2


YEARS = 24 * 365 * 3


def _past_and_present() -> list[DedupeInput]:
    """Texts that come back: each stands at three outlets within two days of 2023 and again within two of today; and a
    crowd of today, larger than a hash has room for, that shares their beginning."""
    made = []
    for number in range(12):
        text = "The ministry publishes the list of today as it does on all days of the year. " + report(
            700 + number, 200
        )
        for era, back in (("old", YEARS), ("new", 0)):
            made += [
                item(f"{era}{number}x{n}", garbled(text, n) if n else text, 3 * number + n - back) for n in range(3)
            ]
    opening = report(999, 70)
    made += [item(f"{era}crowd{n}", f"{opening} {report(800 + n, 12)}", n / 10 - back)
             for era, back, many in (("new", 0, 40), ("old", YEARS, 6)) for n in range(many)]  # fmt: skip
    return made


@pytest.mark.parametrize("batch", [1, 50])
def test_backfilling_old_days_gives_the_copies_of_collecting_them_in_time(engine: Engine, batch: int) -> None:
    """I4: a text of 2023 meets the copies of 2023, whether it was collected then or after everything of today, and
    takes none from today; no copy and no story reaches from one time to the other."""
    everything = _past_and_present()
    in_time = sorted(everything, key=lambda one: one.published or DAY)
    today_first = sorted(everything, key=lambda one: one.id.startswith("old"))
    seen = []
    for base, order in ((0, in_time), (1000, today_first)):
        numbered = [(one, index) for index, one in enumerate(order, 1 + base)]
        names = {index: one.id for one, index in numbered}
        last = relate_all(engine, numbered, batch)
        with writing(engine) as connection:
            for week in dedupe.weeks(connection, list(names)):
                last.update(dedupe.regroup(connection, week))
            for table in INDEX_TABLES:
                connection.execute(table.delete())
        assert all(names[key][:3] == names[int(one.story)][:3] for key, one in last.items())
        seen.append({(names[k], names[int(r.copy_of)] if r.copy_of else None, r.copy_kind) for k, r in last.items()})
    assert seen[0] == seen[1]
    copies = {name: origin for name, origin, _ in seen[0] if origin}
    assert {n for n in copies if "crowd" not in n} == {
        f"{e}{n}x{c}" for e in ("old", "new") for n in range(12) for c in (1, 2)
    }
    assert all(name[:3] == origin[:3] for name, origin in copies.items())
