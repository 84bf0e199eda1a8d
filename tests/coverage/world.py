"""Invented outlets and what they publish: everything follows from the outlet's shape and the clock, so that any moment
of any scenario can be asked for."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from models.day import begins
from outlets import Outlet

START: Final = date(2026, 2, 28)
"""Day 0 of every world, a Saturday; days 6 and 13 are Fridays, the weekly holiday."""
HISTORY: Final = 12
"""Days that an outlet has been watched before a scenario goes its own way."""
FRIDAY: Final = 6


def at(day: int, hour: float = 0.0) -> datetime:
    """Day `day` of the world, `hour` hours after midnight in Kabul."""
    return begins(START + timedelta(days=day)) + timedelta(hours=hour)


@dataclass(frozen=True)
class Shape:
    """An outlet: where it announces its articles, in which languages, and how many there are on which weekday."""

    name: str
    sources: tuple[tuple[str, str, str | None], ...]
    """(kind, path, language)"""
    rate: Mapping[str, int]
    """Language -> articles on an ordinary day."""
    friday: Mapping[str, int]
    selectors: bool = False
    """Its pages have no metadata: the outlet file's selectors find title, body, date and author."""
    dated: bool = True
    """Whether its sources say when an article was published."""
    dead: str = ""
    """A source that somebody guessed and that never was there."""
    elsewhere: str = ""
    """A source whose address has always led on to another one."""

    @property
    def host(self) -> str:
        """Its host name."""
        return f"www.{self.name.replace('_', '-')}.test"

    def outlet(self) -> dict[str, Any]:
        """Its outlet file."""
        home = f"https://{self.host}"
        selectors = {"body": "div.story", "title": "h1.headline", "date": "span.when", "author": "span.who"}
        return {
            "name": self.name, "title": self.name.replace("_", " ").title(), "home": f"{home}/", "country": "AF",
            "ownership": "independent", "languages": sorted(self.rate), "timezone": "Asia/Kabul",
            "sources": [
                {"kind": kind, "url": f"{home}{path}", **({"language": language} if language else {})}
                for kind, path, language in self.sources
            ],
            "article_url": rf"^https://{self.host}/(en|fa)/news/\d+/[a-z0-9-]+$",
            "selectors": selectors if self.selectors else {},
            "assertions": {"min": {"discovered": 1, "fetched": 1}, "fill": {"title": 0.9, "published": 0.9}},
        }  # fmt: skip

    @property
    def file(self) -> Outlet:
        """The outlet file, read."""
        return Outlet.model_validate(self.outlet())


