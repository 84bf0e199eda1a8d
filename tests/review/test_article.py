"""The article page: every claim can be traced to its words, every version to the one before."""

from dataclasses import replace

import httpx
from sqlalchemy import Engine, update

from models.article import Article, ArticleTag
from models.session import writing
from tests.review.newsroom import TAKHAR_NEW, TAKHAR_OLD, Newsroom
from tests.review.pages import Page
from tests.review.rows import NOW, T, Text, add, add_version


def test_all_evidence_is_marked(client: httpx.Client, newsroom: Newsroom) -> None:
    """Each mark says which tag, by which rule; the text itself is whole."""
    page = Page(client.get(f"/articles/{newsroom.kunduz}"))
    marks = {mark.text_content(): mark.get("title") for mark in page.tree.cssselect("article mark")}
    assert marks["Roadside bomb"] == "Topic: Bombing [bombing.device@1]"
    assert marks["Taliban"] == "Actor: Taliban (de facto authorities) [actors.name@1]"
    assert marks["TASS"] == "Cited source: TASS"
    assert marks["three dead"] == "Toll: 3 killed, says spokesman for the provincial police"
    assert "Place: Kunduz (where it happened)" in marks["Kunduz"]
    chip = page.tree.cssselect(".g-place .chip")[0].get("title")
    assert chip.startswith("where it happened | province or wider | confidence 0.95 | iso3166-2 AF-KDZ, pcode AF19 |")
    assert page.text("h1") == "Roadside bomb kills at least three in Kunduz"
    assert len(page.texts(".prose p")) == 4


def test_an_actor_shows_what_it_does_and_a_person_for_whom(client: httpx.Client, engine: Engine) -> None:
    """The role stands on the tag by its label, once for each role, with the rule that gave it; a person is an actor."""
    text = Text(
        "Daesh raid", "Taliban police, said Karim Haqyar, arrested two Daesh members.",
        tags=(
            T("actor", "taliban", "Taliban", "Taliban police", "perpetrator", rule="actors.name@1"),
            T("actor", "taliban", "Taliban", "Taliban police, said", "speaker", rule="actors.name@1"),
            T("person", "karim-haqyar", "Karim Haqyar", "Karim Haqyar", "speaker", rule="officials.en.office_of@1"),
        ),
    )  # fmt: skip
    with writing(engine) as connection:
        article = add(connection, "amu_tv", "roles", text)
        tags = ArticleTag.__table__
        connection.execute(
            update(tags)
            .where(tags.c.scheme == "person")
            .values(organisation="Herat police", role_rule="roles.en.says@1")
        )
    page = Page(client.get(f"/articles/{article}"))
    assert page.texts(".g-actor .chip") == ["Karim Haqyar speaker", "Taliban perpetrator", "Taliban speaker"]
    told = page.tree.cssselect(".g-actor .chip")[0].get("title")
    assert told.startswith("is quoted, of Herat police | confidence 0.9")
    assert "rule officials.en.office_of@1, roles.en.says@1" in told


def test_a_tag_leads_to_its_words_without_scripts(client: httpx.Client, newsroom: Newsroom) -> None:
    """The link of a tag opens the article at the words, which stand out."""
    queue = Page(client.get("/"))
    chip = queue.tree.cssselect(f"#card-{newsroom.kunduz} .g-actor .chip")[0]
    assert chip.get("href").endswith("#evidence")
    page = Page(client.get(chip.get("href")))
    assert page.texts("mark.on") == page.texts("#evidence") == ["Islamic State Khorasan"]
    assert page.texts(".chip.on") == ["Islamic State Khorasan Province"]


