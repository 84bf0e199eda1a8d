"""Relevance: Afghan security high, everything else low, with the reasons; foreign wars stay out of the queue."""

import pytest

from outlets import Outlet
from outlets.schema import Assertions, Source
from pipeline.items import TagInput
from pipeline.tag.stage import tag


def outlet(country: str) -> Outlet:
    return Outlet(
        name="an_outlet", title="An outlet", home="https://example.org", country=country, ownership="private",
        languages=["en"], timezone="UTC", sources=[Source(kind="feed", url="https://example.org/feed/")],
        article_url="https://example.org/.+", assertions=Assertions(min={"discovered": 1}),
    )  # fmt: skip


def relevance(title: str, text: str = "", country: str | None = None, lang: str = "en") -> float:
    return tag(TagInput("x", title, text, lang, outlet=outlet(country) if country else None)).relevance.score


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "Bomb kills four outside Kabul mosque"),
        ("fa", "افراد مسلح در هرات دو تن را کشتند"),
        ("ps", "په کندهار کې چاودنې درې کسان ووژل"),
        ("ru", "В Кундузе талибы задержали боевиков ИГИЛ"),
    ],
)
def test_afghan_security_is_relevant(lang: str, title: str) -> None:
    assert relevance(title, lang=lang) >= 0.5


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Afghanistan's bowling attack destroys Ireland", "Rashid Khan took four wickets in the T20 match in Dublin."),
        ("Comedy bombs at box office", "The film set in Kabul bombed at the box office."),
        ("Snow expected in Bamyan", "Forecasters expect snow and temperatures below zero."),
        ("Modi's party loses seats in Punjab", "India's ruling party lost seats in the assembly election."),
        ("Singer dies at 78", "The Afghan singer died of a heart attack in Germany."),
        (
            "Veterans mark anniversary",
            "Veterans marked the anniversary of the Soviet withdrawal from Afghanistan in 1989.",
        ),
        ("", ""),
    ],
)
def test_in_domain_negatives_are_not(title: str, text: str) -> None:
    assert relevance(title, text) < 0.5


def test_foreign_war_of_a_known_outlet_stays_out_of_the_queue() -> None:
    title, text = "Bomb kills six in Kharkiv", "Gunmen set off a bomb and killed six people in Kharkiv, Ukraine."
    assert relevance(title, text, country="RU") < 0.5
    assert relevance(title, text) >= 0.5, "a single text is judged by its security content"


def test_reasons_are_said() -> None:
    found = tag(TagInput("x", "Bomb kills four in Kabul", "")).relevance
    assert "about Afghanistan" in found.reasons
    assert any(reason.startswith("topic conflict.") for reason in found.reasons)
