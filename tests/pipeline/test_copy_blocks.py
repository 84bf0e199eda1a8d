"""The inverted index of copies: what it leads to, whatever the day, and that no row of an older database is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.fingerprint import blocks, fingerprints
from models.migrate import migrate
from models.session import writing
from pipeline.dedupe import copies, copy_blocks
from pipeline.dedupe import stage as dedupe
from pipeline.dedupe.copy_blocks import COMMON, FULL, UNDATED
from pipeline.dedupe.fingerprints import fingerprint
from pipeline.items import DedupeInput
from tests.support.stories import report

DAYS = [-719_162, -30_000, -1, 0, 1, 20_513, 20_514, 2_932_896, UNDATED]
"""The first day of the year 1, the last of 9999, days around 1970 and around a week's end, and none."""


def _row(blocks_of: Engine) -> dict[int, list[bytes]]:
    with blocks_of.connect() as connection:
        rows = connection.execute(select(blocks.c.block, blocks.c.entries)).all()
    return {block: sorted(entries[at : at + 8] for at in range(0, len(entries), 8)) for block, entries in rows}


def test_a_text_leads_to_its_likes_of_the_fortnights_around_it_and_to_the_undated(engine: Engine) -> None:
    """I4: on whatever day, in one call or in two, a text finds what is at most fourteen days away, and the undated."""
    pairs = [(day, day + away) for day in DAYS[:-1] for away in (-15, -14, 0, 14, 15)]
    pairs += [pair for day in DAYS for pair in ((day, UNDATED), (UNDATED, day))]
    prints = {number: fingerprint(report(number, 40)) for number in range(len(pairs))}
    for base in (1000, 3000):  # both of a pair in one call, then in two
        first = {base + number: pair[0] for number, pair in enumerate(pairs)}
        second = {base + 1000 + number: pair[1] for number, pair in enumerate(pairs)}
        with writing(engine) as connection:
            seen = {}
            for days in ({**first, **second},) if base == 1000 else (first, second):
                asked = {article_id: prints[article_id % 1000] for article_id in days}
                seen.update(copy_blocks.candidates(connection, asked, days)[0])
            connection.execute(blocks.delete())
        for number, (one, other) in enumerate(pairs):
            near = UNDATED in (one, other) or abs(one - other) <= 14
            assert (base + number in seen[base + 1000 + number]) == near, (one, other)


def test_a_crowded_hash_takes_no_more_of_its_time_and_says_so(engine: Engine) -> None:
    """I7: a phrase that FULL texts of a fortnight have takes in no more of them, but those of another year."""
    one = fingerprint(report(1, 60))
    with writing(engine) as connection:
        for first, day, room in ((1, 0, True), (101, 3, False), (201, 300, True)):
            asked = dict.fromkeys(range(first, first + FULL), one)
            seen, crowded = copy_blocks.candidates(connection, asked, dict.fromkeys(asked, day))
            assert crowded == (set() if room else set(asked))
            assert max(map(len, seen.values())) <= FULL
        assert len(seen[201]) == FULL - 1
        again, crowded = copy_blocks.candidates(connection, {1: one}, {1: 0})
    assert crowded == set()
    assert len(again[1]) == FULL - 1
    assert FULL > COMMON
    assert all(len(set(entries)) == len(entries) for entries in _row(engine).values()), "I2: nothing is posted twice"


def test_an_article_beyond_the_index_is_named(engine: Engine) -> None:
    """A number that would be cut off is refused: it would lead to another article."""
    with writing(engine) as connection, pytest.raises(OverflowError, match="549755813888"):
        copy_blocks.candidates(connection, {1 << 39: fingerprint("a b c")}, {1 << 39: 0})


def test_a_database_of_rows_is_converted_and_back(engine: Engine) -> None:
    """I1: the migration keeps every posting of every day, and a copy that comes after it is found."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    times = [start, start + timedelta(days=9), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), None]
    items = [
        (DedupeInput(str(n), "", "", report(n, 150), at, original_outlet="other" if n % 2 else None), n)
        for n, at in enumerate(times, 1)
    ]
    with writing(engine) as connection:
        dedupe.relate_many(connection, items)
    before = _row(engine)
    migrate(engine, "0007")
    migrate(engine)
    assert _row(engine) == before
    assert sum(map(len, before.values())) >= 5 * 8
    with writing(engine) as connection:
        copies = [(DedupeInput(f"c{n}", "", "", item.text, item.published), 100 + n) for item, n in items]
        told = dedupe.relate_many(connection, copies)
    origin = {n: int(told[100 + n].copy_of or 100 + n) for _, n in items}
    assert all(origin[n] == n or int(told[n].copy_of or 0) == 100 + n for _, n in items)
    assert sum(relation.copy_of is not None for relation in told.values()) == 5


def test_a_ticker_read_from_the_newest_to_the_oldest_stays_bounded(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I7: that each line is older than all before it makes nobody decide anew for all of them; I2: and a second reading
    changes nothing."""
    decided = 0
    decide = copies.decide

    def counted(*arguments: Any) -> None:
        nonlocal decided
        decided += 1
        decide(*arguments)

    monkeypatch.setattr(copies, "decide", counted)
    line = "the price of wheat in the market of the city of {} was steady today as traders in the old bazaar said again"
    start = datetime(2026, 3, 1, tzinfo=UTC)
    lines = [
        (DedupeInput(str(n), "", "", line.format(f"town{n}"), start - timedelta(minutes=n), outlet="ticker"), n)
        for n in range(1, 1201)
    ]
    told: dict[int, Any] = {}
    for at in range(0, len(lines), 200):
        with writing(engine) as connection:
            told.update(dedupe.relate_many(connection, lines[at : at + 200], stories=False))
    assert decided < 6 * len(lines)
    origins = {relation.copy_of for relation in told.values()}
    assert len(origins - {None}) < 10
    assert sum(relation.copy_of is None for relation in told.values()) < 10
    assert all(told[int(origin)].copy_of is None for origin in origins if origin)
    with writing(engine) as connection:
        before = connection.execute(select(fingerprints).order_by(fingerprints.c.article_id)).all()
        assert dedupe.relate_many(connection, lines[::-1], stories=False) == told
        assert connection.execute(select(fingerprints).order_by(fingerprints.c.article_id)).all() == before
        early = DedupeInput("early", "", "", line.format("town5"), start - timedelta(days=13), outlet="paper")
        assert dedupe.relate(connection, early, 9999)[9999].copy_of in origins, "the crowd keeps the origin that it has"
