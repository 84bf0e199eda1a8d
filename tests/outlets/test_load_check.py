"""`check` says what a loadable file still gets wrong, and what of it nobody has verified."""

from pathlib import Path

import pytest

from outlets import OutletError
from outlets.check import Finding, check

GOOD = """\
name: some_outlet
title: Some Outlet
home: https://news.example/
country: AF
ownership: independent
languages: [en]
timezone: Asia/Kabul
evidence: [Seen.]
sources:
  - {kind: feed, url: "https://news.example/feed/", language: en, grade: P, seen: 2026-09, verified: true}
  - {kind: listing, url: "https://news.example/all/", language: en, grade: P, seen: 2026-09, verified: true}
article_url: ^https://news\\.example/\\d+/$
examples: {articles: ["https://news.example/7/"]}
credits: [Some Outlet]
assertions:
  min: {discovered: 5}
"""


def findings(tmp_path: Path, *changes: tuple[str, str]) -> list[Finding]:
    """What check says of GOOD after `changes`."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "af").mkdir(exist_ok=True)
    (tmp_path / "af" / "some_outlet.yml").write_text(text, encoding="utf-8")
    return check(folder=tmp_path)


def test_nothing_to_say_of_a_good_file(tmp_path: Path) -> None:
    """So that every finding means something."""
    assert findings(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "level", "key", "words"),
    [
        (("^https://news\\.example/\\d+/$", "^https://news\\.example/"), "error", "article_url", "the home page"),
        (("/\\d+/$", "/\\w+/$"), "error", "article_url", "matches the source"),
        (("https://news.example/all/", "https://news.example/feed/"), "error", "sources.1.url", "stands there twice"),
        (('feed/", language: en', 'feed/", language: ps'), "error", "sources.0.language", "ps is not among"),
        (("assertions:", "selectors: {body: 'div['}\nassertions:"), "error", "file", "selectors.body: not a CSS"),
        (("assertions:", "selectors: {remove: ['p', '::']}\nassertions:"), "error", "file", "selectors.remove.1: not"),
        (("min: {discovered: 5}", "{min: {discovered: 5}, max: {discovered: 4}}"), "error", "assertions.max.discovered",
         "smaller than"),
        (("languages: [en]", "languages: [en, fa]"), "warning", "sources", "no source for the language fa"),
        (("^https://news", "news"), "warning", "article_url", "does not begin with ^http"),
        (("https://news.example/all/", "https://feeds.other.example/all/"), "warning", "sources.1.url", "not one of"),
        (("credits: [Some Outlet]\n", ""), "warning", "credits", "is empty"),
        (('examples: {articles: ["https://news.example/7/"]}\n', ""), "warning", "examples.articles", "is empty"),
        (("kind: listing", "kind: feed"), "warning", "sources", "every source is a feed"),
        (("grade: P, seen: 2026-09, verified: true}\n  -", "grade: P, verified: true}\n  -"), "warning",
         "sources.0.seen", "nobody knows when"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_contradiction_or_gap_is_named(
    tmp_path: Path, change: tuple[str, str], level: str, key: str, words: str
) -> None:
    """Each by level, key and sentence."""
    found = findings(tmp_path, change)
    assert any(f.level == level and f.key == key and words in f.sentence for f in found), found


def test_the_least_certain_comes_first_and_broken_files_before_all(tmp_path: Path) -> None:
    """An operator reads from the top: errors, then guesses, then what is only listed."""
    (tmp_path / "af").mkdir()
    (tmp_path / "af" / "broken.yml").write_text("name: [", encoding="utf-8")
    second = '"https://news.example/all/", language: en, grade: P, seen: 2026-09, verified: true'
    found = findings(
        tmp_path,
        ('feed/", language: en, grade: P, seen: 2026-09, verified: true', 'feed/", language: en, grade: L'),
        (second, '"https://news.example/all/", language: en'),
    )
    assert [(f.outlet, f.level, f.key) for f in found[:3]] == [
        ("broken", "error", "file"), ("some_outlet", "unverified", "sources.1"),
        ("some_outlet", "unverified", "sources.0"),
    ]  # fmt: skip
    assert found[3].sentence == "not one source is verified"


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    """As everywhere, with the known names."""
    with pytest.raises(OutletError, match="unknown outlet"):
        check(["nobody"], tmp_path)


def test_our_own_files_have_no_errors() -> None:
    """Unverified is allowed and said; wrong is not."""
    assert [f for f in check() if f.level == "error"] == []
