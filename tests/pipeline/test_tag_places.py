"""Places: names that are something else, the part that a place plays, the gazetteer's promises. Sentences are ours."""

import pytest

from pipeline.items import TagInput
from pipeline.tag import gazetteer, topics
from pipeline.tag.gazetteer import read_table
from pipeline.tag.json_lines import tagged_to_json
from pipeline.tag.stage import tag
from pipeline.tag.vocabulary import LANGUAGES

# Names of Afghan places that mean something else here: nothing Afghan may come of them.
ELSEWHERE = [
    ("fa", "نمایشگاه در ماه میزان در تهران گشایش یافت."),
    ("fa", "هنرمند معروف ایرانی درگذشت."),
    ("fa", "فرماندار این شهرستان از گلستان بازدید کرد."),
    ("fa", "قیمت نرخ نان و چرخ خودرو در بازار سنگین شد."),
    ("fa", "چمن ورزشگاه در شمال شهر خواهان رسیدگی است."),
    ("fa", "زلزله شهر زابل و سرپل ذهاب ایران را لرزاند."),
    ("fa", "آنان در نیمروز شهدا را به خاک سپردند."),
    ("ur", "حکومت اس معاملے پر غور کر رہی ہے اور معروف گلوکار خوشی سے اندر آئے۔"),
    ("ur", "پنجاب میں چمن کے قریب سنگین حادثہ ہوا۔"),
    ("ru", "Альберт Гор спустился с гор, а хост передачи пригласил певца."),
    ("ru", "В районе Курган задержан водитель."),
    ("en", "Chaman Lal and Bilal Kakar met in Delhi with Farah Khan."),
    ("en", "Police in Imam Sahib and Ghaziabad searched the house of Gulistan Zadran."),
    ("en", "Guards in Gorno-Badakhshan stopped smugglers."),
    ("en", "The Iranian city of Zabol was hit by a sandstorm."),
    ("ru", "Клуб «Кандагар» обыграл соперников из Москвы."),
]
# Provinces that are easily taken for each other, and districts that share a name.
APART = [
    ("A blast shook Kunar, Afghanistan.", "AF15", "AF19"),
    ("A blast shook Kunduz, Afghanistan.", "AF19", "AF15"),
    ("A man died in Khost wa Fereng district, Baghlan, Afghanistan.", "AF09", "AF14"),
    ("Floods hit Dawlat Abad district of Faryab, Afghanistan.", "AF29", "AF21"),
    ("A mine went off in Arghandab district of the calm Zabul province, Afghanistan.", "AF26", "AF27"),
    ("Взрыв прогремел в районе Нахр-и-Сарадж в Афганистане.", "AF30", "AF06"),
    ("په افغانستان کې د نرخ په ولسوالۍ کې دوه کسان ووژل شول.", "AF04", "AF06"),
]
TOLD = "Gunmen killed two policemen in Herat province on Monday."
# What stands before or after TOLD, and a province in it that the story does not play in.
ONLY_NAMED = [
    ("They had been involved in an attack in Ghazni last year.", "AF11"),
    ("A man suspected of an attack in Kabul was killed near Herat.", "AF01"),
    ("Attacks in Herat, Ghazni and Farah\nAfghanistan\n", "AF11"),
    ("Afghan police reported attacks in Herat, Logar and Balkh provinces.", "AF05"),
]


def _provinces(text: str, lang: str | None = None, title: str = "") -> set[str]:
    return {found.code[:4] for found in tag(TagInput("x", title, text, lang)).regions if found.scheme == "pcode"}


@pytest.mark.parametrize(("lang", "text"), ELSEWHERE)
def test_a_name_that_is_something_else(lang: str, text: str) -> None:
    codes = {found.code for found in tag(TagInput("x", "", text, lang)).regions}
    assert not {code for code in codes if code.startswith("AF")}


@pytest.mark.parametrize(("text", "there", "not_there"), APART)
def test_names_that_are_alike(text: str, there: str, not_there: str) -> None:
    assert there in _provinces(text)
    assert not_there not in _provinces(text)


