"""Texts as they should not be: the tag stage finds what is there, invents nothing, and costs no more than it may."""

import pytest

from pipeline.items import Tagged, TagInput
from pipeline.tag.reading import language_of
from pipeline.tag.stage import tag
from tests.support.stories import garbled

CLEAN = (
    "Daesh claimed the bomb that killed four policemen in Kunduz on Monday. Taliban police arrested two men in Kunduz."
)


def tagged(text: str, title: str = "", lang: str | None = None) -> Tagged:
    found = tag(TagInput("x", title, text, lang))
    for one in [e for item in found.tags for e in item.evidence] + [claim.evidence for claim in found.facts.claims]:
        assert one.text == (text if one.field == "text" else title)[one.start : one.end]
    return found


def codes(found: Tagged) -> set[str]:
    return {item.code for item in found.tags}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Kan\u00addahar", "AF-KAN"),
        ("\u200eKandahar\u200f", "AF-KAN"),
        ("K\u0301abul", "AF-KAB"),
        ("قند\u200fهار", "AF-KAN"),
        ("\u202bقندهار\u202c", "AF-KAN"),
        ("قنـدهـار", "AF-KAN"),
        ("قَندَهار", "AF-KAN"),
        ("کند\u200cهار", "AF-KAN"),
        ("ننگر\u200cهار", "AF-NAN"),
        ("Канда\u00adгаре", "AF-KAN"),
    ],
)
def test_marks_inside_names(name: str, code: str) -> None:
    """Soft hyphens, direction marks, tatweel, vowel signs, accents and half-spaces hide no name, and belong to its
    evidence."""
    text = f"انفجار بم در ولایت {name} دو تن را کشت." if name.strip("\u200e\u202b") > "\u0600" else f"A bomb in {name}."
    text = f"Взрыв бомбы в {name}." if name.startswith("К") else text
    found = tagged(text)
    (place,) = [item for item in found.regions if item.code == code]
    assert place.evidence[0].text.strip("\u200e\u200f\u202b\u202c") == name.strip("\u200e\u200f\u202b\u202c")


def test_marks_inside_actors() -> None:
    """The same for names of groups, and their roles."""
    for text in ("طا\u200fلبان در کابل سه تن را بازداشت کردند.", "طالـبان در کابل سه تن را بازداشت کردند."):
        assert {(one.code, one.role) for one in tagged(text).actors} == {("taliban", "perpetrator")}


def test_scripts_that_meet_in_one_text() -> None:
    """A text is read in its main language, and names of a length in English; nothing is found twice or in pieces."""
    text = "В Кабуле (Kabul, کابل) прогремел взрыв бомбы. По словам Taliban spokesman Zabihullah Mujahid, погибли двое."
    found = tagged(text)
    assert language_of(text) == "ru"
    assert {"AF-KAB", "conflict.bombing", "zabihullah_mujahid"} <= codes(found)
    assert [item.code for item in found.regions if item.main] == ["AF-KAB"]
    assert found.facts.killed_low == 2
    for one in ("кabul", "Kабул", "kа бул", "کabل"):
        assert "AF-KAB" not in codes(tagged(f"A bomb in {one}."))


def test_capitals_prove_nothing_and_hide_nothing() -> None:
    """All in capitals, a text gives the same places, topics and actors, and no short word becomes an acronym."""
    wanted = {"AF-KDZ", "AF19", "AF", "conflict.bombing", "iskp", "taliban"}
    assert wanted <= codes(tagged(CLEAN))
    shouted = tagged(CLEAN.upper())
    assert wanted <= codes(shouted)
    assert {(one.code, one.role) for one in shouted.actors} == {(one.code, one.role) for one in tagged(CLEAN).actors}
    assert (shouted.facts.killed_low, shouted.facts.killed_high) == (4, 4)
    loud = tagged("THIS IS WHO IT IS: A TIP FOR THE AFF AND THE BLA, SAID AN OFFICIAL WHO KNOWS.")
    assert {one.code for one in loud.actors if one.scheme == "actor"} == set()


def test_scanned_letters_lose_words_but_invent_none() -> None:
    """Of a badly scanned report that says it often enough the place stays; a number with a letter in it is none, and
    what is not in the clean text is not found in the garbled one."""
    text = "\n".join([CLEAN] * 6)
    clean = codes(tagged(text))
    for seed in range(6):
        found = tagged(garbled(text, seed, share=0.05))
        assert "AF-KDZ" in codes(found)
        assert {item.code for item in found.regions} <= clean
        assert {item.code for item in found.actors} <= clean
    noisy = tagged("A bomb killed l2 people and wounded 1O in Kabul; O people were arrested.")
    assert (noisy.facts.killed_low, noisy.facts.wounded_low, noisy.facts.detained) == (None, None, None)


def test_a_page_without_end_is_read_as_far_as_news_goes() -> None:
    """I7: ten megabytes of news in each language are tagged by their first part, with no more evidence than ever."""
    for text in (CLEAN + "\n", "طالبان در کابل سه تن را بازداشت کردند. ", "Талибы убили двоих в Кабуле. "):
        found = tagged(text * (10_000_000 // len(text)))
        assert {"AF-KDZ", "AF-KAB"} & codes(found)
        assert all(len(item.evidence) <= 4 for item in found.tags)
        assert max(one.end for item in found.tags for one in item.evidence) <= 100_000


@pytest.mark.parametrize(
    "token", ["Taliban ", "killed ", "said ", "by Taliban ", "طالبان ", "12 ", "on Monday ", "ИГ "]
)
def test_one_token_for_ever(token: str) -> None:
    """I7: the rules of roles, tolls and dates look around a word no further than they must."""
    found = tagged(token * 20_000)
    assert len(found.tags) <= 8
    assert len(found.facts.claims) == 0


@pytest.mark.parametrize("token", ["12 killed ", "killed 12 people since January, ", "in the past three months "])
def test_a_sentence_as_long_as_its_page(token: str) -> None:
    """I7: of counts, outcomes and spans that never end a few are looked at; each with each would take hours."""
    assert len(tagged("A bomb killed two in Kabul " + token * 4_000).facts.claims) <= 80


def test_nothing_gives_nothing() -> None:
    """No text, only marks, only punctuation, half a surrogate pair: no tag, and no error."""
    for text in ("", " \n\t", "\u200f\u200c\u00ad", ".,!?…—«»", "\ud800", "\x00", "😀👨‍👩‍👧‍👦🏳️‍🌈"):
        assert codes(tagged(text, title=text)) == set()