def test_evidence_that_overlaps(client: httpx.Client, engine: Engine) -> None:
    """Words that two tags rest on say both; choosing the longer one marks all of its parts."""
    text = Text("T", "A suicide bomb in Kabul city.", tags=(
        T("topic", "conflict.bombing", "Bombing", "suicide bomb in Kabul"),
        T("iso3166-2", "AF-KAB", "Kabul", "Kabul city"),
    ))  # fmt: skip
    with writing(engine) as connection:
        article = add(connection, "tass", "a", text)
    page = Page(client.get(f"/articles/{article}"))
    assert page.texts("article mark") == ["suicide bomb in", "Kabul", "city"]
    shared = page.tree.cssselect("mark.many")[0]
    assert "Bombing" in shared.get("title")
    assert "Kabul" in shared.get("title")
    chosen = page.tree.cssselect(".g-topic .chip")[0].get("href")
    assert Page(client.get(chosen)).texts("mark.on") == ["suicide bomb in", "Kabul"]


def test_right_to_left_text_has_its_direction_and_language(client: httpx.Client, newsroom: Newsroom) -> None:
    """dir=auto on the title and every paragraph; lang says which letters."""
    for article, language in ((newsroom.herat, "fa"), (newsroom.khost, "ps"), (newsroom.kunduz_ru, "ru")):
        page = Page(client.get(f"/articles/{article}"))
        assert page.tree.cssselect("h1")[0].get("dir") == "auto"
        assert page.tree.cssselect("h1")[0].get("lang") == language
        assert all(paragraph.get("dir") == "auto" for paragraph in page.tree.cssselect(".prose p"))
    assert "می‌گویند" in Page(client.get(f"/articles/{newsroom.herat}")).text(".prose")


def test_versions_and_what_changed(client: httpx.Client, engine: Engine) -> None:
    """I3: an item that changed after its review shows the difference from the version that was reviewed."""
    with writing(engine) as connection:
        article = add(connection, "tass", "a", TAKHAR_OLD)
    queue = Page(client.get("/"))
    client.post("/decisions", data={**queue.form(".decide"), "action": "accept"})
    with writing(engine) as connection:
        add_version(connection, article, 2, replace(TAKHAR_OLD, title="Two detained in Takhar raid"), NOW)
        add_version(connection, article, 3, TAKHAR_NEW, NOW)
        connection.execute(
            update(Article).where(Article.id == article).values(latest_version=3, review_status="changed")
        )
    assert Page(client.get("/")).text(".badge.changed") == "changed since reviewed (v1)"
    page = Page(client.get(f"/articles/{article}"))
    assert page.text("#changed") == "What changed from version 1 to 3"
    assert page.texts(".part.changed del") == ["two"]
    assert page.texts(".part.changed ins") == ["four"]
    assert page.texts(".fields tbody th") == ["Title", "Toll"]
    older = Page(client.get(f"/articles/{article}?version=1"))
    assert older.text("h1") == TAKHAR_OLD.title
    assert "not the latest" in older.text(".banner")
    assert client.get(f"/articles/{article}?version=9").status_code == 404


def test_the_story_and_the_way_back(client: httpx.Client, newsroom: Newsroom) -> None:
    """An article knows the queue it was opened from, the next story there, and the rest of its own."""
    page = Page(client.get(f"/articles/{newsroom.kunduz}?relevance=0.6"))
    back, following = page.tree.cssselect(".way a")
    assert back.get("href") == f"/?relevance=0.6#card-{newsroom.kunduz}"
    assert following.get("href") == f"/articles/{newsroom.herat}?relevance=0.6"
    assert len(page.texts(".members li")) == 2
    last = Page(client.get(f"/articles/{newsroom.daesh}?relevance=0.6"))
    assert not last.has("[data-next]")


def test_an_article_decides_itself_and_its_copies(client: httpx.Client, newsroom: Newsroom) -> None:
    """On its own page an article takes its copies along (the same text), other reports only when they are ticked."""
    own = Page(client.get(f"/articles/{newsroom.kunduz}"))
    items = [raw.split(".")[0] for raw in own.form(".deck .decide")["item"]]
    assert items == [str(newsroom.kunduz), str(newsroom.kunduz_copy)]
    assert len(own.tree.cssselect(".with input")) == 2