@pytest.mark.parametrize(("other", "province"), ONLY_NAMED)
def test_a_province_that_the_text_does_not_tell_of(other: str, province: str) -> None:
    """Its name still counts for the country, by a rule that says so; alone in a text it counts for the province."""
    text = f"{other} {TOLD}" if "\n" in other or "reported" in other else f"{TOLD} {other}"
    assert _provinces(text) == {"AF32"}
    country = next(found for found in tag(TagInput("x", "", text)).regions if found.code == "AF")
    assert country.role == "event"
    assert province in _provinces(other.replace("Herat, ", "").replace(" near Herat", "")), "no other is told of"


def test_a_list_stays_whole_when_nothing_is_taken_up() -> None:
    assert _provinces("Explosions in Herat, Logar and Balkh provinces of Afghanistan killed six.") == {
        "AF32",
        "AF05",
        "AF21",
    }
    assert _provinces("In Logar two died. In Balkh four died.", title="Attacks in Balkh, Logar") == {"AF05", "AF21"}


def test_a_surname_is_no_province() -> None:
    """A name that a person bears stays that person's, unless it stands as a place does."""
    text = "The governor, Taj Mohammad Wardak, spoke in Kabul. Wardak was wounded."
    assert _provinces(text) == {"AF01"}
    assert "AF04" in _provinces(f"{text} A bomb went off in Wardak.")
    assert "AF04" in _provinces("Afghan Officials Report Heavy Fighting Near Wardak Highway")


MAIN = [
    ("en", "Veterans in Moscow marked the anniversary of the Soviet withdrawal from Afghanistan in 1989.", "RU"),
    ("ps", "پوځ په تاجیکستان کې د افغانستان سرحد ته نږدې پوځي تمرین پیل کړ.", "TJ"),
    ("ru", "Террористическая угроза из Афганистана для стран Центральной Азии растёт, считает Москва.", "AF"),
    ("ru", "Переход Чаман на границе Пакистана и Кандагара вновь открыт.", "AF-KAN"),
    ("ps", "کابل د اسلام اباد تور رد کړ.", "AF"),
    ("ps", "د مشرانو ترمنځ په کابل کې اختلاف شته.", "AF-KAB"),
]


@pytest.mark.parametrize(("lang", "text", "place"), MAIN)
def test_the_main_place(lang: str, text: str, place: str) -> None:
    """Near a border is not behind it; a gate belongs to both sides; a capital where something happens is a city."""
    assert [found.code for found in tag(TagInput("x", "", text, lang)).regions if found.main] == [place]


def test_where_somebody_is_from() -> None:
    """It says whose he is, not where the story plays; nor does a person who is called after a province."""
    regions = tag(TagInput("x", "", "A Kunar-born singer died in Peshawar, Pakistan.")).regions
    assert {found.code: found.role for found in regions}["AF-KNR"] == "nationality"
    assert next(found.code for found in regions if found.main)[:2] == "PK"
    assert _provinces("Nimroz Khan scored for the Afghan side in Herat.") == {"AF32"}


def test_every_part_that_a_place_can_play() -> None:
    """Each region tag says its role and precision, and its rule."""
    text = (
        "QUETTA, Pakistan (AFP) — A bomb killed two men in the Sangin district of Helmand, Afghanistan, on Monday. "
        "An Iranian doctor treated the wounded. Talks in Doha will go on, Pajhwok Afghan News said."
    )
    out = tagged_to_json(tag(TagInput("x", "", text)))["regions"]
    roles = {row["code"]: row["role"] for row in out}
    assert roles["AF-HEL"] == "event"
    assert roles["IR"] == "nationality"
    assert roles["QA"] == "mentioned"
    assert roles["PK"] == "dateline"
    precision = {row["code"]: row["precision"] for row in out}
    assert (precision["AF-HEL"], precision["AF"]) == (3, 3)
    assert 2 in precision.values(), "the district"
    assert all(row["rule"].startswith("places.") and row["evidence"] for row in out)


