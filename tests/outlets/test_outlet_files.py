"""The outlet files that ship: each is sound, knows its own articles, and stands in OUTLETS.md."""

import pytest

from khabar.outlet_page import RENEW, is_fresh
from outlets import Outlet
from outlets.check import check
from outlets.load import load, paths

NOT_ARTICLES = ("category/news/", "tag/kabul/", "author/someone/", "page/2/", "feed/", "about-us/", "")


@pytest.mark.parametrize("name", paths())
def test_an_outlet_file_is_sound(name: str) -> None:
    """It loads, contradicts itself nowhere, says where its facts come from, and can be told quiet from broken (I6)."""
    outlet = load(name)
    assert isinstance(outlet, Outlet)
    assert [finding.sentence for finding in check([name]) if finding.level == "error"] == []
    assert outlet.evidence
    assert outlet.credits
    assert outlet.assertions.min["discovered"] >= 1


@pytest.mark.parametrize("name", paths())
def test_an_outlet_has_two_sorts_of_sources(name: str) -> None:
    """I6: a feed and, say, a sitemap are made by different parts of a site; two feeds break together. And what somebody
    saw says when."""
    assert not [f for f in check([name]) if f.key == "sources" and "cannot be told" in f.sentence]
    assert not [f for f in check([name]) if f.key.endswith(".seen")]


@pytest.mark.parametrize("name", paths())
def test_an_outlet_proves_its_pattern(name: str) -> None:
    """I1: cited articles are accepted, which the loader checks, and near ones refused; new articles have their form."""
    outlet = load(name)
    unproven = any(said.startswith("No address of an article was found cited") for said in outlet.evidence)
    assert outlet.examples.others
    assert bool(outlet.examples.articles) != unproven


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("mehr", "https://www.mehrnews.com/news/6966489/%D8%AA"), ("geo_news", "https://urdu.geo.tv/latest/412345-"),
        ("rt", "https://russian.rt.com/world/article/1512345-kabul"), ("interfax_en", "https://www.interfax.com/newsroom/top-stories/112345/"),
        ("al_jazeera", "https://www.aljazeera.com/news/2019/11/kabul-blast-191120070028895.html"),
        ("bbc_persian", "https://www.bbc.com/persian/afghanistan-58894043"), ("azadi_radio", "https://pa.azadiradio.com/a/33401234.html"),
        ("sputnik_tajikistan", "https://sputnik-tj.com/20261124/afgoniston-1058123456.html"),
        ("ariana_news", "https://www.ariananews.af/about-fifty-wounded-in-kunduz/"),
        ("eurasianet", "https://eurasianet.org/support-for-border-guards-grows"),
    ],
)  # fmt: skip
def test_every_part_of_an_outlet_is_let_through(name: str, url: str) -> None:
    """I1: other languages, other hosts, old addresses, and headlines that begin like the pages of a site."""
    outlet = load(name)
    assert outlet.on_site(url)
    assert outlet.article_pattern.search(url)


@pytest.mark.parametrize("name", paths())
def test_an_outlet_takes_no_other_page_for_an_article(name: str) -> None:
    """Categories, tags and feeds would be fetched, cleaned and kept as articles."""
    outlet = load(name)
    base = outlet.home if outlet.home.endswith("/") else f"{outlet.home}/"
    assert [end for end in NOT_ARTICLES if outlet.article_pattern.search(base + end)] == []


def test_there_are_enough_outlets_in_every_language() -> None:
    """What the desk needs: fifty outlets, each of the six languages from more than one of them."""
    outlets = [load(name) for name in paths()]
    assert len(outlets) >= 50
    for language in ("en", "fa", "ps", "ru", "ur", "tg"):
        read = [o for o in outlets if any(s.language == language for s in o.sources)]
        assert len(read) >= 2, language


def test_a_file_stays_short() -> None:
    """Half of the files are under forty lines, so that one can be written in ten minutes."""
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in paths().values())
    assert lengths[len(lengths) // 2] < 40


def test_the_page_of_outlets_is_fresh() -> None:
    """OUTLETS.md says what the files say."""
    assert is_fresh(), f"OUTLETS.md is stale: `{RENEW}` renews it"
