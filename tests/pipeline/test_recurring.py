"""Which lines of an outlet's pages are boilerplate, and which only look like it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from outlets import load
from outlets.schema import Boilerplate
from pipeline.clean.recurring import (
    LEAST_PAGES,
    WINDOW,
    Print,
    hash_of,
    learn,
    lines_of,
    remembered,
    told_elsewhere,
    without_lines,
)
from pipeline.clean.stage import clean
from pipeline.items import Article, Page

CALL = "The Valley Herald is read by everyone who lives between the two rivers."
AT = datetime(2026, 3, 1, tzinfo=UTC)


def prints(texts: Sequence[str], outlet: str = "amu_tv", language: str = "en", first: int = 1) -> list[Print]:
    """A print of each text, an hour apart."""
    return [
        Print(n, outlet, language, AT + timedelta(hours=n), hash_of(text), n,
              {line: len(words) for line, words in lines_of(text).items()})
        for n, text in enumerate(texts, first)
    ]  # fmt: skip


def story(number: int, *more: str) -> str:
    """A text of its own."""
    own = f"Story number {number} tells of the things that went on at bridge {number * 7} in the night."
    return "\n".join([own, f"It ends with what {number} people of village {number * 13} saw and said.", *more])


def test_what_stands_on_a_third_of_the_pages_is_learned() -> None:
    """By frequency, over enough pages; a line on two pages in ten stays."""
    texts = [story(n, *([CALL] if n % 3 == 0 else []), *(["Police said so."] if n % 6 == 1 else [])) for n in range(24)]
    assert learn(prints(texts)) == {hash_of(CALL)}
    assert learn(prints([story(n, CALL) for n in range(LEAST_PAGES - 1)])) == set()
    assert learn(prints([story(n, CALL) if n < 4 else story(n) for n in range(10)])) == set()


def test_a_story_at_many_addresses_is_no_boilerplate() -> None:
    """Twelve addresses of one wire story with another last line each, among eighteen stories, teach nothing."""
    wire = [f"The report says in part {n} that the talks in the capital went on." for n in range(8)]
    same = ["\n".join([*wire, f"Update number {n} of the evening."]) for n in range(12)]
    assert learn(prints([*same, *(story(n) for n in range(18))])) == set()


def test_a_wires_words_that_other_outlets_carry_stay() -> None:
    """A line that another outlet has in one story of many is a wire's; one on most of its pages is furniture there."""
    line = hash_of(CALL)
    once = prints([story(n, *([CALL] if n == 3 else [])) for n in range(10)], "tolonews")
    always = prints([story(n, CALL) for n in range(10)], "tolonews")
    assert told_elsewhere(once, {line}) == {line}
    assert told_elsewhere(always, {line}) == set()
    assert told_elsewhere(prints([story(1)], "tolonews"), {line}) == set()


def test_languages_are_counted_apart() -> None:
    """A small edition's furniture is learned although it stands on few of all pages."""
    fa = prints([story(n, CALL) for n in range(10)], language="fa", first=100)
    assert learn([*prints([story(n) for n in range(90)]), *fa]) == {hash_of(CALL)}


def test_boilerplate_fades_and_memory_is_bounded() -> None:
    """I7: it stays while one page in ten has it; the memory holds the newest pages only, and twins apart."""
    line = hash_of(CALL)
    some = prints([story(n, *([CALL] if n % 6 == 0 else [])) for n in range(30)])
    assert learn(some) == set()
    assert learn(some, {line}) == {line}
    assert learn(prints([story(n) for n in range(30)]), {line}) == set()
    many = prints([story(n) for n in range(WINDOW + 20)])
    kept = remembered([*many, *(without_lines(one) for one in prints(["gone"] * 3, first=1000))])
    assert len(kept) == WINDOW + 3
    assert min(one.discovery_id for one in kept) == 21


def page(*lines: str, keep: Sequence[str] = (), cut: Sequence[str] = (), learned: Sequence[str] = ()) -> Article:
    """The article of a page at an outlet whose file says `keep` and `cut`."""
    outlet = load("amu_tv").model_copy(update={"boilerplate": Boilerplate(keep=list(keep), cut=list(cut))})
    body = "".join(f"<p>{line}</p>" for line in lines)
    head = "<html><head><title>A headline of today</title></head><body><article><h1>A headline of today</h1>"
    html = f"{head}{body}</article></body></html>"
    return clean(Page("1", "https://amu.tv/1/", html.encode(), outlet=outlet, boilerplate=frozenset(learned)))


@pytest.mark.parametrize(
    ("learned", "keep", "cut", "stays"),
    [(False, False, False, True), (True, False, False, False), (True, True, False, True), (False, False, True, False)],
    ids=["unknown", "learned", "kept by the file", "cut by the file"],
)
def test_a_person_overrules_what_was_learned(*, learned: bool, keep: bool, cut: bool, stays: bool) -> None:
    """The outlet's file has the last word."""
    folded = [" ".join(lines_of(CALL).values()).casefold().rstrip(".")]
    texts = story(1).split("\n")
    found = page(
        *texts, CALL, learned=folded if learned else (), keep=[CALL] if keep else (), cut=[CALL] if cut else ()
    )
    assert (CALL in found.text) is stays
    assert found.cut == (() if stays else (CALL,))


def test_a_wrong_cut_never_empties_an_article() -> None:
    """I1: a page of which only boilerplate would be left is quarantined, and says why."""
    texts = "\n".join(map(story, range(3))).split("\n")
    assert page(*texts).outcome == "done"
    found = page(*texts, cut=texts)
    assert found.outcome == "quarantine:low_yield"
    assert "only_boilerplate" in found.issues
