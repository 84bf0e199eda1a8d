"""Actors: one name, one actor, settled by what the text is about."""

import pytest

from pipeline.items import TagInput
from pipeline.tag.stage import tag
from pipeline.tag.vocabulary import actors


def found(text: str, lang: str = "en") -> dict[str, str]:
    return {item.code: item.rule for item in tag(TagInput("x", "", text, lang)).actors}


def test_the_published_ids_are_there() -> None:
    ids = (
        "taliban iskp is_core ttp jua hgb aq haqqani nrf aff etim imu ansarullah bla let lej gdi ppv unama un_agencies "
        "csto sco nato us_forces pak_forces irgc fmr_ansf"
    )
    assert set(ids.split()) <= set(actors())


@pytest.mark.parametrize(
    "name", ["Daesh", "ISIS", "ISIL", "IS", "Islamic State", "ISKP", "ISIS-K", "Islamic State-Khorasan"]
)
def test_every_name_of_the_islamic_state_is_one_actor(name: str) -> None:
    assert found(f"Fighters of {name} hid in Kunar, Afghanistan.").keys() & {"iskp", "is_core"} == {"iskp"}


def test_context_says_by_which_rule() -> None:
    assert found("Daesh fought in Nangarhar.")["iskp"].startswith("actors.context@")
    assert found("ISKP fought in Nangarhar.")["iskp"].startswith("actors.name@")
    assert found("Daesh fought near Raqqa in Syria.")["is_core"].startswith("actors.name@")


def test_taliban_of_two_countries() -> None:
    assert "taliban" in found("The Taliban governor of Kunar spoke.")
    assert found("Taliban militants attacked a post in Peshawar, Pakistan.").keys() == {"ttp"}
    assert found("تحریک طالبان پاکستان بر یک پاسگاه حمله کرد.", "fa").keys() == {"ttp"}


def test_acronyms_need_capitals() -> None:
    assert found("He gave a tip to the aff and the bla; this is sco far.") == {}
    assert found("THIS IS NEWS AND IT IS SHORT") == {}
    assert "nrf" in found("The NRF attacked a post in Panjshir.")


def test_spokesmen_are_persons() -> None:
    assert {"zabihullah_mujahid", "taliban"} <= found("Zabihullah Mujahid, the Taliban spokesman, denied it.").keys()
    assert actors()["zabihullah_mujahid"].of == "taliban"
