"""Evidence is shown where it stands, whatever overlaps, and a text is never altered by it."""

from hypothesis import example, given
from hypothesis import strategies as st

from review.highlight import AROUND, Piece, Span, excerpt, located, paragraphs, pieces

TEXT = "A roadside bomb struck Kunduz city.\nThe Taliban said so.\n\nثمّ در کندز"


def span(words: str, label: str = "x", tag: int | None = 1) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words), "place", label, "rule@1", tag)


def test_overlapping_spans_keep_all_they_say() -> None:
    """ "bomb struck Kunduz" and "Kunduz city" share Kunduz: it belongs to both."""
    cut = pieces(TEXT, [span("bomb struck Kunduz", "a"), span("Kunduz city", "b")])
    said = {piece.text: piece.says for piece in cut if piece.spans}
    assert said == {"bomb struck ": "a [rule@1]", "Kunduz": "a [rule@1]; b [rule@1]", " city": "b [rule@1]"}


spans = st.lists(
    st.tuples(st.integers(-3, 90), st.integers(-3, 90), st.sampled_from("abc")).map(
        lambda t: Span(min(t[:2]), max(t[:2]), "topic", t[2], "", 1)
    ),
    max_size=12,
)


@given(st.text(max_size=80), spans)
@example("00", [Span(1, 1, "topic", "a", "", 1)])
def test_pieces_give_the_text_back(text: str, found: list[Span]) -> None:
    """Whatever the spans, not a character is lost, doubled or moved, and each is covered by exactly its spans."""
    cut = pieces(text, found)
    assert "".join(piece.text for piece in cut) == text
    at = 0
    for piece in cut:
        for offset in range(len(piece.text)):
            covering = {s for s in found if s.start <= at + offset < s.end}
            assert set(piece.spans) == covering
        at += len(piece.text)


@given(st.text(alphabet="ab \n", max_size=60), spans)
def test_paragraphs_give_the_lines_back(text: str, found: list[Span]) -> None:
    """Every line that says something is a paragraph; offsets go on across line ends."""
    shown = ["".join(piece.text for piece in line) for line in paragraphs(text, found)]
    assert shown == [line for line in text.split("\n") if line.strip()]


def test_evidence_that_is_not_there_is_not_marked() -> None:
    """A mark in the wrong place would be worse than none."""
    good = {"field": "text", "start": 23, "end": 29, "text": "Kunduz"}
    bad = [{**good, "start": 22}, {**good, "text": "Kabul"}, {**good, "field": "title"}, {"field": "text"}, "x", None,
           {**good, "start": -5}, {**good, "end": "29"}]  # fmt: skip
    assert [(s.start, s.end) for s in located(TEXT, [good, *bad], "text", "place", "Kunduz", "r")] == [(23, 29)]


def words(line: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in line)


def test_an_excerpt_shows_what_a_tag_rests_on_further_down() -> None:
    """The beginning, then the place where a tag that the beginning does not explain was read."""
    text = "word " * 200 + "here is Kunduz at last " + "word " * 200
    start = text.index("Kunduz")
    first, second = excerpt(text, [Span(start, start + 6, "place", "Kunduz", "", 7)])
    assert words(first).endswith(" …")
    assert "Kunduz" in words(second)
    assert words(second).startswith("… ")
    assert len(words(second)) < 6 + 2 * AROUND + 20


def test_an_excerpt_of_a_short_text_is_the_text() -> None:
    """No ellipsis where nothing was left out."""
    assert [words(line) for line in excerpt("Short.", [])] == ["Short."]
    assert excerpt("", []) == []
