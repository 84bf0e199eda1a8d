"""Places: codes under their schemes, roles, precision, the main place, and what must never be taken for one."""

import pytest

from pipeline.items import Tag, TagInput
from pipeline.tag.gazetteer import countries, provinces
from pipeline.tag.stage import tag


def regions(text: str, lang: str = "en", title: str = "", dateline: str | None = None) -> dict[str, Tag]:
    return {item.code: item for item in tag(TagInput("x", title, text, lang, dateline=dateline)).regions}


def test_provinces_hold_every_code_apart() -> None:
    found = provinces()
    assert len(found) == 34
    assert [p.pcode for p in found] == [f"AF{n:02d}" for n in range(1, 35)]
    assert len({p.iso for p in found} | {p.fips for p in found}) == 68
    kabul = found[0]
    assert (kabul.iso, kabul.pcode, kabul.fips, kabul.geonames_adm1) == ("AF-KAB", "AF01", "AF13", "AF.13")
    assert all(p.pcode != p.fips for p in found), "no province has one number in both lists"
    assert {p.pcode for p in found if not p.pcode_verified} == {"AF08", "AF12", "AF16"}


def test_schemes_precision_and_parents() -> None:
    found = regions("Taliban fighters were ambushed in Nerkh district of Maidan Wardak.")
    assert (found["AF0402"].scheme, found["AF0402"].precision) == ("pcode", 2)
    assert "unverified" in found["AF0402"].scheme_version
    assert (found["AF-WAR"].scheme, found["AF-WAR"].precision) == ("iso3166-2", 3)
    assert found["AF04"].scheme == "pcode"
    assert found["AF04"].scheme_version
    assert found["AF"].scheme == "iso3166-1"
    city = regions("A blast hit Mazar-i-Sharif.")["1133616"]
    assert (city.scheme, city.precision) == ("geonames", 1)


def test_roles() -> None:
    found = regions(
        "KABUL, Afghanistan (June 14) — Two men were killed in Herat on Friday. An Iranian engineer was hurt. "
        "The Kabul Times printed the news; talks on Tajikistan went on."
    )
    assert found["AF-HER"].role == "event"
    assert found["AF-HER"].main
    assert found["AF-KAB"].role == "dateline"
    assert found["IR"].role == "nationality"
    assert found["TJ"].role == "mentioned"
    assert sum(item.main for item in found.values()) == 1
    assert regions("Pajhwok Afghan News said so.")["AF"].role == "source"


def test_dateline_field_gives_a_dateline_role() -> None:
    found = regions("Two men were killed in Herat.", dateline="KABUL (Pajhwok)")
    assert found["AF-KAB"].role == "dateline"
    assert found["AF-KAB"].evidence[0].field == "dateline"
    assert found["AF-HER"].main


@pytest.mark.parametrize(
    ("lang", "text", "code"),
    [
        ("fa", "انفجار در ولایت کند\u200cهار یک کشته داشت.", "AF-KAN"),
        ("ps", "په ننګرهار کې چاودنه وشوه.", "AF-NAN"),
        ("ps", "په كندهار كې برید وشو.", "AF-KAN"),
        ("ru", "Взрыв в Нангархаре.", "AF-NAN"),
        ("ru", "ВЗРЫВ В КУНДУЗЕ", "AF-KDZ"),
        ("ur", "ننگرہار میں دھماکہ ہوا۔", "AF-NAN"),
        ("tg", "Таркиш дар Қундуз рух дод.", "AF-KDZ"),
        ("en", "EXPLOSION IN KUNDUZ", "AF-KDZ"),
        ("en", "explosion in kunduz kills two", "AF-KDZ"),
    ],
)
def test_one_province_in_every_language(lang: str, text: str, code: str) -> None:
    """Half-spaces inside names, letter variants, inflection, all capitals and no capitals."""
    assert code in regions(text, lang)


def test_m49() -> None:
    found = regions("Ministers from Central Asian countries met.")
    assert (found["143"].scheme, found["143"].role) == ("m49", "mentioned")
    assert {region for _, region in countries().values() if region} >= {"143", "034", "145"}


def test_a_text_without_places() -> None:
    assert regions("The may flowers turn to march in reading.") == {}
