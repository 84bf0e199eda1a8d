"""What changed is said as fact: the fields, and the words of a paragraph."""

from types import SimpleNamespace
from typing import Any

from review.difference import MOST_PARAGRAPHS, compare, summary
from tests.review.newsroom import TAKHAR_NEW, TAKHAR_OLD
from tests.review.rows import Text


def row(number: int, of: Text, **changes: Any) -> Any:
    """A version as the database gives it."""
    return SimpleNamespace(
        **{
            "version": number, "title": of.title, "text": of.text, "authors": list(of.authors), "facts": of.facts,
            "dateline": None, "original_outlet": None, "published_at": None, "published_local": None,
            "published_precision": None, "published_calendar": None, **changes,
        }
    )  # fmt: skip


def test_an_edited_toll_is_named() -> None:
    """The changed title, number and paragraph are shown; what is the same is only counted."""
    found = compare(row(1, TAKHAR_OLD), row(2, TAKHAR_NEW))
    assert [(change.field, change.old, change.new) for change in found.fields] == [
        ("Title", "Two detained in Takhar weapons raid", "Four detained in Takhar weapons raid"),
        ("Toll", "2 detained", "4 detained"),
    ]
    kinds = [part.kind for part in found.paragraphs]
    assert kinds == ["changed", "same", "removed", "added"]
    assert [(word.kind, word.text) for word in found.paragraphs[0].words] == [
        ("same", "Security forces in Takhar province detained"), ("removed", "two"), ("added", "four"),
        ("same", "people and seized rifles, officials said."),
    ]  # fmt: skip


def test_the_same_content_is_no_change() -> None:
    """Nothing is made up where nothing changed."""
    assert compare(row(1, TAKHAR_OLD), row(2, TAKHAR_OLD)).is_empty


def test_a_huge_text_is_not_compared_word_by_word() -> None:
    """I7: difflib is quadratic; beyond a limit the page says that the text changed and stops there."""
    lines = [f"line {number}" for number in range(MOST_PARAGRAPHS + 1)]
    old = row(1, TAKHAR_OLD, text="\n".join(lines))
    new = row(2, TAKHAR_OLD, text="\n".join(reversed(lines)))
    assert compare(old, new).too_long
    assert not compare(old, old).too_long


def test_a_stored_difference_is_one_line() -> None:
    """The list of versions says what each brought."""
    stored = [
        {"field": "title", "before": "a", "after": "b"}, {"field": "killed", "before": "3", "after": "11"},
        {"field": "detained", "before": None, "after": 2}, {"field": "places", "before": [], "after": ["Takhar"]},
        {"field": "paragraph", "kind": "changed", "at": 0, "numbers": [["3"], ["11"]]},
        {"field": "paragraph", "kind": "changed", "at": 1, "numbers": [[], []]},
    ]  # fmt: skip
    assert summary(stored) == "title, killed 3 → 11, detained — → 2, places +Takhar, 2 paragraphs changed"
    assert summary([]) == ""
