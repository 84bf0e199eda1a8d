"""The pattern of article addresses is general enough for tomorrow's article and matches nothing else that was seen."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from khabar.onramp.pattern import induce
from khabar.onramp.zones import country_of, offset_of, zone_of

SLUGS = ["blast-in-kunduz-kills-three", "taliban-name-new-governor", "snow-closes-salang", "four-held-in-herat-raid"]


def of(base: str, *paths: str) -> list[str]:
    """Addresses."""
    return [base + path for path in paths]


SHAPES = {
    "slugs and numbered folders of two more languages": (
        of("https://www.khaama.com/", *(f"{s}/" for s in SLUGS), *(f"{f}/archives/{n}" for f in ("persian", "pashto")
                                                                  for n in range(3000, 3004))),
        of("https://www.khaama.com/", "", "about-us/", "persian/", "feed/", "category/afghanistan/", "tag/kabul/"),
        of("https://khaama.com/", "a-new-one-3817/", "persian/archives/4001"),
    ),
    "section and number": (
        of("https://tass.com/", *(f"{s}/{1_900_000 + n}" for s in ("world", "military-and-defense") for n in range(9))),
        of("https://tass.com/", "", "world", "rss/v2.xml", "world/2"),
        of("https://tass.com/", "emergencies/2000001"),
    ),
    "section joined to a number, with and without a language": (
        of("https://tolonews.com/", *(f"{f}{s}-{190_000 + n}" for f in ("", "fa/") for s in ("afghanistan", "sport")
                                      for n in range(5))),
        of("https://tolonews.com/", "", "afghanistan", "fa/", "fa/rss.xml", "afghanistan/all"),
        of("https://tolonews.com/", "business-200001", "fa/world-200002"),
    ),
    "a day in the address": (
        of("https://pajhwok.com/", *(f"{f}2026/0{n}/12/{s}/" for f in ("", "ps/") for n in (1, 2) for s in SLUGS)),
        of("https://pajhwok.com/", "", "2026/", "2026/01/", "category/sports/", "ps/feed/"),
        of("https://pajhwok.com/", "2027/11/30/something-else/"),
    ),
    "a day and a counter in one number": (
        of("https://www.afintl.com/", *(f"{f}202611{n}4711" for f in ("", "en/") for n in range(10, 20))),
        of("https://www.afintl.com/", "", "en/", "allnews", "20261110"),
        of("https://www.afintl.com/", "en/202701010001"),
    ),
    "letters and digits without meaning": (
        of("https://www.bbc.com/", *(f"pashto/articles/c{n}y4zk{n}eo" for n in range(10, 20))),
        of("https://www.bbc.com/", "pashto", "pashto/topics/c1", "pashto/articles"),
        of("https://www.bbc.com/", "pashto/articles/clymn8zyrp9o"),
    ),
    "a hash under a day": (
        of("https://english.news.cn/", *(f"202611{n}/{n * 10**30:032x}/c.html" for n in range(10, 20))),
        of("https://english.news.cn/", "", "world/index.htm", "20261110/c.html"),
        of("https://english.news.cn/", f"20270101/{7 * 10**31:032x}/c.html"),
    ),
    "a query": (
        of("https://x.example/", *(f"news.php?id={n}" for n in range(10, 20))),
        of("https://x.example/", "", "news.php", "news.php?id=all", "list.php?id=3"),
        of("https://x.example/", "news.php?id=99"),
    ),
    "a number, and mostly a slug after it": (
        of("https://www.dawn.com/", *(f"news/{1_900_000 + n}/{s}" for n, s in enumerate(SLUGS)), "news/1900009",
           "news/1900010"),
        of("https://www.dawn.com/", "", "news/", "newspaper/front-page/2026-11-01"),
        of("https://www.dawn.com/", "news/2000001", "news/2000002/a-slug"),
    ),
    "letters of another script, as browsers write them": (
        of("https://8am.media/", *(f"fa/%D8%AE%D8%A8%D8%B1-{n}%DA%A9/" for n in range(5))),
        of("https://8am.media/", "", "fa/", "fa/category/%D8%AE/", "fa/tag/x/page/2/"),
        of("https://8am.media/", "fa/%D8%A7%D9%85%D8%B1%D9%88%D8%B2/"),
    ),
    "sections with the shape of a menu's folders": (
        of("https://plain.example/", *(f"{s}/{slug}" for s in ("world", "local", "sport") for slug in SLUGS)),
        of("https://plain.example/", "", "legal/terms-of-use", "author/ahmad-khan", "world"),
        of("https://plain.example/", "sport/a-new-match"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_matches_articles_and_nothing_else(shape: str) -> None:
    """Every listed article and tomorrow's; no home, folder, feed or menu entry (I1: nothing that is listed is lost)."""
    listed, others, unseen = SHAPES[shape]
    found = induce(listed, others)
    assert found is not None
    assert (found.matched, found.missed, found.doubtful) == (len(listed), (), ())
    assert [url for url in unseen if not re.search(found.pattern, url)] == []
    assert [url for url in others if re.search(found.pattern, url)] == []
    assert len(found.pattern) < 200, "a person must be able to read it"


def test_what_cannot_be_told_apart_is_said() -> None:
    """A page of the site that looks like an article is named to the reviewer, and strays are counted as missed."""
    listed = of("https://plain.example/world/", *(f"{s}-{n}" for s in SLUGS for n in ("a", "b", "c", "d", "e", "f")))
    found = induce([*listed, "https://plain.example/live"], ["https://plain.example/world/about-us"])
    assert found is not None
    assert found.missed == ("https://plain.example/live",)
    assert found.doubtful == ("https://plain.example/world/about-us",)
    assert (found.matched, found.total) == (24, 25)


def test_no_pattern_without_a_repeated_shape() -> None:
    """One address is no pattern; nor is none."""
    assert induce([], []) is None
    assert induce(["https://x.example/a-story/", "https://x.example/2026/11/"], []) is None


@pytest.mark.parametrize(
    ("url", "country"),
    [("https://www.ariananews.af/", "AF"), ("https://tass.ru/", "RU"), ("https://www.bbc.co.uk/", "GB"),
     ("https://amu.tv/", None), ("https://www.khaama.com/", None), ("https://8am.media/", None)],
)  # fmt: skip
def test_country_by_the_address(url: str, country: str | None) -> None:
    """Only where the domain is a country's own: .tv and .io are sold as words."""
    assert country_of(url) == country


@pytest.mark.parametrize(
    ("stated", "hours"),
    [("2026-11-25T10:00:00+04:30", 4.5), ("Wed, 25 Nov 2026 10:00:00 +0300", 3), ("2026-11-25T10:00:00-05:00", -5),
     ("2026-11-25T10:00:00Z", None), ("2026-11-25T10:00:00+00:00", None), ("2026-11-25", None), ("1405-09-04", None)],
)  # fmt: skip
def test_offset_of_a_stated_time(stated: str, hours: float | None) -> None:
    """I5: UTC says nothing about where the desk stands."""
    found = offset_of(stated)
    assert (found and found.total_seconds() / 3600) == hours


def test_zone_of_a_country() -> None:
    """One zone is the zone; of several the one with the offset; otherwise nobody guesses."""
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert zone_of("AF", [], now) == "Asia/Kabul"
    assert zone_of("RU", [timedelta(hours=3)], now) == "Europe/Moscow"
    assert zone_of("RU", [], now) is None
