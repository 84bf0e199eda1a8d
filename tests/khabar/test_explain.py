"""`khabar explain` as a person runs it: why an article is a copy and why it is in its story."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from khabar.explain import UnknownArticle, explained
from models.article import ArticleVersion
from models.exits import Exit
from models.session import reading, writing
from models.story_ruling import add_rulings
from pipeline.dedupe import stage as dedupe
from pipeline.items import DedupeInput, TagInput
from pipeline.tag.stage import tag
from tests.khabar.conftest import Run
from tests.support.rows import AT, insert_article
from tests.support.stories import report

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ABOUT = ["zerabad", "kolimar", "tavusta", "bridge"]
TEXTS = {"a": report(11, 150, ABOUT), "b": report(11, 150, ABOUT) + " More.", "c": report(12, 150, ABOUT)}


@pytest.fixture
def ids(engine: Engine) -> list[int]:
    """An article, its copy two hours later, and a report of its own words, as a run leaves them."""
    with writing(engine) as connection:
        ids = [insert_article(connection, f"example.com/{name}") for name in TEXTS]
        items = []
        for hours, (number, text) in enumerate(zip(ids, TEXTS.values(), strict=True)):
            at = AT + timedelta(hours=2 * hours)
            mine = ArticleVersion.article_id == number
            connection.execute(update(ArticleVersion).where(mine).values(text=text, published_at=at))
            items.append((DedupeInput(str(number), f"https://example.com/{number}", "", text, at), number))
        dedupe.relate_many(connection, items)
        add_rulings(connection, [(ids[2], ids[0])], "together", "ana", AT)
    return ids


def test_explain_says_copy_origin_story_and_rulings(khabar: Run, database_url: str, ids: list[int]) -> None:
    """By number and by any form of the address; as data and in words."""
    origin, copy, own = map(str, ids)
    told = json.loads(khabar("explain", copy, "--json", KHABAR_DATABASE_URL=database_url).stdout)
    assert told["copy"]["of"] == origin
    assert told["copy"]["why"] == ["it was published 7200 seconds after the origin"]
    span = told["copy"]["spans"][0]
    assert TEXTS["b"][span["start"] : span["end"]] == span["text"]
    assert told["articles"][origin]["url"] == "https://example.com/a"
    words = khabar("explain", "http://www.example.com/c?utm_source=x", KHABAR_DATABASE_URL=database_url)
    assert words.returncode == Exit.OK, words.stderr
    for said in (
        f"article {own} ",
        "It is an origin",
        f"Story {origin}",
        "zerabad",
        f"ana ruled on {AT:%Y-%m-%d}: together",
    ):
        assert said in words.stdout
    told = json.loads(khabar("explain", own, "--json", KHABAR_DATABASE_URL=database_url).stdout)
    assert told["story"]["score"] > told["story"]["needed"] > 0
    best = told["story"]["members"][0]
    assert 0 < sum(word["weight"] for word in best["words"]) <= best["likeness"] + 0.001
    assert told["rulings"] == [{"article": origin, "ruling": "together", "by": "ana", "at": AT.isoformat()}]


def test_an_unknown_article_is_told_in_one_sentence(
    khabar: Run, engine: Engine, database_url: str, ids: list[int]
) -> None:
    """A number, an address and neither: exit 2, nothing on standard output, no traceback."""
    for asked, said in (("999", "there is no article 999"), ("https://example.com/z", "no outlet ever named it")):
        done = khabar("explain", asked, KHABAR_DATABASE_URL=database_url)
        assert (done.returncode, done.stdout) == (Exit.USAGE, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    for nonsense in ("9" * 30, "no address", "", str(ids[0]) + "x"):
        with reading(engine) as connection, pytest.raises(UnknownArticle):
            explained(connection, nonsense)


def test_reports_in_two_languages_show_what_they_share(engine: Engine) -> None:
    """Across languages only digits are words in common: the places and counts by which two reports met are named."""
    texts = {
        "en": "A bomb in Imam Sahib district of Kunduz killed 11 people and wounded 24.",
        "fa": "در انفجار بمب در ولسوالی امام‌صاحب ولایت کندز ۱۱ تن کشته و ۲۴ تن زخمی شدند.",
    }
    with writing(engine) as connection:
        items = []
        for language, text in texts.items():
            number = insert_article(connection, f"example.com/{language}")
            mine = ArticleVersion.article_id == number
            connection.execute(update(ArticleVersion).where(mine).values(title="", text=text, language=language))
            tagged = tag(TagInput(language, "", text, language))
            url = f"https://example.com/{language}"
            items.append((DedupeInput(language, url, "", text, AT, language, language, tagged=tagged), number))
        told = dedupe.relate_many(connection, items)
        assert len({relation.story for relation in told.values()}) == 1
    with reading(engine) as connection:
        member = explained(connection, str(items[0][1]))["story"]["members"][0]
    assert {word["word"] for word in member["words"]} <= {"11", "24"}
    assert {"Kunduz", "the number 11", "the number 24"} <= set(member["marks"])
