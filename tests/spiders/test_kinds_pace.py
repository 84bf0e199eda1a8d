"""What feeds say of how often to ask, and how young their newest item is."""

from datetime import UTC, datetime, timedelta

import pytest

from spiders.kinds import Listed, Listing
from tests.spiders.test_kinds import parse, rss

ITEM = "<item><title>T</title><link>https://news.test/a/1</link></item>"
HOURS = "".join(f"<hour>{hour}</hour>" for hour in range(24))


@pytest.mark.parametrize(
    ("head", "every"),
    [
        ("<ttl>30</ttl>", timedelta(minutes=30)),
        ("<ttl> 0 </ttl>", None),
        ("<ttl>soon</ttl>", None),
        (f"<ttl>{'9' * 5000}</ttl>", None),
        ("<sy:updatePeriod>\n\thourly\t</sy:updatePeriod><sy:updateFrequency>\n\t1\t</sy:updateFrequency>",
         timedelta(hours=1)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(hours=6)),
        ("<sy:updateFrequency>2</sy:updateFrequency>", timedelta(hours=12)),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><ttl>180</ttl>", timedelta(hours=3)),
        ("", None),
    ],
)  # fmt: skip
def test_how_often_a_feed_wants_to_be_asked(head: str, every: timedelta | None) -> None:
    """F27, I8: ttl is in minutes, the syndication module says how often in a period; the gentler one counts."""
    module = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    for items in (f"{head}{ITEM}", f"{ITEM}{head}"):
        listing = parse("feed", rss(items, attributes=module))
        assert (listing.every, [item.url for item in listing.items]) == (every, ["https://news.test/a/1"])


def test_when_a_feed_wants_to_be_left_alone() -> None:
    """F27: hour 24 of RSS 0.91 is midnight; all hours or days together say nothing, or it would never be read."""
    said = "<skipHours><hour>1</hour><hour>24</hour><hour>99</hour></skipHours><skipDays><day>Friday</day></skipDays>"
    listing = parse("feed", rss(said + ITEM))
    assert (listing.skip_hours, listing.skip_days) == ({0, 1}, {4})
    assert parse("feed", rss(f"<skipHours>{HOURS}</skipHours>{ITEM}")).skip_hours == frozenset()


def test_an_item_s_own_elements_of_those_names_say_nothing() -> None:
    """And the item keeps what stands before them."""
    [found] = parse("feed", rss("<item><link>https://news.test/a/1</link><ttl>5</ttl><title>T</title></item>")).items
    assert (found.url, found.title) == ("https://news.test/a/1", "T")


def test_the_newest_publication_is_what_the_source_states() -> None:
    """F20: the order does not matter, and a date of 2099 does not hide that the feed is frozen."""
    dates = ("2026-03-01T00:00:00Z", "Tue, 03 Mar 2026 00:00:00 GMT", "2099-01-01", "32 Jan", None)
    listing = Listing(tuple(Listed("https://news.test/a/1", published=date) for date in dates))
    assert listing.newest(datetime(2026, 3, 4, tzinfo=UTC)) == datetime(2026, 3, 3, tzinfo=UTC)
    assert Listing().newest(datetime(2026, 3, 4, tzinfo=UTC)) is None
