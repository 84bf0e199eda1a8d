"""The stories of the replica: many, in four languages, placed in time, the same for the same epoch, and extractable."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest
import trafilatura

from khabar.replica import Article, Replica
from khabar.replica.addresses import KABUL
from khabar.replica.dates import fill, hijri
from khabar.replica.stories import ContentError, load

EPOCH = date(2026, 11, 24)
ZWNJ = "\u200c"


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(EPOCH) as running:
        yield running


def pages(replica: Replica, urls: list[str]) -> list[tuple[int, bytes, dict[str, str]]]:
    with httpx.Client(timeout=10) as client:
        answers = [client.get(replica.local(url)) for url in urls]
    return [(a.status_code, a.content, {k: v for k, v in a.headers.items() if k != "date"}) for a in answers]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace(ZWNJ, ""))


def shingles(article: Article) -> set[tuple[str, ...]]:
    found = words(article.text.lower())
    return {tuple(found[i : i + 5]) for i in range(len(found) - 4)}


def test_at_least_seventy_articles_in_four_languages_over_fourteen_days(replica: Replica) -> None:
    articles = replica.articles()
    days = Counter(a.published.date() for a in articles)
    per_language = Counter(a.language for a in articles)
    assert len(articles) >= 70
    assert set(per_language) == {"en", "fa", "ps", "ru"}
    assert min(per_language.values()) >= 10
    assert len({a.outlet for a in articles}) == 6
    # A run on the epoch day that looks back 14 days sees all of them at any hour; desks in Kabul count 14 dates.
    assert set(days) == {EPOCH - timedelta(days=n) for n in range(1, 14)}
    assert len({a.published.astimezone(KABUL).date() for a in articles}) == 14
    assert sum(a.security for a in articles) >= 45
    assert sum(not a.security for a in articles) >= 12


def test_every_time_lies_before_the_epoch_and_every_address_is_unique(replica: Replica) -> None:
    start = datetime.combine(EPOCH, time(), UTC)
    everything = [*replica.articles(), *[a.edited() for a in replica.articles()]]
    assert all(a.published <= a.modified < start for a in everything)
    assert len({a.url for a in replica.articles()}) == len(replica.articles())
    assert len({(a.outlet, a.language, a.title) for a in replica.articles()}) == len(replica.articles())


def test_articles_are_long_enough_to_be_news_and_no_mark_is_left(replica: Replica) -> None:
    for article in replica.articles():
        if article.has_page and article.kind != "wire_copy":
            assert len(article.text.split()) >= 120, article.id
            assert 4 <= len(article.paragraphs) <= 8, article.id
        assert "{" not in article.title + article.text, article.id


def test_dari_and_pashto_texts_are_rich_in_half_spaces(replica: Replica) -> None:
    for language, least in (("fa", 10), ("ps", 1)):
        counts = [a.text.count(ZWNJ) for a in replica.articles() if a.language == language]
        assert sorted(counts)[len(counts) // 2] >= least


def test_same_epoch_same_bytes(replica: Replica) -> None:
    urls = [a.url for a in replica.articles()] + [
        "https://www.khaama.com/feed/", "https://www.khaama.com/wp-json/wp/v2/posts", "https://tass.ru/rss/v2.xml",
        "https://tass.com/sitemap/sitemap_news3.xml", "https://tolonews.com/rss.xml", "https://amu.tv/sitemap_index.xml",
        "https://www.afintl.com/en/allnews", "https://pajhwok.com/category/afghanistan/",
    ]  # fmt: skip
    with Replica(EPOCH) as twin:
        assert pages(twin, urls) == pages(replica, urls)


def test_another_epoch_moves_every_date_and_address() -> None:
    here, later = Replica(EPOCH), Replica(EPOCH + timedelta(days=1))
    for before, after in zip(here.articles(), later.articles(), strict=True):
        assert before.id == after.id
        assert after.published - before.published == timedelta(days=1)
        assert before.url != after.url


@pytest.mark.parametrize("epoch", [date(2027, 3, 22), date(2028, 3, 1), date(2027, 1, 1)])
def test_any_epoch_works_across_new_years_and_leap_days(epoch: date) -> None:
    assert len(Replica(epoch).articles()) == len(Replica(EPOCH).articles())


def test_dates_in_prose_are_those_of_the_publication_day() -> None:
    assert fill("{weekday} {date} {full_date-1}", date(2026, 11, 24), "en") == "Tuesday November 24 November 23, 2026"
    assert fill("{weekday}, {date}", date(2026, 11, 24), "ru") == "во вторник, 24 ноября"
    assert hijri(date(2026, 7, 3), "fa") == "۱۲ سرطان ۱۴۰۵"
    assert fill("{weekday}، {full_date}", date(2026, 7, 3), "ps") == "د جمعې، ۱۲ چنګاښ ۱۴۰۵"


def test_three_outlets_copied_the_wire_story_and_one_reported_on_its_own(replica: Replica) -> None:
    wire = replica.articles(kind="wire")[0]
    copies = replica.articles(kind="wire_copy")
    assert {a.outlet for a in copies} == {"khaama_press", "tolonews", "amu_tv"}
    for copy in copies:
        assert (copy.copy_of, copy.original_outlet, copy.expect) == (wire.id, "pajhwok", "done")
        assert len(shingles(copy) & shingles(wire)) / len(shingles(copy)) > 0.75
        assert copy.text != wire.text
    assert any(len(a.paragraphs) < len(wire.paragraphs) for a in copies)
    assert any(a.text.startswith("KABUL (Pajhwok): ") for a in copies)
    own = [a for a in replica.articles() if a.event == wire.event and a.language == "en" and a.copy_of is None]
    assert {a.outlet for a in own} == {"pajhwok", "afghanistan_international"}
    report = next(a for a in own if a.outlet != "pajhwok")
    assert len(shingles(report) & shingles(wire)) / len(shingles(report)) < 0.05


def test_unrelated_articles_do_not_look_like_copies(replica: Replica) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for article in replica.articles():
        if article.has_page and article.copy_of is None:
            shared = Counter(seen[s] for s in shingles(article) if s in seen)
            assert all(count / len(shingles(article)) < 0.2 for count in shared.values()), (article.id, shared)
            seen.update(dict.fromkeys(shingles(article), article.id))


def test_an_edit_changes_toll_time_and_validators_and_nothing_else() -> None:
    with Replica(EPOCH) as replica, httpx.Client() as client:
        first = replica.article("khaama_press/taloqan-explosion")
        before = client.get(replica.local(first.url))
        replica.edit(first.id)
        second = replica.article(first.id)
        after = client.get(replica.local(first.url), headers={"If-None-Match": before.headers["etag"]})
        post = client.get(replica.local(f"https://{first.host}/wp-json/wp/v2/posts/{first.number}")).json()
        with pytest.raises(ValueError, match="no second text"):
            replica.edit(first.id)
    assert (first.url, first.published) == (second.url, second.published)
    assert "three people were killed" in first.text
    assert "eleven people were killed" in second.text
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.headers["last-modified"] != before.headers["last-modified"]
    assert "article:modified_time" not in before.text
    assert f'article:modified_time" content="{second.modified.isoformat()}"' in after.text
    assert "eleven people were killed" in post["content"]["rendered"]


def test_a_republisher_credits_the_other_outlet(replica: Replica) -> None:
    copy = replica.articles(kind="republished")[0]
    original = replica.article(copy.copy_of or "")
    assert (copy.outlet, original.outlet, copy.original_outlet) == ("amu_tv", "khaama_press", "khaama_press")
    page = pages(replica, [copy.url])[0][1].decode()
    assert "By Nasir Wardaki in Khaama Press online, November 11, 2026" in page
    assert copy.text == original.text


def test_a_foreign_canonical_is_there_for_the_trap(replica: Replica) -> None:
    article = replica.articles(kind="foreign_canonical")[0]
    page = pages(replica, [article.url])[0][1].decode()
    assert f'rel="canonical" href="{article.canonical}"' in page
    assert not (article.canonical or "").startswith(f"https://{article.host}")


def test_published_articles_come_first_and_never_twice() -> None:
    with Replica(EPOCH) as replica, httpx.Client() as client:
        before = {a.url for a in replica.articles()}
        added = replica.publish("khaama_press", 2) + replica.publish("khaama_press", 10)
        assert len({a.url for a in added} | before) == len(before) + 12
        assert replica.articles()[0] == added[-1]
        assert sum(a.id.startswith("khaama_press/reserve") for a in added) == 3
        for article in added:
            assert client.get(replica.local(article.url)).status_code == 200
        feed = client.get(replica.local("https://www.khaama.com/feed/")).text
        assert added[-1].url in feed
        with pytest.raises(ValueError, match="88 more articles, not 89"):
            replica.publish("khaama_press", 89)
        with pytest.raises(KeyError):
            replica.publish("nobody")


def test_composed_bulletins_differ_from_each_other() -> None:
    added = Replica(EPOCH).publish("tass", 60)[2:]
    assert len({a.title for a in added}) == len(added)
    for index, article in enumerate(added):
        for other in added[:index]:
            assert len(shingles(article) & shingles(other)) / len(shingles(article)) < 0.5


def test_every_article_page_gives_its_own_text_to_trafilatura(replica: Replica) -> None:
    articles = [a for a in replica.articles() if a.has_page]
    for article, (status, body, _) in zip(articles, pages(replica, [a.url for a in articles]), strict=True):
        assert status == 200
        found = Counter(words(trafilatura.extract(body, include_comments=False) or ""))
        own = Counter(words(article.text))
        assert (own & found).total() / own.total() >= 0.8, article.id


@pytest.mark.parametrize(
    ("story", "message"),
    [
        ("{id: a, when: 3 days, title: T, text: x}", "must look like"),
        ("{id: a, when: 0d 10:00, title: T, text: x}", "must look like"),
        ("{id: a, when: 1d 10:00, title: T, txt: x}", "unknown key txt"),
        ("{id: a, when: 1d 10:00, title: T, text_of: tass/none}", "there is no story tass/none"),
    ],
)
def test_broken_content_is_named(tmp_path: Path, story: str, message: str) -> None:
    (tmp_path / "x.yml").write_text(f"outlet: tass\nlanguage: en\nstories: [{story}]\n", encoding="utf-8")
    with pytest.raises(ContentError, match=message):
        load(EPOCH, tmp_path)
