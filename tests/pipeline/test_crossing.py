"""Stories across languages: reports of one event meet by what needs no translation, and near misses do not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from models.session import writing
from models.story_ruling import add_rulings
from pipeline.dedupe import marks
from pipeline.dedupe import stage as dedupe
from pipeline.dedupe.crossing import cross, doubt
from pipeline.dedupe.json_lines import dedupe_lines
from pipeline.dedupe.marks import mark, packed, skeleton, told, unpacked
from pipeline.dedupe.stories import Part, likeness, unhubbed
from pipeline.items import DedupeInput, TagInput
from pipeline.tag.stage import tag
from tests.pipeline.test_stories import make_part

ITEMS = Path(__file__).parents[2] / "benchmarks/one_event/items.jsonl"
DAY = datetime(2026, 3, 1, tzinfo=UTC)
BLAST = {
    "en": ("Mosque bombing in Kunduz", "A bomb in Imam Sahib district of Kunduz killed 11 people and wounded 24."),
    "fa": ("انفجار در کندز", "در انفجار بمب در ولسوالی امام‌صاحب ولایت کندز ۱۱ تن کشته و ۲۴ تن زخمی شدند."),
    "ru": ("Взрыв в Кундузе", "При взрыве бомбы в провинции Кундуз погибли 11 человек, 24 ранены."),
}


def report(language: str, days: float = 0, *, tagged: bool = True, text: str = "") -> DedupeInput:
    """A report of the blast, with its tags as the pipeline hands them over."""
    title, body = BLAST[language][0], text or BLAST[language][1]
    found = tag(TagInput(language, title, body, language)) if tagged else None
    return DedupeInput(language, f"https://{language}.example/", title, body, DAY + timedelta(days=days), language,
                       language, tagged=found)  # fmt: skip


def stories(on: Engine, *items: DedupeInput) -> list[str]:
    """The story of each after a run."""
    with writing(on) as connection:
        last = dedupe.relate_many(connection, [(one, number) for number, one in enumerate(items, 1)])
        last.update(dedupe.regroup(connection))
    return [last[number].story for number in range(1, len(items) + 1)]


def test_languages_meet_by_tags(engine: Engine) -> None:
    """Three reports of one blast are one story and no copies; without tags a text meets no other language."""
    assert stories(engine, report("en"), report("fa", 0.2), report("ru", 0.3)) == ["1", "1", "1"]
    with writing(engine) as connection:
        for number in (1, 2, 3):
            dedupe.forget(connection, number)
    assert stories(engine, report("en"), report("fa", tagged=False)) == ["1", "2"]


def test_another_toll_or_another_week_is_another_event(engine: Engine) -> None:
    """Precision first: the same province and kind of event are not enough."""
    other = report("fa", text="در انفجار بمب در شهر کندز ولایت کندز ۲ تن کشته و ۵ تن زخمی شدند.")
    assert stories(engine, report("en"), other, report("ru", 6)) == ["1", "2", "3"]


def test_a_ruling_outweighs_the_marks(engine: Engine) -> None:
    """I3: reports of one event that a person set apart stay apart, whatever they share."""
    with writing(engine) as connection:
        add_rulings(connection, [(1, 2)], "apart", "ana", DAY)
    told = stories(engine, report("en"), report("fa"), report("ru"))
    assert told[0] != told[1]


def part(number: int, language: str, *found: int) -> Part:
    """A text of which only the marks are known."""
    return Part(number, None, make_part(number, {}).terms, np.zeros(0), marks=(mark(marks.LANGUAGE, language), *found))


def test_what_words_told_apart_stays_apart() -> None:
    """Two groups of one language never meet through a third of another; the stronger takes it."""
    strong = [mark(kind, value) for kind, value in ((marks.PLACE, "x"), (marks.COUNT, 31), (marks.COUNT, 77))]
    parts = [part(1, "en", *strong), part(2, "en", *strong[:2]), part(3, "fa", *strong)]
    assert cross(parts, [0, 1, 2]) == [0, 1, 0]
    apart = np.zeros((3, 3), np.bool_)
    apart[0, 2] = apart[2, 0] = True
    assert cross(parts, [0, 1, 2], apart)[2] != 0
    assert cross(parts[:2], [0, 1]) == [0, 1]


def test_the_filter_sees_languages_in_any_order() -> None:
    """The second language may come late: what came before is tagged then, and the stories are the same."""
    rows = [json.loads(line) for line in ITEMS.read_text(encoding="utf-8").splitlines()]
    pairs = []
    for order in (rows, sorted(rows, key=lambda row: row["language"]), rows[::-1]):
        story = {row["id"]: row["story"] for row in dedupe_lines(order)}
        pairs.append({(a, b) for a, b in combinations(sorted(story), 2) if story[a] == story[b]})
    assert pairs[0] == pairs[1] == pairs[2]


def test_names_sound_alike_in_all_scripts() -> None:
    """Consonants as they are heard."""
    for same in (("Sadeqi", "صادقی", "Садеки"), ("Haqqani", "حقانی", "Хаккани"), ("Kunduz", "کندز", "Кундуз")):
        assert len({skeleton(name) for name in same}) == 1
    assert skeleton("Karim") != skeleton("Salim")


def test_marks_are_kept_as_they_were() -> None:
    """I4: the same text gives the same marks; packing keeps them; numbers can be read again."""
    item = report("fa")
    assert item.tagged
    found = told(item.tagged, item.title, item.text, "fa")
    assert found == told(item.tagged, item.title, item.text, "fa")
    assert unpacked(packed(found)) == tuple(found)
    assert unpacked(None) == ()
    assert mark(marks.KILLED, 11) in found
    assert marks.number_of(mark(marks.COUNT, 24)) == 24
    assert {"Kunduz", "11 killed", "the number 24", "language fa"} <= set(found.values())


def test_other_places_and_tolls_are_doubts_within_a_language() -> None:
    """Likeness sinks where two texts name different provinces, and stays where one names none."""
    here, there = mark(marks.PROVINCE, "AF-KDZ"), mark(marks.PROVINCE, "AF-TAK")
    parts = [part(1, "en", here), part(2, "en", there), part(3, "en")]
    alike = np.full((3, 3), 0.5, np.float32)
    made = doubt(alike, parts)
    assert made[0, 1] == made[1, 0] < 0.4
    assert made[0, 2] == made[1, 2] == pytest.approx(0.5)


def test_a_toll_that_falls_is_a_greater_doubt_than_one_that_grows() -> None:
    """Nine wounded become twenty as a day goes on; after twenty, nine are others. Undated texts tell no order."""
    few, many = mark(marks.WOUNDED, 9), mark(marks.WOUNDED, 20)
    alike = np.full((4, 4), 0.5, np.float32)
    parts = [replace(part(number, "en", toll), at=at) for number, (toll, at) in enumerate(
        [(few, 0), (many, 3600), (few, 7200), (few, None)], 1)]  # fmt: skip
    made = doubt(alike, parts)
    assert made[1, 2] < 0.75 * made[0, 1] < 0.5
    assert made[1, 3] == made[0, 1]
    assert made[0, 2] == pytest.approx(0.5)


def test_likeness_counts_for_less_in_a_dense_field() -> None:
    """Twenty texts on one politician and two on a bridge: equal cosines, but the pair in the empty field is nearer; and
    copies make no field dense."""
    crowd = [make_part(number, {"leader": 1.0, f"own{number}": 1.0}) for number in range(1, 21)]
    pair = [make_part(number, {"bridge": 1.0, f"own{number}": 1.0}) for number in (21, 22)]
    lone = [make_part(number, {f"own{number}": 1.0}) for number in range(23, 50)]
    parts = [*crowd, *pair, *lone]
    made = unhubbed(likeness(parts), parts)
    assert made[20, 21] == pytest.approx(0.5, abs=0.05)
    assert made[0, 1] < made[20, 21] - 0.1
    copies = [make_part(number, {"bridge": 1.0, "own21": 1.0}, copy_of=21) for number in range(50, 70)]
    parts = [*parts, *copies]
    assert unhubbed(likeness(parts), parts)[20, 21] == pytest.approx(made[20, 21], abs=0.05)


def test_a_name_beside_an_actor_is_a_mark_of_its_own() -> None:
    """The words that show an actor's role are no names of the actor, and an official whom no list knows meets in other
    languages by the consonants of the name, not by a code that only this spelling has."""
    title, text = "Raid in Herat", "Taliban spokesman Karim Haqyar said so. Fighters killed at least three Taliban."
    found = told(tag(TagInput("x", title, text, "en")), title, text, "en")
    assert mark(marks.NAME, skeleton("Haqyar")) in found
    assert mark(marks.ACTOR, "taliban") in found
    assert mark(marks.ACTOR, "karim-haqyar") not in found
