"""Every mistake in an outlet file is one sentence that names file, line and key."""

from pathlib import Path

import pytest

from outlets import Outlet, OutletError, load, load_all
from outlets.load import paths, read, survey

GOOD = """\
name: some_outlet
title: Some Outlet
home: https://news.example/
country: AF
ownership: independent
languages: [en, fa]
timezone: Asia/Kabul
sources:
  - {kind: feed, url: "https://news.example/feed/", language: en}
article_url: ^https://news\\.example/[a-z0-9-]+/$
assertions:
  min: {discovered: 5}
"""


def write(folder: Path, text: str | bytes, name: str = "some_outlet", below: str = "af") -> Path:
    """An outlet file in a folder of its own."""
    path = folder / below / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """The smallest complete file, and what it leaves out takes its default."""
    write(tmp_path, GOOD)
    outlet = load("some_outlet", tmp_path)
    assert isinstance(outlet, Outlet)
    assert outlet.rights.store == "excerpt"
    assert outlet.all_hosts == {"news.example"}
    assert outlet.article_pattern.search("https://news.example/a-story/")
    assert not outlet.sources[0].verified


def test_a_month_or_a_year_of_evidence(tmp_path: Path) -> None:
    """YAML reads a year as a number."""
    for seen in ("2026", "2026-09"):
        write(tmp_path, GOOD.replace("language: en}", f"language: en, grade: P, seen: {seen}}}"))
        assert load("some_outlet", tmp_path).sources[0].seen == seen


def test_examples_are_judged_as_a_crawl_judges(tmp_path: Path) -> None:
    """In their normal form, on the outlet's site."""
    shown = "examples: {articles: ['HTTPS://News.example:443/a-story/#top'], others: ['https://news.example/A/']}"
    write(tmp_path, GOOD.replace("assertions:", f"{shown}\nassertions:"))
    assert load("some_outlet", tmp_path).examples.articles == ["HTTPS://News.example:443/a-story/#top"]


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("languages: [en, fa]", "languages: [en, fa]\nlanguage: en"), 7, "language: unknown key"),
        (("country: AF\n", ""), 1, "country: is missing"),
        (("languages: [en, fa]", "languages: en"), 6, "languages: Input should be a valid"),
        (("languages: [en, fa]", "languages: []"), 6, "languages: "),
        (("languages: [en, fa]", "languages: [en, xx]"), 6, "languages.1: "),
        (("^https://news\\.example/[a-z0-9-]+/$", "'^https://news[.'"), 10, "not a regular expression"),
        (("^https://news\\.example/[a-z0-9-]+/$", "x" * 501), 10, "longer than 500"),
        (("Asia/Kabul", "Asia/Kabool"), 7, "timezone: "),
        (("Asia/Kabul", "+04:30"), 7, "timezone: "),
        (("title: Some Outlet", "title: Some Outlet\ntitle: Other"), 3, "title: stands there twice"),
        (("language: en}", "language: en, langage: fa}"), 9, "sources.0.langage: unknown key"),
        (("kind: feed", "kind: rss"), 9, "sources.0.kind: "),
        (('"https://news.example/feed/"', '"news.example/feed"'), 9, "sources.0.url: "),
        (('"https://news.example/feed/"', '"file:///etc/passwd"'), 9, "sources.0.url: "),
        (("country: AF", "country: Afghanistan"), 4, "country: "),
        (("ownership: independent", "ownership: rebel"), 5, "ownership: "),
        (("min: {discovered: 5}", "min: {}"), 11, "assertions.min is empty"),
        (("min: {discovered: 5}", "min: {found: 5}"), 12, "assertions.min.found"),
        (("min: {discovered: 5}", "min: {discovered: many}"), 12, "assertions.min.discovered: "),
        (("assertions:", "rights: {store: full}\nassertions:"), 11, "needs rights.basis"),
        (("assertions:", "politeness: {delay_seconds: -1}\nassertions:"), 11, "politeness.delay_seconds: "),
        (("assertions:", "politeness: {delay_seconds: '2s'}\nassertions:"), 11, "politeness.delay_seconds: "),
        (("name: some_outlet", "name: other_outlet"), 1, "must equal the file's stem 'some_outlet'"),
        (("name: some_outlet", "name: Some Outlet"), 1, "name: "),
        (("title: Some Outlet", "title: [unclosed"), 3, "not valid YAML"),
        (("title: Some Outlet", "title: !!python/object/apply:os.system ['true']"), 2, "not valid YAML"),
        (("title: Some Outlet", "title: !!python/name:os.system"), 2, "not valid YAML"),
        (("title: Some Outlet", "title: {{ jinja }}"), 2, ""),
        (("title: Some Outlet", "7: seven\ntitle: Some Outlet"), 1, ""),
        (("country: AF", "country: NO"), 4, ""),
        (
            (
                "assertions:",
                "examples: {articles: ['https://news.example/a-story/', 'https://news.example/a/b/']}\nassertions:",
            ),
            11,
            "examples.articles.1: https://news.example/a/b/ does not match article_url",
        ),
        (
            (
                "assertions:",
                "examples:\n  others:\n    - https://news.example/\n    - https://news.example/about-us/\nassertions:",
            ),
            14,
            "examples.others.1: https://news.example/about-us/ matches article_url",
        ),
        (
            ("assertions:", "examples: {articles: ['https://other.example/a-story/']}\nassertions:"),
            11,
            "none of the outlet's hosts",
        ),
        (("assertions:", "examples: {articles: ['a-story']}\nassertions:"), 11, "examples.articles.0: "),
        (("assertions:", "examples: {article: []}\nassertions:"), 11, "examples.article: unknown key"),
        (("language: en}", "language: en, grade: P, seen: 2026-13}"), 9, "sources.0.seen: "),
        (("language: en}", "language: en, grade: P, seen: 2026-09-06}"), 9, "sources.0.seen: "),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value)[:50],
)
def test_a_mistake_names_file_line_and_key(tmp_path: Path, change: tuple[str, str], line: int, words: str) -> None:
    """Unknown key, missing, wrong type, bad pattern, bad zone, repeated key, wrong name, code in YAML."""
    text = GOOD.replace(*change)
    assert text != GOOD
    path = write(tmp_path, text)
    with pytest.raises(OutletError) as caught:
        load("some_outlet", tmp_path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}:{line}: "), sentence
    assert words in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must be a list of keys and values"),
        (b"# only a comment\n", "must be a list of keys and values"),
        (b"- a\n- b\n", "must be a list of keys and values"),
        (b"just text\n", "must be a list of keys and values"),
        (b"name: caf\xe9\n", "is not UTF-8 text (byte 9)"),
        (b"\x89PNG\r\n\x1a\n\x00", "is not UTF-8 text"),
        (b"name: \x00\n", "is not valid YAML"),
        (b"a: 1\n---\na: 2\n", "is not valid YAML"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, "no outlet needs more than 8192"),
        (b"a: " + b"[" * 4000 + b"]" * 4000, "nested too deeply"),
        (b"a: &a [x]\nb: *c\n", "is not valid YAML"),
    ],
    ids=[
        "empty",
        "comment",
        "list",
        "text",
        "latin-1",
        "binary",
        "nul",
        "two documents",
        "long",
        "deep",
        "no such anchor",
    ],
)
def test_a_file_that_is_no_outlet_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    """Whatever the bytes, the error is ours and one line long."""
    path = write(tmp_path, content)
    with pytest.raises(OutletError) as caught:
        load("some_outlet", tmp_path)
    assert str(caught.value).startswith(str(path))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """A directory called some_outlet.yml."""
    (tmp_path / "af" / "some_outlet.yml").mkdir(parents=True)
    with pytest.raises(OutletError, match="cannot be read: Is a directory"):
        load("some_outlet", tmp_path)