def test_the_gazetteer_is_whole() -> None:
    """401 districts, 34 provinces under their schemes, crossings, the neighbours' provinces; no coordinates."""
    rows = [row for _, row in read_table("gazetteer.csv", "code", "kind", "country", "parent")]
    districts = [row for row in rows if row["kind"] == "district"]
    assert len(districts) == len({row["pcode"] for row in districts}) == 401
    assert {row["parent"] for row in districts} == {province.pcode for province in gazetteer.provinces()}
    assert all(row["ru"].startswith("!") for row in districts), "a transliteration counts beside a cue word only"
    assert {row["country"] for row in rows if row["kind"] == "admin1"} == {"PK", "IR", "TM", "UZ", "TJ", "CN"}
    assert sum(row["kind"] == "crossing" for row in rows) >= 7
    assert not {"lat", "lon", "wikidata"} & rows[0].keys()
    assert all(province.pcode_version and province.iso.startswith("AF-") for province in gazetteer.provinces())
    for file in ("gazetteer.csv", "countries.csv", "provinces.csv", "m49.csv", "world.csv"):
        head = (gazetteer.DATA / file).read_text(encoding="utf-8")[:2500]
        assert "ources:" in head or "Names ours (Apache-2.0)" in head, f"{file} says where its columns are from"
    assert {name.lang for _, name in gazetteer.place_names()} == set(LANGUAGES)


def test_topics_have_their_counterparts() -> None:
    """Each code names IPTC topics; ACLED and PLOVER where they have one."""
    for topic in topics.topics().values():
        assert topic.iptc
        assert all(code.startswith("medtop:") for code in topic.iptc)
    bombing = topics.topics()["conflict.bombing"]
    assert "Explosions/Remote violence/Suicide bomb" in bombing.acled
    assert bombing.plover == ("ASSAULT(explosives|suicide)",)


REPORT = (
    "A bomb went off in front of a bank in the capital last night. Two passers-by were killed and nine were wounded, "
    "the police said. Unidentified men had placed it under a parked car. Witnesses saw two individuals flee on foot. "
    "The blast broke windows along the street, and the wounded were taken to a hospital nearby. No group has claimed "
    "responsibility for the attack, and the victims have not been identified."
)
TALK = (
    "We must ask ourselves what war has brought to our country, the general said to his troops. The army will fight on "
    "until the rebels lay down their arms, and negotiations will show whether the two sides can agree. Our brigades "
    "have held their positions in the mountains for years, and the offensive of last summer has cost the enemy dearly. "
    "Violence is no solution, he added, but nobody should believe that our soldiers would retreat."
)


def test_a_report_of_an_act_is_told_from_talk_about_violence() -> None:
    """Without outlet and Afghan link: the report of a bombing is security news, a general's speech is not."""
    assert tag(TagInput("x", "", REPORT)).relevance.score >= 0.5
    assert tag(TagInput("x", "", TALK)).relevance.score < 0.5


def test_an_afghan_in_another_country_is_not_afghan_security() -> None:
    """Unless the country is a neighbour, whose treatment of Afghans is."""
    text = "A court in {} sentenced a man for the killing of an Afghan refugee."
    assert tag(TagInput("x", "", text.format("Atlanta, United States,"))).relevance.score < 0.5
    assert tag(TagInput("x", "", text.format("Tehran, Iran,"))).relevance.score >= 0.5


@pytest.mark.parametrize(
    ("text", "country", "never"),
    [
        ("Snow closed the pass through the Hindu Kush north of Kabul.", "AF", "IN"),
        ("ST. PETERSBURG, November 18. The museum opened a show.", "RU", "US"),
    ],
)
def test_names_within_names(text: str, country: str, never: str) -> None:
    """A mountain range is no newspaper, and the larger city of a name is meant where nothing says otherwise."""
    codes = {found.code for found in tag(TagInput("x", "", text, "en")).regions}
    assert country in codes
    assert never not in codes
