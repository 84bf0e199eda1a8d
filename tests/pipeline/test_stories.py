"""Stories: which independent reports meet, how ids stay, and that a reviewer's word holds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from models.fingerprint import INDEX_TABLES
from models.session import writing
from pipeline.dedupe import stage as dedupe
from pipeline.dedupe import story_window
from pipeline.dedupe.stories import Part, brevity, group, likeness, named, nearest
from pipeline.dedupe.story_terms import Terms, rarity, rates, stem, strongest, term, terms, unpacked
from pipeline.items import DedupeInput
from tests.support.stories import report, seeded

DAY = datetime(2026, 3, 1, tzinfo=UTC)
EVENT = ["zerabad", "kolimar", "tavusta", "melibo", "hadero", "pinaku", "jesobi"]


def item(name: str, text: str, days: float = 0) -> DedupeInput:
    """A report published some days after the first."""
    return DedupeInput(name, f"https://{name}.example/", "", text, DAY + timedelta(days=days), outlet=name)


def story_of(on: Engine, *items: DedupeInput) -> list[str]:
    """The story of each after all came in one by one, numbered from 1."""
    last = {}
    for number, one in enumerate(items, 1):
        with writing(on) as connection:
            last.update(dedupe.relate(connection, one, number))
    return [last[number].story for number in range(1, len(items) + 1)]


def test_reports_of_one_event_meet_and_others_do_not(engine: Engine) -> None:
    """Two texts of their own words about one event are one story and no copies; a third event stays alone."""
    told = story_of(
        engine, item("a", report(1, 150, EVENT)), item("b", report(2, 150, EVENT), 0.3), item("c", report(3))
    )
    assert told == ["1", "1", "3"]


def test_a_week_parts_what_looks_alike(engine: Engine) -> None:
    """The same place and actors nine days later are another event."""
    told = story_of(engine, item("a", report(1, 150, EVENT)), item("b", report(2, 150, EVENT), 9))
    assert told == ["1", "2"]


def test_every_text_of_a_crowded_week_is_looked_at(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """I1: with more texts in a week than are looked at together, reports of its first and last day still meet."""
    monkeypatch.setattr(story_window, "WINDOW", 40)
    crowd = [(item(f"o{n}", report(n, 60), n / 20), n) for n in range(1, 121)]
    early = [(item(f"early{n}", report(900 + n, 90, EVENT), 0.1 + n / 10), 200 + n) for n in range(2)]
    late = [(item(f"late{n}", report(910 + n, 90, EVENT[::-1]), 5.9 + n / 10), 300 + n) for n in range(2)]
    with writing(engine) as connection:
        dedupe.relate_many(connection, crowd, stories=False)
    with writing(engine) as connection:
        told = dedupe.relate_many(connection, early + late)
    assert [told[n].story for n in (200, 201, 300, 301)] == ["200", "200", "300", "300"]


def test_regrouping_twice_changes_nothing(engine: Engine) -> None:
    """I2: once grouped, the same texts stay grouped and keep their ids."""
    reports = [item(f"o{n}", report(n, 120, [f"{word}{n % 5}" for word in EVENT]), n / 10) for n in range(25)]
    story_of(engine, *reports)
    with writing(engine) as connection:
        dedupe.regroup(connection)
    with writing(engine) as connection:
        assert dedupe.regroup(connection) == {}


def test_the_order_of_arrival_hardly_moves_stories(engine: Engine) -> None:
    """Documented: after the last `regroup`, fewer than one pair in fifty is together in one order and batch size and
    apart in another. Events share a word here, so that some are hard to tell apart."""
    events = [[f"{EVENT[0]}{n % 3}", *(f"{word}{n % 8}" for word in EVENT[1:])] for n in range(40)]
    reports = [item(f"o{n}", report(n, 120, events[n]), n / 20) for n in range(40)]
    together = []
    for seed, batch in ((1, 1), (2, 7), (3, 40)):
        order = list(range(40))
        seeded(seed).shuffle(order)
        base = 100 * seed
        last = {}
        with writing(engine) as connection:
            for start in range(0, 40, batch):
                ids = {base + number: reports[number] for number in order[start : start + batch]}
                last.update(dedupe.relate_many(connection, [(one, number) for number, one in ids.items()]))
                if batch > 1:  # a run
                    last.update(dedupe.regroup(connection, ids))
            last.update(dedupe.regroup(connection))
            together.append({(a, b) for a in order for b in order if last[base + a].story == last[base + b].story})
            for table in INDEX_TABLES:
                connection.execute(table.delete())
    assert len(together[0]) > 80
    for other in together[1:]:
        assert len(together[0] ^ other) <= len(together[0]) / 50


def named_by(
    groups: Sequence[Sequence[int]], story: dict[int, int], origins: dict[int, int] | None = None
) -> list[int]:
    """The id of each group's story; articles without one are new."""
    order = sorted(one for group in groups for one in group)
    parts = [replace(make_part(one, {}), story=story.get(one, one)) for one in order]
    top = {one: number for number, group in enumerate(groups) for one in group}
    told = dict(zip(order, named(parts, [top[one] for one in order], origins or {}), strict=True))
    return [told[group[0]] for group in groups]