SHAPES: Final = {
    shape.name: shape
    for shape in (
        Shape("kabul_wire", (("feed", "/feed/", "en"), ("news_sitemap", "/news.xml", "en")), {"en": 6}, {"en": 2}),
        Shape(
            "herat_post",
            (("feed", "/en/feed/", "en"), ("feed", "/fa/feed/", "fa"), ("sitemap", "/sitemap.xml", None)),
            {"en": 4, "fa": 4}, {"en": 2, "fa": 1},
            elsewhere="/en/feed/",
        ),
        Shape(
            "balkh_daily", (("listing", "/latest", "en"), ("feed", "/rss.xml", "en")), {"en": 6}, {"en": 3},
            selectors=True, dated=False,
        ),
        Shape(
            "nuristan_press",
            (("wordpress", "/wp-json/wp/v2/posts", "en"), ("feed", "/feed/", "en"), ("feed", "/dari/feed/", "fa")),
            {"en": 5}, {"en": 2}, dead="/dari/feed/",
        ),
        Shape("lone_herald", (("feed", "/feed/", "en"),), {"en": 5}, {"en": 3}),
        Shape("small_valley", (("feed", "/feed/", "en"), ("sitemap", "/map.xml", "en")), {"en": 1}, {"en": 1}),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """An article."""

    number: int
    language: str
    published: datetime
    title: str
    paragraphs: tuple[str, ...]
    author: str
    slug: str

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"/{self.language}/news/{self.number}/{self.slug}"


Plan = tuple[tuple[int, tuple[tuple[str, int], ...]], ...]
"""(day, ((language, articles), …)) for the days that are not ordinary."""


def stories(shape: Shape, plan: Plan, now: datetime) -> list[Story]:
    """What the outlet has published up to `now`, newest first."""
    special = {day: dict(counts) for day, counts in plan}
    found: list[Story] = []
    for day in range(-2, (now - at(0)).days + 2):
        counts = special.get(day, dict(shape.friday if day % 7 == FRIDAY else shape.rate))
        found += [one for one in _of_day(shape.name, day, tuple(sorted(counts.items()))) if one.published <= now]
    return sorted(found, key=lambda one: (one.published, one.number), reverse=True)


@cache
def _of_day(name: str, day: int, counts: tuple[tuple[str, int], ...]) -> tuple[Story, ...]:
    made = []
    for language, count in counts:
        for index in range(count):
            hour = 0.3 + 23.4 * (index + 0.5) / count + (0.1 if language == "fa" else 0)
            made.append(_story(name, day, language, index, at(day, hour)))
    return tuple(made)


PLACES: Final = {
    "en": ["Kunduz", "Herat", "Kandahar", "Jalalabad", "Mazar-e-Sharif", "Ghazni", "Taloqan", "Faizabad", "Zaranj"],
    "fa": ["کندز", "هرات", "قندهار", "جلال‌آباد", "مزار شریف", "غزنی", "تالقان", "فیض‌آباد", "خوست", "زرنج"],
}  # fmt: skip
SENTENCES: Final = {
    "en": (
        "Police in {place} said that {n} people were held after a blast near the {thing} on the road to {other}.",
        "A doctor at the clinic of {place} counted {n} wounded, among them {m} children who had been at the {thing}.",
        "Residents of {other} told our reporter that the {thing} has been closed since shots were heard {n} days ago.",
        "The governor's office promised a report on the {thing} within {m} weeks and asked drivers to avoid {place}.",
        "Traders in {place} say that prices at the {thing} rose by {n} percent since no truck came from {other}.",
        "Aid workers brought {n} tents to families whose houses near the {thing} were lost in the fighting.",
    ),
    "fa": (
        "پولیس {place} می‌گوید که {n} تن پس از انفجاری در نزدیکی {thing} در مسیر {other} بازداشت شده‌اند.",
        "یک داکتر در شفاخانه‌ی {place} گفت که {n} زخمی، از جمله {m} کودک، از {thing} آورده شده‌اند.",
        "باشندگان {other} به خبرنگار ما گفتند که {thing} از {n} روز بدین‌سو پس از تیراندازی بسته است.",
        "دفتر والی وعده داد که گزارش رویداد {thing} را در {m} هفته نشر کند و از رانندگان خواست به {place} نروند.",
        "بازرگانان در {place} می‌گویند که نرخ‌ها در {thing} پس از توقف لاری‌های {other} {n} درصد بلند رفته است.",
        "کارمندان امدادی {n} خیمه را به خانواده‌هایی رساندند که خانه‌های‌شان در نزدیکی {thing} از میان رفت.",
    ),
}  # fmt: skip
THINGS: Final = {
    "en": ["bus station", "grain market", "old bridge", "girls' school", "customs house", "stadium", "river port"],
    "fa": ["ایستگاه بس", "بازار گندم", "پل کهنه", "مکتب دختران", "گمرک", "ورزشگاه", "بندر", "معدن"],
}  # fmt: skip
TITLES: Final = {
    "en": "Blast near {thing} in {place}, case {number}",
    "fa": "انفجار در نزدیکی {thing} در {place}، رویداد {number}",
}
AUTHORS: Final = {
    "en": ["Farid Noori", "Zahra Amini", "Karim Walizada"],
    "fa": ["فرید نوری", "زهرا امینی", "کریم ولی‌زاده"],
}


def _story(name: str, day: int, language: str, index: int, published: datetime) -> Story:
    chance = random.Random(f"{name} {day} {language} {index}")  # noqa: S311 (invented news)
    place, other = chance.sample(PLACES[language], 2)
    paragraphs = []
    for sentence in chance.sample(SENTENCES[language], 4):
        words = {"place": place, "other": other, "thing": chance.choice(THINGS[language])}
        said = sentence.format(**words, n=chance.randint(3, 97), m=chance.randint(2, 19))
        paragraphs.append(f"{said} {' '.join(_word(chance, language) for _ in range(9))}.")
    number = 100_000 + (day + 10) * 1000 + (500 if language == "fa" else 0) + index
    title = TITLES[language].format(thing=chance.choice(THINGS[language]), place=place, number=number)
    at_second = published.replace(microsecond=0).astimezone(UTC)
    slug = f"blast-{chance.randint(1000, 9999)}"
    return Story(number, language, at_second, title, tuple(paragraphs), chance.choice(AUTHORS[language]), slug)


def _word(chance: random.Random, language: str) -> str:
    letters = "abcdefghiklmnoprstuvw" if language == "en" else "ابپتجچحدرزسشغفقکگلمنوهی"
    return "".join(chance.choice(letters) for _ in range(chance.randint(3, 8)))
