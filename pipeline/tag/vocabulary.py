"""All words that any rule looks for, in one matcher, so that a text is read once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import yaml

from pipeline.tag import gazetteer
from pipeline.tag.gazetteer import DATA, LANGUAGES, DataError, Name
from pipeline.tag.matching import Matcher, fold

Layer = Literal["group", "place", "actor", "press"]


@dataclass(frozen=True, slots=True)
class Word:
    """What a phrase stands for: a word group, a place name, an actor, or a news organisation."""

    layer: Layer
    ref: str
    lang: str
    mark: str = ""
    name: Name | None = None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """An armed group, authority, organisation or person of actors.yml."""

    id: str
    name: str
    kind: str
    of: str = ""
    afghan: bool = False
    """Whether its name alone shows that a text is about Afghanistan."""
    context: tuple[tuple[str, str], ...] = ()


class _Lines(yaml.CSafeLoader):
    """YAML that knows where its keys stand and refuses a key twice."""

    path = ""


def _mapping(loader: _Lines, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in found:
            raise DataError(f"{loader.path}:{key_node.start_mark.line + 1}: the key {key!r} stands there twice")
        found[key] = loader.construct_object(value_node, deep=True)
        found.setdefault("__lines__", {})[key] = key_node.start_mark.line + 1
    return found


_Lines.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(file: str) -> dict[str, Any]:
    """A YAML file of ours. Each mapping holds, under `__lines__`, the line of each of its keys.

    Raises:
        DataError: with file and line, when it is not YAML or says a key twice.
    """
    path = DATA / file
    loader = _Lines(path.read_bytes())
    loader.path = str(path)
    try:
        found = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DataError(f"{path}:{line}: {error.problem}") from error
    finally:
        loader.dispose()
    if not isinstance(found, dict):
        raise DataError(f"{path}:1: holds no mapping")
    return found


def _phrases(file: str, entry: dict[str, Any], what: str) -> Iterator[tuple[str, str, str]]:
    for lang in LANGUAGES:
        cell = entry.get(lang)
        if cell is None:
            continue
        where = f"{DATA / file}:{entry['__lines__'][lang]}"
        if not isinstance(cell, str):
            raise DataError(f"{where}: {what}.{lang} must be text, phrases separated by commas")
        for phrase in cell.replace("،", ",").split(","):
            phrase = phrase.strip()
            if not phrase.strip("~*= "):
                raise DataError(f"{where}: {what}.{lang} has an empty phrase")
            mark = phrase[0] if phrase[0] in "=?" else ""
            yield lang, mark, phrase.lstrip("=?")


@cache
def groups() -> dict[str, dict[str, Any]]:
    """The word groups of words.yml."""
    found = read_yaml("words.yml")
    lines = found.pop("__lines__")
    for group, entry in found.items():
        if not isinstance(entry, dict):
            raise DataError(f"{DATA / 'words.yml'}:{lines[group]}: {group} must map languages to phrases")
        if unknown := set(entry) - set(LANGUAGES) - {"__lines__"}:
            key = min(unknown)
            raise DataError(f"{DATA / 'words.yml'}:{entry['__lines__'][key]}: {key!r} is not a language of ours")
    return found


@cache
def _actor_entries() -> dict[str, dict[str, Any]]:
    found = read_yaml("actors.yml")
    entries: dict[str, dict[str, Any]] = found.get("actors", {})
    lines = entries.pop("__lines__", {})
    for id_, entry in entries.items():
        for key in ("name", "kind"):
            if not isinstance(entry, dict) or key not in entry:
                raise DataError(f"{DATA / 'actors.yml'}:{lines[id_]}: {id_} has no {key}")
        for other in [entry.get("of"), *(v for k, v in entry.get("context", {}).items() if k != "__lines__")]:
            if other and other not in entries:
                raise DataError(f"{DATA / 'actors.yml'}:{lines[id_]}: {id_} names the unknown actor {other!r}")
    return entries


@cache
def actors() -> dict[str, Actor]:
    """Actors by id."""
    return {
        id_: Actor(
            id_,
            entry["name"],
            entry["kind"],
            entry.get("of", ""),
            bool(entry.get("afghan", False)),
            tuple((k, v) for k, v in entry.get("context", {}).items() if k != "__lines__"),
        )
        for id_, entry in _actor_entries().items()
    }


@cache
def actors_version() -> str:
    """Version of actors.yml, part of the rule id of every actor tag."""
    return str(read_yaml("actors.yml").get("version", 0))


def _all() -> Iterator[tuple[str, Word]]:
    for group, entry in groups().items():
        for lang, mark, phrase in _phrases("words.yml", entry, group):
            if group in _LOOKED_UP:
                continue
            yield phrase, Word("group", group, lang, mark, written=phrase)
    for id_, entry in _actor_entries().items():
        for lang, mark, phrase in _phrases("actors.yml", entry, id_):
            yield phrase, Word("actor", id_, lang, mark, written=phrase)
    for phrase, name in gazetteer.place_names():
        yield phrase, Word("place", name.place.code, name.lang, name.mark, name, written=name.written)
    for phrase, country in gazetteer.news_organisations():
        yield phrase, Word("press", country, "")


# A word of another language counts from this length on: short ones of the same script mean something else too often.
_LOAN_LETTERS = 6
# English names of places among other letters ("Qatar Airways" in a Russian text) can be nothing else.
_LATIN_NAME_LETTERS = 5
_LATIN = frozenset(("en", "uz"))
RELATED = {"fa": ("ps",), "ps": ("fa",), "ur": (), "ru": (), "tg": ("ru",), "en": (), "uz": ()}


# Groups of little words that stand everywhere: asked for where they matter, not searched for.
_LOOKED_UP = frozenset(
    (
        "locative", "team", "government_after", "aside", "aside_after", "origin_after", "surname_after", "outlawed",
        "road", "house_after",
    )
)  # fmt: skip


@cache
def little_words(group: str, lang: str) -> frozenset[str]:
    """The folded words of a group that is looked up instead of searched."""
    cell = groups()[group].get(lang, "")
    return frozenset(fold(word) for word in cell.replace("،", ",").split(",") if word.strip())


def _looked_up(group: str, lang: str) -> str:
    """The phrases of a group that is looked up instead of searched, as one regular expression over folded text."""
    cells = [cell for one in (lang, *RELATED[lang]) if (cell := groups()[group].get(one))]
    phrases = [phrase.strip() for phrase in ",".join(cells).replace("،", ",").split(",") if phrase.strip()]
    found = (re.escape(fold(phrase.rstrip("*"))) + (r"\S{0,8}" if phrase[-1] == "*" else "") for phrase in phrases)
    return f" (?:{'|'.join(found) or '(?!)'}) "


@cache
def next_words(group: str, lang: str) -> re.Pattern[str]:
    """Matches in folded text at the end of a word, when a phrase of the group follows it."""
    return re.compile(_looked_up(group, lang))


@cache
def words_before(group: str, lang: str) -> re.Pattern[str]:
    """Searches a stretch of folded text that ends where a name starts, for a phrase of the group right before it."""
    return re.compile(_looked_up(group, lang) + r"\Z")


@cache
def _words() -> tuple[tuple[str, Word], ...]:
    return tuple(_all())


@cache
def vocabulary(lang: str) -> Matcher[Word]:
    """The matcher for texts in a language: its own words, and longer ones of related languages and of English.

    Built on first use (about a tenth of a second), then kept.
    """
    guests = {*RELATED[lang], "en"} if lang != "en" else set(LANGUAGES)
    return Matcher(
        (phrase, word)
        for phrase, word in _words()
        if word.lang in (lang, "") or (word.lang in guests and len(phrase.rstrip("~*")) >= _least(word, lang))
    )


def _least(word: Word, lang: str) -> int:
    foreign = word.layer == "place" and word.lang == "en" and lang not in _LATIN
    return _LATIN_NAME_LETTERS if foreign else _LOAN_LETTERS


@cache
def single_names(lang: str) -> dict[str, tuple[Word, ...]]:
    """Names of places in one word, folded: for names that a half-space cuts in two."""
    found: dict[str, tuple[Word, ...]] = {}
    for phrase, word in _words():
        if (
            word.layer == "place"
            and word.lang in (lang, *RELATED[lang])
            and " " not in phrase
            and "\u200c" not in phrase
        ):
            key = fold(phrase.rstrip("~*"))
            found[key] = (*found.get(key, ()), word)
    return found
