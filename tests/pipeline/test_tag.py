"""The tag stage as a whole: evidence that points at its words, purity, bad input, and the founding document."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.items import Stamp, Tag, TagInput
from pipeline.tag.json_lines import tag_input_from_json, tagged_to_json
from pipeline.tag.stage import tag

# Our own retelling of the story that started the project, with its names and none of its sentences.
FOUNDING = TagInput(
    id="seed",
    title="Russia Warns of Expanding Threat from Daesh in Afghanistan",
    text=(
        "Moscow's foreign ministry sees a growing threat from Islamic State to the countries that border Afghanistan.\n"
        "Its spokeswoman said the Islamic State (IS), also named Daesh, wants to weaken the states of Central Asia, "
        "and that ISIL is paid from abroad.\n"
        "The regime of Kabul has money troubles because of Western sanctions, she said. Russia goes on to send free "
        "assistance: a shipment of food reached the UN World Food Program in May."
    ),
    language="en",
)
PUBLISHED = Stamp(datetime(2024, 7, 4, 12, 0, tzinfo=UTC), "second", "text", "")
PIECES = st.sampled_from(
    [
        "Kabul",
        "Kandahār",
        "کابل",
        "ولایت ننگرهار",
        "Кабуле",
        "killed",
        "کشته",
        "взрыв",
        "😀",
        "é",
        "\u200f",
        "\u200c",
        "کند\u200cهار",
        " ",
        "\n",
        ". ",
        "Daesh",
        "ИГИЛ",
        "داعش",
        "IS",
        "KABUL",
        "\xad",
        "Í",
        "ß",
        "ﷲ",
        "  ",
        "\x00",
        "12",
        "۱۲",
        "Taliban ",
        " killed by ",
        " on Monday",
        "طالبان ",
        " را کشتند",
        "талибами ",
        "убиты ",
        "د طالبانو لخوا ",
        "Karim Khan, a spokesman for the police, said ",
        "\ud800",
    ]
)


def codes(tags: tuple[Tag, ...], scheme: str) -> set[str]:
    return {item.code for item in tags if item.scheme == scheme}


@settings(max_examples=150, deadline=None)
@given(
    title=st.lists(PIECES, max_size=12).map("".join),
    text=st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join),
)
def test_evidence_equals_its_slice(title: str, text: str) -> None:
    """Evidence text equals the slice of its field, whatever marks, emoji or accents stand in the text."""
    item = TagInput(id="x", title=title, text=text, dateline=text[:20] or None, published=PUBLISHED)
    tagged = tag(item)
    spans = [e for found in tagged.tags for e in found.evidence] + [c.evidence for c in tagged.facts.claims]
    spans += [tagged.facts.date_evidence] if tagged.facts.date_evidence else []
    for evidence in spans:
        assert evidence.text == getattr(item, evidence.field)[evidence.start : evidence.end]
        assert evidence.text
    assert sum(found.main for found in tagged.regions) <= 1
    assert 0 <= tagged.relevance.score <= 1


def test_same_input_same_tags() -> None:
    """I4: no clock, no chance, no state between calls."""
    first = tag(FOUNDING)
    tag(TagInput(id="other", title="", text="Пожар в Москве"))
    assert tag(FOUNDING) == first


def test_founding_document() -> None:
    tagged = tag(FOUNDING)
    assert {"AF", "RU"} <= codes(tagged.regions, "iso3166-1")
    assert codes(tagged.regions, "m49") == {"143"}
    assert "AF-KAB" not in codes(tagged.regions, "iso3166-2"), "Kabul is a government here"
    assert {"iskp", "is_core"} & codes(tagged.actors, "actor") == {"iskp"}, "Daesh, IS and ISIL are one actor"
    assert {"militancy.groups", "dipl.sanctions", "hum.aid"} <= codes(tagged.topics, "topic")
    assert tagged.relevance.score > 0.7


def test_bad_input() -> None:
    """I7: nothing, one token for ever, and ten megabytes give an answer, and quickly."""
    for text in ("", "\u200f\u200c", "Kabul " * 20_000, "x" * 1_000_000, "😀" * 5000, "A" * 10_000_000):
        tagged = tag(TagInput(id="x", title="", text=text))
        assert len(tagged.regions) <= 4


def test_filter_keys() -> None:
    row = {"id": 7, "title": "Blast in Kunduz kills two", "text": None, "unknown": 1, "published": "2024-02-30"}
    out = tagged_to_json(tag(tag_input_from_json(row)))
    assert out["id"] == "7"
    assert {"regions", "topics", "actors", "facts", "relevance"} <= out.keys()
    main = [region for region in out["regions"] if region["main"]]
    assert [region["code"] for region in main] == ["AF-KDZ"]
    assert main[0]["role"] == "event"
    assert out["facts"]["killed_low"] == out["facts"]["killed_high"] == 2
    assert out["facts"]["event_date"] is None, "no guess without a publication time"
