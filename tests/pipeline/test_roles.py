"""What an actor does where it is named, and who speaks for whom: each role by a rule that shows its words."""

import pytest

from pipeline.items import Tag, TagInput
from pipeline.tag.json_lines import tagged_to_json
from pipeline.tag.reading import Reading, longest
from pipeline.tag.roles import FILE, grammar, roles
from pipeline.tag.rule_files import languages
from pipeline.tag.stage import tag


def actors(text: str, lang: str = "en") -> tuple[Tag, ...]:
    return tag(TagInput("x", "", text, lang)).actors


def given(text: str, lang: str = "en") -> set[tuple[str, str | None]]:
    return {(one.code, one.role) for one in actors(text, lang) if one.scheme == "actor"}


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("en", "NRF fighters attacked a Taliban convoy in Baghlan.", {("nrf", "perpetrator"), ("taliban", "target")}),
        ("en", "A convoy in Baghlan was attacked by the NRF.", {("nrf", "perpetrator")}),
        ("fa", "جبهه مقاومت ملی بر کاروان طالبان در بغلان حمله کرد.", {("nrf", "perpetrator"), ("taliban", "target")}),
        ("fa", "سه جنگجوی طالبان در بغلان از سوی داعش کشته شدند.", {("iskp", "perpetrator"), ("taliban", "target")}),
        ("ps", "طالبانو په کابل کې د داعش درې غړي ووژل.", {("taliban", "perpetrator"), ("iskp", "target")}),
        ("ps", "په کابل کې درې کسان د داعش لخوا ووژل شول.", {("iskp", "perpetrator")}),
        ("ru", "Талибы убили троих боевиков ИГИЛ в Кабуле.", {("taliban", "perpetrator"), ("iskp", "target")}),
        ("ru", "Трое жителей Кабула убиты талибами.", {("taliban", "perpetrator")}),
        ("ru", "Боевики «Талибана» захватили район в Баглане.", {("taliban", "perpetrator")}),
        ("en", "At least two men were killed when \"Taliban\" fighters raided a house.", {("taliban", "perpetrator")}),
        ("en", "NRF fighters killed at least three Taliban.", {("nrf", "perpetrator"), ("taliban", "target")}),
    ],
)  # fmt: skip
def test_voice_and_case_tell_who_did_it(lang: str, text: str, wanted: set[tuple[str, str]]) -> None:
    """The same names, active and passive, before and behind the verb: the roles follow the grammar, not the order."""
    assert given(text, lang) == wanted


def test_an_actor_with_two_roles_has_two_tags() -> None:
    """Each tag shows the name and the words that give the role; evidence equals its slice."""
    text = "The National Resistance Front says its fighters attacked a Taliban post in Panjshir."
    found = [one for one in actors(text) if one.code == "nrf"]
    assert [one.role for one in found] == ["perpetrator", "speaker"]
    assert found[0].role_rule == "roles.en.says_it_acted@1"
    assert [item.text for item in found[1].evidence] == [
        "National Resistance Front", "National Resistance Front says",
    ]  # fmt: skip
    assert all(text[item.start : item.end] == item.text for one in found for item in one.evidence)


def test_a_name_without_a_role_is_mentioned() -> None:
    """Nothing is guessed: sanctions on a group are no force, and a language without grammar gives no roles."""
    assert given("Washington kept its sanctions on the Haqqani network.") == {("haqqani", "mentioned")}
    assert {role for _, role in given("افغان طالبان نے کابل میں تین افراد کو قتل کر دیا۔", "ur")} == {"mentioned"}


@pytest.mark.parametrize(
    ("lang", "text", "name", "organisation", "code"),
    [
        ("en", "Karim Haqyar, a spokesman for the Taliban, said so.", "Karim Haqyar", "Taliban", "taliban"),
        ("en", "Herat police spokesman Mahmud Shah Rasuli said so.", "Mahmud Shah Rasuli", "Herat police", ""),
        ("fa", "محمود شاه رسولی، سخنگوی پولیس هرات، گفت.", "محمود شاه رسولی", "پولیس هرات", ""),
        ("ps", "د هرات پولیسو ویاند محمود رسولي وویل چې لار خلاصه ده.", "محمود رسولي", "هرات پولیسو", ""),
        ("ru", "Представитель полиции Герата Махмуд Расули заявил это.", "Махмуд Расули", "полиции Герата", ""),
    ],
)  # fmt: skip
def test_an_official_is_a_person_with_an_organisation(
    lang: str, text: str, name: str, organisation: str, code: str
) -> None:
    (person,) = [one for one in actors(text, lang) if one.scheme == "person"]
    assert (person.label, person.organisation, person.organisation_code) == (name, organisation, code)
    assert person.role == "speaker"
    row = next(one for one in tagged_to_json(tag(TagInput("x", "", text, lang)))["actors"] if one["scheme"] == "person")
    assert (row["role"], row["organisation"]) == ("speaker", organisation)


def test_a_known_spokesman_keeps_his_code() -> None:
    """ "Zabihullah Mujahid" is one actor however he is introduced, and speaks for the Taliban."""
    found = actors("Zabihullah Mujahid, spokesman of the Taliban, denied it.")
    assert {(one.scheme, one.code, one.role) for one in found} == {
        ("actor", "zabihullah_mujahid", "speaker"), ("actor", "taliban", "speaker"),
    }  # fmt: skip
    assert {one.organisation_code for one in found} == {"taliban", ""}


def test_a_name_that_is_repeated_for_ever_costs_no_more() -> None:
    """I7: the roles of a sentence of ten thousand mentions are asked for the first ones, over the words around each."""
    (found,) = {one.code for one in actors("Taliban " * 12_000)}
    assert found == "taliban"


def test_a_row_has_a_sign_for_every_word() -> None:
    """The span that a rule shows lies in its sentence and covers its mention, whatever stands around it."""
    for lang in languages(FILE):
        assert grammar(lang) is not None
    text = "😀 « Taliban »  killed,  two — men . Taliban  ,said"
    reading = Reading("text", text, "en")
    mentions = [span[0] for span in longest(reading.actors)]
    for mention in mentions:
        same = [one for one in mentions if one.sentence == mention.sentence]
        for role in roles(reading, same)[same.index(mention)]:
            assert role.start <= mention.start < mention.end <= role.end
