"""What an actor does where it is named: perpetrator, target, claimant or speaker, by a local grammar that is data.

The words around a mention are turned into a row of signs, one a word (`roles.yml` says which word has which sign), and
each rule is a pattern over such rows. So every role can be traced to one rule and the words that it matched.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple, get_args

from pipeline.items import ActorRole
from pipeline.tag.gazetteer import DataError
from pipeline.tag.matching import fold
from pipeline.tag.reading import Found, Reading
from pipeline.tag.rule_files import checked, languages, part, place_of

RANK: dict[str, int] = {role: rank for rank, role in enumerate(get_args(ActorRole))}
FILE = "roles.yml"
_FORCE = frozenset(("perpetrator", "target"))
_KEYS = frozenset(("role", "unless"))
_ELEMENT = re.compile(r"(?P<not>!?)(?P<names>[\w:|]+)(?P<times>[?*+]|\{\d+,\d+\})?")
# Signs on each side of a mention that rules may look at: the cost of a mention does not grow with its sentence.
_REACH = 24
# Marks around a name ("«Талибан»"), which end no clause.
_QUOTED = re.compile("[«»„“”‘’\"'() ]+")
_STOP, _OTHER_WORD, _OTHER_ACTOR = "stop", "_", "OTHER"


class Role(NamedTuple):
    """A role that a mention has: by which rule ("roles.en.by@1"), and the folded span of the words that show it."""

    role: ActorRole
    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One pattern of one language."""

    id: str
    role: ActorRole
    version: int
    pattern: re.Pattern[str]
    unless: tuple[re.Pattern[str], ...]
    needs: tuple[frozenset[str], ...]
    """Of each of these sets a sign must stand in the row, so that most rules are told to be idle without a search."""
    examples: tuple[str, ...]
    counter: tuple[str, ...]
    line: int

    @property
    def name(self) -> str:
        """As a tag carries it."""
        return f"{self.id}@{self.version}"

    def find(self, row: str, at: int) -> tuple[int, int] | None:
        """The span of signs around the mention at sign `at` that the rule matches, or None."""
        match = _around(self.pattern, row, at)
        if match is None or any(_around(other, row, at) for other in self.unless):
            return None
        return match.span()


@dataclass(frozen=True, slots=True)
class Grammar:
    """The rules of a language and the sign of each of its words."""

    lang: str
    signs: dict[str, str]
    """Class of words -> sign."""
    words: dict[str, str]
    """Folded word -> sign."""
    stems: dict[str, str]
    sizes: tuple[int, ...]
    """Lengths of the stems, longest first."""
    cases: tuple[tuple[str, str], ...]
    """Ending of a mention -> sign."""
    rules: tuple[RoleRule, ...]

    def sign(self, word: str) -> str:
        """The sign of a folded word; an empty one is punctuation."""
        if (known := self.words.get(word)) is not None:
            return known
        for size in self.sizes:
            if (known := self.stems.get(word[:size])) is not None:
                return known
        return self.signs[_OTHER_WORD]

    def mention(self, word: str) -> str:
        """The sign of a mention by the ending of its last word."""
        return next((sign for ending, sign in self.cases if word.endswith(ending)), self.signs["ACTOR"])


def _around(pattern: re.Pattern[str], row: str, at: int) -> re.Match[str] | None:
    """The first match of `pattern` near the mention at `at`, the only one whose sign is that of ACTOR."""
    return pattern.search(row, max(0, at - _REACH), at + _REACH)


@cache
def grammar(lang: str) -> Grammar | None:
    """The grammar of a language; None when there is none: its mentions are only mentioned.

    Raises:
        DataError: with file and line, when roles.yml is broken.
    """
    if lang not in languages(FILE):
        return None
    data, part_of = part(FILE, lang)
    if not isinstance(data, dict) or not {"words", "rules"} <= set(data) <= {"words", "rules", "cases", "__lines__"}:
        raise DataError(f"{part_of}: {lang} must hold words, rules and perhaps cases")
    cases = {name: cell for name, cell in data.get("cases", {}).items() if name != "__lines__"}
    classes = {name: cell for name, cell in data["words"].items() if name != "__lines__"}
    names = [_OTHER_WORD, _STOP, _OTHER_ACTOR, "ACTOR", *(f"ACTOR:{case}" for case in cases), *classes]
    signs = {name: chr(0x100 + number) for number, name in enumerate(names)}
    words: dict[str, str] = {"": signs[_STOP]}
    stems: dict[str, str] = {}
    for name, cell in classes.items():
        where = place_of(FILE, data["words"]["__lines__"][name])
        for written in _cells(cell, where):
            into, word = (stems, fold(written[:-1])) if written.endswith("*") else (words, fold(written))
            if not word or " " in word:
                raise DataError(f"{where}: {written!r} is not one word")
            if into.setdefault(word, signs[name]) != signs[name]:
                raise DataError(f"{where}: {written!r} stands in two classes of words")
    endings = [
        (fold(ending), signs[f"ACTOR:{case}"])
        for case, cell in cases.items()
        for ending in _cells(cell, place_of(FILE, data["cases"]["__lines__"][case]))
    ]
    rules = tuple(_rule(raw, lang, signs) for raw in data["rules"])
    if len({rule.id for rule in rules}) < len(rules):
        raise DataError(f"{part_of}: a rule id of {lang} stands there twice")
    return Grammar(
        lang, signs, words, stems, tuple(sorted({len(stem) for stem in stems}, reverse=True)),
        tuple(sorted(endings, key=lambda pair: -len(pair[0]))), rules,
    )  # fmt: skip


