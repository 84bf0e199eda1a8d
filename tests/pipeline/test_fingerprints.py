"""Fingerprints: the same on every machine, blind to what writers vary, and bounded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedupe.copies import Known, overlap
from pipeline.dedupe.fingerprints import MAX_CHARS, fingerprint, plain, shingles, sketch_values, words
from tests.support.stories import garbled, report

TEXT = "Two people were killed in Kabul on Monday, officials said."


def known(text: str) -> Known:
    """A text as the index would know it."""
    found = fingerprint(text)
    return Known(1, 0, 0, found.size, found.content, found.sketch)


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    """I4: an index outlives the machine that made it, so these numbers may change only with a new VERSION."""
    found = fingerprint(TEXT)
    assert (found.size, found.content) == (8, -3832912231384113246)
    assert found.posted[:3] == (1936947031, 1631978555, -152326454)
    assert found.sketch.hex() == "04cd5d05009d9304000f5500004c1d0000c9720000ba0a0000a3670200eeea0100"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kabul, MONDAY: «blast»", "kabul monday blast"),
        ("the Taliban’s café", "The Talibans cafe\u0301"),
        ("كابل ١٢ مي‌شود", "کابل 12 میشود"),
        ("خانۀ آمریکا", "خانه امریکا"),
        ("ёлка", "елка"),
        ("ﻻ", "ل"),
    ],
)
def test_what_writers_vary_makes_no_difference(one: str, other: str) -> None:
    """Case, marks, punctuation, digits, half-spaces and letter forms are evened out."""
    assert plain(one).split() == plain(other).split()
    assert fingerprint(one).content == fingerprint(other).content


def test_other_words_make_a_difference() -> None:
    """Order, number and letters of the words count."""
    texts = ["a b c d", "a b d c", "a b c", "a b c d d", "ab c d", "a b c e", "paktia", "paktika"]
    assert len({fingerprint(text).content for text in texts}) == len(texts)


@given(st.text(max_size=80))
def test_any_text_has_a_fingerprint(text: str) -> None:
    """I1: no text fails, and a text is known by what it asks for."""
    found = fingerprint(text)
    assert set(found.posted) <= set(found.asked)
    assert (found.size == 0) == (not plain(text).split()) == (found.posted == ())
    assert sketch_values(found.sketch).size <= found.size


@given(st.lists(st.sampled_from(["kabul", "blast", "on", "monday", "12", "در", "взрыв"]), min_size=1, max_size=40))
def test_words_are_hashed_one_by_one(some: list[str]) -> None:
    """The vectorised hash of a word does not depend on where it stands."""
    hashed = words(" ".join(some)).tolist()
    assert hashed == [int(words(word)[0]) for word in some]


def test_the_sketch_tells_the_share() -> None:
    """The estimate lies within three standard errors (0.17) of the true share of common shingles."""
    for seed in range(10):
        text = report(seed, 400)
        other = garbled(text, seed, 0.02)
        mine, theirs = (set(shingles(words(one)).tolist()) for one in (text, other))
        found = overlap(known(text), known(other))
        assert found is not None
        assert abs(found.share / 1000 - len(mine & theirs) / len(mine)) < 0.17


def test_long_texts_are_bounded() -> None:
    """I7: only the first 200 000 characters are read, and the sketch grows with a twelfth of the words."""
    long = "word " * MAX_CHARS
    assert fingerprint(long).content == fingerprint(long[:MAX_CHARS]).content
    assert len(fingerprint(report(1, 20_000)).sketch) < 8000
    assert np.all(np.diff(sketch_values(fingerprint(report(2, 3000)).sketch)) > 0)
