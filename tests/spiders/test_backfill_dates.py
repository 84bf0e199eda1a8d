"""To which day an article belongs: by its source, its address, the part that names it, and in that order."""

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from outlets.dated import Period, month_of, year_of
from spiders.backfill.dates import Placed, day_of, period_of_article, period_of_part, place
from spiders.kinds import Listed

KABUL = ZoneInfo("Asia/Kabul")
JUNE = month_of(2023, 6)
FIRST_WEEK = Period(date(2023, 6, 1), date(2023, 6, 7))
PLAIN = "https://news.test/a/story"


def day(number: int, month: int = 6) -> Period:
    """One day of 2023."""
    return Period(date(2023, month, number), date(2023, month, number))


@pytest.mark.parametrize(
    ("url", "period"),
    [
        ("https://a.test/sitemap_2023.xml", year_of(2023)),
        ("https://a.test/sitemap-pt-post-2023-06.xml", JUNE),
        ("https://a.test/sitemap-posttype-post.202306.xml", JUNE),
        ("https://a.test/sitemap.xml?yyyy=2023&mm=06&dd=01", day(1)),
        ("https://a.test/sitemap.xml?year=2023&month=6", JUNE),
        ("https://a.test/sitemap.xml?yyyy=2023&mm=&dd=", year_of(2023)),
        ("https://a.test/sitemap_article.xml?date_start=20230601&date_end=20230630", JUNE),
        ("https://a.test/sitemaps/2023/06/01.xml", day(1)),
        ("https://a.test/archive/2023/6/", JUNE),
        ("https://a.test/sitemap-2023-6.xml", year_of(2023)),  # June, or the sixth part of the year
        ("https://a.test/2019-2023.xml", Period(date(2019, 1, 1), date(2023, 12, 31))),
        ("https://a.test/archive?yr=1402&mn=3&dy=11", None),  # another calendar
        ("https://a.test/post-sitemap12.xml", None),
        ("https://a.test/sitemap/sitemap_news0.xml", None),
        ("https://a.test/sitemap-99999999.xml", None),
        ("https://a2023.test/sitemap.xml", None),
        ("https://a.test/sitemap-2023-13.xml", year_of(2023)),
        ("https://a.test/sitemap.xml?yyyy=2023&mm=02&dd=30", month_of(2023, 2)),
    ],
)
def test_the_days_that_a_part_holds(url: str, period: Period | None) -> None:
    """Never narrower than what its address certainly says: a part that is left out is a gap."""
    assert period_of_part(url) == period


@pytest.mark.parametrize(
    ("url", "period"),
    [
        ("https://a.test/en/2023/06/01/some-story/", day(1)),
        ("https://a.test/news/2023/6/1/some-story", day(1)),
        ("https://a.test/2023-06-01/some-story", day(1)),
        ("https://a.test/20230601/some-story-1871234.html", day(1)),
        ("https://a.test/en/202306011234", day(1)),
        ("https://a.test/archives/2023/06/some-story.php", JUNE),
        ("https://a.test/some-story-2023/", None),
        ("https://a.test/world/1648271", None),
        ("https://a.test/news/20239901", None),
        ("https://a.test/a/32500123.html", None),
        ("https://a.test/a/story?day=/2023/06/01/", None),
    ],
)
def test_the_day_that_an_articles_address_carries(url: str, period: Period | None) -> None:
    """A number is no date only because it has eight digits."""
    assert period_of_article(url) == period


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("2023-06-01T20:00:00Z", date(2023, 6, 2)),  # half past midnight in Kabul
        ("2023-06-01T20:00:00+04:30", date(2023, 6, 1)),
        ("2023-06-01", date(2023, 6, 1)),
        ("Thu, 01 Jun 2023 10:00:00 GMT", date(2023, 6, 1)),
        ("2023-06-31", None), ("yesterday", None), (None, None), ("1402-03-11", None),
    ],
)  # fmt: skip
def test_a_stated_time_is_a_day_where_the_outlet_is(stated: str | None, found: date | None) -> None:
    """I5: a bare day stays that day, whatever the zone."""
    assert day_of(stated, KABUL) == found


IN, BEFORE, AFTER, UNDATED = Placed("in"), Placed("before"), Placed("after"), Placed("undated")


@pytest.mark.parametrize(
    ("listed", "part", "placed"),
    [
        (Listed(PLAIN, published="2023-06-03T05:00:00Z"), None, Placed("in", date(2023, 6, 3))),
        (Listed(PLAIN, published="2023-06-03T05:00:00Z"), day(5), Placed("in", date(2023, 6, 3))),
        (Listed(PLAIN, published="2023-05-03T05:00:00Z", modified="2023-06-03T05:00:00Z"), None, BEFORE),
        (Listed(PLAIN, published="2024-05-03T05:00:00Z"), day(5), AFTER),
        (Listed("https://news.test/2023/06/03/a", modified="2024-01-01"), None, Placed("in", date(2023, 6, 3))),
        (Listed("https://news.test/2023/07/03/a", modified="2023-06-03"), None, AFTER),
        (Listed("https://news.test/2023/06/a"), None, UNDATED),  # some day of June, perhaps after the week
        (Listed("https://news.test/2023/06/a", modified="2023-06-03"), None, Placed("in", date(2023, 6, 3))),
        (Listed("https://news.test/2023/05/a"), None, BEFORE),
        (Listed(PLAIN), day(5), Placed("in", date(2023, 6, 5))),
        (Listed(PLAIN), FIRST_WEEK, IN),
        (Listed(PLAIN, modified="2023-06-02T05:00:00Z"), FIRST_WEEK, Placed("in", date(2023, 6, 2))),
        (Listed(PLAIN, modified="2025-06-02T05:00:00Z"), FIRST_WEEK, IN),
        (Listed(PLAIN), JUNE, UNDATED),  # a part that the span only cuts through
        (Listed(PLAIN, modified="2023-05-31T05:00:00Z"), JUNE, BEFORE),
        (Listed(PLAIN), year_of(2022), BEFORE),
        (Listed(PLAIN, modified="2023-06-02T05:00:00Z"), None, Placed("in", date(2023, 6, 2))),
        (Listed(PLAIN, modified="2023-05-31T05:00:00Z"), None, BEFORE),
        (Listed(PLAIN, modified="2023-06-08T05:00:00Z"), None, UNDATED),  # published then, or edited then
        (Listed(PLAIN, modified="2023-06-02T05:00:00Z", restamped=True), None, UNDATED),
        (Listed(PLAIN), None, UNDATED),
        (Listed(PLAIN, published="no date", modified="2023-06-02"), None, Placed("in", date(2023, 6, 2))),
    ],
)
def test_where_an_article_stands(listed: Listed, part: Period | None, placed: Placed) -> None:
    """I5: unknown stays unknown, and is counted, not guessed."""
    assert place(listed, FIRST_WEEK, part, UTC) == placed


def test_edges_of_a_span_are_days_of_the_outlet() -> None:
    """The first and the last moment of June in Kabul, and those next to them."""
    edges = ["2023-05-31T19:29:59Z", "2023-05-31T19:30:00Z", "2023-06-30T19:29:59Z", "2023-06-30T19:30:00Z"]
    found = [place(Listed(PLAIN, published=edge), JUNE, None, KABUL).where for edge in edges]
    assert found == ["before", "in", "in", "after"]