def _cells(cell: object, where: str) -> list[str]:
    if not isinstance(cell, str):
        raise DataError(f"{where}: must be text, words separated by commas")
    return [word.strip() for word in cell.replace("،", ",").split(",") if word.strip()]


def _rule(raw: Any, lang: str, signs: dict[str, str]) -> RoleRule:
    where = checked(raw, FILE, lang, _KEYS)
    if raw.get("role") not in RANK:
        raise DataError(f"{where}: the role {raw.get('role')!r} is none of {', '.join(RANK)}")
    return RoleRule(
        f"roles.{raw['id']}",
        raw["role"],
        int(raw.get("version", 1)),
        _pattern(raw["pattern"], signs, where),
        tuple(_pattern(text, signs, where) for text in raw.get("unless", ())),
        tuple(_needs(raw["pattern"], signs)),
        tuple(raw["examples"]),
        tuple(raw["counter"]),
        min(raw["__lines__"].values()),
    )


def _pattern(text: object, signs: dict[str, str], where: str) -> re.Pattern[str]:
    """`by _{0,3} ACTOR` as a pattern over signs."""
    made, actors = [], 0
    for element in str(text).split():
        match = _ELEMENT.fullmatch(element)
        names = match["names"].split("|") if match else []
        if match is None or not all(name in signs for name in names):
            raise DataError(f"{where}: {element!r} is no class of words of its language")
        chosen = [sign for name in names for known, sign in signs.items() if _is(known, name)]
        if any(name.startswith("ACTOR") for name in names):
            actors += 1
        group = f"[{''.join(chosen)}]"
        if match["not"]:
            made.append(f"(?!{group})" if actors else f"(?<!{group})")
        else:
            made.append(group + (match["times"] or ""))
    if actors != 1:
        raise DataError(f"{where}: {text!r} must name ACTOR once")
    return re.compile("".join(made))


def _needs(text: str, signs: dict[str, str]) -> Iterator[frozenset[str]]:
    """The signs of each element that must be there and is a class of words."""
    for element in text.split():
        match = _ELEMENT.fullmatch(element)
        if match is None or match["not"] or (match["times"] or "+")[:2] in ("?", "*", "{0"):
            continue
        names = match["names"].split("|")
        if not any(name in (_OTHER_WORD, _STOP, _OTHER_ACTOR) or name.startswith("ACTOR") for name in names):
            yield frozenset(signs[name] for name in names)


def _is(known: str, name: str) -> bool:
    return known == name or (name == "ACTOR" and known.startswith("ACTOR:"))


@lru_cache(maxsize=65536)
def _sign(lang: str, word: str) -> str:
    """Most words of a text are those of the last one."""
    known = grammar(lang)
    return known.sign(word) if known else ""


def roles(reading: Reading, mentions: Sequence[Found]) -> list[tuple[Role, ...]]:
    """The roles of each of the mentions of one sentence, which are in their order and do not overlap. At most one of
    perpetrator and target, and one of claimant and speaker; none when it is only mentioned."""
    known = grammar(reading.lang)
    if known is None:
        return [()] * len(mentions)
    row, spans, places = _row(known, reading, mentions)
    blank = known.signs[_OTHER_WORD] + known.signs[_STOP] + known.signs[_OTHER_ACTOR]
    if not row.strip(blank):
        return [()] * len(mentions)
    found = []
    for place, mention in zip(places, mentions, strict=True):
        word = reading.text[reading.text.rfind(" ", 0, mention.end) + 1 : mention.end]
        marked = f"{row[:place]}{known.mention(word)}{row[place + 1 :]}"
        found.append(tuple(_roles_of(known, marked, place, spans)))
    return found


def _row(known: Grammar, reading: Reading, mentions: Sequence[Found]) -> tuple[str, list[tuple[int, int]], list[int]]:
    """The signs of a sentence between two stops, the folded span of each, and the numbers of those of the mentions."""
    start, end = reading.sentence_span(mentions[0].sentence)
    signs, spans, places = [known.signs[_STOP]], [(start, start)], []
    at = max(start, 1)
    kept = reading.folded.kept
    for mention in [*mentions, None]:
        until = mention.start if mention else end
        for word in reading.text[at : until - 1 if mention else until].split(" ") if until > at else ():
            if word or (signs[-1] != known.signs[_STOP] and not _QUOTED.fullmatch(kept, at - 2, at)):
                signs.append(_sign(known.lang, word))
                spans.append((at, at + len(word)))
            at += len(word) + 1
        if mention:
            places.append(len(signs))
            signs.append(known.signs[_OTHER_ACTOR])
            spans.append((mention.start, mention.end))
            at = mention.end + 1
    signs.append(known.signs[_STOP])
    spans.append((end, end))
    return "".join(signs), spans, places


def _roles_of(known: Grammar, row: str, place: int, spans: Sequence[tuple[int, int]]) -> Iterator[Role]:
    done: set[bool] = set()
    present = frozenset(row[max(0, place - _REACH) : place + _REACH])
    for rule in known.rules:
        kind = rule.role in _FORCE
        if kind in done or any(present.isdisjoint(need) for need in rule.needs):
            continue
        if (span := rule.find(row, place)) is None:
            continue
        done.add(kind)
        yield Role(rule.role, rule.name, spans[span[0]][0], spans[span[1] - 1][1])
        if len(done) == 2:
            return