def test_ids_stay_when_stories_grow_merge_and_split() -> None:
    """A story keeps its id as long as the article that gave it; of two that merge the larger one's stays; a part that
    leaves takes the id of its own first article, and no id ever means another event."""
    two = {1: 1, 2: 1, 3: 3, 4: 3, 5: 3}
    assert named_by([[1, 2, 6], [3, 4, 5]], two) == [1, 3]
    assert named_by([[1, 2, 3, 4, 5]], two) == [3]
    assert named_by([[1, 2], [3, 4, 5]], dict.fromkeys(range(1, 6), 3)) == [1, 3]
    assert named_by([[3], [1, 2, 4, 5]], dict.fromkeys(range(1, 6), 3)) == [3, 1]
    assert named_by([[1, 2], [7, 8]], {1: 9, 2: 9, 7: 9, 8: 9}, {9: 7}) == [1, 9]


def make_part(number: int, words: dict[str, float], at: int | None = None, copy_of: int | None = None) -> Part:
    """A text of these words, each with its strength; all are equally rare."""
    hashes = np.array(sorted(term(word) for word in words), np.int64)
    strengths = {term(word): strength for word, strength in words.items()}
    kept = Terms(hashes, np.array([strengths[int(one)] for one in hashes], np.float32))
    return Part(number, at, kept, np.full(hashes.size, 5.0), number, copy_of)


def test_likeness_is_the_cosine_whatever_way_it_is_summed() -> None:
    """Rare terms (by pairs) and common ones (by matrix) add up to the same cosine."""
    rnd = seeded(5)
    words = [{f"w{rnd.randint(0, 60)}": 1 + rnd.random() for _ in range(12)} for _ in range(150)]
    parts = [make_part(number, some | {"all": 1.0}) for number, some in enumerate(words)]
    found = likeness(parts)
    for one, other in ((0, 1), (3, 140), (77, 12)):
        pair = (parts[one], parts[other])
        mine, theirs = (dict(zip(p.terms.hashes.tolist(), p.weights(), strict=True)) for p in pair)
        assert found[one, other] == pytest.approx(sum(w * theirs.get(t, 0) for t, w in mine.items()), abs=1e-5)
    assert not found.diagonal().any()
    assert (found == found.T).all()
    close = {index for index in range(150) if index == 7 or found[7, index] >= 0.3}
    assert nearest([parts[7]], parts, 0.3, 500) == close


def test_time_fades_likeness() -> None:
    """The same words count whole within a day and a half, less after, nothing after a week; undated ones whole."""
    day = 86_400
    parts = [make_part(n, {"bridge": 1.0}, at) for n, at in enumerate((0, day, 4 * day, 8 * day, None))]
    found = likeness(parts)[0]
    assert found[1] == pytest.approx(1)
    assert 0.4 < found[2] < 0.6
    assert found[3] == 0
    assert found[4] == pytest.approx(1)


def test_groups_never_hold_a_pair_set_apart() -> None:
    """I3: neither directly nor through a third."""
    alike = np.full((3, 3), 0.9, np.float32)
    np.fill_diagonal(alike, 0)
    apart = np.zeros((3, 3), np.bool_)
    apart[0, 1] = apart[1, 0] = True
    tops = group(alike, np.zeros(3), 0.3, apart)
    assert tops[0] != tops[1]
    assert tops[2] in (tops[0], tops[1])
    assert group(np.zeros((0, 0), np.float32), np.zeros(0), 0.3) == []


def test_headlines_are_brief_and_full_texts_are_not() -> None:
    """One setting serves both, so it has to know which is which."""
    texts = [make_part(1, dict.fromkeys(EVENT, 1.0)), make_part(2, {f"w{n}": 1.0 for n in range(30)})]
    assert brevity(texts).tolist() == [1, 0]


def test_terms_are_stems_that_general_language_weighs() -> None:
    """Endings fall, common words weigh nothing, rare ones most; packing keeps them."""
    assert stem("strikes") == stem("strike")
    assert stem("cities") == stem("city")
    assert stem("bombing") == stem("bombed") == "bomb"
    assert stem("مهاجران") == stem("مهاجرانش")
    assert stem("2026") == "2026"
    common, rare = rates(np.array([term("the"), term("zerabad")], np.int64))
    assert common > 0.9
    assert rare < 1e-4
    found = terms("Zerabad bridge", "The bridge of Zerabad is the bridge of all.")
    kept = strongest(found, rarity(found.hashes, np.zeros(found.hashes.size), 0))
    assert set(kept.hashes.tolist()) == {term("zerabad"), term("bridge")}
    again = unpacked(kept.packed())
    assert again.hashes.tolist() == kept.hashes.tolist()
    assert again.strengths == pytest.approx(kept.strengths, abs=1 / 16)
