"""Each site of the replica has the structure of its outlet: sources, page counts, markup, robots.txt."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import httpx
import pytest
from lxml import html

from khabar.replica import Article, Replica

EPOCH = date(2026, 11, 24)
Get = Callable[[str], httpx.Response]


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(EPOCH) as running:
        yield running


@pytest.fixture(scope="module")
def get(replica: Replica) -> Iterator[Get]:
    with httpx.Client(timeout=10) as client:
        yield lambda url: client.get(replica.local(url))


def items(answer: httpx.Response) -> list[ElementTree.Element]:
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content).findall("channel/item")  # noqa: S314 - our own text


def locations(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    return [node.text or "" for node in ElementTree.fromstring(answer.content).iter(  # noqa: S314 - our own text
        "{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]  # fmt: skip


def links(found: list[ElementTree.Element]) -> list[str]:
    return [(item.findtext("link") or "").split("?")[0] for item in found]


def urls(articles: list[Article], language: str) -> list[str]:
    return [a.url for a in articles if a.language == language]


@pytest.mark.parametrize(
    ("outlet", "language", "feed"),
    [
        ("khaama_press", "en", "https://www.khaama.com/feed/"),
        ("khaama_press", "fa", "https://www.khaama.com/persian/feed/"),
        ("khaama_press", "ps", "https://www.khaama.com/pashto/feed/"),
        ("amu_tv", "en", "https://amu.tv/feed/"),
        ("amu_tv", "fa", "https://amu.tv/fa/feed/"),
        ("tass", "en", "https://tass.com/rss/v2.xml"),
        ("tass", "ru", "https://tass.ru/rss/v2.xml"),
        ("tolonews", "fa", "https://tolonews.com/fa/rss.xml"),
        ("tolonews", "ps", "https://tolonews.com/ps/rss.xml"),
        ("afghanistan_international", "en", "https://www.afintl.com/en/feed"),
        ("afghanistan_international", "fa", "https://www.afintl.com/feed"),
    ],
)
def test_feeds_hold_the_newest_articles_first_with_their_times(
    replica: Replica, get: Get, outlet: str, language: str, feed: str
) -> None:
    found = items(get(feed))
    expected = [a for a in replica.articles(outlet) if a.language == language][: len(found)]
    assert links(found) == [a.url for a in expected]
    assert [item.findtext("title") for item in found] == [a.title for a in expected]
    assert [parsedate_to_datetime(item.findtext("pubDate") or "") for item in found] == [a.published for a in expected]


def test_a_wordpress_feed_holds_ten_and_goes_back_with_paged(replica: Replica, get: Get) -> None:
    pages = [items(get(f"https://www.khaama.com/feed/?paged={page}")) for page in (1, 2)]
    assert len(pages[0]) == 10
    assert [link for page in pages for link in links(page)] == urls(replica.articles("khaama_press"), "en")
    assert get("https://www.khaama.com/feed/?paged=3").status_code == 404
    section = links(items(get("https://www.khaama.com/category/afghanistan/feed/")))
    assert section == [a.url for a in replica.articles("khaama_press")
                       if a.language == "en" and a.section == "afghanistan"][:10]  # fmt: skip


def test_rest_pages_hold_whole_articles_and_say_how_many_there_are(replica: Replica, get: Get) -> None:
    base = "https://www.khaama.com/wp-json/wp/v2/posts"
    expected = [a for a in replica.articles("khaama_press") if a.language == "en" and a.kind != "robots"]
    posts = []
    for page in (1, 2, 3):
        answer = get(f"{base}?per_page=5&page={page}")
        assert (answer.headers["x-wp-total"], answer.headers["x-wp-totalpages"]) == (str(len(expected)), "3")
        posts += answer.json()
    assert [post["link"] for post in posts] == [a.url for a in expected]
    for post, article in zip(posts, expected, strict=True):
        assert post["title"]["rendered"] == article.title
        assert datetime.fromisoformat(post["date_gmt"]).replace(tzinfo=UTC) == article.published
        assert article.paragraphs[-1] in html.fromstring(post["content"]["rendered"]).text_content()
    beyond = get(f"{base}?per_page=5&page=4")
    assert (beyond.status_code, beyond.json()["code"]) == (400, "rest_post_invalid_page_number")
    assert get(f"{base}?per_page=101").json()["code"] == "rest_invalid_param"
    fresh = get(f"{base}?per_page=100&after={EPOCH - timedelta(days=3)}T00:00:00Z&_fields=id,link").json()
    assert [post["link"] for post in fresh] == [a.url for a in expected if a.published.date() >= date(2026, 11, 21)]
    assert set(fresh[0]) == {"id", "link"}
    author = get(f"{base}?per_page=1&_embed=author").json()[0]["_embedded"]["author"][0]["name"]
    assert author == (expected[0].authors or ("Khaama Press",))[0]


def test_pajhwok_took_its_feeds_away_but_rest_and_sitemap_know_everything(replica: Replica, get: Get) -> None:
    assert get("https://pajhwok.com/feed/").status_code == 410
    assert get("https://pajhwok.com/ps/feed/").status_code == 410
    for folder, language in (("", "en"), ("fa/", "fa"), ("ps/", "ps")):
        expected = urls(replica.articles("pajhwok"), language)
        posts = get(f"https://pajhwok.com/{folder}wp-json/wp/v2/posts?per_page=100").json()
        assert [post["link"] for post in posts] == expected
        assert set(locations(get(f"https://pajhwok.com/{folder}post-sitemap.xml"))) == set(expected)
        assert all(re.match(rf"https://pajhwok\.com/{folder}\d{{4}}/\d\d/\d\d/[a-z0-9-]+/$", url) for url in expected)


def test_sitemap_indexes_lead_to_every_article(replica: Replica, get: Get) -> None:
    for index, outlet, host in (
        ("https://www.khaama.com/sitemap_index.xml", "khaama_press", "www.khaama.com"),
        ("https://www.khaama.com/persian/sitemap_index.xml", "khaama_press", "www.khaama.com"),
        ("https://tass.com/sitemap.xml", "tass", "tass.com"),
        ("https://tass.ru/sitemap.xml", "tass", "tass.ru"),
    ):
        reached = {url for part in locations(get(index)) for url in locations(get(part))}
        language = {"tass.ru": "ru"}.get(host, "fa" if "persian" in index else "en")
        assert {a.url for a in replica.articles(outlet) if a.host == host and a.language == language} <= reached


def test_tass_feed_links_carry_campaign_marks_and_titles_a_suffix(replica: Replica, get: Get) -> None:
    found = items(get("https://tass.com/rss/v2.xml"))
    assert all("?utm_source=" in (item.findtext("link") or "") for item in found)
    assert [item.findtext("guid") for item in found] == urls(replica.articles("tass"), "en")
    for article in replica.articles("tass"):
        page = html.fromstring(get(article.url + "?utm_source=rss").content)
        assert len(page.cssselect("div.text-content div.text-block p")) == len(article.paragraphs)
        if article.language == "en":
            assert re.search(r" - [^-]+ - TASS$", page.xpath("//meta[@property='og:title']/@content")[0])
        news = [json.loads(text) for text in page.xpath("//script[@type='application/ld+json']/text()")][1]
        assert news["@type"] == "NewsArticle"
        assert news["datePublished"].endswith("+03:00")
        assert datetime.fromisoformat(news["datePublished"]) == article.published


def test_tolonews_mixes_languages_in_its_root_feed_and_counts_pages_from_zero(replica: Replica, get: Get) -> None:
    everything = replica.articles("tolonews")
    assert links(items(get("https://tolonews.com/rss.xml"))) == [a.url for a in everything][:30]
    assert {a.language for a in everything[:30]} == {"en", "fa", "ps"}
    english = [a.path for a in everything if a.language == "en" and a.section == "afghanistan"]
    page = html.fromstring(get("https://tolonews.com/afghanistan/all?page=0").content)
    assert page.cssselect(".title-article a")[0].get("href") == english[0]
    dari = html.fromstring(get("https://tolonews.com/fa/afghanistan").content)
    assert [a.get("href") for a in dari.cssselect(".content-article h3 a")] == [
        a.path for a in everything if a.language == "fa" and a.section == "afghanistan"
    ]


def test_listing_pages_of_tolonews_hold_ten_and_end_empty() -> None:
    with Replica(EPOCH) as replica, httpx.Client() as client:
        replica.publish("tolonews", 25)
        pages = []
        for number in range(4):
            answer = client.get(replica.local(f"https://tolonews.com/business/all?page={number}"))
            pages.append(len(html.fromstring(answer.content).cssselect(".title-article a")))
        expected = sum(a.section == "business" and a.language == "en" for a in replica.articles("tolonews"))
        assert pages == [10, 10, expected - 20, 0]
        assert len(links(items(client.get(replica.local("https://tolonews.com/rss.xml"))))) == 30


def test_solar_hijri_is_the_only_date_on_dari_and_pashto_pages_of_tolonews(replica: Replica, get: Get) -> None:
    marked = replica.articles("tolonews", "hijri_date")
    assert marked
    for article in replica.articles("tolonews"):
        if article.language != "en":
            text = get(article.url).text
            assert re.search(r'class="post-date">[۰-۹]{1,2} \S+ ۱۴۰[۰-۹]<', text)
            assert not re.search(r"20\d\d-\d\d-\d\d|datePublished|published_time|20\d\d</", text)


def test_afghanistan_international_has_no_date_but_in_the_address(replica: Replica, get: Get) -> None:
    for article in replica.articles("afghanistan_international"):
        page = html.fromstring(get(article.url).content)
        data = json.loads(page.xpath("//script[@id='__NEXT_DATA__']/text()")[0])
        assert data["props"]["pageProps"]["article"]["title"] == article.title
        assert re.search(rf"/(en/|ps/)?{article.published:%Y%m%d}\d{{4}}$", article.url)
        assert not page.xpath("//time | //meta[contains(@property, 'time') or contains(@name, 'date')]")
    for language, listing in (("en", "https://www.afintl.com/en/allnews"), ("fa", "https://www.afintl.com/allnews")):
        page = html.fromstring(get(listing).content)
        shown = [f"https://www.afintl.com{href}" for href in page.xpath("//main//li/a/@href")]
        assert shown == urls(replica.articles("afghanistan_international"), language)


def test_khaama_and_amu_say_their_times_in_the_head(replica: Replica, get: Get) -> None:
    for article in replica.articles("khaama_press") + replica.articles("amu_tv"):
        if article.has_page:
            page = html.fromstring(get(article.url).content)
            stamp = page.xpath("//meta[@property='article:published_time']/@content")[0]
            assert stamp.endswith("+00:00")
            assert datetime.fromisoformat(stamp) == article.published


def test_robots_allow_all_but_the_one_article_and_ask_for_a_pause(replica: Replica, get: Get) -> None:
    refused = []
    for host in sorted({a.host for a in replica.articles()}):
        rules = RobotFileParser()
        rules.parse(get(f"https://{host}/robots.txt").text.splitlines())
        refused += [a for a in replica.articles() if a.host == host and not rules.can_fetch("Khabar/0.1", a.url)]
        assert rules.crawl_delay("Khabar/0.1") == (1 if host == "tolonews.com" else None)
    assert [(a.kind, a.expect) for a in refused] == [("robots", "refused:robots")]
    assert refused[0].url in links(items(get("https://www.khaama.com/feed/")))
    assert "Sitemap: https://www.khaama.com/sitemap_index.xml" in get("https://www.khaama.com/robots.txt").text


def test_walls_stand_where_the_truth_says(replica: Replica, get: Get) -> None:
    challenged = [a for a in replica.articles() if a.expect == "refused:challenge"]
    missing = [a for a in replica.articles() if a.expect == "refused:soft_404"]
    assert challenged
    assert missing
    for article in challenged:
        answer = get(article.url)
        assert (answer.status_code, answer.headers["cf-mitigated"]) == (200, "challenge")
        assert "Just a moment..." in answer.text
        assert article.url in links(items(get("https://amu.tv/feed/")))
    for article in missing:
        answer = get(article.url)
        assert answer.status_code == 200
        assert "Page not found" in answer.text
        assert article.url in links(items(get("https://tolonews.com/rss.xml")))
