"""The coded event: dates against publication and never guessed, tolls as ranges with who said them."""

from datetime import UTC, datetime

import pytest

from pipeline.items import Facts, Stamp, TagInput
from pipeline.tag.stage import tag

THURSDAY = Stamp(datetime(2024, 7, 4, 12, 0, tzinfo=UTC), "second", "text", "")


def facts(text: str, published: Stamp | None = THURSDAY, lang: str = "en") -> Facts:
    return tag(TagInput("x", "", text, lang, published)).facts


@pytest.mark.parametrize(
    ("lang", "text", "day"),
    [
        ("en", "A bomb killed two in Kabul on Monday.", "2024-07-01"),
        ("en", "A bomb killed two in Kabul last night.", "2024-07-03"),
        ("en", "A bomb killed two in Kabul on June 28.", "2024-06-28"),
        ("en", "A bomb killed two in Kabul on 28 June 2023.", "2023-06-28"),
        ("fa", "انفجار بمب روز دوشنبه در کابل دو تن را کشت.", "2024-07-01"),
        ("fa", "انفجار بمب دیشب در کابل دو تن را کشت.", "2024-07-03"),
        ("fa", "انفجار بمب در ۱۲ سرطان در کابل دو تن را کشت.", "2024-07-02"),
        ("ps", "پرون په کابل کې بم چاودنه دوه کسان ووژل.", "2024-07-03"),
        ("ru", "Вчера в Кабуле взорвалась бомба, двое погибли.", "2024-07-03"),
        ("ru", "28 июня в Кабуле взорвалась бомба, двое погибли.", "2024-06-28"),
    ],
)
def test_event_dates(lang: str, text: str, day: str) -> None:
    """I5: the time of the event is understood against publication, with its precision."""
    found = facts(text, lang=lang)
    assert (found.event_date, found.event_date_precision) == (day, "day")


def test_no_date_is_guessed() -> None:
    """I5: without a publication time a weekday says nothing; an impossible day says nothing."""
    assert facts("A bomb killed two in Kabul on Monday.", None).event_date is None
    assert facts("A bomb killed two in Kabul on 31 June.").event_date is None
    assert facts("A bomb killed two in Kabul.").event_date is None
    assert facts("A bomb killed two in Kabul on 28 June 2023.", None).event_date == "2023-06-28"


def test_the_day_is_the_day_in_kabul() -> None:
    """22:00 UTC on Wednesday is Thursday in Kabul."""
    late = Stamp(datetime(2024, 7, 3, 22, 0, tzinfo=UTC), "second", "text", "")
    assert facts("A bomb killed two in Kabul today.", late).event_date == "2024-07-04"


def test_tolls_are_ranges_with_claimants() -> None:
    found = facts(
        "A suicide bomber killed 12 people in Kabul on Monday, police said. "
        "UNAMA said 15 people were killed and 40 wounded."
    )
    assert (found.killed_low, found.killed_high, found.wounded_low, found.wounded_high) == (12, 15, 40, 40)
    assert {(claim.field, claim.value, claim.claimant) for claim in found.claims} >= {
        ("killed", 12, "police"),
        ("killed", 15, "UNAMA"),
    }
    assert found.event_type == "Explosions/Remote violence/Suicide bomb"
    assert found.detained is None


@pytest.mark.parametrize(
    ("text", "killed", "wounded"),
    [
        ("Four policemen were killed and 15 others injured in a bomb blast in Kabul.", 4, 15),
        ("A bomb killed three people and wounded nine in Kabul.", 3, 9),
        ("Gunmen attacked a bus in Herat, killing 12 people and wounding 30.", 12, 30),
        ("A constable (29) was on May 28 shot dead by gunmen in Herat; two were wounded.", None, 2),
    ],
)
def test_each_number_goes_to_its_own_word(text: str, killed: int | None, wounded: int) -> None:
    found = facts(text)
    assert (found.killed_low, found.killed_high) == (killed, killed)
    assert (found.wounded_low, found.wounded_high) == (wounded, wounded)


def test_numbers_that_are_no_tolls() -> None:
    found = facts("A 45-year-old man was killed by gunmen in Herat at 7 pm; 30 km away 2 tons of wheat burned.")
    assert (found.killed_low, found.killed_high) == (None, None)


def test_no_event_no_facts() -> None:
    assert facts("Farmers in Herat hope for rain.") == Facts()


def test_a_count_does_not_reach_across_another() -> None:
    """Of two bodies and five injured, five are wounded: no range from two to five is made of it."""
    found = facts(
        "Shelling hit Kunar on Monday. A doctor confirmed that two bodies and five injured had been received."
    )
    assert (found.wounded_low, found.wounded_high) == (5, 5)
