"""The address of the queue says what it shows, and nothing else gets in."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.filters import MAX_QUERY, BadFilter, Cursor, Filter
from review.routes_decide import _pairs
from review.seen import Seen
from tests.review.newsroom import Newsroom
from tests.review.pages import Page

moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.builds(
        Filter,
        status=st.sampled_from(["open", "new", "all"]),
        topic=st.sampled_from(["", "conflict.bombing"]),
        province=st.sampled_from(["", "AF-KDZ"]),
        ownership=st.sampled_from(["", "state"]),
        new=st.sampled_from(["", "shift", "7d"]),
        since=st.none() | st.dates(),
        until=st.none() | st.dates(),
        order=st.sampled_from(["relevance", "newest"]),
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
    assert Filter().url() == "/?status=open"
    at = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert Filter(q="a b").url(after=Cursor(0.5, at, 3)) == "/?q=a+b&after=0.5~1000000~3"


@pytest.mark.parametrize("raw", ["", "1", "1.1", "1.1.1.1", "a.1.0", "1.1.-1", "１.1.0", "1.1.0 ", "9" * 19 + ".1.0"])
def test_a_forged_item_is_refused(raw: str) -> None:
    """Only what the desk wrote itself is read."""
    with pytest.raises(ValueError, match="not an item"):
        Seen.parse(raw)


def test_every_filter_is_a_chip_that_can_be_removed(client: httpx.Client, newsroom: Newsroom) -> None:
    """The address says all that is shown, and each chip leads to the queue without it."""
    query = (
        "q=kunduz&status=all&outlet=tass&ownership=state&topic=conflict.bombing&province=AF-KDZ&actor=iskp&language=ru"
        "&relevance=0.3&new=30d&since=2026-03-01&until=2026-03-02"
    )
    page = Page(client.get(f"/?{query}"))
    chips = page.tree.cssselect(".active a:not(.reset)")
    assert len(chips) == 11
    given = dict(pair.split("=") for pair in query.split("&"))
    removed = [set(given) - set(dict(parse_qsl(chip.get("href")[2:]))) for chip in chips]
    assert sorted(map(sorted, removed)) == sorted(
        [[name] for name in given.keys() - {"since", "until"}] + [["since", "until"]]
    )
    assert page.tree.cssselect(".active .reset")[0].get("href") == "/?status=open"


@pytest.mark.parametrize(
    ("query", "found"),
    [("ownership=state", ["kunduz_ru"]), ("ownership=private", ["daesh", "cricket"]), ("ownership=insurgent", []),
     ("since=2026-03-03", []), ("since=2026-03-02&until=2026-03-02&language=fa", ["herat"]),
     ("until=2026-03-01", []), ("new=24h&topic=conflict.uxo", ["herat"])],
)  # fmt: skip
def test_time_and_ownership(client: httpx.Client, newsroom: Newsroom, query: str, found: list[str]) -> None:
    """Days are Kabul's; the owner is the outlet's."""
    assert Page(client.get(f"/?{query}")).cards() == [getattr(newsroom, name) for name in found]


@pytest.mark.parametrize("query", ["new=ever", "ownership=x", "order=random", "since=yesterday", "until=2026-13-01"])
def test_unknown_words_are_refused(client: httpx.Client, query: str) -> None:
    """One sentence that names the parameter."""
    assert Page(client.get(f"/?{query}"), 400).text("h1").startswith(query.split("=")[0])
