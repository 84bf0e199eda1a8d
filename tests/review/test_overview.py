"""The overview: what it counts is what the queue lists behind the link, on both databases."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import Engine, update

from models.article import Article
from models.day import day_of
from models.outlet_day import OutletDay
from models.session import writing
from review.province_map import province_map
from tests.review.newsroom import Newsroom
from tests.review.pages import Page, decide
from tests.review.rows import NOW

TODAY = day_of(NOW)


def stories_behind(client: httpx.Client, link: str) -> int:
    """How many stories the queue says that it lists at `link`."""
    said = Page(client.get(link)).text(".list-head p")
    return int(re.match(r"\d+", said)[0])  # type: ignore[index]


def test_every_number_is_what_its_link_lists(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """No silent difference: the whole, each day, each province, topic and actor count the stories of the queue."""
    page = Page(client.get("/overview"))
    links = page.tree.cssselect("main a")
    told = {
        link.get("href"): link.text_content() for link in links if "since" in parse_qs(urlsplit(link.get("href")).query)
    }
    assert stories_behind(client, page.tree.cssselect(".list-head p a")[0].get("href")) == 4
    counted = 0
    for link, text in told.items():
        number = re.search(r": (\d+) stor", text)
        if number and (int(number[1]) or counted < 3):
            assert stories_behind(client, link) == int(number[1]), link
            counted += 1
    assert counted > 3
    for row in page.tree.cssselect(".counts tr"):
        assert stories_behind(client, row.cssselect("a")[0].get("href")) == int(
            row.cssselect(".number")[0].text_content()
        )
    listed = dict(zip(page.texts(".provinces a"), page.texts(".provinces li"), strict=True))
    assert listed == {"Herat": "Herat 1", "Kunduz": "Kunduz 1", "Khost": "Khost 1"}


def test_tolls_are_ranges_of_own_reports(client: httpx.Client, newsroom: Newsroom) -> None:
    """A toll is low to high as its event has it, a copy adds nothing, and the stories behind it are named; a correction
    counts at once."""
    page = Page(client.get("/overview"))
    assert page.texts(".tolls tbody .number") == ["3–5", "11"]
    assert page.texts(".tolls li") == ["Roadside bomb kills at least three in Kunduz 3–5 killed, 11 wounded"]
    assert page.tree.cssselect(".tolls li a")[0].get("href") == f"/story/{newsroom.kunduz}"


def test_accepted_broken_and_slow(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """I6: a day on which an outlet was broken says so; the lag to the decision is told once there is one."""
    decide(client, Page(client.get("/")), newsroom.herat, action="accept")
    with writing(engine) as connection:
        connection.execute(
            update(OutletDay).where(OutletDay.day == TODAY, OutletDay.outlet == "tass").values(state="blocked")
        )
    page = Page(client.get("/overview?days=7"))
    days = page.texts(".bars title")
    assert len(days) == 7
    assert days[-1].endswith("outlet broken, the count is low")
    assert any("1 accepted" in day for day in days)
    assert page.texts(".lags td[data-of=articles]")[1:] == ["1", "0"]
    assert page.has("[aria-current=page]")


def test_stories_of_another_time_are_not_counted(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """An undated article counts on the day on which it was first seen, and the filter cuts there exactly."""
    with writing(engine) as connection:
        connection.execute(
            update(Article)
            .where(Article.id == newsroom.khost)
            .values(dict.fromkeys(("first_seen_at", "dated_at"), NOW - timedelta(days=40)))
        )
    assert stories_behind(client, Page(client.get("/overview")).tree.cssselect(".list-head p a")[0].get("href")) == 3
    day = TODAY - timedelta(days=40)
    assert Page(client.get(f"/?status=all&since={day}&until={day}")).cards() == [newsroom.khost]
    assert Page(client.get(f"/?status=all&until={day - timedelta(days=1)}")).cards() == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [("/overview?days=8", "days must be one of 7, 28, 90"), ("/?since=tomorrow", "since must be a day such as")],
)
def test_what_cannot_be_meant(client: httpx.Client, asked: str, said: str) -> None:
    """One sentence."""
    assert said in Page(client.get(asked), 400).text("h1")


def test_before_the_first_collection(client: httpx.Client) -> None:
    """I6: an empty database says that nothing has been collected, not that nothing happened."""
    page = Page(client.get("/overview"))
    assert "Nothing has been collected yet" in page.text(".banner")
    assert page.text(".list-head p").startswith("0 stories")


def test_the_map_shades_and_never_pins() -> None:
    """All 34 provinces are areas; a number stands inside its own; none without a story is shaded."""
    drawn = province_map({"AF-KAB": 9, "AF-NAN": 1}, {"AF-KAB": "Kabul"})
    shades = {area.iso: area.shade for area in drawn.areas}
    assert len(shades) == 34
    assert shades["AF-KAB"] == 1.0
    assert 0 < shades["AF-NAN"] < 0.5
    assert sum(map(bool, shades.values())) == 2
