"""The shared matcher: spellings fold together, words never match inside words, and every hit points back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.matching import Folded, Matcher, fold


def test_spellings_of_one_name_fold_together() -> None:
    """Arabic, Persian and Pashto letter forms, digits, accents and case are one spelling."""
    assert fold("ننگرهار") == fold("ننګرهار") == fold("ننگرهـار")
    assert fold("باميان") == fold("بامیان") == fold("بامي\u200eان")
    assert fold("كابل") == fold("کابل")
    assert fold("Kandahār") == fold("KANDAHAR") == fold("Kanda\u0301har")
    assert fold("۱۲۳") == fold("١٢٣") == "123"
    assert fold("Сарё") == fold("саре")


def test_never_inside_a_word() -> None:
    matcher = Matcher([("assad", 1), ("бой", 2), ("ایران", 3)])
    assert [hit.value for hit in matcher.find(Folded("the ambassador; боец; ایرانشهر"))] == []
    assert [hit.value for hit in matcher.find(Folded("Assad, «бой»، ایران."))] == [1, 2, 3]


def test_endings() -> None:
    matcher = Matcher([("афганистан~", "AF"), ("bomb*", "bomb"), ("мирн* жител*", "civilians"), ("افغانستان~", "AF")])

    def found(text: str) -> list[str]:
        return [hit.value for hit in matcher.find(Folded(text))]

    assert found("в Афганистане") == ["AF"]
    assert found("афганистановедение") == []
    assert found("bombs bombing") == ["bomb", "bomb"]
    assert found("мирных жителей") == ["civilians"]
    assert found("мирных переговоров") == []
    assert found("افغانستانی") == ["AF"]


def test_a_phrase_without_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="no letter"):
        Matcher([("—", 1)])


@given(st.text(max_size=60))
def test_span_points_back(text: str) -> None:
    """Every word of the folded text maps to a slice of the original that folds to that word."""
    folded = Folded(text)
    at = 0
    for word in folded.text.split(" "):
        start, end = at, at + len(word)
        at = end + 1
        if not word.strip():
            continue
        first, last = folded.span(start, end)
        assert 0 <= first < last <= len(text)
        assert Folded(text[first:last]).text.strip() == word.strip()


@given(st.text(alphabet="کابل\u200f\u200c\u0640 Kábul😀e\u0301\n", max_size=80))
def test_hits_fold_to_their_phrase(text: str) -> None:
    matcher = Matcher([("کابل", 1), ("Kabul", 2)])
    folded = Folded(text)
    for hit in matcher.find(folded):
        first, last = folded.span(hit.start, hit.end)
        assert fold(text[first:last]) in ("کابل", "kabul")
