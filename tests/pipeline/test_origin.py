"""Dateline, original outlet and cited sources: three different things, each with what it rests on."""

from collections import defaultdict

import pytest
import yaml

from outlets import load_all
from pipeline.clean import agencies
from pipeline.clean.origin import byline, cited, dateline, original


@pytest.mark.parametrize(
    ("text", "found", "place", "agency"),
    [
        ("KABUL (Pajhwok): Two bridges were repaired", "KABUL (Pajhwok)", "KABUL", "Pajhwok"),
        ("KANDAHAR CITY (Pajhwok): The road", "KANDAHAR CITY (Pajhwok)", "KANDAHAR CITY", "Pajhwok"),
        ("MOSCOW, July 29. /TASS/. The ministry", "MOSCOW, July 29. /TASS/.", "MOSCOW", "TASS"),
        ("BEIJING, Oct. 4 (Xinhua) -- The lake", "BEIJING, Oct. 4 (Xinhua)", "BEIJING", "Xinhua"),
        ("ISLAMABAD (AP) — The court", "ISLAMABAD (AP)", "ISLAMABAD", "AP"),
        ("KABUL, Afghanistan — The market", "KABUL, Afghanistan", "KABUL, Afghanistan", None),
        ("МОСКВА, 29 июля. /ТАСС/. Министерство", "МОСКВА, 29 июля. /ТАСС/.", "МОСКВА", "ТАСС"),
        ("МОСКВА, 29 июл — РИА Новости. Глава", "МОСКВА, 29 июл — РИА Новости.", "МОСКВА", "РИА Новости"),
        ("کابل (پژواک): دو پل ترمیم شد", "کابل (پژواک)", "کابل", "پژواک"),
    ],
)
def test_datelines(text: str, found: str, place: str, agency: str | None) -> None:
    """A dateline is where a text says it was filed, and for whom."""
    one = dateline(text)
    assert one is not None
    assert (one.text, one.place, one.agency) == (found, place, agency)
    assert text[: one.length].startswith(found)


@pytest.mark.parametrize(
    "text",
    [
        "The ministry said on Monday",
        "NATO (the alliance) met on Monday",
        "او (رییس شورا) گفت که کار آغاز شده است",
        "A spokesman — who asked not to be named",
        "In Kabul (and elsewhere) prices rose",
    ],
)
def test_prose_is_no_dateline(text: str) -> None:
    """Brackets and dashes are common; only what is beyond doubt is cut off a text."""
    assert dateline(text) is None


@pytest.mark.parametrize(
    ("line", "author", "outlet", "when"),
    [
        ("By Omid Karimi in Khaama Press online, June 15, 2023", "Omid Karimi", "Khaama Press", "June 15, 2023"),
        ("By Anna Berg for Reuters", "Anna Berg", "Reuters", None),
        ("By Anna Berg, The Valley Herald, 3 May 2024", "Anna Berg", "The Valley Herald", "3 May 2024"),
    ],
)
def test_bylines_that_name_the_outlet(line: str, author: str, outlet: str, when: str | None) -> None:
    """As republishers write them, whatever the outlet."""
    one = byline(line)
    assert one is not None
    assert (one.author, one.outlet, one.when) == (author, outlet, when)


@pytest.mark.parametrize(
    "line", ["By the end of 2020, the company had left", "By Monday in Kabul it was over.", "Anna Berg"]
)
def test_sentences_are_no_bylines(line: str) -> None:
    """A sentence that begins with By keeps its place in the text."""
    assert byline(line) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He called it tense, Tass reported.", ["TASS"]),
        ("A spokesman told TOLOnews that the road is open.", ["TOLOnews"]),
        ("Three people were hurt, according to the Reuters news agency.", ["Reuters"]),
        ("Об этом сообщает ТАСС со ссылкой на министерство.", ["TASS"]),
        ("Министр заявил РИА Новости, что груз прибыл.", ["RIA Novosti"]),
        ("به گفته خبرگزاری فرانسه، راه باز است.", ["AFP"]),
        ("به گزارش خبرگزاری باختر، پل ترمیم شد.", ["Bakhtar News Agency"]),
        ("یک باشنده به طلوع‌نیوز گفت که راه باز است.", ["TOLOnews"]),
        ("The AP Stylebook is on the table and the ap is not.", []),
        ("Reuters is a company in London.", []),
        ("The BBC building was closed.", []),
    ],
)
def test_sources_cited_in_the_text(text: str, names: list[str]) -> None:
    """A name alone is no citation; a statement must rest on it. Evidence is always the slice."""
    found = cited(text)
    assert [one.name for one in found] == names
    for one in found:
        assert text[one.evidence.start : one.evidence.end] == one.evidence.text


def test_the_original_outlet_and_how_it_is_known() -> None:
    """From byline, dateline or credit line; an outlet's own slug makes no republication."""
    story = "The bridge is open.\nTraders are pleased.\n"

    def of(text: str, url: str = "https://blog.example/a", authors: tuple[str, ...] = ()) -> tuple[str, str] | None:
        mark = dateline(text)
        found = original(url=url, outlet=None, byline=None, dateline=mark, authors=authors, text=text)
        return (found.name, found.basis) if found else None

    assert of("ISLAMABAD (AP) — The court met. " + story) == ("Associated Press", "dateline")
    assert of("ISLAMABAD (AP) — The court met. " + story, url="https://apnews.com/article/x") is None
    assert of(story + "Source: TASS") == ("TASS", "credit_line")
    assert of(story + "This article was originally published by The Guardian.") == ("The Guardian", "credit_line")
    assert of(story, authors=("Reuters",)) == ("Reuters", "byline")
    assert of(story) is None


def test_every_agency_that_we_watch_names_its_outlet_file() -> None:
    """A dangling link, or none where an outlet has the agency's host, would make two names of one source."""
    outlets = load_all()
    owners: dict[str, set[str]] = defaultdict(set)
    for name, outlet in outlets.items():
        for host in outlet.all_hosts:
            owners[host].add(name)
    for entry in yaml.safe_load(agencies._FILE.read_text(encoding="utf-8")):
        mine = {
            name for host, names in owners.items() for name in names
            if len(names) == 1 and any(host == h or host.endswith(f".{h}") for h in entry.get("hosts", ()))
        }  # fmt: skip
        linked = entry.get("outlet")
        assert linked in mine if mine else linked is None, (entry["name"], mine)


def test_an_outlet_has_one_name() -> None:
    """Whatever spelling is cited, of its file or of the agencies' list, it is the same source."""
    names: dict[str, set[str]] = defaultdict(set)
    for agency in agencies.registry().values():
        if agency.outlet:
            names[agency.outlet].add(agency.name)
    assert {outlet: found for outlet, found in names.items() if len(found) > 1} == {}
    assert set(names) == set(load_all())
