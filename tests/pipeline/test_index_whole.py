"""The index of copies and stories stays whole through whatever comes, changes and goes, and tells all that moved."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Connection, Engine, select

from models.fingerprint import fingerprints, overlaps, story_parts
from models.session import writing
from pipeline.dedupe import stage as dedupe
from pipeline.items import DedupeInput
from tests.support.stories import report, seeded

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ARTICLES = 24


def texts(chance: Random) -> list[str]:
    """Half of them new, of one to five paragraphs; the others take an earlier one whole, cut, longer or shuffled."""
    paragraphs = [report(chance.randrange(10_000), chance.randint(15, 60)) for _ in range(ARTICLES // 2)]
    made: list[list[str]] = []
    for _ in range(ARTICLES):
        if made and chance.random() < 0.5:
            base = list(chance.choice(made))
            how = chance.randrange(4)
            if how == 1:
                base = base[:-1] or base
            elif how == 2:
                base.append(chance.choice(paragraphs))
            elif how == 3:
                chance.shuffle(base)
            made.append(base)
        else:
            made.append(chance.sample(paragraphs, chance.randint(1, 5)))
    return ["\n".join(one) for one in made]


def article(number: int, text: str, chance: Random) -> tuple[DedupeInput, int]:
    """One in ten is undated, one in ten credits another outlet."""
    at = None if chance.random() < 0.1 else DAY + timedelta(hours=chance.randrange(24 * 12))
    credit = "other" if chance.random() < 0.1 else None
    url = f"https://h{number}.example/"
    return DedupeInput(str(number), url, "", text, at, outlet=f"h{number}", original_outlet=credit), number


def stored(connection: Connection) -> dict[int, tuple[int | None, int]]:
    """Origin and story of each article, once the index is found whole."""
    columns = fingerprints.c.article_id, fingerprints.c.copy_of, fingerprints.c.story
    known = {row[0]: (row[1], row[2]) for row in connection.execute(select(*columns))}
    for article_id, (origin, story) in known.items():
        assert origin is None or known[origin] == (None, story), (article_id, origin)
    pairs = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(select(overlaps))}
    assert all(pairs.get((b, a)) == (theirs, mine) for (a, b), (mine, theirs) in pairs.items())
    assert {one for pair in pairs for one in pair} <= known.keys()
    assert set(connection.execute(select(story_parts.c.article_id)).scalars()) == known.keys()
    return known


@pytest.mark.parametrize("seed", range(3))
def test_copies_are_in_their_origins_story_and_everyone_who_moved_is_told(engine: Engine, seed: int) -> None:
    """I1: a copy's origin is no copy and is in the same story; what the answers last said is what is stored."""
    chance = seeded(seed)
    coming = [article(number, text, chance) for number, text in enumerate(texts(chance), 1)]
    coming += [article(chance.randint(1, ARTICLES), text, chance) for text in texts(chance)[: ARTICLES // 2]]
    told = {}
    with writing(engine) as connection:
        while coming:
            size = chance.choice((1, 3, 8))
            told.update(dedupe.relate_many(connection, coming[:size]))
            del coming[:size]
            stored(connection)
        for number in chance.sample(range(1, ARTICLES + 1), ARTICLES // 3):
            told.update(dedupe.forget(connection, number))
            del told[number]
            stored(connection)
        told.update(dedupe.regroup(connection))
        now = stored(connection)
    assert now == {k: (int(one.copy_of) if one.copy_of else None, int(one.story)) for k, one in told.items()}