def test_a_dangling_link_in_place_of_the_file(tmp_path: Path) -> None:
    """A link to nowhere."""
    (tmp_path / "af").mkdir()
    (tmp_path / "af" / "some_outlet.yml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutletError, match="cannot be read: No such file"):
        load("some_outlet", tmp_path)


def test_an_unknown_name_shows_the_way_to_the_right_one(tmp_path: Path) -> None:
    """The sentence helps with a typing error, and stays one line with fifty outlets."""
    write(tmp_path, GOOD)
    with pytest.raises(OutletError, match=r"unknown outlet 'some_outlt'; did you mean some_outlet\?"):
        load("some_outlt", tmp_path)
    with pytest.raises(OutletError, match="unknown outlet 'x'; `khabar outlets list` shows the 0 known ones"):
        load("x", tmp_path / "empty")


def test_one_broken_file_hides_no_other(tmp_path: Path) -> None:
    """`survey` goes on; so does the list of names."""
    write(tmp_path, GOOD)
    write(tmp_path, "name: [", name="broken")
    found = dict(survey(tmp_path))
    assert isinstance(found["broken"], OutletError)
    assert isinstance(found["some_outlet"], Outlet)
    assert list(paths(tmp_path)) == ["broken", "some_outlet"]
    with pytest.raises(OutletError, match=r"broken\.yml"):
        load_all(tmp_path)


def test_two_files_of_one_name_fail_that_outlet_only(tmp_path: Path) -> None:
    """The name is the key of everything; which file would count must not depend on luck."""
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, below="int")
    write(tmp_path, GOOD.replace("some_outlet", "other"), name="other")
    with pytest.raises(OutletError, match="also has the file"):
        load("some_outlet", tmp_path)
    assert load("other", tmp_path).name == "other"
    assert isinstance(dict(survey(tmp_path))["some_outlet"], OutletError)


def test_an_edited_file_is_read_anew(tmp_path: Path) -> None:
    """Outlets are cached by what the file is, not by its name alone."""
    path = write(tmp_path, GOOD)
    assert read(path).title == "Some Outlet"
    write(tmp_path, GOOD.replace("Some Outlet", "Another Outlet"))
    assert read(path).title == "Another Outlet"


def test_all_our_files_are_sound_and_short() -> None:
    """Every outlet that we ship loads, and none is longer than forty lines."""
    outlets = load_all()
    assert {"khaama_press", "tass", "tolonews", "pajhwok", "amu_tv", "afghanistan_international"} <= set(outlets)
    for name, path in paths().items():
        assert len(path.read_text(encoding="utf-8").splitlines()) < 40, name
        assert outlets[name].credits
        assert outlets[name].evidence


def test_ignored_parameters_are_names(tmp_path: Path) -> None:
    """A whole query instead of a name would match nothing, in silence; names are compared in lower case."""
    write(tmp_path, GOOD + "ignored_parameters: [Sid, from]\n")
    assert (
        load("some_outlet", tmp_path).url_key("https://news.example/a/?SID=1&from=home&id=2") == "news.example/a?id=2"
    )
    write(tmp_path, GOOD + "ignored_parameters: ['sid=1']\n")
    with pytest.raises(OutletError, match="ignored_parameters"):
        load("some_outlet", tmp_path)
