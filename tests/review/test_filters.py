"""The address of the queue says what it shows, and nothing else gets in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.filters import MAX_QUERY, BadFilter, Cursor, Filter
from review.routes_decide import _pairs
from review.seen import Seen

moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.builds(
        Filter,
        status=st.sampled_from(["open", "new", "all"]),
        topic=st.sampled_from(["", "conflict.bombing"]),
        province=st.sampled_from(["", "AF-KDZ"]),
        relevance=st.floats(0, 1).map(abs),
        q=st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=MAX_QUERY),
        after=st.none() | st.builds(Cursor, st.floats(0, 1).map(abs), moments, st.integers(1, 10**17)),
    )
)
def test_an_address_leads_back_to_the_same_queue(wanted: Filter) -> None:
    """What `query` writes, `parse` reads: a bookmark, a link and the form of a decision mean the same queue."""
    assert Filter.parse(dict(_pairs(wanted.query()))) == wanted


@pytest.mark.parametrize(
    "parameters",
    [{"status": "x"}, {"relevance": "x"}, {"relevance": "2"}, {"relevance": "nan"}, {"after": "1"}, {"after": "2~1~1"},
     {"after": "nan~1~1"}, {"after": "1~1~-1"}, {"after": "0.5~1~" + "9" * 30}, {"after": f"0.5~-{9 * 10**16}~1"},
     {"after": "0.5~1"}, {"outlet": "a'b"}, {"topic": "a%b"},
     {"province": "AF KDZ"}, {"language": "../en"}, {"q": "x" * (MAX_QUERY + 1)}],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(parameters: dict[str, str]) -> None:
    """One sentence instead of a queue that silently shows something else."""
    with pytest.raises(BadFilter):
        Filter.parse(parameters)


def test_empty_and_unknown_parameters_mean_nothing() -> None:
    """A form sends its empty fields, and other sites add their own parameters."""
    assert Filter.parse({"outlet": "", "utm_source": "x", "q": " \x00 "}) == Filter()
    assert Filter().url() == "/"
    at = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert Filter(q="a b").url(after=Cursor(0.5, at, 3)) == "/?q=a+b&after=0.5~1000000~3"


@pytest.mark.parametrize("raw", ["", "1", "1.1", "1.1.1.1", "a.1.0", "1.1.-1", "１.1.0", "1.1.0 ", "9" * 19 + ".1.0"])
def test_a_forged_item_is_refused(raw: str) -> None:
    """Only what the desk wrote itself is read."""
    with pytest.raises(ValueError, match="not an item"):
        Seen.parse(raw)
